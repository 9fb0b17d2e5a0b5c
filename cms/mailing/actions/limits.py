"""How hard a sender's account and a recipient's domain may be pressed, shared by all workers.

Nothing here counts in a process: the quota is counted from the rows, turns are kept in the database under a lock.
Mail that a person is owed passes by all of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q

from cms.mailing.models import RecipientDomain, Sender

#: What a provider means by a day: any 24 hours.
DAY = timedelta(hours=24)
#: Turns this near are given out with one claim: a domain's mails leave at most so much before their time.
NEAR = timedelta(seconds=1)
#: A domain that refused for a time is written to again at this distance, twice as far after each refusal more.
FIRST_GAP, LONGEST_GAP = timedelta(seconds=1), timedelta(seconds=30)
#: So long without another refusal, and a domain is no longer slowed.
SLOWED_FOR = timedelta(minutes=10)
#: A quota that is full of mails not yet settled is looked at again after this.
SOON = timedelta(minutes=1)

_USED = """
SELECT (SELECT count(*) FROM mailing_delivery d JOIN mailing_mailing m ON m.id = d.mailing_id
        WHERE m.sender_id = %(sender)s AND d.sent_at > %(since)s)
     + (SELECT count(*) FROM mailing_delivery d JOIN mailing_mailing m ON m.id = d.mailing_id
        WHERE m.sender_id = %(sender)s AND d.state = 'sending')
     + (SELECT count(*) FROM mailing_delivery d JOIN mailing_mailing m ON m.id = d.mailing_id
        WHERE m.sender_id = %(sender)s AND d.state = 'unknown' AND d.handed_at > %(since)s)
"""
_FREED = """
SELECT d.sent_at FROM mailing_delivery d JOIN mailing_mailing m ON m.id = d.mailing_id
WHERE m.sender_id = %(sender)s AND d.sent_at > %(since)s
ORDER BY d.sent_at DESC OFFSET %(quota)s - 1 LIMIT 1
"""


@dataclass
class Pace:
    """A domain with a distance between two mails, and when its next one may leave."""

    domain: str
    gap: timedelta
    turn: datetime

    def fits(self, now: datetime) -> int:
        """How many of its mails may be claimed at `now`."""
        near = now + NEAR - self.turn
        return 0 if self.turn > now else 1 + near // self.gap


@dataclass
class Bounds:
    """What a claim must keep to: `room` mails at most (None: any number), and the paces of domains."""

    room: int | None = None
    opens_at: datetime | None = None
    paces: dict[str, Pace] = field(default_factory=dict)

    def closed(self, now: datetime) -> list[str]:
        return [pace.domain for pace in self.paces.values() if not pace.fits(now)]


def used(sender: Sender, *, now: datetime) -> int:
    """How many mails of this sender count in the 24 hours before `now`: taken, in doubt, or being handed over."""
    with connection.cursor() as cursor:
        cursor.execute(_USED, {"sender": sender.pk, "since": now - DAY})
        return int(cursor.fetchone()[0])


def bounds(sender: Sender, *, now: datetime) -> Bounds:
    """Read and lock what limits a claim at `now`; inside its transaction, so that no two give out the same turn."""
    found = Bounds()
    if sender.daily_quota:
        quota = Sender.objects.select_for_update(of=("self",)).get(pk=sender.pk).daily_quota
        found.room = max(0, quota - used(sender, now=now))
        if not found.room:
            found.opens_at = reopens_at(sender, now=now)
    limited = Q(rate_per_minute__gt=0) | Q(slowed_until__gt=now)
    for row in RecipientDomain.objects.select_for_update().filter(limited).order_by("pk"):
        found.paces[row.domain] = Pace(row.domain, gap_of(row, now=now), max(row.next_turn_at or now, now))
    return found


def gap_of(row: RecipientDomain, *, now: datetime) -> timedelta:
    """The distance between two mails to a domain: the rule's, or what its refusals made of it, if longer."""
    rule = timedelta(minutes=1) / row.rate_per_minute if row.rate_per_minute else timedelta(0)
    slowed = row.slowed_until is not None and row.slowed_until > now
    return max(
        rule, timedelta(milliseconds=row.gap_ms) if slowed else timedelta(0), timedelta(milliseconds=1)
    )


def reopens_at(sender: Sender, *, now: datetime) -> datetime:
    """When a full quota has room again: as the mail that fills it becomes a day old."""
    with connection.cursor() as cursor:
        cursor.execute(_FREED, {"sender": sender.pk, "since": now - DAY, "quota": sender.daily_quota})
        found = cursor.fetchone()
    return found[0] + DAY if found else now + SOON


def spend(found: Bounds, domains: Iterable[str], *, now: datetime) -> None:
    """Take the turns of the mails that a claim holds."""
    for domain, number in Counter(domains).items():
        if (pace := found.paces.get(domain)) is not None:
            RecipientDomain.objects.filter(domain=domain).update(next_turn_at=pace.turn + number * pace.gap)


def turn(sender: Sender, *, now: datetime, until: datetime) -> datetime:
    """Return the next moment at which this sender's rate lets a mail go, reserved if it is before `until`.

    Shared by all workers. A turn that nobody waits for is not taken: a slow rate would come to a standstill.
    """
    if not sender.rate_per_minute:
        return now
    gap = timedelta(minutes=1) / sender.rate_per_minute
    with transaction.atomic():
        row = Sender.objects.select_for_update(of=("self",)).get(pk=sender.pk)
        at = max(row.next_turn_at or now, now)
        if at < until:
            Sender.objects.filter(pk=row.pk).update(next_turn_at=at + gap)
    return at


@transaction.atomic
def slow(
    domain: str, *, said: str, now: datetime, harder: bool = True, hold: timedelta = timedelta(0)
) -> None:
    """A server refused for a time: keep a distance between mails to its domain, twice as far after each refusal more.

    Refusals of mails that were under way together count as one. Not `harder`: the distance stays as it is (a greylist
    waits for the first attempt of everybody). No mail before `hold` is over.
    """
    RecipientDomain.objects.get_or_create(domain=domain[:253])
    row = RecipientDomain.objects.select_for_update().get(domain=domain[:253])
    gap = FIRST_GAP
    if row.slowed_until is not None and row.slowed_until > now:
        gap = timedelta(milliseconds=row.gap_ms)
        last = row.slowed_until - SLOWED_FOR
        if harder and now - last >= gap:
            gap = min(gap * 2, LONGEST_GAP)
    row.gap_ms, row.slowed_until = gap // timedelta(milliseconds=1), now + SLOWED_FOR
    row.next_turn_at = max(row.next_turn_at or now, now + max(gap, hold))
    row.slowed_reason = said[:500]
    row.save(update_fields=["gap_ms", "slowed_until", "next_turn_at", "slowed_reason"])
