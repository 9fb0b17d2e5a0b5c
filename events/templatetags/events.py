"""`{% load events %}`: what the secretariat's screens ask of a row."""

from __future__ import annotations

from typing import Any

from django import template

from events.views.people import doings_of

register = template.Library()


@register.filter
def doings(registration: Any) -> list[tuple[str, Any]]:
    """`{{ one|doings }}`: what may be done with a registration now, as (code, words)."""
    return doings_of(registration)
