"""One connection at work: claim, send in row order, commit after every mail, act on what the server says."""

from __future__ import annotations

import logging
import mmap
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, connection

from cms.core.registry import Parts, Refused, Renderer
from cms.mailing.actions import limits, outcomes
from cms.mailing.actions.claims import Claim, advance, claim, connection_slot, domain_of, release
from cms.mailing.mail.letters import envelope_of, message_of, parts_of, personal, write_owed
from cms.mailing.mail.mime import Message
from cms.mailing.mail.signing import signing
from cms.mailing.mail.transport import Fault, Scope, Transport, connect
from cms.mailing.models import Delivery, Mailing, Sender

logger = logging.getLogger(__name__)
Clock = Callable[[], datetime]
#: So many refusals without one mail taken between them stop the mailing.
REFUSALS_IN_A_ROW = 10
#: So many temporary refusals, of so many domains, without one mail taken between them hold the sender.
DEFERRALS_IN_A_ROW, OF_DOMAINS = 20, 5
#: A broken connection is opened again so often before the sender is held.
BREAKS_IN_A_ROW = 3
#: A worker gives way after this long, so that a stop of the service never waits for a whole mailing.
TURN_LENGTH = timedelta(seconds=20)
#: So many seconds a worker tries to write down that a mail was taken, when the database is away: within its lease.
MARK_FOR = 60.0
# One byte that a worker shares with the processes it forks: they see at once that it was told to stop.
_stopping = mmap.mmap(-1, 1)


def stop_sending() -> None:
    """Let every drain of this process, and of those forked from it, end with the mail in hand."""
    _stopping[0] = 1


@dataclass
class Drained:
    """What one call did; `more` is true when rows are due that it left: ring for `beside`, then again for it."""

    sent: int = 0
    failed: int = 0
    deferred: int = 0
    doubtful: int = 0
    more: bool = False
    beside: list[int] = field(default_factory=list)


@dataclass
class Work:
    """What the connections of one drain share."""

    mailing: Mailing
    sender: Sender
    renderer: Renderer
    clock: Clock
    ends_at: datetime
    result: Drained = field(default_factory=Drained)
    refused: list[int] = field(default_factory=list)
    later: list[str] = field(default_factory=list)
    kept_back: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)
    stopped: threading.Event = field(default_factory=threading.Event)

    @property
    def over(self) -> bool:
        """Whether no other mail is to be begun; time that is up, or a worker that stops, leaves more to do."""
        if not self.stopped.is_set() and (_stopping[0] or self.clock() >= self.ends_at):
            self.result.more = True
            self.stopped.set()
        return self.stopped.is_set()


