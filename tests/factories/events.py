"""Events, dates and people to test with."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from cms.core.actions import place_page
from events import actions
from events.models import AgendaPage, Delegation, Event, EventPage, Kind, Occurrence, Registration
from tests.factories.core import NOON, locale, make_site

TOMORROW = (NOON + timedelta(days=1)).date()


def make_event(*, now: datetime = NOON, **values: Any) -> Event:
    """A press conference tomorrow at ten with open registration and no limit of seats."""
    defaults: dict[str, Any] = {
        "name": "Conférence de presse",
        "kind": Kind.PRESS_CONFERENCE,
        "start_date": TOMORROW,
        "start_time": time(10),
        "end_time": time(10, 45),
        "place_name": "Maison de la presse",
        "takes_registrations": True,
    }
    return actions.create_event(user=None, now=now, **{**defaults, **values})


def make_occurrence(**values: Any) -> Occurrence:
    """The date of a new event."""
    return make_event(**values).occurrences.get()


def make_agendas() -> tuple[AgendaPage, AgendaPage]:
    """The French and the English agenda."""
    _root, home, english = make_site()
    found = AgendaPage.objects.filter(locale=locale("fr")).first()
    if found is not None:
        return found, AgendaPage.objects.get(locale=locale("en"))
    long_ago = NOON - timedelta(days=3650)
    french = place_page(
        home, AgendaPage(title="Agenda", slug="agenda", locale=locale("fr")), user=None, now=long_ago
    )
    other = AgendaPage(
        title="Agenda", slug="agenda", locale=locale("en"), translation_key=french.translation_key
    )
    return french, place_page(english, other, user=None, now=long_ago)


def make_event_page(
    event: Event | None = None,
    *,
    title: str = "Conférence de presse",
    slug: str = "conference",
    **values: Any,
) -> EventPage:
    """A published French page of an event."""
    agenda, _english = make_agendas()
    page = EventPage(title=title, slug=slug, locale=locale("fr"), event=event or make_event(), **values)
    return place_page(agenda, page, user=None, now=NOON - timedelta(days=1))


def make_registration(
    occurrence: Occurrence, number: int = 1, *, confirm: bool = True, **values: Any
) -> Registration:
    """Somebody who registered through the public form, and (unless told) confirmed the address."""
    defaults: dict[str, Any] = {
        "name": f"Invité {number}",
        "email": f"invite{number}@example.org",
        "language": "fr",
        "now": NOON,
    }
    asked = {**defaults, **values}
    registration = actions.register(occurrence=occurrence, **asked)
    if confirm:
        registration = actions.confirm_address(registration=registration, now=asked["now"])
    return registration


def make_delegation(occurrence: Occurrence, *, granted: int = 4, **values: Any) -> Delegation:
    """A delegation of Bénin, of four places, whose head does not come; granted its seats unless told 0."""
    said = {
        "organisation": values.pop("organisation", "Agence du Bénin"),
        "country": values.pop("country", "BJ"),
        "head_name": "Codjo Ahouansou",
        "head_comes": values.pop("head_comes", False),
        "email": values.pop("email", "chef@example.org"),
        "language": "fr",
    }
    defaults = {"places": 4, "names_until": NOON + timedelta(hours=12), "user": None, "now": NOON}
    return actions.add_delegation(occurrence=occurrence, said=said, granted=granted, **{**defaults, **values})


def name_somebody(delegation: Delegation, number: int = 1, **values: Any) -> Registration:
    """One person named by the head of the delegation."""
    said = {"name": f"Délégué {number}", "function": "Conseiller", "language": "fr"}
    asked = {"now": NOON, "rows": None, "key": None, "user": None}
    asked |= {name: values.pop(name) for name in list(values) if name in asked}
    return actions.name_member(delegation=delegation, said={**said, **values}, **asked)


__all__ = ["NOON", "TOMORROW", "UTC", "date", "datetime", "make_agendas", "make_event", "make_event_page"]
