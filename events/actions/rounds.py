"""Writing to the people of a date together, each once: at once by an officer, or at a day and hour by the clock.

Each mail is a row of the outbox keyed by person and round, so that a round written twice, or by two workers at once,
writes nobody a second time.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from cms.core.actions import log_thing
from cms.mailing import actions as mailing
from events import queries
from events.actions import answers, guests, seats
from events.actions.errors import EventsError
from events.models import (
    Invitation,
    InvitationRound,
    InvitationState,
    Occurrence,
    RoundKind,
    RoundState,
)
from events.queries import Reached

#: A reminder whose hour is longer past than this is not written any more: « dans sept jours » would be wrong.
LATE = timedelta(hours=36)
RENDERERS: dict[str, str] = {kind: f"events.guest_{kind}" for kind in RoundKind.values}
CHANGED, WITHDRAWN, CALLED_OFF = "events.guest_changed", "events.guest_withdrawn", "events.guest_called_off"
REINSTATED = "events.guest_reinstated"


class CannotWrite(EventsError):
    """A round cannot be planned or written; `str()` is the sentence for the officer."""


def why_not(row: Occurrence, kind: str, *, now: datetime) -> str:
    """Why a round of this kind may not be written at `now`; "" where it may."""
    if row.is_cancelled or row.event.is_withdrawn:
        return _("This date is cancelled or its event withdrawn: nobody is written to.")
    if kind == RoundKind.THANKS:
        return "" if row.is_past(now) else _("Thanks are written once the date is over.")
    return (
        _("This date has begun or is over: nobody is invited or reminded any more.")
        if row.starts_at <= now
        else ""
    )


@transaction.atomic
def plan_round(
    *,
    occurrence: Occurrence,
    kind: str,
    days: int | None,
    at: time = time(9),
    words_fr: str = "",
    words_en: str = "",
    user: Any,
    now: datetime,
) -> InvitationRound:
    """Plan a round `days` before the date (negative: after), or with None one that an officer sends.

    Raises CannotWrite.
    """
    row = Occurrence.objects.select_related("event").get(pk=occurrence.pk)
    if row.is_cancelled:
        raise CannotWrite(why_not(row, kind, now=now))
    made = InvitationRound(
        occurrence=row,
        kind=kind,
        days=days,
        at=at,
        words_fr=words_fr,
        words_en=words_en,
        created_by=user,
        created_at=now,
    )
    _check_hour(made, row, now=now)
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError:
        raise CannotWrite(_("Such a round is planned for that day already.")) from None
    _log(row, "round.planned", kind, user=user, now=now)
    return made


def _check_hour(made: InvitationRound, row: Occurrence, *, now: datetime) -> None:
    """Raises CannotWrite for an hour at which such a mail would come too late, or too early."""
    due = made.due_at
    if due is None:
        return
    if due <= now:
        raise CannotWrite(_("That hour is past. Choose a later one, or send it now."))
    if made.kind == RoundKind.THANKS:
        if due < row.over_at:
            raise CannotWrite(_("Thanks are written once the date is over."))
    elif due >= row.starts_at:
        raise CannotWrite(_("That hour is after the beginning of the event."))


def cancel_round(*, planned: InvitationRound, user: Any, now: datetime) -> None:
    """Take back a round that has not been written. One that has stays as it is."""
    changed = InvitationRound.objects.filter(pk=planned.pk, state=RoundState.PLANNED).update(
        state=RoundState.CANCELLED
    )
    if changed:
        _log(planned.occurrence, "round.cancelled", planned.kind, user=user, now=now)


@transaction.atomic
def write_round(*, planned: InvitationRound, user: Any, now: datetime) -> int:
    """Owe the mail of a round to everybody who should have it now; returns how many. Written already: 0.

    Those to whom an invitation is written are invited from then on; two invitations sent at once write to each guest
    once, for the date is locked. Raises CannotWrite.
    """
    found = (
        InvitationRound.objects.select_for_update(of=("self",))
        .select_related("occurrence__event")
        .get(pk=planned.pk)
    )
    if not found.is_planned:
        return 0
    row = seats.take(found.occurrence)
    if refused := why_not(row, found.kind, now=now):
        raise CannotWrite(refused)
    people = queries.reached_by(row, found.kind)
    common = {
        code: queries.letter_values(row, language=code) | {"round": found.uid.hex}
        for code in {one.language for one in people}
    }
    mails = [_owed(one, key=f"{one.key}:{found.uid.hex}", values=common[one.language]) for one in people]
    mailing.owe_all(renderer=RENDERERS[found.kind], mails=mails, now=now)
    if found.kind == RoundKind.INVITATION:
        _sent([one.guest for one in people if one.guest is not None], now=now)
    found.state, found.done_at, found.people = RoundState.DONE, now, len(people)
    found.save(update_fields=["state", "done_at", "people"])
    _log(row, "round.written", found.kind, user=user, now=now, people=len(people))
    return len(people)


def _sent(rows: Iterable[Invitation], *, now: datetime) -> None:
    """From here on they are invited; who answered at this very moment stays as answered."""
    Invitation.objects.filter(pk__in=[one.pk for one in rows], state=InvitationState.TO_SEND).update(
        state=InvitationState.SENT, sent_at=now
    )


def values_for(one: Reached, values: dict[str, Any]) -> dict[str, Any]:
    """What a mail's renderer is told. No link is among it: it is derived from uid and generation in the mail."""
    if one.registration is not None:
        row = one.registration
        return {**values, "greeting": one.greeting, "registration": row.uid.hex, "generation": row.generation}
    assert one.guest is not None
    own = {"greeting": one.greeting, "guest": one.guest.uid.hex, "generation": one.guest.generation}
    return {**values, **own, "online_url": ""}  # that address is for those who registered


