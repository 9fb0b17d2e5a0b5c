"""Badges: how they look, and that they were printed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from cms.core.actions import log_thing
from events.models import BadgePrint, BadgeTemplate, Event, Registration, Speaker
from events.validators.papers import BADGE_FIELDS, check_fields


@transaction.atomic
def change_badges(*, event: Event, values: dict[str, Any], user: Any, now: datetime) -> BadgeTemplate:
    """Keep the words and the size of an event's badges. Raises ValidationError for a field that there is not."""
    for name in ("heading", "lines", "foot", "heading_en", "lines_en", "foot_en"):
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


@transaction.atomic
def note_speakers_printed(*, event: Event, speakers: Iterable[Speaker], user: Any, now: datetime) -> int:
    """Note that the badges of these speakers, who have no seat, were printed; returns how many for the first time."""
    rows = Speaker.objects.filter(event=event, pk__in=[one.pk for one in speakers])
    number = rows.count()
    fresh = rows.filter(badge_printed_at=None).update(badge_printed_at=now)
    log_thing(event, action="badges.printed", user=user, now=now, changes={"number": number})
    return fresh
