"""Rows taken and given back: the only places where two workers meet.

A claim is one statement: up to 50 due rows become `sending` under a token and a lease, skipping rows that another
worker has locked. Before each mail, one statement marks the mail before as `sent` and the next one as handed over;
it touches only rows that still carry the token of a living lease, in a mailing that is still being sent. So a
pause is seen before the next mail, a worker that slept through its lease sends nothing, and after a crash the one
row with `handed_at` is in doubt and no other.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import connection, transaction
from psycopg import Cursor

from cms.mailing.models import Delivery, Sender

BATCH = 50
LEASE = timedelta(minutes=3)
#: A mail is not begun when less than this is left of the lease: the longest that one mail may take.
MARGIN = timedelta(seconds=75)
_LOCK_SPACE = 0x6D61696C  # "mail": the first key of PostgreSQL's advisory locks

_CLAIM = """
WITH due AS (
    SELECT d.id FROM mailing_delivery d
    WHERE d.mailing_id = %(mailing)s AND d.state IN ('queued', 'deferred') AND d.next_attempt_at <= %(now)s
      AND EXISTS (SELECT 1 FROM mailing_mailing m WHERE m.id = %(mailing)s AND m.state = 'sending')
    ORDER BY d.next_attempt_at, d.id LIMIT %(size)s FOR UPDATE OF d SKIP LOCKED
), checked AS (
    SELECT due.id, NOT m.kind = 'owed' AND EXISTS (
        SELECT 1 FROM contacts_suppression s WHERE s.address = d.address) AS suppressed
    FROM due JOIN mailing_delivery d ON d.id = due.id JOIN mailing_mailing m ON m.id = d.mailing_id
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

_ADVANCE = """
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
    SELECT %(sent)s::bigint AS sent, %(next)s::bigint AS next, %(said)s::varchar AS said,
           %(now)s::timestamptz AS at, %(enough)s::timestamptz AS enough, %(token)s::uuid AS token
) p
WHERE d.id IN (p.sent, p.next) AND m.id = d.mailing_id AND d.claim_token = p.token AND (
    (d.id = p.sent AND d.state IN ('sending', 'unknown'))
    OR (d.id = p.next AND d.state = 'sending' AND m.state = 'sending' AND d.lease_until > p.enough))
RETURNING d.id
"""


@dataclass
class Claim:
    """Rows held under one token, in the order they are sent."""

    token: UUID
    rows: list[Delivery]
    suppressed: int


def claim(mailing_id: int, *, now: datetime, size: int = BATCH) -> Claim:
    """Take up to `size` due rows and commit; suppressed addresses are marked on the way and not returned."""
    token = uuid4()
    with connection.cursor() as cursor:
        cursor.execute(
            _CLAIM,
            {"mailing": mailing_id, "now": now, "size": size, "token": token, "lease": now + LEASE},
        )
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
    values = {
        "sent": sent or 0,
        "next": begin or 0,
        "said": said[:500],
        "now": now,
        "token": token,
        "enough": now + MARGIN,
    }
    connection.ensure_connection()
    # Run once per mail: as a prepared statement it is neither composed here nor planned there each time.
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        touched = {key for (key,) in cursor.execute(_ADVANCE, values, prepare=True).fetchall()}
    return sent is None or sent in touched, begin in touched


def release(token: UUID) -> int:
    """Give back the rows of a claim that were not handed over; they were certainly not sent."""
    return Delivery.objects.filter(claim_token=token, state="sending", handed_at=None).update(
        state="queued", claim_token=None, lease_until=None
    )


@contextmanager
def connection_slot(sender: Sender) -> Iterator[bool]:
    """Hold one of the sender's connections, counted over all workers; false when all are in use.

    The lock belongs to the database session, so a worker that dies gives it back at once.
    """
    taken: int | None = None
    with connection.cursor() as cursor:
        for number in range(sender.connections):
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


def turn(sender: Sender, *, now: datetime) -> datetime:
    """Reserve the next moment at which this sender's rate lets a mail go; shared by all workers."""
    if not sender.rate_per_minute:
        return now
    gap = timedelta(seconds=60 / sender.rate_per_minute)
    with transaction.atomic():
        row = Sender.objects.select_for_update().get(pk=sender.pk)
        at = max(row.next_turn_at or now, now)
        Sender.objects.filter(pk=row.pk).update(next_turn_at=at + gap)
    return at