def _owed(one: Reached, *, key: str, values: dict[str, Any]) -> mailing.Owed:
    return mailing.Owed(key, one.address, one.name, one.language, values_for(one, values), one.contact)


def write_due_rounds(*, now: datetime) -> list[str]:
    """Write the rounds whose hour has come, each in a transaction of its own; returns the renderers to be rung.

    One that nobody could write for too long (no scheduler ran) is missed, and one whose date is over or cancelled.
    """
    rung = []
    for planned in queries.planned_rounds(now=now):
        late = planned.due_at is not None and now - planned.due_at > LATE
        if late or why_not(planned.occurrence, planned.kind, now=now):
            InvitationRound.objects.filter(pk=planned.pk, state=RoundState.PLANNED).update(
                state=RoundState.MISSED
            )
        elif write_round(planned=planned, user=None, now=now):
            rung.append(RENDERERS[planned.kind])
    return rung


def expire_invitations(*, now: datetime) -> int:
    """Invitations without an answer at the end of their term are expired; returns how many. Again: none."""
    over = Occurrence.objects.filter(guest_list__answer_by__lte=now).order_by().values("pk")
    # No join: with one the state stands in a subquery, which who waits for a row does not ask anew.
    return Invitation.objects.filter(state=InvitationState.SENT, occurrence__in=over).update(
        state=InvitationState.EXPIRED, version=F("version") + 1
    )


# What happens to a date that guests were invited to ----------------------------------------------------------------
def tell_guests(row: Occurrence, renderer: str, *, reason: str = "", now: datetime) -> int:
    """Owe word of a new date or place, or of its end, to guests who were invited and did not answer.

    Who answered that they come is told as everybody registered is; who declined is left alone. Under the lock of
    `row`. Returns how many.
    """
    told = 0
    for guest in queries.told_so_far(row):
        told += tell_guest(guest, row, renderer, reason=reason, now=now)
    return told


def tell_guest(guest: Invitation, row: Occurrence, renderer: str, *, reason: str = "", now: datetime) -> bool:
    """Owe one guest a word about the invitation; False for who has no e-mail."""
    address = guest.contact.primary_email
    if not address:
        return False
    one = Reached(
        guest.contact, str(guest.contact), address, guest.contact.language, guest.contact.salutation, guest
    )
    key = f"{guest.uid.hex}:{renderer.removeprefix('events.')}:{guest.version}.{row.event.sequence}.{row.sequence}"
    values = {**queries.letter_values(row, language=one.language), "reason": reason}
    mailing.owe_all(renderer=renderer, mails=[_owed(one, key=key, values=values)], now=now)
    return True


@transaction.atomic
def withdraw_guest(*, invitation: Invitation, reason: str = "", user: Any, now: datetime) -> None:
    """Take a guest off the list: whoever was to come by the invitation does not, and its link opens nothing.

    Who was never written to leaves no trace; who was is told, and their calendar too, unless they had declined.
    """
    found, row = guests.locked_for_answer(invitation)
    declined = found.state == InvitationState.DECLINED
    changes = {"guest": found.uid.hex}
    told = answers.free_seats(found, row, now=now)
    if found.sent_at is None and found.number is None and not found.registrations.exists():
        found.delete()
    else:
        found.state, found.version = InvitationState.WITHDRAWN, found.version + 1
        found.save(update_fields=["state", "version"])
        if found.sent_at is not None and not (told or declined or row.is_past(now)):
            tell_guest(found, row, WITHDRAWN, reason=reason, now=now)
    log_thing(row.event, action="guests.withdrawn", user=user, now=now, reason=reason, changes=changes)


def _log(
    row: Occurrence, action: str, kind: str, *, user: Any, now: datetime, people: int | None = None
) -> None:
    changes: dict[str, Any] = {"date": row.recurrence_id, "kind": kind}
    if people is not None:
        changes["people"] = people
    log_thing(row.event, action=action, user=user, now=now, changes=changes)
