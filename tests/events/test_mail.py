"""The mail that people of an event are owed, as it leaves."""

from __future__ import annotations

from datetime import timedelta

import icalendar
import pytest

from cms.core import registry
from cms.core.registry import Refused
from cms.mailing.actions.owe import ensure_sender
from cms.mailing.exports import for_whatsapp
from cms.mailing.mail.letters import write_owed
from cms.mailing.models import Delivery
from events import actions, queries
from events.models import EventPage, Registration
from tests.factories.core import NOON
from tests.factories.events import make_event, make_event_page, make_registration

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("laid_agendas")]


def letter(registration: Registration, purpose: str):  # type: ignore[no-untyped-def]
    delivery = Delivery.objects.select_related("mailing__sender").get(
        recipient_key__startswith=f"{registration.uid.hex}:{purpose}:"
    )
    return write_owed(delivery, sender=ensure_sender(), now=NOON), delivery


def test_the_mail_that_asks_to_confirm_has_the_personal_link_and_no_button_that_acts_by_itself() -> None:
    page = make_event_page()
    registration = make_registration(page.event.occurrences.get(), confirm=False)
    parts, delivery = letter(registration, "confirm_address")
    link = f"/r/{queries.key_of(registration)}"
    assert parts.subject == "Confirmez votre inscription\u00a0: Conférence de presse"
    assert link in parts.text
    assert link in parts.html
    assert "mardi 24 novembre 2026, de 10\u00a0h\u00a000 à 10\u00a0h\u00a045" in parts.text.replace(
        " h ", "\u00a0h\u00a0"
    )
    assert queries.key_of(registration) not in str(delivery.values)


@pytest.mark.parametrize(("asks", "said"), [(False, True), (True, False)])
def test_a_seat_is_said_to_be_kept_only_where_it_is(asks: bool, said: bool) -> None:
    page = make_event_page(make_event(needs_approval=asks))
    registration = make_registration(page.event.occurrences.get(), confirm=False)
    parts, _delivery = letter(registration, "confirm_address")
    assert ("gardée une heure" in parts.text) is said


def test_the_confirmation_carries_a_calendar_file_without_the_link() -> None:
    page = make_event_page()
    registration = make_registration(page.event.occurrences.get())
    parts, delivery = letter(registration, "confirmed")
    (name, content_type, body), *more = parts.attachments
    assert (name, more) == ("event.ics", [])
    assert content_type.startswith("text/calendar")
    entry = icalendar.Calendar.from_ical(body).walk("VEVENT")[0]
    assert str(entry["UID"]) == f"{page.event.uid}@kunnafoni"
    assert b"/r/" not in body.replace(b"\r\n ", b"")
    again = write_owed(delivery, sender=ensure_sender(), now=NOON + timedelta(days=1))
    assert again.attachments == parts.attachments


def test_the_mail_is_in_the_language_of_the_person() -> None:
    page = make_event_page()
    registration = make_registration(page.event.occurrences.get(), language="en")
    parts, _delivery = letter(registration, "confirmed")
    assert parts.subject.startswith("Registration confirmed: ")
    assert "10:00 to 10:45" in parts.text


def test_a_name_stays_inert_in_the_mail() -> None:
    page = make_event_page()
    registration = make_registration(
        page.event.occurrences.get(), name="<b>Awa</b> http://mal.example.org {{ 7|add:7 }}", confirm=False
    )
    parts, _delivery = letter(registration, "confirm_address")
    assert "<b>Awa</b>" not in parts.html
    assert "http://mal.example.org" not in parts.html + parts.text


def test_every_letter_can_be_written_in_both_languages() -> None:
    event = make_event(capacity=1, needs_approval=True)
    occurrence = event.occurrences.get()
    make_event_page(event)
    people = [make_registration(occurrence, n, language=("fr", "en")[n % 2]) for n in range(4)]
    actions.approve(registration=people[0], user=None, now=NOON)
    actions.approve(registration=people[1], user=None, now=NOON)
    actions.refuse(registration=people[2], reason="Une place par rédaction", user=None, now=NOON)
    actions.change_place(
        event=event, values={"place_name": "Palais de la culture", "address": ""}, user=None, now=NOON
    )
    actions.cancel(registration=people[0], now=NOON)
    actions.cancel_event(event=event, reason="Report", user=None, now=NOON)
    written = set()
    for delivery in Delivery.objects.select_related("mailing__sender"):
        parts = write_owed(delivery, sender=ensure_sender(), now=NOON)
        assert all((parts.subject, parts.text, parts.html))
        written.add(delivery.mailing.renderer)
    assert written == {
        f"events.{name}"
        for name in (
            "confirm_address",
            "requested",
            "confirmed",
            "waiting",
            "refused",
            "changed",
            "promoted",
            "cancelled",
            "called_off",
        )
    }


def test_an_event_is_handed_on_with_its_next_date_and_place_once_everybody_may_read_it() -> None:
    page = make_event_page()
    share = registry.shareables.get("events.event")
    assert share is not None
    said = for_whatsapp(share.brief(page.event.uid, "fr", NOON))
    assert said.startswith(f"*{page.title}*\n\nmardi 24 novembre 2026, de 10")
    assert page.event.place_name in said
    assert said.endswith(page.public_url)
    EventPage.objects.filter(pk=page.pk).update(audience="journalists")
    with pytest.raises(Refused):
        share.brief(page.event.uid, "fr", NOON)
