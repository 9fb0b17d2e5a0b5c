"""The press at an event: accredited people are marked, and at short notice a list says whom to telephone first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from cms.accounts.models import User
from cms.contacts.models import Accreditation, AccreditationState
from events.actions import AlreadyOver
from events.actions.accreditation import HOLDS_AFTER
from events.actions.accreditation import accredit as give
from events.models import EventPage, Registration
from events.queries.press import mark_accredited
from tests.factories.core import NOON
from tests.factories.events import make_event, make_occurrence, make_registration

pytestmark = pytest.mark.django_db


def signed_in(role: str) -> Client:
    user = User.objects.create_user(username=role, password="secret")
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


def accredit(row: Registration, **values: object) -> None:
    said = {"state": AccreditationState.GRANTED, "requested_at": NOON, **values}
    Accreditation.objects.create(contact=row.contact, **said)


def test_who_is_accredited_in_general_or_to_this_event_is_marked_while_it_stands() -> None:
    occurrence = make_occurrence()
    people = [make_registration(occurrence, number) for number in range(5)]
    accredit(people[0])
    accredit(people[1], scope_uid=occurrence.event.uid)
    accredit(people[2], scope_uid=make_event().uid)
    accredit(people[3], valid_until=NOON - timedelta(hours=1))
    mark_accredited(people, occurrence.event, now=NOON)
    assert [one.is_accredited for one in people] == [True, True, False, False, False]  # type: ignore[attr-defined]


def test_the_lists_show_the_mark_and_the_cancel_screen_leads_to_the_telephones(page: EventPage) -> None:
    now = timezone.now()
    occurrence = page.event.occurrences.get()
    first = make_registration(occurrence, 1, organisation="=cmd()", phone="+22376111111", now=now)
    make_registration(occurrence, 2, email="", phone="+22376222222", now=now, confirm=False)
    accredit(first, requested_at=now)
    client, here = signed_in("officer"), f"/admin/agenda/{page.event_id}/"
    assert client.get(here).content.decode().count("accrédité") == 1
    assert f"{here}phones.csv" in client.get(f"{here}change/cancel/").content.decode()
    answer = client.get(f"{here}phones.csv")
    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert ["+22376222222" in lines[1], "+22376111111" in lines[2], "'=cmd()" in lines[2]] == [True] * 3
    assert page.title in lines[1]
    refused = signed_in("author").get(f"{here}phones.csv")  # the admin leads away whoever may not
    assert (refused.status_code, refused.headers["Location"]) == (302, "/admin/")


def test_a_journalist_is_accredited_for_this_event_alone_until_a_week_after_it(page: EventPage) -> None:
    occurrence = page.event.occurrences.get()
    row = make_registration(occurrence, now=timezone.now())
    address = f"/admin/agenda/{page.event_id}/{row.uid}/accredit/"
    assert signed_in("protocol").get(address).status_code == 404
    client = signed_in("officer")
    assert "Accréditer pour cet événement" in client.get(f"/admin/agenda/{page.event_id}/").content.decode()
    for _ in range(2):
        assert client.post(address, {"reason": "Carte 2027"}).status_code == 302
    given = Accreditation.objects.get()
    assert (given.scope_uid, given.state) == (page.event.uid, AccreditationState.GRANTED)
    assert occurrence.ends_at is not None
    assert given.valid_until == occurrence.ends_at + HOLDS_AFTER
    mark_accredited([row], page.event, now=timezone.now())
    assert row.is_accredited
    other = make_registration(make_occurrence(), 2)
    mark_accredited([other], other.occurrence.event, now=timezone.now())
    assert not other.is_accredited
    with pytest.raises(AlreadyOver):
        give(registration=row, reason="", user=None, now=occurrence.ends_at + timedelta(days=8))
