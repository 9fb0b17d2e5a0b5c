"""The mail that people of an event are owed: written as rows, in the transaction of what it tells."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from cms.core import formats
from cms.mailing import actions as mailing
from events import queries
from events.models import FULL, Delegation, Occurrence, Registration, RegistrationState

_BY_STATE = {
    RegistrationState.PENDING: "events.confirm_address",
    RegistrationState.REQUESTED: "events.requested",
    RegistrationState.CONFIRMED: "events.confirmed",
    RegistrationState.WAITING: "events.waiting",
    RegistrationState.OFFERED: "events.offered",
    RegistrationState.REFUSED: "events.refused",
    RegistrationState.CANCELLED: "events.cancelled",
}


def values_of(
    registration: Registration, row: Occurrence, *, reason: str = "", about: dict[str, Any] | None = None
) -> dict[str, Any]:
    """What a mail to this person about this date is made of. `about`: what is the same for all of their language."""
    until = registration.offered_until
    return {
        **(about or queries.letter_values(row, language=registration.language)),
        "registration": registration.uid.hex,
        "generation": registration.generation,
        "organisation": registration.organisation,
        "reason": reason or registration.told_reason,
        "full": registration.reason == FULL,
        "seated": registration.state == RegistrationState.CONFIRMED,
        "kept": registration.held_until is not None,
        "until": formats.long_date(until, registration.language) if until else "",
    }


def owe(
    renderer: str, registration: Registration, row: Occurrence, *, now: datetime, reason: str = ""
) -> None:
    """Write one mail to this person; who gave a telephone only is called instead (the list says so).

    The personal link is not among the values: it is derived from uid and generation when the mail is made.
    """
    owe_each(renderer, [(registration, row)], now=now, reason=reason)


def owe_each(
    renderer: str, people: Iterable[tuple[Registration, Occurrence]], *, now: datetime, reason: str = ""
) -> None:
    """The same mail to many, each about their date; what it costs the database grows by their dates, not by them."""
    purpose, mails = renderer.removeprefix("events."), []
    about: dict[tuple[int, str], dict[str, Any]] = {}
    for one, row in people:
        if not one.email:
            continue
        key = (row.pk, one.language)
        if key not in about:
            about[key] = queries.letter_values(row, language=one.language)
        # Each change of the event or of this very date is a word of its own; the same change is told once.
        once = f"{one.uid.hex}:{purpose}:{one.version}.{row.event.sequence + row.sequence}"
        values = values_of(one, row, reason=reason, about=about[key])
        mails.append(mailing.Owed(once, one.email, one.name, one.language, values, one.contact))
    if mails:
        mailing.owe_all(renderer=renderer, mails=mails, now=now)


def renderer_of(state: str) -> str:
    """The name of the mail that says this state."""
    return _BY_STATE[RegistrationState(state)]


def tell(registration: Registration, row: Occurrence, *, now: datetime) -> None:
    """Owe the mail that says the registration's present state."""
    if renderer := _BY_STATE.get(RegistrationState(registration.state)):
        owe(renderer, registration, row, now=now)


def owe_head(
    renderer: str,
    delegation: Delegation,
    row: Occurrence,
    *,
    now: datetime,
    reason: str = "",
    once: str = "",
    kept: int = 0,
) -> None:
    """Write one mail to the head of a delegation; who gave a telephone only is called instead.

    `once` makes the mail the only one of its kind for this mark, whatever changes; else one for each state of things.
    """
    if not delegation.email:
        return
    values: dict[str, Any] = {
        **queries.letter_values(row, language=delegation.language),
        "delegation": delegation.uid.hex,
        "generation": delegation.generation,
        "organisation": delegation.organisation,
        "places": delegation.places,
        "granted": delegation.granted,
        "kept": kept,
        "until": formats.day(delegation.last_day_for_names(row.event.zone), delegation.language),
        "reason": reason or delegation.reason,
    }
    purpose = renderer.removeprefix("events.")
    mailing.owe(
        renderer=renderer,
        recipient_key=f"{delegation.uid.hex}:{purpose}:{once or f'{delegation.version}.{row.event.sequence}'}",
        address=delegation.email,
        name=delegation.head_name,
        contact=delegation.contact,
        language=delegation.language,
        values=values,
        now=now,
    )
