"""Emptying the mailbox where reports arrive: those on mails of ours are taken and thrown away, all else is left.

So the box of returns may be one that people read too.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection

from cms.core.models import Heartbeat
from cms.mailing.actions.reports import apply_reports, delivery_of, take
from cms.mailing.mail.mailbox import Mailbox, Place, opened
from cms.mailing.mail.reports import key_of, read
from cms.mailing.models import Report

logger = logging.getLogger(__name__)
HEARTBEAT = "mail-reports"
MOST_AT_ONCE = 200
_LOCK = (0x6D61696C, 0x7265706F)  # "mail", "repo": nobody else uses this advisory lock


@dataclass
class ReadOut:
    """What one visit found: `taken` reports, `left` for a person to read."""

    taken: int = 0
    left: int = 0


def read_mailbox(place: Place, *, clock: Callable[[], datetime]) -> ReadOut:
    """Visit the mailbox once; of several visits at once one does the work, the others return empty-handed.

    A report is written down and committed before its mail is thrown away: a visit that breaks off is begun again
    by the next and counts nothing twice. Raises one of `mail.mailbox.FAULTS`.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", _LOCK)
        if not cursor.fetchone()[0]:
            return ReadOut()
    try:
        with opened(place) as box:
            found = _visit(box, place, clock)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", _LOCK)
    Heartbeat.objects.update_or_create(name=HEARTBEAT, defaults={"beat_at": clock()})
    return found


def _visit(box: Mailbox, place: Place, clock: Callable[[], datetime]) -> ReadOut:
    found = ReadOut()
    names = {key_of("lies in", place.host, place.user, place.folder, name): name for name in box.names()}
    known = set(Report.objects.filter(key__in=list(names)).values_list("key", flat=True))
    for key, name in [one for one in names.items() if one[0] not in known][:MOST_AT_ONCE]:
        findings, now = read(box.fetch(name)), clock()
        if all(one.understood and delivery_of(one, source="mailbox", now=now) for one in findings):
            take(findings, source="mailbox", now=now)
            box.delete(name)
            found.taken += 1
        else:
            # For a person, or about a mail of theirs: it stays, and its place in the mailbox says that it was seen.
            take([replace(findings[0], key=key), *findings[1:]], source="mailbox", now=now)
            found.left += 1
        apply_reports(now=now)
    return found
