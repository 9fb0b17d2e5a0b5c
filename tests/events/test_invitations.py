"""Inviting to an event: the draft, its words in each language, and when it may leave."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from cms.accounts.models import Role
from cms.core.actions import place_page
from cms.core.models import SitePage
from cms.mailing import actions as mailing
from cms.mailing.mail import checklist
from cms.mailing.mail.letters import refusal, write
from cms.mailing.models import Mailing
from events import actions
from events.models import Event, EventPage
from tests.factories import mailing as make
from tests.factories.accounts import make_user
from tests.factories.core import NOON, locale
from tests.factories.events import make_agendas, make_event, make_event_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def audience() -> Any:
    make.sender()
    return make.audience(2)


@pytest.fixture
def page() -> EventPage:
    return make_event_page(title="Forum des compétences", summary="Deux jours pour se rencontrer.")


def prepared(event: Event, audience: Any, **options: Any) -> Mailing:
    return actions.prepare_invitation(event=event, audiences=[audience], user=None, now=NOON, **options)


def words(row: Mailing, language: str = "fr") -> Any:
    return write(row, language=language, sender=row.sender or make.sender(), now=NOON)


def test_the_draft_is_an_invitation_of_the_event_and_nothing_leaves(page, audience):
    row = prepared(page.event, audience)
    assert (row.kind, row.state, row.source_uid) == ("invitation", "draft", page.event.uid)
    assert row.title == "Invitation – Forum des compétences"
    assert not row.deliveries.exists()


def test_it_says_what_when_where_and_how_to_register_with_a_calendar_file(page, audience):
    parts = words(prepared(page.event, audience))
    register = f"{settings.PUBLIC_URL}{page.public_path}inscription/"
    assert parts.subject == "Invitation : Forum des compétences"
    for said in (parts.text, parts.html):
        assert "[[greeting]]" in said
        assert "mardi 24 novembre 2026, de 10 h 00 à 10 h 45" in said.replace("\u00a0", " ")
        assert "Maison de la presse" in said
        assert "Deux jours pour se rencontrer." in said
        assert register in said
    [(name, kind, calendar)] = parts.attachments
    assert (name, kind.partition(";")[0]) == ("event.ics", "text/calendar")
    assert b"SUMMARY:Forum des comp\xc3\xa9tences" in calendar
    assert b"DTSTART:20261124T100000" in calendar or b"DTSTART;TZID=" in calendar


def test_nothing_of_what_only_registered_people_are_told_is_in_it(page, audience):
    Event.objects.filter(pk=page.event_id).update(online_url="https://visio.example.org/secret")
    parts = words(prepared(page.event, audience))
    assert "visio.example.org" not in parts.text + parts.html + parts.attachments[0][2].decode()


def test_it_is_written_in_the_readers_language_where_there_is_one_else_in_french(page, audience):
    row = prepared(page.event, audience)
    parts = words(row, "en")
    assert parts.subject.startswith("Invitation : Forum")
    assert parts.headers["Content-Language"] == "fr"
    _french, agenda = make_agendas()
    english = EventPage(
        title="Skills forum",
        slug="forum",
        locale=locale("en"),
        event=page.event,
        translation_key=page.translation_key,
    )
    place_page(agenda, english, user=None, now=NOON - timedelta(days=1))
    parts = words(row, "en")
    assert parts.subject == "Invitation: Skills forum"
    assert "/register/" in parts.text
    assert parts.headers["Content-Language"] == "en"


def test_without_registration_the_button_leads_to_the_page(page, audience):
    Event.objects.filter(pk=page.event_id).update(takes_registrations=False)
    parts = words(prepared(page.event, audience))
    assert "inscription/" not in parts.text
    assert page.public_url in parts.text


def test_the_same_invitation_has_the_same_bytes_at_any_minute(page, audience):
    row = prepared(page.event, audience)
    later = write(row, language="fr", sender=row.sender, now=NOON + timedelta(hours=5))
    assert later == words(row)


def test_the_whole_of_it_passes_the_checklist_and_leaves(page, audience):
    row = prepared(page.event, audience)
    assert checklist.checklist(row, now=NOON) == []
    assert mailing.launch(row, user=None, now=NOON).state == "sending"


def test_it_waits_until_the_event_is_public(audience):
    page = make_event_page()
    until = NOON + timedelta(hours=6)
    SitePage.objects.filter(pk=page.pk).update(public_from=until)
    row = prepared(page.event, audience)
    assert refusal(row, now=NOON).until == until
    mailing.launch(row, user=None, now=NOON)
    row.refresh_from_db()
    assert row.state == "scheduled"
    mailing.sweep(now=until - timedelta(seconds=1))
    assert not row.deliveries.exists()
    mailing.sweep(now=until)
    assert row.deliveries.count() == 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"state": "cancelled"}, "annulé"),
        ({"withdrawn_at": NOON}, "retiré"),
    ],
)
def test_nobody_is_invited_to_what_does_not_take_place(page, audience, changes, said):
    row = prepared(page.event, audience)
    Event.objects.filter(pk=page.event_id).update(**changes)
    assert said in str(refusal(row, now=NOON))
    with pytest.raises(mailing.MailingError, match=said):
        mailing.launch(row, user=None, now=NOON)
    page.event.refresh_from_db()
    with pytest.raises(actions.NotInvitable, match=said):
        prepared(page.event, audience)


def test_nor_to_what_is_over_has_no_date_or_no_open_page(page, audience):
    row = prepared(page.event, audience)
    assert "est passé" in str(refusal(row, now=NOON + timedelta(days=3)))
    undated = make_event_page(
        make_event(start_date=None, start_time=None, end_time=None), slug="sans-date"
    ).event
    with pytest.raises(actions.NotInvitable, match="date n’est pas encore fixée"):
        prepared(undated, audience)
    with pytest.raises(actions.NotInvitable, match="pas publiée"):
        prepared(make_event(), audience)
    SitePage.objects.filter(pk=page.pk).update(audience="members")
    with pytest.raises(actions.NotInvitable, match="ouverte à tous"):
        prepared(page.event, audience)


def test_an_event_cancelled_while_it_is_being_sent_stops_the_rest(page, audience):
    row = mailing.launch(prepared(page.event, audience), user=None, now=NOON)
    actions.cancel_event(event=page.event, user=None, now=NOON)
    mailing.drain(row.pk, clock=lambda: NOON)
    row.refresh_from_db()
    assert row.state == "paused"
    assert "annulé" in row.reason


def test_a_repeated_event_is_told_with_its_next_date(audience):
    page = make_event_page(make_event(start_date=date(2026, 11, 24)))
    row = prepared(page.event, audience)
    page.event.occurrences.update(state="cancelled")
    assert refusal(row, now=NOON) is not None


def client_of(role: Role) -> Client:
    client = Client()
    client.force_login(make_user(role))
    return client


def test_the_officers_button_leads_to_the_mailing_and_protocol_has_none(audience):
    from cms.core import clock

    day = (clock.now() + timedelta(days=3)).date()
    page = make_event_page(make_event(start_date=day, now=clock.now()))
    officer, address = client_of(Role.OFFICER), reverse("events_change", args=[page.event_id, "invite"])
    assert address in officer.get(reverse("events_people", args=[page.event_id])).content.decode()
    assert "Presse" in officer.get(address).content.decode()
    answer = officer.post(address, {"audiences": [audience.pk]})
    row = Mailing.objects.get(renderer="events.invitation")
    assert answer["Location"] == reverse("mailing_compose", args=[row.pk])
    compose = officer.get(answer["Location"]).content.decode()
    assert "Rien à corriger" in compose
    assert client_of(Role.PROTOCOL).post(address, {"audiences": [audience.pk]}).status_code in (302, 403)
    assert Mailing.objects.filter(renderer="events.invitation").count() == 1
