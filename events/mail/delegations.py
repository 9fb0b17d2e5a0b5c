"""The words of mail that delegations are owed: to the head, and to who was named."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cms.core import links
from cms.core.registry import Parts
from events.mail.letters import Calendar, calendar_file, letter, parts, reason, title_in
from events.models import Delegation


def head_link(values: Mapping[str, Any]) -> str:
    """The absolute address of the delegation's page, which is the head's alone."""
    token = links.make(Delegation.LINK_PURPOSE, UUID(values["delegation"]), int(values["generation"]))
    return f"{settings.PUBLIC_URL}/d/{token}"


def _to_head(
    values: Mapping[str, Any], subject: str, before: list[str], after: list[str], **more: Any
) -> Parts:
    return letter(
        values,
        subject=f"{subject} {title_in(values)}",
        before=[_("Hello [[name]],"), *before],
        after=after,
        link=head_link(values),
        **more,
    )


def _granted(values: Mapping[str, Any]) -> str:
    granted, places = int(values["granted"]), int(values["places"])
    if granted >= places:
        return ngettext(
            "The delegation of %(organisation)s is confirmed: %(n)s seat is kept for it.",
            "The delegation of %(organisation)s is confirmed: %(n)s seats are kept for it.",
            granted,
        ) % {"organisation": values["organisation"], "n": granted}
    return _(
        "Seats are short: of the %(places)s that the delegation of %(organisation)s asked for, %(n)s are kept for it. "
        "Whoever you name beyond them is put on the waiting list."
    ) % {"organisation": values["organisation"], "places": places, "n": granted}


def requested(delivery: Any, language: str, now: datetime) -> Parts:
    """Tells the head that the announcement arrived, and that no seat is kept yet."""
    values = delivery.values
    said = _("We received the announcement of a delegation of %(places)s for %(organisation)s.") % values
    return _to_head(
        values,
        _("Delegation announced:"),
        [
            said,
            _("The organisers answer each delegation; no seat is kept before. You will have word by mail."),
        ],
        [_("If it was not you, do nothing.")],
        button=_("See the delegation"),
    )


def confirmed(delivery: Any, language: str, now: datetime) -> Parts:
    """Tells the head how many seats there are, until when to name people, and where."""
    values = delivery.values
    return _to_head(
        values,
        _("Delegation confirmed:"),
        [
            _granted(values),
            _("Name each person until %(until)s: after that day, seats without a name go to others.")
            % {"until": values["until"]},
        ],
        [
            _("Each person named gets a link of their own, for the ticket and the details of the journey."),
            _("This link is that of the head of the delegation: do not pass it on."),
        ],
        button=_("Name the people of the delegation"),
    )


def reminder(delivery: Any, language: str, now: datetime) -> Parts:
    """Tells the head that seats without a name are about to go to others."""
    values = delivery.values
    kept = int(values["kept"])
    said = ngettext(
        "%(n)s seat is kept for the delegation of %(organisation)s and has no name yet.",
        "%(n)s seats are kept for the delegation of %(organisation)s and have no name yet.",
        kept,
    ) % {"n": kept, "organisation": values["organisation"]}
    return _to_head(
        values,
        _("Names wanted:"),
        [
            said,
            _("Name each person until %(until)s: after that day, seats without a name go to others.")
            % {"until": values["until"]},
        ],
        [],
        button=_("Name the people of the delegation"),
    )


def changed(delivery: Any, language: str, now: datetime) -> Parts:
    """Tells the head of a new date or place."""
    values = delivery.values
    return _to_head(
        values,
        _("New date or place:"),
        [_("The date or the place has changed. Here is what holds now."), *reason(values)],
        [_("Those you named are told too. Please look at their flights and nights again.")],
        button=_("See the delegation"),
    )


def refused(delivery: Any, language: str, now: datetime) -> Parts:
    """Says that the delegation cannot be received, and why."""
    values = delivery.values
    said = _("We are sorry: the delegation of %(organisation)s cannot be received.") % values
    return _to_head(values, _("Your delegation could not be kept:"), [said, *reason(values)], [])


def cancelled(delivery: Any, language: str, now: datetime) -> Parts:
    """Confirms that the whole delegation is cancelled."""
    values = delivery.values
    said = (
        _("The delegation of %(organisation)s is cancelled, and so are the registrations of its people.")
        % values
    )
    return _to_head(values, _("Delegation cancelled:"), [said, *reason(values)], [])


def called_off(delivery: Any, language: str, now: datetime) -> Parts:
    """Tells the head that the date does not take place."""
    values = delivery.values
    return _to_head(
        values,
        _("Cancelled:"),
        [_("This date is cancelled."), *reason(values)],
        [_("Those you named are told too.")],
    )


def reinstated(delivery: Any, language: str, now: datetime) -> Parts:
    """Tells the head that a date that was cancelled takes place after all."""
    values = delivery.values
    return _to_head(
        values,
        _("It takes place after all:"),
        [_("This date was cancelled; it takes place after all."), *reason(values)],
        [_("Those you named are told too. Please look at their flights and nights again.")],
        button=_("See the delegation"),
    )


def named(delivery: Any, language: str, now: datetime, *, calendar: Calendar) -> Parts:
    """Tells somebody that a delegation named them: their seat, their own link, what the organisers need to know."""
    values = delivery.values
    return parts(
        values,
        subject=_("You are in the delegation: %(title)s") % {"title": title_in(values)},
        before=[
            _("The head of the delegation of %(organisation)s named you. A seat is kept for you.") % values,
            _("Please say when you arrive and leave, and what you need: visa, hotel, meals."),
        ],
        button=_("See my ticket, and say when I arrive"),
        after=[
            _("Show the ticket's square code at the door, on your telephone or printed."),
            _("If you cannot come, cancel: somebody else will get the seat. This link is yours alone."),
        ],
        online=True,
        attachments=calendar_file(values, calendar, delivery.created_at),
    )


#: Mail to heads, by renderer: what staff call it, and who words it.
TO_HEADS = {
    "delegation_requested": (gettext_lazy("Delegations: announcement received"), requested),
    "delegation_confirmed": (gettext_lazy("Delegations: confirmed"), confirmed),
    "delegation_reminder": (gettext_lazy("Delegations: names wanted"), reminder),
    "delegation_changed": (gettext_lazy("Delegations: new date or place"), changed),
    "delegation_refused": (gettext_lazy("Delegations: refused"), refused),
    "delegation_cancelled": (gettext_lazy("Delegations: cancelled"), cancelled),
    "delegation_called_off": (gettext_lazy("Delegations: event cancelled"), called_off),
    "delegation_reinstated": (gettext_lazy("Delegations: event held after all"), reinstated),
}
