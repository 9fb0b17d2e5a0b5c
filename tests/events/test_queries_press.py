"""The press at an event: accredited people are marked, and at short notice a list says whom to telephone first."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import timezone

from cms.accounts.models import User
from cms.contacts.models import Accreditation, AccreditationState
from cms.mailing.models import Delivery
from events import actions
from events.actions import AlreadyOver
from events.actions.accreditation import HOLDS_AFTER
from events.actions.accreditation import accredit as give
from events.models import EventPage, ReadyText, Registration
from events.queries.press import beside_slot, guests_out_of_mail, mark_accredited
from events.views.buttons import state_panel
from tests.factories.core import NOON
from tests.factories.events import make_event, make_occurrence, make_registration
from tests.factories.guests import answer, make_guest

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


def test_at_short_notice_all_are_written_to_and_the_list_of_telephones_is_there_after_it_too(
    page: EventPage,
) -> None:
    now = timezone.now()
    occurrence = page.event.occurrences.get()
    by_mail = [make_registration(occurrence, n, phone=f"+2237611111{n}", now=now) for n in range(4)]
    make_registration(occurrence, 5, email="", phone="+22376222222", now=now, confirm=False)
    actions.cancel(registration=by_mail[0], now=now)
    ReadyText.objects.create(
        event=page.event, key="cancelled", title="Annulation", body="[titre] n’aura pas lieu."
    )
    client, here = signed_in("officer"), f"/admin/agenda/{page.event_id}/"
    before = Delivery.objects.count()
    assert client.post(f"{here}change/cancel/", {"reason": "Deuil national"}).status_code == 302
    assert "phones.csv" in client.get(here).content.decode()
    answer = client.get(f"{here}phones.csv")
    _head, *lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    numbers = re.findall(r"\+\d{11}", "\n".join(lines))
    assert numbers == ["+22376222222", *(f"+2237611111{n}" for n in (1, 2, 3))]
    assert all(f"{page.title} n’aura pas lieu." in line for line in lines)
    told = Delivery.objects.filter(mailing__renderer="events.called_off").order_by("pk")
    assert sorted(told.values_list("address", flat=True)) == [one.email for one in by_mail[1:]]
    assert Delivery.objects.count() == before + 3


def test_a_press_conference_beside_its_forty_to_fifty_minutes_warns_and_refuses_nothing(
    page: EventPage,
) -> None:
    client, pages = (
        signed_in("officer"),
        (f"/admin/agenda/{page.event_id}/", f"/admin/agenda/{page.event_id}/road/"),
    )

    request = RequestFactory().get("/")
    request.user = User.objects.get(username="officer")

    panel = state_panel(page, request)
    assert panel is not None

    def lasts(minutes: int) -> list[bool]:
        row = page.event.occurrences.get()
        type(row).objects.filter(pk=row.pk).update(ends_at=row.starts_at + timedelta(minutes=minutes))
        name, context = panel
        beside_the_words = render_to_string(
            name, {**context, "self": SimpleNamespace(request=request)}, request=request
        )
        shown = [beside_the_words, *(client.get(one).content.decode() for one in pages)]
        return ["dure de 40 à 50 minutes" in one for one in shown]

    assert [lasts(minutes) for minutes in (39, 40, 50, 51)] == [
        [True] * 3,
        [False] * 3,
        [False] * 3,
        [True] * 3,
    ]
    told = beside_slot(page.event, now=timezone.now())
    assert told is not None
    assert told[1] == 51
    page.event.kind = "workshop"
    assert beside_slot(page.event, now=timezone.now()) is None


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


def test_guests_invited_on_paper_are_called_when_their_date_moves_those_whom_mail_reaches_are_not() -> None:
    date = make_occurrence(start_date=(NOON + timedelta(days=10)).date())
    cards: dict[str, dict[str, object]] = {
        "lettre": {"email": None},
        "accepte": {"email": None},
        "remplace": {"email": None},
        "courriel": {"email": "awa@example.org"},
        "pas encore": {"email": None},
        "decline": {"email": None},
    }
    guests = {name: make_guest(date, name=f"Invité {name}", **card) for name, card in cards.items()}
    for name, guest in guests.items():
        if name != "pas encore":
            actions.hand_over(
                invitation=guest, handed_at=NOON, received_by="Secrétariat", user=None, now=NOON
            )
    answer(guests["accepte"])
    answer(guests["remplace"], "substituted", substitute_name="Fanta Sangaré", email="fanta@example.org")
    answer(guests["decline"], "declined")
    found = guests_out_of_mail(date.event, now=NOON)
    assert [one.contact.name for one in found] == ["Invité accepte", "Invité lettre"]
    assert guests_out_of_mail(date.event, row=make_occurrence(), now=NOON).count() == 0
