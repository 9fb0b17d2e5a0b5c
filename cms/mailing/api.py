"""`@mailings`: mailings, their figures and the fate of each mail, for those who may look at them.

To everybody else the service does not exist. No answer holds a recipient's own links, nor the words of mail that a
person is owed.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from wagtail.models import ModelLogEntry

from cms.core.api import Call, NoParams, Operation, Service, batched, moment, not_found
from cms.mailing import queries
from cms.mailing.models import Delivery, Letter, Mailing, Sender
from cms.mailing.queries import figures
from cms.mailing.queries.timelines import timeline
from cms.mailing.schemas import DeliverySaid, MailingParams, MailingSaid, MailingsParams, Mails
from cms.mailing.views.admin import may_look
from cms.mailing.views.figures import over_at

if TYPE_CHECKING:
    from pydantic import BaseModel

    from cms.core.reader import Reader

MOST_LINES = 50


# Saying it -------------------------------------------------------------------------------------------------------
def _root() -> str:
    return f"{settings.PUBLIC_URL}/@mailings"


def _exact(at: datetime | None) -> str | None:
    """A moment of a mail's life, to the millisecond: two steps may share a second."""
    return at.isoformat(timespec="milliseconds") if at else None


def _summary(row: Any) -> dict[str, Any]:
    return {
        "@id": f"{_root()}/{row.uid.hex}",
        "@type": "Mailing",
        "UID": row.uid.hex,
        "title": row.title,
        "description": row.reason,
        "review_state": row.state,
        "kind": row.kind,
        "created": moment(row.created_at),
        "leaves": moment(row.leaves_at) if row.state == Mailing.State.SCHEDULED else None,
        "launched": moment(row.launched_at),
        "finished": moment(row.finished_at),
    }


def _counts(row: Any) -> dict[str, int]:
    """What `queries.with_counts` annotated."""
    return {
        "total": row.total,
        "done": row.done,
        "open": row.open_count,
        "trouble": row.trouble,
        "unknown": row.doubtful,
    }


def listing(call: Call) -> dict[str, Any]:
    """The mailings, the newest first, each with its counts."""
    params: MailingsParams = call.params
    rows = Mailing.objects.order_by("-created_at", "-pk")
    if params.state:
        rows = rows.filter(state__in=params.state)
    if params.kind:
        rows = rows.filter(kind__in=params.kind)
    if params.SearchableText:
        rows = rows.filter(title__unaccent__icontains=params.SearchableText)

    def say(found: list[Any]) -> list[dict[str, Any]]:
        return [{**_summary(row), "counts": _counts(row)} for row in found]

    return {
        "@id": _root(),
        "outbox": _outbox(call.ctx.now),
        **batched(queries.with_counts(rows), params, say, url=_root(), query=call.query),
    }


def _outbox(now: datetime) -> dict[str, Any]:
    found = figures.outbox(now)
    return {
        "due": found.due,
        "oldest": moment(found.oldest_at),
        "deferred": found.later,
        "next_attempt": moment(found.next_at),
        "held": [_sender(sender) for sender in figures.held_senders(now)],
    }


def one(call: Call) -> dict[str, Any]:
    """A mailing: its figures, its words, what was done with it, and its mails as items."""
    params: MailingParams = call.params
    row, now = _mailing(call.tail), call.ctx.now
    found = queries.counts(row)
    total = found["total"]
    waits = found["queued"] + found["deferred"] + found["sending"]
    said = {
        **_summary(row),
        "counts": found,
        "sender": _sender(row.sender) if row.sender else None,
        "audiences": [audience.name for audience in row.audiences.all()],
        "renderer": row.renderer,
        "source": row.source_uid.hex if row.source_uid else None,
        "percent": 100 * (total - waits) // total if total else 0,
        "running": row.state == Mailing.State.SENDING and waits > 0,
        "pace": _pace(row, now),
        "failures": [_failure(group) for group in queries.failures(row)],
        "course": _course(figures.course(row, now=now)),
        "letters": _letters(row, whole=params.include_letters),
        "history": _history(row),
    }
    if params.include_items:
        said |= _mails(row, params, call.query)
    return said


def _mails(row: Mailing, params: MailingParams, query: list[tuple[str, str]]) -> dict[str, Any]:
    rows = figures.narrowed(
        row.deliveries.select_related("contact").order_by("pk"),
        states=params.state,
        reasons=params.reason,
        text=params.SearchableText or "",
    )
    if params.fullobjects:
        rows = rows.prefetch_related("events__user")

    def say(found: list[Delivery]) -> list[dict[str, Any]]:
        return [_delivery(one, row, whole=params.fullobjects) for one in found]

    return batched(rows, params, say, url=f"{_root()}/{row.uid.hex}", query=query)


