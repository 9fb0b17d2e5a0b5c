"""Stands of an event, and what our own counted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet, Sum

from events.models import Event, Stand, StandNote

COUNTED = ("visitors", "leaflets", "adhesions")


def stands_of(event: Event) -> QuerySet[Stand]:
    """The stands of an event: those with a place first, by its number."""
    return Stand.objects.filter(event=event).order_by("state", "number", "exhibitor", "pk")


def stand_log(event: Event) -> tuple[list[StandNote], dict[str, int]]:
    """The notes of our stand, oldest first, and their sums: visitors, leaflets, adhesions, notes."""
    notes = StandNote.objects.filter(event=event).select_related("by")
    totals = notes.order_by().aggregate(notes=Count("pk"), **{name: Sum(name) for name in COUNTED})
    return list(notes), {name: value or 0 for name, value in totals.items()}


def stand_count(start: datetime, end: datetime, *, name: str) -> int:
    """How many visitors, leaflets or adhesions (`name`) our stands counted from `start` on and before `end`."""
    found: dict[str, Any] = StandNote.objects.filter(at__gte=start, at__lt=end).aggregate(n=Sum(name))
    return found["n"] or 0
