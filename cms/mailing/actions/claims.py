"""Rows taken and given back: the only places where two workers meet.

A claim is one statement: up to 50 due rows become `sending` under a token and a lease, skipping rows that another
worker has locked, and keeping to the quota of the sender and the paces of domains (`limits`). Before each mail, one
statement marks the mail before as `sent` and the next one as handed over; it touches only rows that still carry the
token of a living lease, in a mailing that is still being sent. So a pause is seen before the next mail, a worker that
slept through its lease sends nothing, and after a crash the one row with `handed_at` is in doubt and no other.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from weakref import WeakSet

from django.db import connection, transaction
from psycopg import Connection
from psycopg import OperationalError as PsycopgOperationalError
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

from cms.mailing.actions import limits
from cms.mailing.models import Delivery, Sender

BATCH = 50
LEASE = timedelta(minutes=3)
#: A mail is not begun when less than this is left of the lease: the longest that one mail may take.
MARGIN = timedelta(seconds=75)
#: The number of the connection that is kept for what people are owed: it never waits for a large mailing's end.
_OWED = 31
_LOCK_SPACE = 0x6D61696C  # "mail": the first key of PostgreSQL's advisory locks

_CLAIM = """
WITH due AS (
    SELECT d.id, d.next_attempt_at, split_part(d.address, '@', 2) AS domain FROM mailing_delivery d
    WHERE d.mailing_id = %(mailing)s AND d.state IN ('queued', 'deferred') AND d.next_attempt_at <= %(now)s
      AND EXISTS (SELECT 1 FROM mailing_mailing m WHERE m.id = %(mailing)s AND m.state = 'sending')
      AND split_part(d.address, '@', 2) <> ALL(%(closed)s::text[])
    ORDER BY d.next_attempt_at, d.id LIMIT %(size)s FOR UPDATE OF d SKIP LOCKED
), placed AS (
    SELECT id, domain, row_number() OVER (PARTITION BY domain ORDER BY next_attempt_at, id) AS place FROM due
), checked AS (
    SELECT placed.id, NOT m.kind = 'owed' AND EXISTS (
        SELECT 1 FROM contacts_suppression s WHERE s.address = d.address) AS suppressed
    FROM placed JOIN mailing_delivery d ON d.id = placed.id JOIN mailing_mailing m ON m.id = d.mailing_id
    LEFT JOIN unnest(%(paced)s::text[], %(fits)s::int[]) AS pace (domain, fits) ON pace.domain = placed.domain
    WHERE pace.fits IS NULL OR placed.place <= pace.fits
)
UPDATE mailing_delivery d SET
    state = CASE WHEN c.suppressed THEN 'suppressed' ELSE 'sending' END,
    reason = CASE WHEN c.suppressed THEN 'suppressed' ELSE '' END,
    claim_token = CASE WHEN c.suppressed THEN NULL ELSE %(token)s END,
    lease_until = CASE WHEN c.suppressed THEN NULL ELSE %(lease)s END,
    handed_at = NULL,
    dated_at = coalesce(d.dated_at, %(now)s)
FROM checked c WHERE d.id = c.id
RETURNING d.id, d.state, d.uid, d.generation, d.mailing_id, d.contact_id, d.address, d.language, d."values",
          d.template_version, d.message_id, d.boundary, d.dated_at, d.attempts, d.resends
"""

_ADVANCE = b"""
UPDATE mailing_delivery d SET
    state = CASE WHEN d.id = p.sent THEN 'sent' ELSE d.state END,
    sent_at = CASE WHEN d.id = p.sent THEN p.at ELSE d.sent_at END,
    smtp_code = CASE WHEN d.id = p.sent THEN 250 ELSE d.smtp_code END,
    smtp_text = CASE WHEN d.id = p.sent THEN p.said ELSE d.smtp_text END,
    claim_token = CASE WHEN d.id = p.sent THEN NULL ELSE d.claim_token END,
    lease_until = CASE WHEN d.id = p.sent THEN NULL ELSE d.lease_until END,
    handed_at = CASE WHEN d.id = p.next THEN p.at ELSE d.handed_at END,
    attempts = d.attempts + CASE WHEN d.id = p.next THEN 1 ELSE 0 END
FROM mailing_mailing m, (
    SELECT $1::bigint AS sent, $2::bigint AS next, $3::varchar AS said,
           $4::timestamptz AS at, $5::timestamptz AS enough, $6::uuid AS token
) p
WHERE d.id IN (p.sent, p.next) AND m.id = d.mailing_id AND d.claim_token = p.token AND (
    (d.id = p.sent AND d.state IN ('sending', 'unknown'))
    OR (d.id = p.next AND d.state = 'sending' AND m.state = 'sending' AND d.lease_until > p.enough))
RETURNING d.id
"""


#: When the next of the rows that only wait for the turn of their domain may be claimed.
_NEXT_TURN = """
SELECT min(pace.turn) FROM unnest(%(domains)s::text[], %(turns)s::timestamptz[]) AS pace (domain, turn)
WHERE EXISTS (
    SELECT 1 FROM mailing_delivery d JOIN mailing_mailing m ON m.id = d.mailing_id
    WHERE d.mailing_id = %(mailing)s AND m.state = 'sending' AND d.state IN ('queued', 'deferred')
      AND d.next_attempt_at <= %(now)s AND split_part(d.address, '@', 2) = pace.domain)
