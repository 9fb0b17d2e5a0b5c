"""The words of mail to guests, and of reminders and thanks to all who come."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.core import formats, links
from cms.core.registry import Parts, Refused
from events import queries
from events.mail.letters import (
    Calendar,
    address_of,
    calendar_file,
    calendar_request,
    letter,
    link_of,
    reason,
    title_in,
)
from events.models import GuestList, Invitation, InvitationRound, Registration, RegistrationState


def guest_link(values: Mapping[str, Any]) -> str:
    """The absolute address of a guest's own page."""
    token = links.make(Invitation.LINK_PURPOSE, UUID(values["guest"]), int(values["generation"]))
    return f"{settings.PUBLIC_URL}/i/{token}"


# May it still leave? ----------------------------------------------------------------------------------------------
def recheck_guest(delivery: Any, now: datetime) -> None:
    """Refuse mail to a guest who was taken off the list since, or about a date that was called off."""
    guest = _guest(delivery)
    if guest.is_withdrawn or guest.generation != int(delivery.values["generation"]):
        raise Refused(_("This invitation was withdrawn or its link made anew: the mail does not leave."))
    if guest.occurrence.is_cancelled:
        raise Refused(_("The date is cancelled: nobody is invited to it any more."))


def recheck_question(delivery: Any, now: datetime) -> None:
    """Refuse to ask somebody who has answered since, or for a date that has begun."""
    recheck_guest(delivery, now)
    guest = _guest(delivery)
    if guest.is_answered or guest.occurrence.starts_at <= now:
        raise Refused(_("The guest has answered, or the date has begun: there is nothing to ask any more."))


def recheck_reminder(delivery: Any, now: datetime) -> None:
    """Refuse to remind somebody who has cancelled since, or of a date that has begun."""
    row = (
        Registration.objects.select_related("occurrence__event")
        .filter(uid=UUID(delivery.values["registration"]))
        .first()
    )
    if row is None or row.state != RegistrationState.CONFIRMED:
        raise Refused(_("This registration does not stand any more: nobody is reminded."))
    if row.occurrence.is_cancelled or row.occurrence.starts_at <= now:
        raise Refused(_("This date is cancelled or has begun: nobody is reminded."))


def _guest(delivery: Any) -> Invitation:
    found = queries.whole_guest(delivery.values.get("guest", ""))
    if found is None:
        raise Refused(_("This invitation does not exist any more."))
    return found


# The mails --------------------------------------------------------------------------------------------------------
def _said(delivery: Any, language: str) -> list[str]:
    """What the officer added to this round."""
    found: InvitationRound | None = queries.round_of(delivery.values.get("round", ""))
    if found is None:
        return []
    words = found.words_en if language == "en" else found.words_fr
    return queries.paragraphs(words)


def _listed(guest: Invitation) -> GuestList | None:
    return getattr(guest.occurrence, "guest_list", None)


def how_to_answer(guest: Invitation, listed: GuestList | None, language: str) -> list[str]:
    """Until when, with whom and through whom a guest may answer."""
    said = []
    if listed is not None and listed.answer_by is not None:
        at = formats.long_date(listed.answer_by, language, zone=guest.occurrence.event.zone)
        said.append(_("Please answer before %(at)s.") % {"at": at})
    if guest.may_bring:
        said.append(
            ngettext(
                "You may bring %(n)d person: name them with your answer.",
                "You may bring %(n)d people: name them with your answer.",
                guest.may_bring,
            )
            % {"n": guest.may_bring}
        )
    if guest.may_be_replaced:
        said.append(_("If you cannot come, you may send somebody in your place."))
    if listed is not None and listed.phone:
        said.append(_("You may answer by telephone too: %(phone)s.") % {"phone": listed.phone})
    return said


def _signed(listed: GuestList | None) -> list[str]:
    if listed is None or not listed.signatory:
        return []
    return [f"{listed.signatory}, {listed.function}" if listed.function else listed.signatory]


def _subject(listed: GuestList | None, language: str, otherwise: str) -> str:
    return " ".join(queries.words_of(listed, language)[0].split()) or otherwise


def save_the_date(delivery: Any, language: str, now: datetime, *, calendar: Calendar) -> Parts:
    """Announces the date, before the invitation itself."""
    values = delivery.values
    return letter(
        values,
        subject=_("Save the date: %(title)s") % {"title": title_in(values)},
        before=[
            "[[greeting]]",
            _("Please keep this date free. The invitation follows."),
            *_said(delivery, language),
        ],
        after=[_("The attached file puts the date in your calendar."), *_signed(_listed(_guest(delivery)))],
        link=values["event_url"],
        button=_("See the event") if values["event_url"] else "",
        attachments=calendar_file(values, calendar, delivery.created_at),
    )


