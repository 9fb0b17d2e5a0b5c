"""Waiting for what a mailing announces: an embargo that has yet to lift."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F
from django.utils.translation import gettext as _

from cms.core import formats
from cms.mailing.actions.errors import MailingError
from cms.mailing.mail.letters import refusal
from cms.mailing.models import Mailing

State = Mailing.State
#: A mailing that missed its hour by more than this asks before it goes, or goes on.
MAX_LATENESS = timedelta(hours=2)


def bind(row: Mailing, *, now: datetime) -> bool:
    """Keep with a locked mailing what it waits for when it would leave; return whether it waits.

    Raises MailingError with the renderer's sentence where it refuses for good.
    """
    at = max(row.send_at, now) if row.state == State.SCHEDULED and row.send_at is not None else now
    refused = refusal(row, now=at)
    if refused is not None and (refused.until is None or refused.until <= at):
        raise MailingError(str(refused)) from refused
    row.hold_until = refused.until if refused is not None else None
    row.reason = str(refused)[:500] if refused is not None else ""
    row.save(update_fields=["hold_until", "reason", "updated_at"])
    return refused is not None


def stop_mailing(mailing: Mailing, sentence: str, *, now: datetime) -> None:
    """Pause a mailing with its reason; a standing queue is never paused, its sender is held instead."""
    Mailing.objects.filter(pk=mailing.pk, state=Mailing.State.SENDING).exclude(kind="owed").update(
        state=Mailing.State.PAUSED, reason=sentence[:500], version=F("version") + 1, updated_at=now
    )


def recheck(mailing: Mailing, *, now: datetime) -> bool:
    """Ask the renderer once more about a mailing that is scheduled or being sent; return whether it may go.

    An embargo that was delayed lengthens the wait, one that was lifted ends it. A mailing being sent that is refused
    for good is paused with the sentence; for a scheduled one MailingError is raised with it.
    """
    refused = refusal(mailing, now=now)
    same = Mailing.objects.filter(pk=mailing.pk, state=mailing.state)
    if refused is None:
        if mailing.hold_until is not None:
            same.update(hold_until=None, reason="", updated_at=now)
        return True
    if refused.until is not None and refused.until > now:
        if (refused.until, str(refused)) != (mailing.hold_until, mailing.reason):
            same.update(hold_until=refused.until, reason=str(refused)[:500], updated_at=now)
    elif mailing.state == State.SCHEDULED:
        raise MailingError(str(refused)) from refused
    else:
        stop_mailing(mailing, str(refused), now=now)
    return False


def ask_if_late(mailing: Mailing, *, now: datetime) -> bool:
    """Stop a mailing being sent that nobody looked after for hours; return whether it was.

    The machine was off, or a backup was put back: what it holds may be stale, or long sent.
    """
    if mailing.swept_at is None or now - mailing.swept_at <= MAX_LATENESS:
        return False
    since = formats.long_date(mailing.swept_at)
    sentence = _("The sending stood still since %s: the service was off, or a backup was put back. Go on?")
    stop_mailing(mailing, sentence % since, now=now)
    return True
