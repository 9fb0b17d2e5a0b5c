"""What mailings put on the administration's home: what runs, what waits for a word, a server that is away."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.core.models import Heartbeat
from cms.core.registry import Todo
from cms.mailing import actions, documents, queries
from cms.mailing.actions.mailbox import HEARTBEAT
from cms.mailing.models import Delivery, Mailing
from cms.mailing.queries import figures
from cms.mailing.views.admin import may_look
from cms.mailing.views.figures import hour, number

MANY = 8
LATE = timedelta(minutes=15)
UNREAD = timedelta(minutes=15)


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
    """How many mails wait to leave and since when, for who may look at mailings; a warning where none has left."""
    if not may_look(user):
        return None
    found = figures.outbox(now)
    said = []
    if found.due and found.oldest_at is not None:
        words = ngettext(
            "%(number)s mail waits to leave, since %(time)s.",
            "%(number)s mails wait to leave, the oldest since %(time)s.",
            found.due,
        )
        said.append(words % {"number": number(found.due), "time": hour(found.oldest_at)})
    if found.later and found.next_at is not None:
        words = ngettext(
            "%(number)s mail is tried again at %(time)s.",
            "%(number)s mails are tried again, the first at %(time)s.",
            found.later,
        )
        said.append(words % {"number": number(found.later), "time": hour(found.next_at)})
    stuck = (
        found.oldest_at is not None and now - found.oldest_at > LATE and not figures.sent_since(now - LATE)
    )
    if stuck and (calm := _at_rest(now)):
        stuck = False
        said.append(calm)
    elif stuck:
        said.append(_("Nothing has left for a quarter of an hour."))
    return ("warning" if stuck else "info"), " ".join(said) or _("No mail waits to leave.")


def _at_rest(now: datetime) -> str:
    """Why nothing leaves although nothing is wrong (quiet hours, a quota used up), if that is so of all that waits."""
    due = queries.due(now).select_related("sender")[:MANY]
    why = [actions.standstill(mailing, now=now) for mailing in due]
    return why[0] if why and all(why) else ""


def senders_line(user: Any, now: datetime) -> tuple[str, str] | None:
    """Each sender whose server does not answer: what it said, and when it is tried again."""
    held = list(figures.held_senders(now)[:MANY]) if may_look(user) else []
    if not held:
        return None
    said = _("%(sender)s: its mail server does not answer (%(said)s); tried again at %(time)s.")
    return "critical" if any(sender.waits for sender in held) else "warning", " ".join(
        said % {"sender": sender.name, "said": sender.held_reason, "time": hour(sender.held_until)}
        for sender in held
    )


def word_line(user: Any, now: datetime) -> tuple[str, str] | None:
    """How many mailings wait for a person's word, and how many mails are in doubt; they are named among what is due."""
    if not may_look(user):
        return None
    mailings = queries.troubled(now).count()
    if not mailings:
        return None
    words = (
        ngettext("%d mailing waits for your word.", "%d mailings wait for your word.", mailings) % mailings
    )
    if doubtful := Delivery.objects.filter(state=Delivery.State.UNKNOWN).count():
        in_doubt = ngettext("%d mail is in doubt", "%d mails are in doubt", doubtful) % doubtful
        words = f"{words} {in_doubt}."
    return "critical", words


def paper_banner(request: Any, now: datetime) -> str | None:
    """A sentence while this server makes no PDFs, for whoever would print letters or labels."""
    if not request.user.has_perm("mailing.send_mailing") or not documents.lacking():
        return None
    return _(
        "This server cannot make PDFs (labels, letters): it lacks %(names)s. Please tell whoever looks after it."
    ) % {"names": documents.lacking()}


def reports_line(user: Any, now: datetime) -> tuple[str, str] | None:
    """Whether the mailbox where mails come back is being read; said only where it is not."""
    if settings.MAILING_REPORTS is None or not may_look(user):
        return None
    seen = Heartbeat.objects.filter(name=HEARTBEAT).values_list("beat_at", flat=True).first()
    if seen is not None and now - seen < UNREAD:
        return None
    if seen is None:
        return "warning", _(
            "The mailbox where mails come back has never been read: who looks after the server?"
        )
    at = formats.date_format(timezone.localtime(seen), "DATETIME_FORMAT")
    return "warning", _("The mailbox where mails come back cannot be read since %s.") % at


def banner(request: Any, now: datetime) -> str | None:
    """A sentence while a mail server does not answer."""
    if not may_look(request.user):
        return None
    held = figures.held_senders(now).first()
    if held is None:
        return None
    return _(
        "The mail server of %(sender)s does not answer: mails wait, nothing is lost. Next attempt at %(time)s."
    ) % {
        "sender": held.name,
        "time": hour(held.held_until),
    }
