"""The kit under embargo on the page of a journalist's seat: for who is accredited and comes, as long as they come."""

from __future__ import annotations

import re
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from django.utils import timezone

from cms.contacts import actions as contacts
from cms.core import clock
from events import actions as agenda
from events import queries
from events.models import EventReading, Registration
from press import actions as press
from press.models import DoorVisit, EarlyCopy, EmbargoAgreement
from press.queries import doors
from settings.newsroom import early
from tests.factories.accounts import make_user
from tests.factories.events import make_event, make_event_page, make_registration
from tests.factories.press import Room, make_kit

pytestmark = pytest.mark.django_db
DAY, CANARY = timedelta(days=1), "Zanzarelle"


@pytest.fixture
def room(laid_room: Room, db: None) -> Room:
    return deepcopy(laid_room)


class Conference:
    """A press conference in a week, its kit under embargo until the hour it begins."""

    def __init__(self, room: Room) -> None:
        now = timezone.now()
        self.event = make_event(start_date=(now + 7 * DAY).date(), now=now, needs_approval=True)
        self.page = make_event_page(self.event)
        self.row = self.event.occurrences.get()
        self.kit = make_kit(room, title=f"{CANARY} bilan", until=self.row.starts_at)
        EventReading.objects.create(event=self.event, page=self.kit.sitepage_ptr)

    def journalist(self, number: int = 1, *, accredited: bool = True, approved: bool = True) -> Registration:
        now = timezone.now()
        found = make_registration(self.row, number, name=f"Awa {number}", now=now)
        if accredited:
            contacts.grant_accreditation(contact=found.contact, now=now)
        if approved:
            agenda.approve(registration=found, user=None, now=now)
        return Registration.objects.get(pk=found.pk)


@pytest.fixture
def conference(room: Room) -> Conference:
    return Conference(room)


def address_of(registration: Registration) -> str:
    return f"/r/{queries.key_of(registration)}"


def shown(registration: Registration) -> str:
    return Client().get(address_of(registration)).content.decode()


def take(registration: Registration, version: str = "1", client: Client | None = None) -> Any:
    return (client or Client()).post(address_of(registration), {"do": early.KEY, "version": version})


def reads(path: str) -> int:
    """The status of what a personal link of press opens."""
    return Client().get(path).status_code


def test_the_kit_is_opened_by_a_post_with_the_agreement_and_written_down_as_every_early_copy(
    conference: Conference,
) -> None:
    awa = conference.journalist()
    page = shown(awa)
    assert (early.KEY in page, CANARY in page) == (True, False)
    assert not EarlyCopy.objects.exists()  # a GET opens nothing
    answer = take(awa)
    copy = EarlyCopy.objects.get()
    assert (answer.status_code, copy.contact, copy.thing) == (303, awa.contact, conference.kit.kit)
    path = answer.headers["Location"]
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert CANARY in Client().get(path).content.decode()
    assert Client().get(f"{path.rstrip('/')}{conference.kit.public_path}").status_code == 200
    said = DoorVisit.objects.filter(contact=awa.contact).values_list("what", flat=True)
    assert {"agreed", "opened", "read"} == set(said)
    assert take(awa).headers["Location"] == path
    assert EarlyCopy.objects.count() == 1
    assert path in shown(awa)
    pages = (conference.page.public_path, conference.kit.public_path)
    for elsewhere in (
        *pages,
        *(f"/++api++{path}" for path in pages),
        "/fr/agenda/events.ics",
        "/sitemap.xml",
    ):
        assert CANARY not in Client().get(elsewhere).content.decode()


def test_an_accreditation_for_this_event_alone_is_enough_and_one_for_another_is_not(
    conference: Conference, room: Room
) -> None:
    here, elsewhere = (conference.journalist(number, accredited=False) for number in (1, 2))
    now = timezone.now()
    for one, uid in ((here, conference.event.uid), (elsewhere, make_event(now=now).uid)):
        contacts.grant_accreditation(contact=one.contact, scope_uid=uid, now=now)
    assert reads(take(here).headers["Location"]) == 200
    assert early.KEY not in re.findall(r'value="(\w+)"', shown(elsewhere))
    assert take(elsewhere).headers["Location"] == address_of(elsewhere)
    assert EarlyCopy.objects.get().contact == here.contact


