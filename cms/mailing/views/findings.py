"""What the screens before a sending have in common: how many, when, what is wrong with it, what was approved."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.core import registry
from cms.mailing import actions, queries
from cms.mailing.mail import checklist
from cms.mailing.mail.letters import refusal
from cms.mailing.mail.rehearsal import hour_of, language_name
from cms.mailing.models import Mailing, MailingApproval
from cms.mailing.views.reach import consent_sentence, sample_of


def facts(mailing: Mailing, *, user: Any, now: datetime) -> dict[str, Any]:
    """The context of every screen about a mailing that has not left."""
    reach = queries.reach(mailing)
    at, refused = hour_of(mailing, now=now)
    points = checklist.checklist(mailing, now=now)
    return {
        "mailing": mailing,
        "refused": refused,
        "waits": refused is not None and refused.until is not None,
        "leaves_at": at if at > now else None,
        "embargo": embargo_of(mailing, now=now),
        "reach": reach,
        "forecast": actions.forecast(mailing, number=reach.by_email, now=now),
        "send_label": send_label(reach.by_email),
        "findings": [said(point, mailing) for point in points],
        "blocked": len(checklist.blocking(points)),
        "consent": consent_sentence(mailing),
        "sample": sample_of(mailing, user=user),
        "audiences": list(mailing.audiences.all()),
        "may_send": user.has_perm("mailing.send_mailing"),
        "may_change": user.has_perm("mailing.change_mailing"),
        **approval(mailing, reach.by_email, user=user, now=now),
    }


def embargo_of(mailing: Mailing, *, now: datetime) -> datetime | None:
    """Until when a mailing would wait if it were sent now, whatever hour was chosen."""
    refused = refusal(mailing, now=now)
    return refused.until if refused is not None else None


def send_label(number: int) -> str:
    """The button that says how many it concerns."""
    return ngettext("Send to %d contact", "Send to %d contacts", number) % number


def said(point: checklist.Point, mailing: Mailing) -> dict[str, Any]:
    """One finding for the screen: its sentence, in which languages, and where it is mended."""
    compose = reverse("mailing_compose", args=[mailing.pk])
    url, label = "", ""
    if point.where == "audiences":
        url, label = f"{compose}#id_audiences", _("Choose the audiences")
    elif point.where == "sender":
        url, label = f"{compose}#id_sender", _("Choose the sender")
    else:
        renderer = registry.mailing_renderers.get(mailing.renderer)
        url = renderer.place(mailing) if renderer is not None and renderer.place is not None else ""
        label = _("Change the text")
    several = len(queries.languages()) > 1
    return {
        "sentence": point.sentence,
        "blocks": point.blocks,
        "languages": ", ".join(map(language_name, point.languages)) if several else "",
        "url": url,
        "label": label,
    }


def approval(mailing: Mailing, number: int, *, user: Any, now: datetime) -> dict[str, Any]:
    """Whether a second person must say yes, and how far that is."""
    if not actions.needs_approval(number):
        return {"needs_approval": False, "asked": None}
    last = queries.last_approval(mailing)
    asked = last if last is not None and last.state == MailingApproval.State.ASKED else None
    return {
        "needs_approval": not actions.is_approved(mailing, now=now),
        "asked": asked,
        "may_approve": user.has_perm("mailing.approve_mailing"),
    }