class Pump:
    """One connection and the rows that go through it."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.transport: Transport = signing(connect(), work.sender.domain)
        self.messages: dict[tuple[str, int], Message] = {}
        self.slowed: set[str] = set()
        self.breaks = 0
        self.waited_until: datetime | None = None

    def now(self) -> datetime:
        """The clock's hour, and never before one that was waited for."""
        now = self.work.clock()
        return now if self.waited_until is None else max(now, self.waited_until)

    def run(self) -> None:
        owed = self.work.mailing.is_standing
        limited = None if owed else self.work.sender
        with connection_slot(self.work.sender, owed=owed) as free:
            if not free:
                return
            try:
                while not self.work.over:
                    held = claim(self.work.mailing.pk, now=self.now(), sender=limited)
                    if held.rows:
                        try:
                            self.send(held)
                        finally:
                            release(held.token)
                    elif held.again_at is not None:
                        if not self.wait(held.again_at):
                            self.work.kept_back = True
                            break
                    elif not held.suppressed:
                        break
            finally:
                self.transport.close()

    def wait(self, until: datetime) -> bool:
        """Sleep until a turn comes; false when that is not within this worker's time, or when it is told to stop."""
        if until >= self.work.ends_at:
            # What is far off is found by the sweep: a bell that rings at once would keep a worker busy with waiting.
            self.work.result.more |= until < self.work.ends_at + TURN_LENGTH
            return False
        ends = time.monotonic() + (until - self.now()).total_seconds()
        while (rest := ends - time.monotonic()) > 0:
            if self.work.over:
                return False
            time.sleep(min(rest, 0.25))
        self.waited_until = max(until, self.now())
        return True

    def send(self, held: Claim) -> None:
        """Send a claim in row order, each mail committed before the next is begun."""
        self.slowed.clear()
        ready = self.prepared(held)
        row, data = next(ready, (None, b""))
        going = row is not None and self.begin(held, None, "", row)
        while row is not None and going:
            following, following_data = next(ready, (None, b""))
            try:
                said = self.transport.send(envelope_of(row, self.work.sender), row.address, data)
            except Fault as fault:
                going = self.met(row, fault)
                while following is not None and domain_of(following) in self.slowed:
                    following, following_data = next(ready, (None, b""))
                going = going and following is not None and self.begin(held, None, "", following)
            else:
                going = self.taken(held, row, said, following)
            row, data = following, following_data

    def begin(self, held: Claim, sent: Delivery | None, said: str, row: Delivery | None) -> bool:
        """Commit the mail before, and take leave to hand over `row`."""
        if row is not None and self.work.over:
            row = None
        if row is not None and self.work.sender.rate_per_minute:
            self.mark(held, sent, said, None)
            sent = None
            at = limits.turn(self.work.sender, now=self.now(), until=self.work.ends_at)
            if at > self.now() and not self.wait(at):
                self.work.stopped.set()
                return False
        return self.mark(held, sent, said, row)

    def mark(self, held: Claim, sent: Delivery | None, said: str, row: Delivery | None) -> bool:
        """Write `sent` down and ask whether `row` may go; a database that went away is asked until it is back."""
        give_up = time.monotonic() + MARK_FOR
        while True:
            try:
                return advance(
                    held.token,
                    sent=sent.pk if sent else None,
                    said=said,
                    begin=row.pk if row else None,
                    now=self.now(),
                )[1]
            except (OperationalError, InterfaceError):
                given_up = time.monotonic() > give_up or (sent is None and self.work.over)
                if connection.in_atomic_block or given_up:
                    raise
                logger.warning("the database is away; delivery %s waits to be marked", sent and sent.pk)
                connection.close()
                time.sleep(0.5)

    def taken(self, held: Claim, row: Delivery, said: str, following: Delivery | None) -> bool:
        """The server took the mail: commit that first of all."""
        going = self.begin(held, row, said, following)
        self.breaks = 0
        with self.work.lock:
            self.work.result.sent += 1
            self.work.refused.clear()
            self.work.later.clear()
        outcomes.sender_works(self.work.sender)
        return going

    def met(self, row: Delivery, fault: Fault) -> bool:
        """Act on a fault; return whether this connection goes on."""
        now, work = self.now(), self.work
        if fault.scope is Scope.RECIPIENT:
            return self.refused(row, fault)
        if fault.scope is Scope.RECIPIENT_LATER:
            return self.put_off(row, fault)
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

    def put_off(self, row: Delivery, fault: Fault) -> bool:
        """A 4xx: this mail later, its domain more slowly where it means more than one box."""
        now, work, domain = self.now(), self.work, domain_of(row)
        outcomes.defer(row, fault, now=now)
        if fault.of_domain:
            outcomes.slow_domain(domain, fault, now=now)
            self.slowed.add(domain)
        with work.lock:
            work.result.deferred += 1
            work.later.append(domain)
            everybody = len(work.later) >= DEFERRALS_IN_A_ROW and len(set(work.later)) >= OF_DOMAINS
        if everybody:
            outcomes.hold_sender(work.sender, fault, now=now)
            work.stopped.set()
        return not everybody

    def refused(self, row: Delivery, fault: Fault) -> bool:
        """A 5xx for one recipient, unless it is the tenth in a row; what was kept once before does not count again."""
        now, work = self.now(), self.work
        outcomes.fail(row, fault, now=now)
        with work.lock:
            work.result.failed += 1
            work.refused.append(row.pk)
            keys = list(work.refused)
        if len(keys) < REFUSALS_IN_A_ROW or len(keys) - outcomes.dead_twice(keys) < REFUSALS_IN_A_ROW:
            return True
        work.stopped.set()
        work.result.failed -= len(keys)
        outcomes.unburn(keys, work.mailing, fault, sender=work.sender, now=now)
        return False

    def prepared(self, held: Claim) -> Iterator[tuple[Delivery, bytes]]:
        """Each row with its bytes; a row whose bytes cannot be made fails alone."""
        for row in held.rows:
            if domain_of(row) in self.slowed:
                continue
            try:
                yield row, self.bytes_of(row)
            except Refused as refused:
                fault = Fault(Scope.RECIPIENT_LATER, None, str(refused))
                outcomes.defer(row, fault, now=self.now())
            except Exception as error:
                logger.exception("delivery %s cannot be rendered", row.pk)
                said = Fault(Scope.RECIPIENT, None, repr(error), reason=Delivery.Reason.RENDERING)
                outcomes.fail(row, said, now=self.now())

    def bytes_of(self, row: Delivery) -> bytes:
        """The mail for one row: built per delivery when owed, else once per language and version."""
        work = self.work
        if work.renderer.owed:
            row.mailing = work.mailing
            # A renderer may look at any column of its delivery: give it the whole row, not what a claim returns.
            whole = Delivery.objects.select_related("contact").get(pk=row.pk)
            whole.mailing = work.mailing
            parts = write_owed(whole, sender=work.sender, now=row.dated_at or self.now())
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
