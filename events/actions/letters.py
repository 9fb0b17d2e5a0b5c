"""The mail that people of an event are owed: written as rows, in the transaction of what it tells."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cms.mailing import actions as mailing
from events import queries
from events.models import Occurrence, Registration, RegistrationState

_BY_STATE = {
    RegistrationState.PENDING: "events.confirm_address",
    RegistrationState.REQUESTED: "events.requested",
    RegistrationState.CONFIRMED: "events.confirmed",
    RegistrationState.WAITING: "events.waiting",
    RegistrationState.REFUSED: "events.refused",
    RegistrationState.CANCELLED: "events.cancelled",
}


def owe(
    renderer: str, registration: Registration, row: Occurrence, *, now: datetime, reason: str = ""
) -> None:
    """Write one mail to this person; who gave a telephone only is called instead (the list says so).

    The personal link is not among the values: it is derived from uid and generation when the mail is made.
    """
    if not registration.email:
        return
    values: dict[str, Any] = {
        **queries.letter_values(row, language=registration.language),
        "registration": registration.uid.hex,
        "generation": registration.generation,
        "organisation": registration.organisation,
        "reason": reason or ("" if registration.reason == "full" else registration.reason),
        "full": registration.reason == "full",
    }
    purpose = renderer.removeprefix("events.")
    mailing.owe(
        renderer=renderer,
        recipient_key=f"{registration.uid.hex}:{purpose}:{registration.version}.{row.event.sequence}",
        address=registration.email,
        name=registration.name,
        contact=registration.contact,
        language=registration.language,
        values=values,
        now=now,
    )


def tell(registration: Registration, row: Occurrence, *, now: datetime) -> None:
    """Owe the mail that says the registration's present state."""
    if renderer := _BY_STATE.get(RegistrationState(registration.state)):
        owe(renderer, registration, row, now=now)