def invite(delivery: Any, language: str, now: datetime, *, calendar: Calendar) -> Parts:
    """The invitation: the officer's words, the facts, the guest's own button; and a request to their calendar."""
    values, guest = delivery.values, _guest(delivery)
    listed = _listed(guest)
    words = queries.words_of(listed, language)[1]
    return letter(
        values,
        subject=_subject(listed, language, _("Invitation: %(title)s") % {"title": title_in(values)}),
        before=[
            "[[greeting]]",
            *(queries.paragraphs(words) or [_("We have the pleasure of inviting you.")]),
            *_said(delivery, language),
        ],
        after=[
            *how_to_answer(guest, listed, language),
            _("This link is yours alone: whoever holds it answers in your name."),
            *_signed(listed),
        ],
        link=guest_link(values),
        button=_("Answer the invitation"),
        attachments=calendar_request(delivery, calendar),
    )


def ask_again(delivery: Any, language: str, now: datetime) -> Parts:
    """Reminds a guest who has not answered."""
    values, guest = delivery.values, _guest(delivery)
    listed = _listed(guest)
    return letter(
        values,
        subject=_("Your answer, please: %(title)s") % {"title": title_in(values)},
        before=[
            "[[greeting]]",
            _("We invited you and have no answer from you yet."),
            *_said(delivery, language),
        ],
        after=[*how_to_answer(guest, listed, language), *_signed(listed)],
        link=guest_link(values),
        button=_("Answer the invitation"),
    )


def remind(delivery: Any, language: str, now: datetime) -> Parts:
    """Reminds somebody who comes, with the way to the ticket."""
    values = delivery.values
    return letter(
        values,
        subject=_("Reminder: %(title)s") % {"title": title_in(values)},
        before=[_("Hello [[name]],"), _("We expect you."), *_said(delivery, language)],
        after=[_("If you cannot come, cancel: somebody else will get the seat. This link is yours alone.")],
        link=link_of(values),
        button=_("See my ticket, or cancel"),
        online=True,
    )


def thanks(delivery: Any, language: str, now: datetime) -> Parts:
    """Thanks somebody who came."""
    values = delivery.values
    return letter(
        values,
        subject=_("Thank you: %(title)s") % {"title": title_in(values)},
        before=[_("Hello [[name]],"), _("Thank you for having been with us."), *_said(delivery, language)],
        after=[],
        link=values["event_url"],
        button=_("See the event") if values["event_url"] else "",
    )


def changed(delivery: Any, language: str, now: datetime, *, calendar: Calendar) -> Parts:
    """Tells a guest who has not answered of a new date or place, and their calendar too."""
    values, guest = delivery.values, _guest(delivery)
    return letter(
        values,
        subject=_("New date or place: %(title)s") % {"title": title_in(values)},
        before=[
            "[[greeting]]",
            _(
                "The date or the place of the event that we invited you to has changed. Here is what holds now."
            ),
            *reason(values),
        ],
        after=how_to_answer(guest, _listed(guest), language),
        link=guest_link(values),
        button=_("Answer the invitation"),
        attachments=calendar_request(delivery, calendar),
    )


def reinstated(delivery: Any, language: str, now: datetime, *, calendar: Calendar) -> Parts:
    """Tells a guest who has not answered that the date takes place after all, and their calendar too."""
    values, guest = delivery.values, _guest(delivery)
    return letter(
        values,
        subject=_("It takes place after all: %(title)s") % {"title": title_in(values)},
        before=[
            "[[greeting]]",
            _("The event that we invited you to was cancelled; it takes place after all."),
            *reason(values),
        ],
        after=how_to_answer(guest, _listed(guest), language),
        link=guest_link(values),
        button=_("Answer the invitation"),
        attachments=calendar_request(delivery, calendar),
    )


def called_off(delivery: Any, language: str, now: datetime, *, calendar: Calendar) -> Parts:
    """Tells a guest that the date does not take place."""
    values = delivery.values
    return _ended(
        delivery,
        calendar,
        subject=_("Cancelled: %(title)s") % {"title": title_in(values)},
        words=_("The event that we invited you to is cancelled."),
    )


def withdrawn(delivery: Any, language: str, now: datetime, *, calendar: Calendar) -> Parts:
    """Tells a guest that the invitation does not hold any more."""
    values = delivery.values
    return _ended(
        delivery,
        calendar,
        subject=_("Invitation withdrawn: %(title)s") % {"title": title_in(values)},
        words=_("Our invitation to this event does not hold any more. Please excuse us."),
    )


def _ended(delivery: Any, calendar: Calendar, *, subject: str, words: str) -> Parts:
    values = delivery.values
    return letter(
        values,
        subject=subject,
        before=["[[greeting]]", words, *reason(values)],
        after=[_("The attached file takes it out of your calendar."), *address_of(values)],
        link="",
        attachments=calendar_request(delivery, calendar, method="CANCEL"),
    )
