"""Emptying a mailing's queue: over as many connections as its sender has, for a while, then again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from django.db import connection

from cms.core.registry import Refused
from cms.mailing import queries
from cms.mailing.actions import outcomes
from cms.mailing.actions.claims import BATCH, connection_slot
from cms.mailing.actions.control import finish, keep_cancelled
from cms.mailing.actions.owe import ensure_sender
from cms.mailing.actions.pump import TURN_LENGTH, Clock, Drained, Pump, Work
from cms.mailing.actions.waiting import ask_if_late, recheck
from cms.mailing.mail.letters import renderer_of
from cms.mailing.models import Delivery, Mailing, Sender


def drain(mailing_id: int, *, clock: Clock, connections: int | None = None) -> Drained:
    """Send what is due of a mailing; any number of calls at once have the effect of one.

    Opens at most the sender's number of connections, counted over all workers (`connections` lowers it).
    Returns at the latest one mail after 20 seconds, or after `stop_sending`. Outside a transaction: each mail commits.
    """
    now = clock()
    mailing = Mailing.objects.select_related("sender").get(pk=mailing_id)
    sender = mailing.sender or ensure_sender()
    if mailing.state != Mailing.State.SENDING or not _may_go(mailing, sender, now):
        return Drained()
    if not mailing.is_standing and (ask_if_late(mailing, now=now) or not recheck(mailing, now=now)):
        return Drained()
    try:
        renderer = renderer_of(mailing)
    except Refused:
        return Drained()
    work = Work(mailing, sender, renderer, clock, now + TURN_LENGTH)
    while True:
        _run(work, connections)
        # A mail owed while the last connection was closing found every slot taken: look once more.
        if work.stopped.is_set() or work.kept_back or not _waiting(mailing_id, clock()):
            break
        with connection_slot(sender, owed=mailing.is_standing) as free:
            if not free:
                break
    now = clock()
    outcomes.suppress_dead(mailing_id, now=now)
    keep_cancelled(mailing=mailing_id)
    finish(mailing_id, now=now)
    work.result.more = work.result.more and _waiting(mailing_id, now) > 0
    if work.result.more and not mailing.is_standing:
        work.result.beside = waiting_beside(mailing, now=now)
    return work.result


def _may_go(mailing: Mailing, sender: Sender, now: datetime) -> bool:
    if any(until is not None and until > now for until in (mailing.hold_until, sender.held_until)):
        return False
    return mailing.is_standing or mailing.at_any_hour or sender.quiet_end(now) is None


def waiting_beside(mailing: Mailing, *, now: datetime) -> list[int]:
    """The other mailings of the same sender that have something to send at `now`."""
    beside = queries.due(now).filter(sender=mailing.sender_id).exclude(pk=mailing.pk).exclude(kind="owed")
    return list(beside.values_list("pk", flat=True))


def _waiting(mailing_id: int, now: datetime) -> int:
    return Delivery.objects.filter(
        mailing=mailing_id,
        mailing__state="sending",
        state__in=["queued", "deferred"],
        next_attempt_at__lte=now,
    )[: BATCH * 20].count()


def _run(work: Work, connections: int | None) -> None:
    # Mailings of one sender share its connections; which of them comes when they are fewer, the bells decide.
    others = 0 if work.mailing.is_standing else len(waiting_beside(work.mailing, now=work.clock()))
    share = max(1, work.sender.connections // (1 + others))
    wanted = min(connections or share, share)
    needed = -(-_waiting(work.mailing.pk, work.clock()) // BATCH)
    number = max(1, min(wanted, needed))
    if number == 1 or connection.in_atomic_block:
        Pump(work).run()
        return

    def one() -> None:
        try:
            Pump(work).run()
        finally:
            connection.close()

    with ThreadPoolExecutor(number, thread_name_prefix="mailing") as pool:
        for running in [pool.submit(one) for _number in range(number)]:
            running.result()
