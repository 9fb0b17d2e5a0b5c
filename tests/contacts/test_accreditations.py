"""Accreditations: granted, refused and withdrawn, one or many, with the reason; what ends soon is said."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cms.contacts import actions, queries
from cms.contacts.models import Accreditation, MediaProfile
from cms.contacts.viewsets import accreditations_due
from cms.core import clock
from tests.factories.accounts import make_user
from tests.factories.contacts import NOON, make_contact, make_organisation

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def officer() -> Client:
    client = Client()
    client.force_login(make_user("officer"))
    return client


def asked(**fields: Any) -> Accreditation:
    return actions.request_accreditation(contact=make_contact(**fields), now=clock.now())


def granted(days: int | None = None, **fields: Any) -> Accreditation:
    until = clock.now() + days * DAY if days else None
    return actions.grant_accreditation(contact=make_contact(**fields), valid_until=until, now=clock.now())


def verdict(verb: str, *rows: Any) -> str:
    model = rows[0]._meta.model_name
    address = reverse("wagtail_bulk_action", args=["contacts", model, verb])
    return address + "?" + "&".join(f"id={row.pk}" for row in rows)


def test_many_are_granted_at_once_until_the_end_of_a_day(officer):
    one, two = asked(), granted(3)
    shown = officer.get(verdict("grant", one, two)).text
    assert one.contact.name in shown
    day = timezone.localdate(clock.now()) + 10 * DAY
    data = {"until": day.isoformat(), "reason": "Carte 2027"}
    assert officer.post(verdict("grant", one, two), data).status_code == 302
    for row in (one, two):
        row.refresh_from_db()
        assert (row.state, row.reason, row.decided_by.username[:4]) == ("granted", "Carte 2027", "user")
        assert timezone.localtime(row.valid_until).isoformat()[:19] == f"{day.isoformat()}T23:59:59"
    assert two.generation == 1, "links given out stay good"


def test_an_accreditation_may_begin_on_a_day_to_come_and_opens_nothing_before(officer):
    row, today = asked(), timezone.localdate(clock.now())
    data = {"since": (today + 3 * DAY).isoformat(), "until": (today + 2 * DAY).isoformat(), "reason": ""}
    assert "La fin précède" in officer.post(verdict("grant", row), data).text
    data["until"] = (today + 9 * DAY).isoformat()
    assert officer.post(verdict("grant", row), data).status_code == 302
    row.refresh_from_db()
    assert row.valid_from > clock.now() + 2 * DAY
    assert row not in queries.standing_accreditations(clock.now())
    assert row in queries.standing_accreditations(clock.now() + 4 * DAY)


def test_journalists_are_accredited_from_their_list_and_lose_it_there(officer):
    profile = MediaProfile.objects.create(contact=make_contact(), kind="radio")
    assert officer.post(verdict("grant", profile), {"until": "", "reason": ""}).status_code == 302
    row = profile.contact.accreditations.get()
    assert (row.state, row.valid_until, row.scope_uid) == ("granted", None, None)
    assert "Champ requis" in officer.post(verdict("end", profile), {"reason": ""}).text
    row.refresh_from_db()
    assert row.state == "granted"
    officer.post(verdict("end", profile), {"reason": "Embargo rompu"})
    row.refresh_from_db()
    assert (row.state, row.reason, row.generation) == ("revoked", "Embargo rompu", 2)


def test_what_is_asked_is_refused_and_what_is_over_stays_as_it_is(officer):
    first, second = asked(), granted()
    actions.revoke_accreditation(second, reason="Avant", now=clock.now())
    assert (
        "1 accréditation refusée"
        in officer.post(
            verdict("end", first, second) + "&next=/admin/accreditations/",
            {"reason": "Pas de média"},
            follow=True,
        ).text
    )
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.reason, second.reason) == ("refused", "Pas de média", "Avant")


def test_a_day_in_the_past_and_the_word_all_decide_nothing(officer):
    row = asked()
    yesterday = (timezone.localdate(clock.now()) - DAY).isoformat()
    assert "passé" in officer.post(verdict("grant", row), {"until": yesterday}).text
    everything = reverse("wagtail_bulk_action", args=["contacts", "accreditation", "grant"]) + "?id=all"
    officer.post(everything, {"until": "", "reason": ""})
    row.refresh_from_db()
    assert row.state == "requested"
    with pytest.raises(actions.EndsInThePast):
        actions.grant_accreditation(contact=row.contact, valid_until=NOON, now=NOON + DAY)
    with pytest.raises(actions.ReasonWanted):
        actions.end_many([row], reason=" ", now=clock.now())


def test_of_many_one_that_fails_leaves_all_as_they_were():
    late = granted(5)
    later = Accreditation.objects.filter(pk=late.pk)
    later.update(valid_from=clock.now() + 30 * DAY, valid_until=clock.now() + 60 * DAY)
    other = asked()
    wanted = [(other.contact, None), (late.contact, None)]
    with pytest.raises(actions.EndsInThePast):
        actions.grant_many(wanted, valid_until=clock.now() + 10 * DAY, now=clock.now())
    other.refresh_from_db()
    assert other.state == "requested"


@pytest.mark.parametrize("role", ["author", "protocol", "coordinator"])
def test_who_decides_accreditations_is_named_by_a_permission(role):
    row = asked()
    client = Client()
    client.force_login(make_user(role))
    for verb in ("grant", "end"):
        client.get(verdict(verb, row))
        client.post(verdict(verb, row), {"until": "", "reason": "x"})
    row.refresh_from_db()
    assert row.state == "requested"


@pytest.mark.parametrize(
    ("stands", "named"),
    [
        ("asked", {"Nana Un"}),
        ("running", {"Nana Deux", "Nana Trois"}),
        ("soon", {"Nana Trois"}),
        ("over", {"Nana Quatre"}),
        ("refused", set()),
        ("revoked", {"Nana Cinq"}),
    ],
)
def test_the_list_is_narrowed_by_how_an_accreditation_stands(officer, stands, named):
    asked(name="Nana Un")
    granted(300, name="Nana Deux")
    granted(5, name="Nana Trois")
    over = granted(5, name="Nana Quatre")
    start = clock.now() - 9 * DAY
    Accreditation.objects.filter(pk=over.pk).update(valid_from=start, valid_until=clock.now() - DAY)
    actions.revoke_accreditation(granted(name="Nana Cinq"), reason="x", now=clock.now())
    shown = officer.get(reverse("accreditations:index"), {"stands": stands}).text
    everybody = {"Nana Un", "Nana Deux", "Nana Trois", "Nana Quatre", "Nana Cinq"}
    assert {name for name in everybody if name in shown} == named


def test_requests_and_what_ends_soon_stand_among_what_is_to_be_done():
    asked()
    granted(5)
    granted(300)
    words = [line.text for line in accreditations_due(make_user("officer"), clock.now())]
    assert words == [
        "1 demande d’accréditation attend",
        "1 accréditation prend fin d’ici un mois",
    ]
    assert accreditations_due(make_user("author"), clock.now()) == []


@pytest.mark.parametrize("name", ["accreditations", "journalists"])
def test_the_lists_ask_as_often_for_one_row_as_for_twenty(officer, name, django_assert_num_queries):
    def add(number: int) -> None:
        contact = make_contact(name=f"Journaliste {number}")
        MediaProfile.objects.create(contact=contact, kind="radio", outlet=make_organisation(kind="media"))
        actions.grant_accreditation(contact=contact, user=make_user(), now=clock.now())

    add(0)
    address = reverse(f"{name}:index")
    officer.get(address)
    with CaptureQueriesContext(connection) as first:
        officer.get(address)
    for number in range(1, 20):
        add(number)
    with django_assert_num_queries(len(first)):
        assert "Journaliste 19" in officer.get(address).text


def test_a_card_out_of_date_is_found(officer):
    today = timezone.localdate(clock.now())
    for name, until in (("Périmée", today - DAY), ("Valable", today), ("Sans", None)):
        card = "" if until is None else "C-1"
        MediaProfile.objects.create(
            contact=make_contact(name=name), kind="print", press_card=card, press_card_until_date=until
        )
    shown = officer.get(reverse("journalists:index"), {"card": "over"}).text
    assert "Périmée\n" in shown or ">Périmée<" in shown
    assert ">Valable<" not in shown
    assert "Valable\n" not in shown
