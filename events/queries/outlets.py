"""Newsrooms at a date: how many people each has there, against the number that one may send."""

from __future__ import annotations

from collections import Counter
from typing import Any

from cms.contacts.validators import name_key
from events.models import Occurrence, Registration, RegistrationState

#: Who counts: those who have a seat, were offered one, or have their place in the waiting list.
COUNTED = (RegistrationState.CONFIRMED, RegistrationState.OFFERED, RegistrationState.WAITING)


def outlet_counts(row: Occurrence, *, but: Registration | None = None) -> Counter[str]:
    """How many people each newsroom has at a date, by its name without case, accents or punctuation.

    Who named none is of none. `but` is not counted.
    """
    found = Registration.objects.filter(occurrence=row, state__in=COUNTED).exclude(organisation="")
    if but is not None and but.pk:
        found = found.exclude(pk=but.pk)
    return Counter(filter(None, map(name_key, found.order_by().values_list("organisation", flat=True))))


def outlet_is_full(registration: Registration, row: Occurrence) -> bool:
    """Whether the newsroom of a registration has all the people at a date that the event lets one send."""
    cap, key = row.event.outlet_cap, name_key(registration.organisation)
    if not cap or not key:
        return False
    return outlet_counts(row, but=registration)[key] >= cap


def over_cap(people: list[Registration]) -> set[int]:
    """The keys of those in a list whose newsroom is full without them; no query where no event has such a number."""
    counts: dict[int, Counter[str]] = {}
    found = set()
    for one in people:
        row: Any = one.occurrence
        if not row.event.outlet_cap or one.state not in ("pending", "requested"):
            continue
        if row.pk not in counts:
            counts[row.pk] = outlet_counts(row)
        if counts[row.pk][name_key(one.organisation)] >= row.event.outlet_cap:
            found.add(one.pk)
    return found