def test_nothing_is_offered_or_given_to_who_is_not_accredited_waits_gave_up_or_has_a_seat_elsewhere(
    conference: Conference,
) -> None:
    now = timezone.now()
    plain = conference.journalist(1, accredited=False)
    asks = conference.journalist(2, approved=False)
    gone, refused = conference.journalist(3), conference.journalist(4, approved=False)
    agenda.cancel(registration=gone, now=now)
    agenda.refuse(registration=refused, reason="Complet", user=None, now=now)
    other = make_event(start_date=conference.event.start_date, now=now)
    astray = make_registration(other.occurrences.get(), 5, now=now)
    contacts.grant_accreditation(contact=astray.contact, now=now)
    for one in (plain, asks, gone, refused, astray):
        assert 'value="kit"' not in shown(one)
        assert take(one).headers["Location"] == address_of(one)
    assert not EarlyCopy.objects.exists()
    assert take(conference.journalist(6)).headers["Location"].startswith("/j/")  # the control


@pytest.mark.parametrize("end", ["holder", "secretariat", "date", "event"])
def test_the_link_opens_as_long_as_the_seat_is_theirs(conference: Conference, end: str) -> None:
    awa, now = conference.journalist(), timezone.now()
    path = take(awa).headers["Location"]
    kept = doors.remembered(doors.Holder(EarlyCopy.objects.get().accreditation), now=clock.now())
    assert (reads(path), len(_early(kept))) == (200, 1)
    if end == "holder":
        Client().post(address_of(awa), {"do": "cancel"})
    elif end == "secretariat":
        agenda.cancel(registration=awa, user=None, reason="Carte périmée", now=now)
    elif end == "date":
        agenda.cancel_occurrence(occurrence=conference.row, user=None, now=now)
    else:
        agenda.cancel_event(event=conference.event, user=None, now=now)
    assert (reads(path), len(_early(kept))) == (404, 0)
    assert not doors.open_copies_of(conference.kit.kit)
    assert [one.contact for one in doors.closed_copies_of(conference.kit.kit)] == [awa.contact]


def _early(kept: Any) -> Any:
    """What a session begun at the door reads before others."""
    holder = doors.holder_in(kept, now=clock.now())
    assert holder is not None
    return doors.early_uids(holder, now=clock.now())


def test_who_comes_back_takes_it_anew_and_what_the_team_gave_hangs_on_no_seat(conference: Conference) -> None:
    awa, now = conference.journalist(), timezone.now()
    before = take(awa).headers["Location"]
    agenda.cancel(registration=awa, now=now)
    again = conference.journalist()
    fresh = take(again).headers["Location"]
    assert (reads(before), reads(fresh)) == (404, 200)
    press.give_early_copies(conference.kit.kit, contacts=[again.contact], user=None, now=clock.now())
    agenda.cancel(registration=again, now=now)
    assert reads(fresh) == 200


def test_an_agreement_changed_meanwhile_is_read_again_and_nothing_is_opened(conference: Conference) -> None:
    awa = conference.journalist()
    EmbargoAgreement.objects.create(version="2026-2", since=timezone.now(), text="Je ne publie rien avant.")
    answer = take(awa)
    assert answer.status_code == 409
    assert "Je ne publie rien avant." in answer.content.decode()
    assert not EarlyCopy.objects.exists()
    assert take(awa, "2026-2").status_code == 303


def test_from_its_hour_the_address_is_everybodys_and_no_link_is_made(conference: Conference) -> None:
    awa, start = conference.journalist(), conference.row.starts_at
    before, after = (_offer(awa, start + timedelta(seconds=seconds)) for seconds in (-1, 1))
    assert (before["waiting"], before["public"]) == (1, [])
    assert (after["waiting"], [address for _title, address in after["public"]]) == (
        0,
        [conference.kit.public_path],
    )
    assert early.take(visitor(), awa, start + timedelta(seconds=1)) == ""
    assert not EarlyCopy.objects.exists()


def visitor() -> Any:
    request = RequestFactory().post("/", {"version": "1"})
    request.user = AnonymousUser()
    return request


def _offer(registration: Registration, now: datetime) -> dict[str, Any]:
    found = early.offer(visitor(), registration, now)
    assert found is not None
    return found


def test_an_officer_who_looks_accepts_nothing_in_a_journalists_name(conference: Conference) -> None:
    awa, client = conference.journalist(), Client()
    client.force_login(make_user("officer"))
    assert 'value="kit"' not in client.get(address_of(awa)).content.decode()
    assert take(awa, client=client).status_code == 403
    assert not EarlyCopy.objects.exists()
    assert take(awa).status_code == 303
    page = client.get(address_of(awa)).content.decode()
    assert (CANARY in page, "/j/" in page, CANARY in shown(awa)) == (False, False, True)


def test_tries_are_limited_for_each_seat(conference: Conference) -> None:
    awa, other = conference.journalist(1), conference.journalist(2)
    codes = [take(awa, "x").status_code for _try in range(early.TRIES_A_DAY + 1)]
    assert codes == [409] * early.TRIES_A_DAY + [429]
    assert take(other).status_code == 303
