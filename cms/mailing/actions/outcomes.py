"""What becomes of a mail that was not plainly taken, and of its mailing and sender."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from cms.mailing.actions import limits
from cms.mailing.actions.control import note
from cms.mailing.actions.waiting import stop_mailing
from cms.mailing.mail.transport import Fault
from cms.mailing.models import Delivery, Mailing, Sender

State, Reason = Delivery.State, Delivery.Reason
_STEPS = [timedelta(minutes=minutes) for minutes in (5, 15, 30, 60, 120, 240)]
GIVE_UP_AFTER = timedelta(hours=48)
#: The one second mail that somebody is owed after a doubtful first one waits this long.
RESEND_AFTER = timedelta(minutes=1)
#: What the event says of a row that was queued again although a server had refused it.
KEPT = Reason.REFUSED
_HOLD_FIRST, _HOLD_LONGEST = timedelta(seconds=30), timedelta(minutes=15)


def _jitter(span: timedelta) -> timedelta:
    return span * random.uniform(0.8, 1.2)  # noqa: S311 (spreads retries, hides nothing)


def _settle(
    row: Delivery, *, state: str, reason: str, fault: Fault, now: datetime, again_at: datetime
) -> bool:
    """Write the outcome of one attempt if the row is still ours, with its event; return whether it was."""
    with transaction.atomic():
        ours = Delivery.objects.filter(pk=row.pk, claim_token=row.claim_token, state=State.SENDING).update(
            state=state,
            reason=reason,
            smtp_code=fault.code,
            smtp_text=fault.text,
            next_attempt_at=again_at,
            # A row in doubt keeps its token: a worker that was only slow may still say what became of it.
            claim_token=row.claim_token if state == State.UNKNOWN else None,
            lease_until=None,
            handed_at=F("handed_at") if state == State.UNKNOWN else None,
        )
        if ours:
            note([row.pk], state=state, reason=reason, detail=fault.text, now=now)
    return bool(ours)


def defer(row: Delivery, fault: Fault, *, now: datetime) -> None:
    """A 4xx: try again later, further apart each time, for two days at most (RFC 5321, 4.5.4.1).

    The days are those of the attempts: what an officer tries again after a week has two days of its own.
    """
    steps = [_STEPS[min(number, len(_STEPS) - 1)] for number in range(row.attempts + 1)]
    if sum(steps, timedelta(0)) > GIVE_UP_AFTER:
        _settle(row, state=State.FAILED, reason=Reason.TOO_LONG, fault=fault, now=now, again_at=now)
    else:
        again_at = now + _jitter(steps[-1])
        _settle(row, state=State.DEFERRED, reason=fault.reason, fault=fault, now=now, again_at=again_at)


def slow_domain(domain: str, fault: Fault, *, now: datetime) -> None:
    """A 4xx that means more than one box: keep a distance; a server that hung up (421) is left alone for a minute."""
    said = f"{fault.code or ''} {fault.text}".strip()
    hold = _jitter(timedelta(minutes=1)) if fault.code == 421 else timedelta(0)
    limits.slow(domain, said=said, now=now, harder=not fault.is_greylist, hold=hold)


def fail(row: Delivery, fault: Fault, *, now: datetime) -> None:
    """A 5xx: this mail will never be taken."""
    _settle(
        row, state=State.FAILED, reason=fault.reason or Reason.REFUSED, fault=fault, now=now, again_at=now
    )


def give_back(row: Delivery) -> None:
    """The mail was certainly not taken, through no fault of its recipient: as if it had not been begun."""
    Delivery.objects.filter(pk=row.pk, claim_token=row.claim_token, state=State.SENDING).update(
        state=State.QUEUED,
        claim_token=None,
        lease_until=None,
        handed_at=None,
        attempts=F("attempts") - 1,
    )


def doubt(row: Delivery, fault: Fault, *, owed: bool, now: datetime) -> None:
    """The mail may have been taken. Policy: what a person is owed is sent once more, the rest waits for a word."""
    if _settle(row, state=State.UNKNOWN, reason=fault.reason, fault=fault, now=now, again_at=now) and owed:
        resend_owed([row.pk], now=now)


def resend_owed(keys: list[int], *, now: datetime) -> int:
    """Queue owed mails in doubt once more, under the same Message-ID and bytes; a second doubt stays one."""
    fresh = Delivery.objects.filter(pk__in=keys, state=State.UNKNOWN, resends=0, mailing__kind="owed")
    return fresh.update(
        state=State.QUEUED,
        reason="",
        resends=1,
        next_attempt_at=now + RESEND_AFTER,
        claim_token=None,
        lease_until=None,
        handed_at=None,
    )


def clock_time(at: datetime) -> str:
    """The hour in the installation's zone, as said in a sentence."""
    return formats.time_format(timezone.localtime(at), "TIME_FORMAT")


