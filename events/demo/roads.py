"""The demo's preparations: each coming event with the list of its kind, what lies behind being done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.timezone import localdate

from events.actions import roads, running
from events.actions.road_plans import ROADS
from events.models import Event, Kind, Occurrence, Task

HELD: tuple[dict[str, Any], ...] = (
    {"title": "Accueil des invités", "who": "Protocole", "minutes": 30, "starts_after": -30},
    {"title": "Hymne national", "minutes": 5, "starts_after": 0},
    {"title": "Mot de bienvenue", "who": "Coordination nationale", "minutes": 10},
    {"title": "Témoignages de deux experts", "who": "Pr Assétou Koné (exemple)", "minutes": 20},
    {"title": "Discours du ministre", "who": "Cabinet", "minutes": 25},
    {"title": "Photographie et cocktail", "minutes": 45, "note": "Sur les marches, avant le cocktail."},
)


def build(*, now: datetime) -> None:
    """Lay the roads of coming events and tick what is past; a second time changes nothing."""
    today = localdate(now)
    _past_days(now)
    for event in Event.objects.filter(kind__in=ROADS, start_date__gt=today):
        if Task.objects.filter(event=event).exists():
            continue
        roads.lay_road(event=event, user=None, now=now)
        for task in Task.objects.filter(event=event).select_related("event"):
            if task.due_date is not None and (today - task.due_date).days > 2:
                roads.tick(task=task, done=True, user=None, now=now)


def _past_days(now: datetime) -> None:
    """The running order of celebrations held, shorter than the next one: what next year's is copied from."""
    held = Occurrence.objects.over(now).filter(event__kind=Kind.ANNIVERSARY)[:2]
    for row in held:
        running.lay_order(occurrence=row, points=HELD)
