"""Stands, the log of ours, and official audiences that only the secretariat knows."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.test import Client

from cms.accounts.models import User
from cms.core import registry
from cms.core.models import ThingLog
from events.actions import audiences, stands
from events.documents.audiences import audience_html
from events.models import (
    Event,
    EventPage,
    Kind,
    OfficialAudience,
    Role,
    Stand,
    StandNote,
    StandState,
)
from tests.factories.core import NOON
from tests.factories.events import make_event

pytestmark = pytest.mark.django_db

SECRET = "Zorglubien Touré"


def signed_in(role: str) -> Client:
    user = User.objects.create_user(username=role, password="secret")
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def forum() -> Event:
    return make_event(kind=Kind.FORUM)


def keep(forum: Event, exhibitor: str, number: str = "", **values: Any) -> Stand:
    said = {"exhibitor": exhibitor, "number": number, **values}
    return stands.keep_stand(event=forum, values=said, user=None, now=NOON)


def test_a_number_gives_a_stand_and_one_number_is_given_once(forum: Event) -> None:
    assert keep(forum, "Université", "A1").state == StandState.GIVEN
    with pytest.raises(stands.PlaceTaken):
        keep(forum, "Coopérative", "A1")
    assert Stand.objects.count() == 1
    refused = stands.keep_stand(
        event=forum, stand=Stand.objects.get(), values={"state": "refused"}, user=None, now=NOON
    )
    assert refused.number == ""
    assert keep(forum, "Coopérative", "A1").number == "A1"
    with pytest.raises(IntegrityError), transaction.atomic():
        Stand.objects.filter(pk=refused.pk).update(number="A9")


def test_a_note_of_the_stand_sent_twice_is_one_and_the_plan_counts_it(forum: Event) -> None:
    key = uuid.uuid4()
    for _ in range(2):
        stands.note_stand(event=forum, values={"visitors": 40, "adhesions": 3}, key=key, user=None, now=NOON)
    assert StandNote.objects.count() == 1
    measures = {one.key: one.count for one in registry.measures}
    span = (NOON - timedelta(days=1), NOON + timedelta(days=1))
    assert measures["events.stand_visitors"](*span) == 40
    assert measures["events.stand_adhesions"](NOON + timedelta(seconds=1), span[1]) == 0


def test_stands_are_kept_in_the_admin(forum: Event) -> None:
    client = signed_in("officer")
    here = f"/admin/agenda/{forum.pk}/stands/"
    assert "Aucun exposant" in client.get(here).content.decode()
    assert (
        client.post(f"{here}add/", {"exhibitor": "IER", "state": "asked", "number": "b 2"}).status_code == 302
    )
    row = Stand.objects.get()
    assert (row.number, row.state) == ("B2", "given")
    again = client.post(f"{here}add/", {"exhibitor": "Autre", "state": "asked", "number": "B2"})
    assert again.status_code == 422
    assert client.post(here, {"visitors": ""}).status_code == 422
    key = str(uuid.uuid4())
    for _ in range(2):
        assert client.post(here, {"visitors": "12", "contacts_met": "=cmd()", "key": key}).status_code == 302
    assert StandNote.objects.get().by is not None
    exported = b"".join(client.get(f"{here}export.csv?log").streaming_content).decode()  # type: ignore[attr-defined]
    assert "'=cmd()" in exported


def test_a_note_written_late_or_wrong_is_put_right_and_the_plan_counts_it_anew(forum: Event) -> None:
    client, here = signed_in("officer"), f"/admin/agenda/{forum.pk}/stands/"
    client.post(here, {"visitors": "1400", "at": "2026-02-03 16:00"})
    row = StandNote.objects.get()
    assert row.at == datetime(2026, 2, 3, 16, tzinfo=UTC)
    address = f"{here}notes/{row.pk}/"
    assert address in client.get(here).content.decode()
    assert "1400" in client.get(address).content.decode()
    assert client.post(address, {"visitors": ""}).status_code == 422
    assert client.post(address, {"visitors": "140", "at": "2026-02-03 17:00"}).status_code == 302
    row.refresh_from_db()
    assert (row.visitors, row.at.hour, row.by) == (140, 17, User.objects.get(username="officer"))
    assert ThingLog.objects.get(action="stand.note_changed").changes == {"visitors": [1400, 140]}
    other = make_event(kind=Kind.FORUM, role=Role.PARTICIPANT)
    assert client.get(f"/admin/agenda/{other.pk}/stands/notes/{row.pk}/").status_code == 404


def test_a_stand_of_another_event_is_not_found(forum: Event) -> None:
    row = keep(forum, "IER")
    other = make_event(kind=Kind.FORUM, role=Role.PARTICIPANT)
    assert signed_in("officer").get(f"/admin/agenda/{other.pk}/stands/{row.pk}/").status_code == 404


# Official audiences ------------------------------------------------------------------------------------------------
def ask(event: Event, **values: Any) -> OfficialAudience:
    said = {"requester": "diaspora_minister", "host": "prime_minister", "subject": SECRET, **values}
    people = [{"name": SECRET, "function": "Chirurgien", "received_as": "expert"}]
    return audiences.keep_audience(event=event, values=said, people=people, user=None, now=NOON)


def test_an_audience_granted_has_an_hour_by_the_database_too(page: EventPage) -> None:
    with pytest.raises(audiences.HourMissing):
        ask(page.event, state="granted")
    row = ask(page.event)
    with pytest.raises(IntegrityError), transaction.atomic():
        OfficialAudience.objects.filter(pk=row.pk).update(state="held")


def test_no_public_page_list_feed_calendar_or_api_knows_of_an_audience(
    page: EventPage, client: Client
) -> None:
    ask(page.event, state="granted", starts_at=datetime(2027, 2, 6, 10, tzinfo=UTC))
    agenda = page.get_parent().specific.public_path
    asked = (
        page.public_path,
        f"{page.public_path}event.ics",
        agenda,
        f"{agenda}events.ics",
        f"{agenda}atom.xml",
        f"{agenda}feed.json",
        f"/++api++{page.public_path.rstrip('/')}",
        f"/++api++{page.public_path.rstrip('/')}/@occurrences",
        f"/++api++/@search?SearchableText={SECRET}",
        f"/fr/recherche/?q={SECRET}",
        "/sitemap.xml",
    )
    found = []
    for address in asked:
        answer = client.get(address, follow=True)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        text = body.decode().replace(f"q={SECRET}", "").replace(f'value="{SECRET}"', "")
        found += [address] if "Chirurgien" in text or "premier ministre" in text.lower() else []
    assert found == []
    control = signed_in("protocol").get(f"/admin/agenda/{page.event_id}/audiences/").content.decode()
    assert SECRET in control


@pytest.mark.parametrize(
    ("role", "may"), [("protocol", True), ("officer", True), ("author", False), ("focal", False)]
)
def test_audiences_are_for_protocol_and_the_unit(page: EventPage, role: str, may: bool) -> None:
    row = ask(page.event)
    group = {"focal": "internal"}.get(role, role)
    client = signed_in(group)
    for rest in ("", "add/", f"{row.pk}/", f"{row.pk}/list.pdf"):
        status = client.get(f"/admin/agenda/{page.event_id}/audiences/{rest}").status_code
        assert (status == 200) == may, (role, rest, status)


def test_people_are_received_in_the_order_in_which_they_are_written(page: EventPage) -> None:
    client = signed_in("protocol")
    said = {
        "requester": "education_minister",
        "host": "head_of_state",
        "state": "granted",
        "starts_at": "2027-02-06 10:00",
        "people_expert": "Awa Diarra, médecin\nIssa Sy",
        "people_returned": "Modibo Ba, consultant, retraité",
    }
    here = f"/admin/agenda/{page.event_id}/audiences/"
    assert client.post(f"{here}add/", said | {"starts_at": ""}).status_code == 422
    assert client.post(f"{here}add/", said).status_code == 302
    row = OfficialAudience.objects.get()
    assert [(one.name, one.function) for one in row.people.all()] == [
        ("Awa Diarra", "médecin"),
        ("Issa Sy", ""),
        ("Modibo Ba", "consultant, retraité"),
    ]
    assert "Awa Diarra" in audience_html(row)
    assert date(2027, 2, 6) == row.starts_at.date()  # type: ignore[union-attr]
