"""The running order of a date, kept under the date's lock: two who arrange it at once lose nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from cms.core.actions import log_thing
from events.actions import seats
from events.actions.errors import EventsError
from events.models import Occurrence, RunningItem

FIELDS = ("title", "who", "place", "note", "minutes", "starts_after")
#: Points of one date at most: a page of the team's paper has thirty.
MOST = 200


class OrderChanged(EventsError):
    """Somebody else arranged the running order meanwhile: what was to be moved stands elsewhere by now, or is gone."""


class OrderFull(EventsError):
    """The date has MOST points."""


class OrderWritten(EventsError):
    """The date has a running order already, and nobody said that it is to be replaced."""


def _points(row: Occurrence) -> list[RunningItem]:
    return list(RunningItem.objects.filter(occurrence=row).order_by("order"))


def _number(points: list[RunningItem]) -> None:
    """Write the order in which `points` stand, where it is another one."""
    moved = [(place, one) for place, one in enumerate(points) if one.order != place]
    for place, one in moved:
        one.order = place
    RunningItem.objects.bulk_update([one for _place, one in moved], ["order"])


def _locked(item: RunningItem) -> tuple[Occurrence, list[RunningItem], RunningItem]:
    """The date under its lock, its points and the one meant as it now is. Raises OrderChanged where it is gone."""
    row = seats.take(Occurrence(pk=item.occurrence_id))
    points = _points(row)
    found = next((one for one in points if one.pk == item.pk), None)
    if found is None:
        raise OrderChanged
    return row, points, found


def _log(row: Occurrence, action: str, *, user: Any, now: datetime, **said: Any) -> None:
    changes = {"date": row.recurrence_id, **said}
    log_thing(row.event, action=f"running.{action}", user=user, now=now, changes=changes)


@transaction.atomic
def add_point(
    *,
    occurrence: Occurrence,
    values: Mapping[str, Any],
    after: int | None = None,
    key: UUID | None = None,
    user: Any,
    now: datetime,
) -> RunningItem:
    """Add a point with the values of FIELDS, after the point of key `after` (0: first; None: last).

    The same form (`key`) adds one. Raises OrderFull.
    """
    row = seats.take(occurrence)
    if key is not None and (same := RunningItem.objects.filter(key=key).first()) is not None:
        return same
    points = _points(row)
    if len(points) >= MOST:
        raise OrderFull
    said = {name: values[name] for name in FIELDS if name in values}
    made = RunningItem.objects.create(occurrence=row, key=key, order=len(points), **said)
    points.insert(_place_after(points, after), made)
    _number(points)
    _log(row, "added", user=user, now=now, point=made.title)
    return made


def _place_after(points: list[RunningItem], after: int | None) -> int:
    """Where what comes after the point of key `after` stands; at the end for None and for a point that is gone."""
    if after == 0:
        return 0
    return next((place + 1 for place, one in enumerate(points) if one.pk == after), len(points))


@transaction.atomic
def change_point(*, item: RunningItem, values: Mapping[str, Any], user: Any, now: datetime) -> RunningItem:
    """Change a point's FIELDS. Raises OrderChanged for one that was taken off meanwhile."""
    row, _all, found = _locked(item)
    changed = [name for name in FIELDS if name in values and getattr(found, name) != values[name]]
    for name in changed:
        setattr(found, name, values[name])
    if changed:
        found.save(update_fields=changed)
        _log(row, "changed", user=user, now=now, point=found.title, fields=changed)
    return found


@transaction.atomic
def move_point(*, item: RunningItem, by: int, seen: int, user: Any, now: datetime) -> RunningItem:
    """Move a point up (-1) or down (1), beyond either end not at all. `seen` is the place at which it was shown.

    Raises OrderChanged where it stands elsewhere by now: the same move sent twice moves once.
    """
    row, points, found = _locked(item)
    if found.order != seen:
        raise OrderChanged
    points.remove(found)
    points.insert(min(max(seen + by, 0), len(points)), found)
    _number(points)
    _log(row, "moved", user=user, now=now, point=found.title)
    return found


@transaction.atomic
def remove_point(*, item: RunningItem, user: Any, now: datetime) -> None:
    """Take a point off; those after it move up. Raises OrderChanged for one that is off already."""
    row, points, found = _locked(item)
    points.remove(found)
    found.delete()
    _number(points)
    _log(row, "removed", user=user, now=now, point=found.title)


@transaction.atomic
def copy_order(
    *, occurrence: Occurrence, source: Occurrence, replace: bool = False, user: Any, now: datetime
) -> int:
    """Take over the running order of another date, last year's; returns how many points it has.

    Hours go along with the date's own. Raises OrderWritten for a date that has one, unless `replace`.
    """
    row = seats.take(occurrence)
    mine = RunningItem.objects.filter(occurrence=row)
    if mine.exists() and not replace:
        raise OrderWritten
    theirs = [{name: getattr(one, name) for name in FIELDS} for one in _points(source)]
    if source.pk == row.pk or not theirs:
        return len(theirs)
    mine.delete()
    _lay(row, theirs)
    _log(row, "copied", user=user, now=now, points=len(theirs))
    return len(theirs)


@transaction.atomic
def lay_order(*, occurrence: Occurrence, points: Iterable[Mapping[str, Any]]) -> int:
    """Give a date without a running order one that is ready; returns how many points were laid."""
    row = seats.take(occurrence)
    if RunningItem.objects.filter(occurrence=row).exists():
        return 0
    return _lay(row, points)


def _lay(row: Occurrence, points: Iterable[Mapping[str, Any]]) -> int:
    made = [RunningItem(occurrence=row, order=place, **said) for place, said in enumerate(points)]
    return len(RunningItem.objects.bulk_create(made))
