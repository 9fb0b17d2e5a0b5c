"""Emptying a mailing's queue: claim, send in row order over reused connections, commit after every mail."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection

from cms.core.registry import Parts, Refused, Renderer
from cms.mailing.actions import outcomes
from cms.mailing.actions.claims import BATCH, Claim, advance, claim, connection_slot, release, turn
from cms.mailing.actions.control import finish
from cms.mailing.actions.owe import ensure_sender
from cms.mailing.actions.waiting import recheck
from cms.mailing.mail.letters import (
    envelope_of,
    message_of,
    parts_of,
    personal,
    renderer_of,
    write_owed,
)
from cms.mailing.mail.mime import Message
from cms.mailing.mail.signing import signing
from cms.mailing.mail.transport import Fault, Scope, Transport, connect
from cms.mailing.models import Delivery, Mailing, Sender

logger = logging.getLogger(__name__)
Clock = Callable[[], datetime]
#: So many refusals without one mail taken between them stop the mailing.
REFUSALS_IN_A_ROW = 10
#: A broken connection is opened again so often before the sender is held.
BREAKS_IN_A_ROW = 3
#: A worker gives way after this long, so that a stop of the service never waits for a whole mailing.
TURN_LENGTH = timedelta(seconds=20)


@dataclass
class Drained:
    """What one call did; `more` is true when rows are due that it left (ring again)."""

    sent: int = 0
    failed: int = 0
    deferred: int = 0
    doubtful: int = 0
    more: bool = False


@dataclass
class _Work:
    """What the connections of one drain share."""

    mailing: Mailing
    sender: Sender
    renderer: Renderer
    clock: Clock
    ends_at: datetime
    result: Drained = field(default_factory=Drained)
    refused: list[int] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    stopped: threading.Event = field(default_factory=threading.Event)


def drain(mailing_id: int, *, clock: Clock, connections: int | None = None) -> Drained:
    """Send what is due of a mailing; any number of calls at once have the effect of one.

    Opens at most the sender's number of connections, counted over all workers (`connections` lowers it).
    Returns at the latest one mail after 20 seconds. Outside a transaction: each mail commits.
    """
    now = clock()
    mailing = Mailing.objects.select_related("sender").get(pk=mailing_id)
    sender = mailing.sender or ensure_sender()
    if mailing.state != Mailing.State.SENDING or not _may_go(mailing, sender, now):
        return Drained()
    if not mailing.is_standing and not recheck(mailing, now=now):
        return Drained()
    try:
        renderer = renderer_of(mailing)
    except Refused:
        return Drained()
    work = _Work(mailing, sender, renderer, clock, now + TURN_LENGTH)
    while True:
        _run(work, connections)
        # A mail owed while the last connection was closing found every slot taken: look once more.
        if work.stopped.is_set() or not _waiting(mailing_id, clock()):
            break
        with connection_slot(sender) as free:
            if not free:
                break
    now = clock()
    outcomes.suppress_dead(mailing_id, now=now)
    finish(mailing_id, now=now)
    work.result.more = work.result.more and _waiting(mailing_id, now) > 0
    return work.result


def _may_go(mailing: Mailing, sender: Sender, now: datetime) -> bool:
    return not any(until is not None and until > now for until in (mailing.hold_until, sender.held_until))


def _waiting(mailing_id: int, now: datetime) -> int:
    return Delivery.objects.filter(
        mailing=mailing_id,
        mailing__state="sending",
        state__in=["queued", "deferred"],
        next_attempt_at__lte=now,
    )[: BATCH * 20].count()


def _run(work: _Work, connections: int | None) -> None:
    wanted = min(connections or work.sender.connections, work.sender.connections)
    needed = -(-_waiting(work.mailing.pk, work.clock()) // BATCH)
    number = max(1, min(wanted, needed))
    if number == 1 or connection.in_atomic_block:
        _Pump(work).run()
        return

    def one() -> None:
        try:
            _Pump(work).run()
        finally:
            connection.close()

    with ThreadPoolExecutor(number, thread_name_prefix="mailing") as pool:
        for running in [pool.submit(one) for _number in range(number)]:
            running.result()


class _Pump:
    """One connection and the rows that go through it."""

    def __init__(self, work: _Work) -> None:
        self.work = work
        self.transport: Transport = signing(connect(), work.sender.domain)
        self.messages: dict[tuple[str, int], Message] = {}
        self.breaks = 0

    def run(self) -> None:
        with connection_slot(self.work.sender) as free:
            if not free:
                self.work.stopped.set()
                return
            try:
                while not self.work.stopped.is_set():
                    if self.work.clock() >= self.work.ends_at:
                        self.work.result.more = True
                        self.work.stopped.set()
                        break
                    held = claim(self.work.mailing.pk, now=self.work.clock())
                    if not held.rows:
                        if not held.suppressed:
                            break
                        continue
                    try:
                        self.send(held)
                    finally:
                        release(held.token)
            finally:
                self.transport.close()

    def send(self, held: Claim) -> None:
        """Send a claim in row order, each mail committed before the next is begun."""
        ready = self.prepared(held)
        row, data = next(ready, (None, b""))
        going = row is not None and self.begin(held, None, "", row)
        while row is not None and going:
            following, following_data = next(ready, (None, b""))
            try:
                said = self.transport.send(envelope_of(row, self.work.sender), row.address, data)
            except Fault as fault:
                going = (
                    self.met(row, fault) and following is not None and self.begin(held, None, "", following)
                )
            else:
                going = self.taken(held, row, said, following)
            row, data = following, following_data

    def begin(self, held: Claim, sent: Delivery | None, said: str, row: Delivery | None) -> bool:
        """Commit the mail before, and take leave to hand over `row`."""
        now = self.work.clock()
        if row is not None and (now >= self.work.ends_at or self.work.stopped.is_set()):
            self.work.result.more = True
            row = None
        if row is not None and self.work.sender.rate_per_minute:
            advance(held.token, sent=sent.pk if sent else None, said=said, begin=None, now=now)
            sent, row = None, self.wait_turn(row)
            now = self.work.clock()
        _marked, may = advance(
            held.token, sent=sent.pk if sent else None, said=said, begin=row.pk if row else None, now=now
        )
        return may

    def wait_turn(self, row: Delivery) -> Delivery | None:
        """Wait for the sender's rate; None when the turn is too far off for this worker."""
        now = self.work.clock()
        wait = (turn(self.work.sender, now=now) - now).total_seconds()
        if now + timedelta(seconds=wait) >= self.work.ends_at:
            self.work.result.more = True
            self.work.stopped.set()
            return None
        time.sleep(max(0.0, wait))
        return row

    def taken(self, held: Claim, row: Delivery, said: str, following: Delivery | None) -> bool:
        """The server took the mail: commit that first of all."""
        going = self.begin(held, row, said, following)
        self.breaks = 0
        with self.work.lock:
            self.work.result.sent += 1
            self.work.refused.clear()
        outcomes.sender_works(self.work.sender)
        return going

    def met(self, row: Delivery, fault: Fault) -> bool:
        """Act on a fault; return whether this connection goes on."""
        now, work = self.work.clock(), self.work
        if fault.scope is Scope.RECIPIENT:
            return self.refused(row, fault)
        if fault.scope is Scope.RECIPIENT_LATER:
            outcomes.defer(row, fault, now=now)
            work.result.deferred += 1
            return True
        if fault.scope is Scope.DOUBT:
            outcomes.doubt(row, fault, owed=work.renderer.owed, now=now)
            work.result.doubtful += 1
        else:
            outcomes.give_back(row)
        if fault.scope is Scope.SENDER:
            outcomes.sender_refused(work.mailing, work.sender, fault, now=now)
            work.stopped.set()
            return False
        self.breaks += 1
        opening = fault.scope is Scope.CONNECTION and not fault.reason
        if opening or self.breaks >= BREAKS_IN_A_ROW:
            outcomes.hold_sender(work.sender, fault, now=now)
            work.stopped.set()
            return False
        return True

    def refused(self, row: Delivery, fault: Fault) -> bool:
        """A 5xx for one recipient, unless it is the tenth in a row."""
        now, work = self.work.clock(), self.work
        outcomes.fail(row, fault, now=now)
        with work.lock:
            work.result.failed += 1
            work.refused.append(row.pk)
            keys = list(work.refused)
        if len(keys) < REFUSALS_IN_A_ROW:
            return True
        work.stopped.set()
        work.result.failed -= len(keys)
        outcomes.unburn(keys, work.mailing, fault, sender=work.sender, now=now)
        return False

    def prepared(self, held: Claim) -> Iterator[tuple[Delivery, bytes]]:
        """Each row with its bytes; a row whose bytes cannot be made fails alone."""
        for row in held.rows:
            try:
                yield row, self.bytes_of(row)
            except Refused as refused:
                fault = Fault(Scope.RECIPIENT_LATER, None, str(refused))
                outcomes.defer(row, fault, now=self.work.clock())
            except Exception as error:
                logger.exception("delivery %s cannot be rendered", row.pk)
                said = Fault(Scope.RECIPIENT, None, repr(error), reason=Delivery.Reason.RENDERING)
                outcomes.fail(row, said, now=self.work.clock())

    def bytes_of(self, row: Delivery) -> bytes:
        """The mail for one row: built per delivery when owed, else once per language and version."""
        work = self.work
        row.mailing = work.mailing
        if work.renderer.owed:
            # A renderer may look at any column of its delivery: give it the whole row, not what a claim returns.
            whole = Delivery.objects.select_related("contact").get(pk=row.pk)
            whole.mailing = work.mailing
            parts = write_owed(whole, sender=work.sender, now=row.dated_at or work.clock())
            return self.message(parts, row.language).render(personal(row))
        key = (row.language, row.template_version)
        if key not in self.messages:
            letter = work.mailing.letters.get(language=row.language, version=row.template_version)
            self.messages[key] = self.message(parts_of(letter), row.language)
        return self.messages[key].render(personal(row))

    def message(self, parts: Parts, language: str) -> Message:
        work = self.work
        return message_of(
            parts,
            mailing=work.mailing,
            sender=work.sender,
            renderer=work.renderer,
            language=language,
        )
