"""What mailings put on the administration's home: what runs, what waits for a word, a server that is away."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.core.registry import Todo
from cms.mailing import queries
from cms.mailing.models import Mailing, Sender
from cms.mailing.views.admin import may_look

MANY = 8


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
            at = formats.date_format(timezone.localtime(mailing.leaves_at), "DATETIME_FORMAT")
            found.append(
                _todo(mailing, _("“%s” leaves by itself") % mailing.title, mailing.reason or at, "info")
            )
        else:
            detail = _("%(done)d of %(total)d") % {"done": mailing.done, "total": mailing.total}
            found.append(_todo(mailing, _("“%s” is being sent") % mailing.title, detail, "info"))
    return found


def _todo(mailing: Mailing, text: str, detail: str, level: str) -> Todo:
    return Todo(text=text, url=reverse("mailing_detail", args=[mailing.pk]), detail=detail, level=level)


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