def delivery(call: Call) -> dict[str, Any]:
    """One mail to one person, with its timeline."""
    of_mailing, _slash, key = call.tail.partition("/")
    row = _mailing(of_mailing)
    mails = row.deliveries.select_related("contact").prefetch_related("events__user")
    found = mails.filter(uid=_uid(key)).first()
    if found is None:
        raise not_found()
    return _delivery(found, row, whole=True)


def _mailing(key: str) -> Mailing:
    row = Mailing.objects.select_related("sender").filter(uid=_uid(key)).first()
    if row is None:
        raise not_found()
    return row


def _uid(key: str) -> UUID:
    if not re.fullmatch(r"[0-9a-f]{32}", key):
        raise not_found()
    return UUID(key)


def _delivery(row: Delivery, mailing: Mailing, *, whole: bool) -> dict[str, Any]:
    said = {
        "@id": f"{_root()}/{mailing.uid.hex}/{row.uid.hex}",
        "@type": "Delivery",
        "UID": row.uid.hex,
        "title": row.values.get("name") or row.address,
        "address": row.address,
        "contact": row.contact.uid.hex if row.contact else None,
        "language": row.language,
        "state": row.state,
        "reason": row.reason,
        "smtp_code": row.smtp_code,
        "smtp_text": row.smtp_text,
        "attempts": row.attempts,
        "created": moment(row.created_at),
        "sent": _exact(row.sent_at),
        "next_attempt": moment(row.next_attempt_at) if row.state == Delivery.State.DEFERRED else None,
        "message_id": row.message_id,
    }
    if whole:
        said["timeline"] = [
            {
                "time": _exact(step.at),
                "event": step.key,
                "state": step.state,
                "reason": step.reason,
                "detail": step.detail,
                "actor": step.actor,
            }
            for step in timeline(row)
        ]
    return said


def _sender(sender: Sender) -> dict[str, Any]:
    return {
        "name": sender.name,
        "address": sender.address,
        "replies_to": sender.replies_to,
        "held_until": moment(sender.held_until),
        "held_reason": sender.held_reason,
    }


def _pace(row: Mailing, now: datetime) -> dict[str, Any]:
    found = figures.pace(row, now=now)
    ends_at = over_at(row, found, now=now) or (now + found.left if found.left is not None else None)
    return {
        "per_minute": round(found.per_minute, 2) if found.per_minute else None,
        "ends": moment(ends_at),
        "deferred": found.deferred,
        "next_attempt": moment(found.next_at),
    }


def _failure(group: Any) -> dict[str, Any]:
    return {
        "state": group["state"],
        "reason": group["reason"],
        "title": str(Delivery.Reason(group["reason"]).label) if group["reason"] else "",
        "count": group["number"],
        "said": group["said"],
    }


def _course(found: figures.Course) -> dict[str, Any]:
    return {
        "span_seconds": int(found.span.total_seconds()),
        "items": [{"time": moment(bar.at), "sent": bar.sent, "trouble": bar.trouble} for bar in found.bars],
    }


def _letters(row: Mailing, *, whole: bool) -> list[dict[str, Any]]:
    found = Letter.objects.filter(mailing=row).order_by("language", "version")
    names = ("language", "version", "subject", *(("text", "html") if whole else ()))
    return list(found.values(*names))


def _history(row: Mailing) -> list[dict[str, Any]]:
    lines = ModelLogEntry.objects.filter(
        content_type__app_label="mailing", content_type__model="mailing", object_id=str(row.pk)
    ).select_related("user")
    return [
        {
            "action": line.action,
            "actor": line.user.get_username() if line.user else None,
            "time": moment(line.timestamp),
        }
        for line in lines[:MOST_LINES]
    ]


# Registering -----------------------------------------------------------------------------------------------------
def _opened(reader: Reader) -> bool:
    return reader.user is not None and may_look(reader.user)


def service() -> Service:
    """The service, at the root of the site."""

    def get(
        handle: Any, summary: str, answer: type[BaseModel], params: Any = NoParams
    ) -> dict[str, Operation]:
        return {"GET": Operation(handle, summary, params=params, answer=answer, signed_in=True)}

    return Service(
        "mailings",
        get(listing, "Mailings and their counts", Mails, MailingsParams),
        on="site",
        below={
            "mailing": get(one, "A mailing: figures, words, mails", MailingSaid, MailingParams),
            "delivery": get(delivery, "One mail to one person, step by step", DeliverySaid),
        },
        opened=_opened,
    )
