"""From a draft to rows in the outbox, in one transaction."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import translation
from wagtail.log_actions import log

from cms.core.registry import Parts, Refused
from cms.mailing import queries
from cms.mailing.actions.clicks import settle_counting, write_counted
from cms.mailing.actions.errors import MailingError, NobodyToWriteTo, WrongState
from cms.mailing.actions.fitness import ensure_approved, ensure_fit
from cms.mailing.actions.owe import ensure_sender
from cms.mailing.actions.waiting import bind
from cms.mailing.models import Letter, Mailing

_PACE = 0x70616365  # "pace": a key of PostgreSQL's advisory locks
LAUNCHABLE = (Mailing.State.DRAFT, Mailing.State.SCHEDULED)

_INSERT = """
INSERT INTO mailing_delivery
    (uid, generation, mailing_id, recipient_key, contact_id, address, language, "values", template_version,
     message_id, boundary, state, reason, attempts, resends, next_attempt_at, smtp_text, created_at)
SELECT fresh.uid, 1, %s, fresh.address, fresh.contact_id, fresh.address,
       CASE WHEN fresh.language = ANY(%s) THEN fresh.language ELSE %s END,
       jsonb_build_object('name', fresh.name, 'greeting', fresh.salutation, 'function', fresh.function,
                          'organisation', coalesce(fresh.organisation, '')),
       1,
       '<' || replace(fresh.uid::text, '-', '') || '@' || %s || '>',
       '=_' || replace(fresh.uid::text, '-', ''),
       CASE WHEN fresh.withheld = '' THEN 'queued' ELSE 'suppressed' END, fresh.withheld,
       0, 0, %s, '', %s
FROM (SELECT gen_random_uuid() AS uid, people.* FROM ({people}) AS people
      (contact_id, language, name, salutation, function, organisation, address, withheld)) AS fresh
ORDER BY fresh.contact_id
ON CONFLICT (mailing_id, recipient_key) DO NOTHING
"""


@transaction.atomic
def launch(mailing: Mailing, *, user: Any, now: datetime) -> Mailing:
    """Freeze the audience and the words, and let the mailing go.

    One transaction: the state is compared and set (of two who launch, one gets WrongState), one row per address
    is written by the database itself, those who get none as suppressed, and each language's text is kept as a
    Letter. Where the renderer refuses until an instant (an embargo), nothing is frozen: the mailing is `scheduled`
    with `hold_until` and the renderer's sentence as its reason, and the sweep launches it then. Raises MailingError
    with the renderer's sentence when it refuses for good, NobodyToWriteTo when no row would leave, NotFit where the
    checklist blocks, NeedsApproval where a second person must have said yes. The caller rings the worker on commit.
    """
    changed = Mailing.objects.filter(pk=mailing.pk, state__in=LAUNCHABLE).update(
        state=Mailing.State.SENDING,
        launched_at=now,
        launched_by=user,
        reason="",
        hold_until=None,
        swept_at=now,
    )
    if not changed:
        raise WrongState
    row = Mailing.objects.select_related("sender").get(pk=mailing.pk)
    sender = row.sender or ensure_sender()
    row.sender, row.version = sender, row.version + 1
    row.save(update_fields=["sender", "version", "updated_at"])
    ensure_approved(row, now=now)
    if bind(row, now=now):
        return _waits(row, user=user, now=now)
    try:
        freeze_audience(row, now=now)
        readers = queries.readers(row)
        if not readers:
            raise NobodyToWriteTo
        settle_counting(row)
        ensure_fit(row, now=now, readers=readers)
        freeze_letters(row, now=now)
    except Refused as refused:
        raise MailingError(str(refused)) from refused
    log(row, "mailing.launch", user=user)
    return row


def _waits(row: Mailing, *, user: Any, now: datetime) -> Mailing:
    row.state, row.launched_at, row.send_at = Mailing.State.SCHEDULED, None, row.send_at or now
    row.save(update_fields=["state", "launched_at", "send_at", "updated_at"])
    log(row, "mailing.schedule", user=user)
    return row


def freeze_audience(mailing: Mailing, *, now: datetime) -> int:
    """Write one delivery per address, set-based; return how many rows were new.

    Who gets none (suppressed, no agreement, other topics, too often) has a row that says why. Paced mailings are
    frozen one after the other: two at the same instant would each think itself the first of the week.
    """
    if mailing.sender is None:
        raise WrongState
    if mailing.kind in queries.PACED:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [_PACE])
    people = queries.recipients(mailing, now=now).values_list(
        "pk",
        "language",
        "name",
        "salutation",
        "function",
        "organisation__name",
        "address",
        "withheld",
    )
    sql, params = people.query.sql_with_params()
    languages = queries.languages()
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT.format(people=sql),
            [mailing.pk, languages, languages[0], mailing.sender.domain, now, now, *params],
        )
        return int(cursor.rowcount)


def freeze_letters(mailing: Mailing, *, now: datetime) -> None:
    """Keep the words of each language that somebody who gets this mailing reads."""
    if mailing.sender is None:
        raise WrongState
    # A language that only withheld people read cannot stop the launch: nobody gets it.
    wanted = (
        mailing.deliveries.filter(state="queued").order_by().values_list("language", flat=True).distinct()
    )
    for language in sorted(wanted):
        with translation.override(language):
            parts = write_counted(mailing, language=language, sender=mailing.sender, now=now)
        Letter.objects.create(mailing=mailing, language=language, created_at=now, **letter_fields(parts))


def letter_fields(parts: Parts) -> dict[str, Any]:
    """The columns that keep a mail's parts."""
    return {
        "subject": " ".join(parts.subject.split())[:500],
        "text": parts.text,
        "html": parts.html,
        "headers": dict(parts.headers),
        "attachments": [
            [name, kind, base64.b64encode(content).decode("ascii")]
            for name, kind, content in parts.attachments
        ],
    }
