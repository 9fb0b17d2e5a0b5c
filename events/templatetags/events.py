"""`{% load events %}`: what the secretariat's screens ask of a row."""

from __future__ import annotations

from typing import Any

from django import template

from events.models import Event
from events.views.people import doings_of
from events.views.tools import tools_of

register = template.Library()


@register.filter
def doings(registration: Any, user: Any) -> list[tuple[str, Any]]:
    """`{{ one|doings:request.user }}`: what this user may do with a registration now, as (code, words)."""
    return doings_of(registration, user)


@register.inclusion_tag("events/admin/tools.html", takes_context=True)
def event_tools(context: Any, event: Event) -> dict[str, Any]:
    """`{% event_tools event %}`: links to the event's other screens, for what this user may open."""
    request = context["request"]
    return {"tools": tools_of(event, request.user, request.path)}
