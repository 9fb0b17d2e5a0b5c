"""The words of mail that people registered for a date are owed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from cms.core.registry import Parts
from events.mail.letters import Calendar, address_of, calendar_request, parts, reason, title_in


def confirm_address(delivery: Any, language: str, now: datetime) -> Parts:
    """Asks the person to confirm that the address is theirs; says that a seat is kept where one is."""
    values = delivery.values
    kept = _(
        "A seat is kept for you for one hour where there is one; after that it goes to whoever confirms first."
    )
    return parts(
        values,
        subject=_("Confirm your registration: %(title)s") % {"title": title_in(values)},
        before=[
            _(
                "Someone, probably you, registered with this address. Confirm it, and your registration counts."
            )
        ],
        button=_("Confirm my registration"),
        after=[
            *([kept] if values.get("kept", True) else []),
            _("If it was not you, do nothing: the registration lapses by itself."),
        ],
    )


def requested(delivery: Any, language: str, now: datetime) -> Parts:
    """Says that the registration awaits approval."""
    values = delivery.values
    return parts(
        values,
        subject=_("Registration received: %(title)s") % {"title": title_in(values)},
        before=[
            _("Your address is confirmed. The organisers answer each request; you will have word by mail.")
        ],
        button=_("See my registration"),
        after=[],
    )


def confirmed(delivery: Any, language: str, now: datetime, *, calendar: Calendar) -> Parts:
    """Says that the seat is theirs, with the calendar file and the personal link."""
    values = delivery.values
    return parts(
        values,
        subject=_("Registration confirmed: %(title)s") % {"title": title_in(values)},
        before=[_("Your registration is confirmed: a seat is kept for you.")],
        button=_("See my ticket, or cancel"),
        after=[
            _("Show the ticket's square code at the door, on your telephone or printed."),
            _("If you cannot come, cancel: somebody else will get the seat. This link is yours alone."),
        ],
        online=True,
        attachments=calendar_request(delivery, calendar, answer="ACCEPTED"),
    )


def promoted(delivery: Any, language: str, now: datetime, *, calendar: Calendar) -> Parts:
    """Says that a seat came free and is theirs."""
    values = delivery.values
    return parts(
        values,
        subject=_("A seat has come free for you: %(title)s") % {"title": title_in(values)},
        before=[_("You were on the waiting list: a seat has come free, and it is yours.")],
        button=_("See my ticket, or cancel"),
        after=[_("If you cannot come any more, cancel: the seat goes to the next person at once.")],
        online=True,
        attachments=calendar_request(delivery, calendar, answer="ACCEPTED"),
    )


def offered(delivery: Any, language: str, now: datetime) -> Parts:
    """Says that a seat came free and until when it waits for their yes."""
    values = delivery.values
    return parts(
        values,
        subject=_("A seat is kept for you until %(until)s: %(title)s")
        % {"until": values["until"], "title": title_in(values)},
        before=[
            _("You are on the waiting list, and a seat has come free. It is kept for you until %(until)s.")
            % {"until": values["until"]},
        ],
        button=_("Take the seat, or leave it"),
        after=[_("Without your answer by then, it is offered to the next person.")],
    )


def offer_lapsed(delivery: Any, language: str, now: datetime) -> Parts:
    """Says that the seat that was kept for them has gone to the next."""
    values = delivery.values
    return parts(
        values,
        subject=_("The seat was not taken: %(title)s") % {"title": title_in(values)},
        before=[
            _("A seat was kept for you, and we had no answer in time: it is offered to the next person."),
        ],
        after=[_("If you still wish to come, register again on the event's page."), *address_of(values)],
    )


def waiting(delivery: Any, language: str, now: datetime) -> Parts:
    """Says that the hall is full and that they are on the list."""
    values = delivery.values
    return parts(
        values,
        subject=_("You are on the waiting list: %(title)s") % {"title": title_in(values)},
        before=[
            _("All seats are taken. You are on the waiting list; as soon as a seat comes free, we tell you.")
        ],
        button=_("See my registration, or cancel"),
        after=[],
    )


def refused(delivery: Any, language: str, now: datetime) -> Parts:
    """Says that there is no seat for them, and why."""
    values = delivery.values
    why = _("All seats were taken when you confirmed.") if values.get("full") else ""
    return parts(
        values,
        subject=_("Your registration could not be kept: %(title)s") % {"title": title_in(values)},
        before=[
            _("We are sorry: your registration could not be kept."),
            *([why] if why else []),
            *reason(values),
        ],
        after=[],
    )


def cancelled(delivery: Any, language: str, now: datetime, *, calendar: Calendar) -> Parts:
    """Confirms that the registration is cancelled."""
    values = delivery.values
    return parts(
        values,
        subject=_("Registration cancelled: %(title)s") % {"title": title_in(values)},
        before=[_("Your registration is cancelled."), *reason(values)],
        after=[_("If this was a mistake, register again on the event's page."), *address_of(values)],
        attachments=calendar_request(delivery, calendar, method="CANCEL"),
    )


def changed(delivery: Any, language: str, now: datetime, *, calendar: Calendar) -> Parts:
    """Tells of a new date or place."""
    values = delivery.values
    return parts(
        values,
        subject=_("New date or place: %(title)s") % {"title": title_in(values)},
        before=[_("The date or the place has changed. Here is what holds now."), *reason(values)],
        button=_("See my registration, or cancel"),
        after=[_("Your registration stays as it is. The attached file corrects your calendar.")],
        online=bool(values.get("seated")),
        attachments=calendar_request(delivery, calendar),
    )


def called_off(delivery: Any, language: str, now: datetime, *, calendar: Calendar) -> Parts:
    """Tells that the date does not take place."""
    values = delivery.values
    return parts(
        values,
        subject=_("Cancelled: %(title)s") % {"title": title_in(values)},
        before=[_("This date is cancelled."), *reason(values)],
        after=[_("The attached file takes it out of your calendar."), *address_of(values)],
        attachments=calendar_request(delivery, calendar, method="CANCEL"),
    )


def reinstated(delivery: Any, language: str, now: datetime, *, calendar: Calendar) -> Parts:
    """Tells that a date that was cancelled takes place after all; it is back in the calendar of who has a seat."""
    values = delivery.values
    seated = bool(values.get("seated"))
    kept = _("Your seat is kept.") if seated else _("Your registration is as it was before.")
    return parts(
        values,
        subject=_("It takes place after all: %(title)s") % {"title": title_in(values)},
        before=[_("This date was cancelled; it takes place after all."), kept, *reason(values)],
        button=_("See my registration, or cancel"),
        after=[_("If you cannot come any more, cancel: somebody else will get the seat.")],
        online=seated,
        attachments=calendar_request(delivery, calendar, answer="ACCEPTED") if seated else (),
    )
