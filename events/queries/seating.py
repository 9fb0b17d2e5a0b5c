"""Who sits where."""

from __future__ import annotations

from django.db.models import F, QuerySet

from events.models import Occurrence, Place, Registration, SeatingPlan
from events.querysets import SEATED


def in_seating_order(occurrence: int) -> QuerySet[Registration]:
    """Who comes to a date, the first rank first; who has none comes after, by name."""
    found = Registration.objects.filter(occurrence=occurrence, state__in=SEATED)
    return found.select_related("invitation__contact", "contact").order_by(
        F("invitation__rank").asc(nulls_last=True), "name", "pk"
    )


def seating_of(row: Occurrence) -> SeatingPlan | None:
    """The date's seating plan."""
    return SeatingPlan.objects.filter(occurrence=row).first()


def chairs_of(plan: SeatingPlan) -> list[tuple[str, list[Place]]]:
    """The chairs row by row, each with who sits there: two lists of one query."""
    rows: dict[int, tuple[str, list[Place]]] = {}
    places = plan.places.select_related("registration__invitation__contact", "registration__contact")
    for one in places:
        rows.setdefault(one.row, (one.row_name, []))[1].append(one)
    return list(rows.values())


def without_chair(row: Occurrence) -> QuerySet[Registration]:
    """Who comes and has no chair, in protocol's order."""
    return in_seating_order(row.pk).filter(place=None)
