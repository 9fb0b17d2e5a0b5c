"""An event's categories, with what is taken of each."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, QuerySet

from events.models import Access, Category, Delegation, Event, Occurrence, Registration, RegistrationState


def categories_of(event: Event) -> QuerySet[Category]:
    """All categories of an event, in the officer's order."""
    return Category.objects.filter(event=event).order_by("order", "pk")


def categories_by_uid(event: Event) -> dict[str, Category]:
    """All categories of an event in the officer's order, by their uid (hex), as forms name them."""
    return {one.uid.hex: one for one in categories_of(event)}


def public_categories(event: Event) -> list[Category]:
    """Those in which anybody may ask for a place."""
    return [one for one in categories_of(event) if one.is_public]


def taken_by_category(row: Occurrence, *, now: datetime) -> dict[int | None, int]:
    """How many seats of a date are not free, by the category's key: those kept for a delegation's names are not."""
    taking = Registration.objects.filter(occurrence=row).taking_a_seat(now)
    found = dict(taking.order_by().values_list("category_id").annotate(number=Count("pk")))
    keeping = Delegation.objects.filter(occurrence=row).exclude(category=None).keeping(now)
    for category, number in keeping.values_list("category_id", "kept"):
        found[category] = found.get(category, 0) + number
    return found


def counts_by_category(event: Event) -> dict[int, dict[str, int]]:
    """How many registrations of an event, over all its dates, each category has in each state."""
    rows = (
        Registration.objects.filter(occurrence__event=event)
        .exclude(category=None)
        .order_by()
        .values_list("category_id", "state")
        .annotate(number=Count("pk"))
    )
    found: dict[int, dict[str, int]] = {}
    for pk, state, number in rows:
        found.setdefault(pk, dict.fromkeys(RegistrationState.values, 0))[state] = number
    return found


def is_approved(event: Event) -> bool:
    """Whether registrations of this event are decided on at all."""
    if event.needs_approval or event.categories.filter(access=Access.APPROVAL).exists():
        return True
    return Registration.objects.filter(occurrence__event=event, state=RegistrationState.REQUESTED).exists()
