"""`{% load events %}`: what the secretariat's screens ask of a row."""

from __future__ import annotations

from typing import Any

from django import template

from cms.core import clock
from events.models import Event
from events.policies import PRESS_SLOT
from events.queries.press import beside_slot
from events.views.people import doings_of
from events.views.tools import tools_of

register = template.Library()


@register.filter
def doings(registration: Any, user: Any) -> list[tuple[str, Any]]:
    """`{{ one|doings:request.user }}`: what this user may do with a registration now, as (code, words)."""
    return doings_of(registration, user)


@register.inclusion_tag("events/includes/slot.html")
def press_slot(event: Event) -> dict[str, Any]:
    """`{% press_slot event %}`: a warning where a press conference is too short or too long; it refuses nothing."""
    found = beside_slot(event, now=clock.now())
    return {"row": found[0], "minutes": found[1], "slot": PRESS_SLOT} if found else {}


@register.inclusion_tag("events/admin/tools.html", takes_context=True)
def event_tools(context: Any, event: Event) -> dict[str, Any]:
    """`{% event_tools event %}`: links to the event's other screens, for what this user may open."""
    request = context["request"]
    return {"tools": tools_of(event, request.user, request.path)}


@register.inclusion_tag("events/admin/tick_all.html", takes_context=True)
def tick_all(context: Any) -> dict[str, Any]:
    """`{% tick_all %}`: a link that shows the list again with every box of this page ticked, or none. No script.

    The boxes ask `"ticked" in request.GET` themselves.
    """
    query = context["request"].GET.copy()
    ticked = query.pop("ticked", None) is not None
    if not ticked:
        query["ticked"] = ""
    return {"ticked": ticked, "query": query.urlencode()}
