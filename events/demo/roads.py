"""The demo's preparations: each coming event with the list of its kind, what lies behind being done."""

from __future__ import annotations

from datetime import datetime

from django.utils.timezone import localdate

from events.actions import roads
from events.actions.road_plans import ROADS
from events.models import Event, Task


def build(*, now: datetime) -> None:
    """Lay the roads of coming events and tick what is past; a second time changes nothing."""
    today = localdate(now)
    for event in Event.objects.filter(kind__in=ROADS, start_date__gt=today):
        if Task.objects.filter(event=event).exists():
            continue
        roads.lay_road(event=event, user=None, now=now)
        for task in Task.objects.filter(event=event).select_related("event"):
            if task.due_date is not None and (today - task.due_date).days > 2:
                roads.tick(task=task, done=True, user=None, now=now)
