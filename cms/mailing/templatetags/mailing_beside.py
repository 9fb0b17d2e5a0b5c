"""The panel of a mailing that leads beside e-mail, for whatever page shows a mailing."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse

from cms.core import registry
from cms.mailing.models import Mailing
from cms.mailing.queries import beside
from cms.mailing.views.beside import may_call, may_print, may_share

register = template.Library()


@register.inclusion_tag("mailing/admin/beside_panel.html", takes_context=True)
def beside_panel(context: Any, mailing: Mailing) -> dict[str, Any]:
    """Labels and letters, numbers, WhatsApp; what left so; how often links were opened, where that is counted."""
    user = context["request"].user
    open_ = not mailing.is_standing and mailing.state != Mailing.State.CANCELLED
    share = registry.shareables.get(mailing.renderer) if mailing.source_uid and may_share(user) else None
    share_url = reverse("mailing_share", args=[share.key, mailing.source_uid]) if share is not None else ""
    return {
        "mailing": mailing,
        "may_print": may_print(user),
        "may_call": may_call(user),
        "share_url": share_url,
        "shown": open_ and bool(may_print(user) or share_url),
        "history": beside.diffusions(mailing).filter(struck_at=None)[:5] if not mailing.is_standing else [],
        "links": mailing.counted_links.all()[:50] if mailing.counts_clicks else [],
    }
