"""Seating by rank: rows from the front, filled in protocol's order; who was put somewhere by hand stays there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from cms.core.actions import log_thing
from events import queries
from events.actions import seats
from events.actions.errors import EventsError
from events.models import Occurrence, Place, Registration, SeatingPlan
from events.validators.rows import parse_rows


class ChairTaken(EventsError):
    """Somebody was put on this chair by hand already, or there is no such chair."""


def _plan(occurrence: Occurrence) -> SeatingPlan | None:
    """The date's plan, under the date's lock: whoever is seated or leaves waits for it."""
    seats.take(occurrence)
    return SeatingPlan.objects.filter(occurrence=occurrence).first()


@transaction.atomic
def lay_rows(*, occurrence: Occurrence, rows: str, user: Any, now: datetime) -> SeatingPlan:
    """Set the rows of a date ("Tribune : 8" lines) and fill them by rank. Raises ValidationError.

    Who was put on a chair by hand stays there while that chair does.
    """
    said = parse_rows(rows)
    plan = _plan(occurrence) or SeatingPlan(occurrence=occurrence)
    plan.rows = rows
    plan.save()
    held = {(one.row, one.number): one.registration_id for one in plan.places.filter(is_fixed=True)}
    plan.places.all().delete()
    Place.objects.bulk_create(
        Place(
            plan=plan,
            row=row,
            row_name=name,
            number=number,
            registration_id=held.get((row, number)),
            is_fixed=(row, number) in held,
        )
        for row, (name, chairs) in enumerate(said)
        for number in range(1, chairs + 1)
    )
    log_thing(occurrence.event, action="seating.laid", user=user, now=now)
    _fill(plan)
    return plan


@transaction.atomic
def seat_by_rank(*, occurrence: Occurrence) -> int:
    """Fill the chairs again with who comes now; returns how many found none. Without a plan nothing happens."""
    plan = _plan(occurrence)
    return _fill(plan) if plan is not None else 0


def _fill(plan: SeatingPlan) -> int:
    """Put who comes on the chairs that nobody was put on by hand, the first rank in front.

    Set-based: chairs are freed by one statement and given by one.
    """
    coming = list(queries.in_seating_order(plan.occurrence_id))
    here = {one.pk for one in coming}
    plan.places.filter(is_fixed=True).exclude(registration__in=here).update(registration=None, is_fixed=False)
    plan.places.filter(is_fixed=False).update(registration=None)
    fixed = set(plan.places.filter(is_fixed=True).values_list("registration", flat=True))
    chairs = list(plan.places.filter(registration=None).order_by("row", "number"))
    line = [one for one in coming if one.pk not in fixed]
    for chair, registration in zip(chairs, line, strict=False):
        chair.registration = registration
    Place.objects.bulk_update(chairs, ["registration"], batch_size=500)
    return max(len(line) - len(chairs), 0)


@transaction.atomic
def put(
    *, occurrence: Occurrence, registration: Registration, row: int, number: int, user: Any, now: datetime
) -> Place:
    """Put somebody on a chair by hand; who sat there by rank takes their old one. Raises ChairTaken."""
    plan = _plan(occurrence)
    chair = plan.places.filter(row=row, number=number).first() if plan is not None else None
    if plan is None or chair is None or registration.occurrence_id != occurrence.pk:
        raise ChairTaken
    if chair.is_fixed and chair.registration_id != registration.pk:
        raise ChairTaken
    before, sitting = plan.places.filter(registration=registration).first(), chair.registration
    if before is not None and before.pk != chair.pk:
        Place.objects.filter(pk=before.pk).update(registration=None, is_fixed=False)
    Place.objects.filter(pk=chair.pk).update(registration=registration, is_fixed=True)
    if before is not None and before.pk != chair.pk and sitting is not None:
        Place.objects.filter(pk=before.pk).update(registration=sitting)
    chair.refresh_from_db()
    _log("seating.put", occurrence, registration, user=user, now=now, chair=str(chair))
    return chair


@transaction.atomic
def let_go(*, occurrence: Occurrence, registration: Registration, user: Any, now: datetime) -> int:
    """Take back what was decided by hand for somebody, and seat all by rank again."""
    plan = _plan(occurrence)
    if plan is None:
        return 0
    if plan.places.filter(registration=registration).update(registration=None, is_fixed=False):
        _log("seating.let_go", occurrence, registration, user=user, now=now)
    return _fill(plan)


def _log(
    action: str, row: Occurrence, person: Registration, *, user: Any, now: datetime, **said: Any
) -> None:
    changes = {"registration": person.uid.hex, **said}
    log_thing(row.event, action=action, user=user, now=now, changes=changes)
