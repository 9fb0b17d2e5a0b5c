"""Badges: how they look, and that they were printed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from cms.core.actions import log_thing
from events.models import BadgePrint, BadgeTemplate, Event, Registration
from events.validators.papers import BADGE_FIELDS, check_fields


@transaction.atomic
def change_badges(*, event: Event, values: dict[str, Any], user: Any, now: datetime) -> BadgeTemplate:
    """Keep the words and the size of an event's badges. Raises ValidationError for a field that there is not."""
    for name in ("heading", "lines", "foot"):
        check_fields(values.get(name, ""), BADGE_FIELDS)
    template, _made = BadgeTemplate.objects.update_or_create(event=event, defaults=values)
    template.full_clean(exclude=["event"])
    log_thing(event, action="badges.model", user=user, now=now)
    return template


@transaction.atomic
def note_printed(*, event: Event, registrations: Iterable[Registration], user: Any, now: datetime) -> int:
    """Note that these badges were printed; returns how many of them for the first time."""
    rows = [BadgePrint(registration=one, printed_at=now) for one in registrations]
    before = BadgePrint.objects.filter(registration__occurrence__event=event).count()
    BadgePrint.objects.bulk_create(rows, ignore_conflicts=True)
    fresh = BadgePrint.objects.filter(registration__occurrence__event=event).count() - before
    log_thing(event, action="badges.printed", user=user, now=now, changes={"number": len(rows)})
    return fresh
