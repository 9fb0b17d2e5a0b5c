"""The state of an asset on Wagtail's own edit screens: `{% load library_admin %}`."""

from __future__ import annotations

from typing import Any

from django import template

from cms.core import clock
from media_library import policies
from media_library.models import Asset

register = template.Library()


@register.simple_tag(takes_context=True)
def state_of(context: Any, asset: Asset) -> dict[str, Any]:
    """`{% state_of asset as state %}`: what it is now, and what this user may do about it.

    {"code": "withdrawn" | "expired" | "held" | "restricted" | "public" | "unreleased", "now", "holds",
    "may_release", "may_withdraw", "may_restore"}. "restricted": an audience has it, and nothing else keeps it.
    """
    now, user = clock.now(), context["request"].user
    holds = [hold for hold in asset.holds.all() if policies.keeps(hold, now=now)]
    if asset.withdrawn_at is not None:
        code = "withdrawn"
    elif asset.expires_at is not None and asset.expires_at <= now:
        code = "expired"
    elif asset.released_at is None:
        code = "unreleased"
    elif any(hold.until is None or hold.until > now for hold in holds):
        code = "held"
    else:
        code = "restricted" if holds else "public"
    return {
        "code": code,
        "now": now,
        "holds": holds,
        "may_release": code == "unreleased" and user.has_perm("media_library.release_asset"),
        "may_withdraw": code not in ("withdrawn",) and user.has_perm("media_library.withdraw_asset"),
        "may_restore": code == "withdrawn" and user.has_perm("media_library.withdraw_asset"),
    }