def hold_sender(sender: Sender, fault: Fault, *, now: datetime) -> datetime:
    """The server is away: everybody's mail of this sender waits, longer each time up to 15 minutes."""
    row = Sender.objects.get(pk=sender.pk)
    until = now + _jitter(min(_HOLD_FIRST * 2 ** min(row.faults, 6), _HOLD_LONGEST))
    Sender.objects.filter(pk=sender.pk).update(
        faults=F("faults") + 1, held_until=until, held_reason=f"{fault.code or ''} {fault.text}".strip()[:500]
    )
    return until


def sender_works(sender: Sender) -> None:
    """The server took a mail: forget earlier faults."""
    if sender.faults or sender.held_until:
        Sender.objects.filter(pk=sender.pk).update(faults=0, held_until=None, held_reason="")
        sender.faults, sender.held_until = 0, None


def sender_refused(mailing: Mailing, sender: Sender, fault: Fault, *, now: datetime) -> None:
    """Sign-in, certificate or sender refused: nobody can be written to until somebody mends it."""
    with translation.override(None):
        said = f"{fault.code or ''} {fault.text}".strip()
    if mailing.is_standing:
        hold_sender(sender, fault, now=now)
    else:
        stop_mailing(mailing, _("The mail server refuses this sender or its sign-in: %s") % said, now=now)


def unburn(keys: list[int], mailing: Mailing, fault: Fault, *, sender: Sender, now: datetime) -> None:
    """So many refusals in a row are not the recipients' fault: queue them again and stop the mailing."""
    with transaction.atomic():
        back = Delivery.objects.filter(pk__in=keys, state=State.FAILED)
        found = list(back.select_for_update().values_list("pk", flat=True))
        Delivery.objects.filter(pk__in=found).update(
            state=State.QUEUED, reason="", attempts=0, next_attempt_at=now
        )
        note(found, state=State.QUEUED, reason=KEPT, detail=_("Refused like all others: kept"), now=now)
        sentence = _("The mail server refused %(number)s mails in a row, lastly: %(said)s")
        said = f"{fault.code or ''} {fault.text}".strip()
        stop_mailing(mailing, sentence % {"number": len(keys), "said": said}, now=now)
        if mailing.is_standing:
            hold_sender(sender, fault, now=now)


def dead_twice(keys: list[int]) -> int:
    """How many of these were refused for their box, kept once as refused like all others, and refused again.

    Somebody went on all the same, or the sender's hold passed: ten dead addresses side by side stop a queue once.
    """
    boxes = Delivery.objects.filter(pk__in=keys, reason__in=(Reason.NO_SUCH_BOX, Reason.BOX_CLOSED))
    return boxes.filter(events__state=State.QUEUED, events__reason=KEPT).distinct().count()


def suppress_dead(mailing_id: int, *, now: datetime) -> int:
    """Put addresses that a server called unknown (5.1.1, 5.1.6, 5.1.10) on the suppression list."""
    with connection.cursor() as cursor:
        cursor.execute(
            r"""INSERT INTO contacts_suppression (address, reason, since, note)
                SELECT DISTINCT d.address, 'hard_bounce', %s::timestamptz, left(d.smtp_text, 200)
                FROM mailing_delivery d
                WHERE d.mailing_id = %s AND d.state = 'failed' AND d.reason = 'no_such_box'
                  AND d.smtp_text ~ '\m5\.1\.(1|6|10)\M'
                ON CONFLICT (address) DO NOTHING""",
            [now, mailing_id],
        )
        return int(cursor.rowcount)
