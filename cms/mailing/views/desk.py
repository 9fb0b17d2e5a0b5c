"""What mailings put on the administration's home: what runs, what waits for a word, a server that is away."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.core.registry import Todo
from cms.mailing import documents, queries
from cms.mailing.models import Mailing, Sender
from cms.mailing.views.admin import may_look

MANY = 8
LATE = timedelta(hours=1)


def due(user: Any, now: datetime) -> list[Todo]:
    """Mailings in trouble first, then those running and those that leave by themselves."""
    if not may_look(user):
        return []
    found = []
    for mailing in queries.with_counts(queries.troubled(now))[:MANY]:
        doubt = (
            mailing.reason
            or ngettext("%d mail is in doubt", "%d mails are in doubt", mailing.doubtful) % mailing.doubtful
        )
        found.append(_todo(mailing, _("“%s” waits for a word from you") % mailing.title, doubt, "critical"))
    open_ones = Mailing.objects.filter(state__in=["sending", "scheduled"]).exclude(kind="owed")
    for mailing in queries.with_counts(open_ones.order_by("send_at", "pk"))[:MANY]:
        if mailing.state == Mailing.State.SCHEDULED and mailing.leaves_at is not None:
            text = _("“%s” leaves by itself") % mailing.title
            found.append(_todo(mailing, text, mailing.reason, "info", due_at=mailing.leaves_at))
        else:
            detail = _("%(done)d of %(total)d") % {"done": mailing.done, "total": mailing.total}
            found.append(_todo(mailing, _("“%s” is being sent") % mailing.title, detail, "info"))
    return found


def _todo(mailing: Mailing, text: str, detail: str, level: str, *, due_at: datetime | None = None) -> Todo:
    url = reverse("mailing_detail", args=[mailing.pk])
    return Todo(text=text, url=url, detail=detail, level=level, due_at=due_at)


def queue_line(user: Any, now: datetime) -> tuple[str, str] | None:
    """How many mails wait to leave, for who may look at mailings; a warning once one has waited for an hour."""
    if not may_look(user):
        return None
    waiting = queries.waiting_to_leave()
    number = waiting.count()
    if not number:
        return "info", _("No mail waits to leave.")
    words = ngettext("%d mail waits to leave.", "%d mails wait to leave.", number) % number
    late = waiting.filter(created_at__lt=now - LATE, attempts=0).exists()
    return ("warning" if late else "info"), words


def paper_banner(request: Any, now: datetime) -> str | None:
    """A sentence while this server makes no PDFs, for whoever would print letters or labels."""
    if not request.user.has_perm("mailing.send_mailing") or not documents.lacking():
        return None
    return _(
        "This server cannot make PDFs (labels, letters): it lacks %(names)s. Please tell whoever looks after it."
    ) % {"names": documents.lacking()}


def banner(request: Any, now: datetime) -> str | None:
    """A sentence while a mail server does not answer."""
    if not may_look(request.user):
        return None
    held = Sender.objects.filter(held_until__gt=now).order_by("held_until").first()
    if held is None:
        return None
    at = formats.time_format(timezone.localtime(held.held_until), "TIME_FORMAT")
    return _(
        "The mail server of %(sender)s does not answer: mails wait, nothing is lost. Next attempt at %(time)s."
    ) % {
        "sender": held.name,
        "time": at,
    }