"""


@dataclass
class Claim:
    """Rows held under one token, in the order they are sent.

    `again_at`: nothing was found, but rows are due that a quota or the pace of a domain keeps back until then.
    """

    token: UUID
    rows: list[Delivery]
    suppressed: int = 0
    again_at: datetime | None = None


def claim(mailing_id: int, *, now: datetime, size: int = BATCH, sender: Sender | None = None) -> Claim:
    """Take up to `size` due rows and commit; suppressed addresses are marked on the way and not returned.

    Within the limits of `sender` and of the recipients' domains, if one is given (not for what a person is owed).
    """
    with transaction.atomic():
        bounds = limits.bounds(sender, now=now) if sender is not None else limits.Bounds()
        if bounds.room is not None:
            size = min(size, bounds.room)
        if not size:
            return Claim(uuid4(), [], again_at=bounds.opens_at)
        taken = _take(mailing_id, size, bounds, now=now)
        if bounds.paces:
            limits.spend(bounds, (domain_of(row) for row in taken.rows), now=now)
            if not taken.rows and not taken.suppressed:
                taken.again_at = _next_turn(mailing_id, bounds, now=now)
    return taken


def domain_of(row: Delivery) -> str:
    """The domain of a delivery's address, as `limits` knows it."""
    return row.address.rpartition("@")[2]


def _next_turn(mailing_id: int, bounds: limits.Bounds, *, now: datetime) -> datetime | None:
    closed = bounds.closed(now)
    values: dict[str, Any] = {"mailing": mailing_id, "now": now, "domains": closed}
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_TURN, values | {"turns": [bounds.paces[domain].turn for domain in closed]})
        found: datetime | None = cursor.fetchone()[0]
    return found


def _take(mailing_id: int, size: int, bounds: limits.Bounds, *, now: datetime) -> Claim:
    token = uuid4()
    open_ones = [pace for pace in bounds.paces.values() if pace.fits(now)]
    asked: dict[str, Any] = {
        "mailing": mailing_id,
        "now": now,
        "size": size,
        "token": token,
        "lease": now + LEASE,
    }
    asked |= {"closed": bounds.closed(now), "paced": [pace.domain for pace in open_ones]}
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, asked | {"fits": [pace.fits(now) for pace in open_ones]})
        found = cursor.fetchall()
    rows, suppressed = [], 0
    for (key, state, uid, generation, mailing, contact, address, language, values, version,
         message_id, boundary, dated_at, attempts, resends) in sorted(found):  # fmt: skip
        if state != Delivery.State.SENDING:
            suppressed += 1
            continue
        rows.append(
            Delivery(
                pk=key, state=state, uid=uid, generation=generation, mailing_id=mailing, contact_id=contact,
                address=address, language=language, values=json.loads(values), template_version=version,
                message_id=message_id, boundary=boundary, dated_at=dated_at, attempts=attempts, resends=resends,
                claim_token=token,
            )
        )  # fmt: skip
    return Claim(token, rows, suppressed)


def advance(
    token: UUID, *, sent: int | None, said: str = "", begin: int | None, now: datetime
) -> tuple[bool, bool]:
    """Mark row `sent` as sent and row `begin` as handed over, in one commit.

    Returns (sent was ours to mark, begin may be sent now).
    """
    if sent is None and begin is None:
        return True, False
    values = [
        b"%d" % (sent or 0),
        b"%d" % (begin or 0),
        said[:500].replace("\0", " ").encode(),
        now.isoformat().encode(),
        (now + MARGIN).isoformat().encode(),
        token.hex.encode(),
    ]
    touched = _advanced(values)
    return sent is None or sent in touched, begin in touched


_prepared: WeakSet[Connection[Any]] = WeakSet()


def _advanced(values: list[bytes]) -> set[int]:
    """Run the statement of `advance` and return the rows it touched.

    It runs once per mail, and a cursor's own work would be a third of what a mail costs: it is prepared once in a
    connection and then called by its name.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors:
        server = connection.connection
        if not server.autocommit and server.pgconn.transaction_status == TransactionStatus.IDLE:
            server.execute("SELECT 1")  # the transaction is begun with its first statement
        if server not in _prepared:
            _checked(server, server.pgconn.prepare(b"mailing_advance", _ADVANCE))
            _prepared.add(server)
        found = _checked(server, server.pgconn.exec_prepared(b"mailing_advance", values))
    return {int(found.get_value(row, 0) or 0) for row in range(found.ntuples)}


def _checked(server: Connection[Any], result: PGresult) -> PGresult:
    """The result of a statement. Raises what psycopg would for a failure, or for a server that is gone."""
    if result.status in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK):
        return result
    if server.pgconn.status == ConnStatus.BAD:
        raise PsycopgOperationalError(result.error_message.decode("utf-8", "replace"))
    raise error_from_result(result)


def release(token: UUID) -> int:
    """Give back the rows of a claim that were not handed over; they were certainly not sent."""
    return Delivery.objects.filter(claim_token=token, state="sending", handed_at=None).update(
        state="queued", claim_token=None, lease_until=None
    )


@contextmanager
def connection_slot(sender: Sender, *, owed: bool = False) -> Iterator[bool]:
    """Hold one of the sender's connections, counted over all workers; false when all are in use.

    What people are owed has one more of its own. The lock belongs to the database session, so a worker that dies
    gives it back at once.
    """
    taken: int | None = None
    with connection.cursor() as cursor:
        for number in [*([_OWED] if owed else []), *range(sender.connections)]:
            key = sender.pk * 32 + number
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK_SPACE, key])
            if cursor.fetchone()[0]:
                taken = key
                break
    try:
        yield taken is not None
    finally:
        if taken is not None and connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK_SPACE, taken])
