"""The categories of an event's people: made, changed, taken away while nobody is in them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from cms.core.actions import log_thing
from events.actions import seats
from events.actions.errors import AlreadyOver, EventsError, OccurrenceFull
from events.actions.places import places_left
from events.models import (
    Category,
    Delegation,
    Event,
    GuestList,
    Invitation,
    Occurrence,
    Registration,
)

FIELDS = ("name", "name_en", "colour", "quota", "order", "access", "amount_xof")


class CategoryInUse(EventsError):
    """People are registered in this category: it can be closed, not taken away."""


@transaction.atomic
def add_category(*, event: Event, user: Any, now: datetime, **values: Any) -> Category:
    """Make a category, the last of the list unless `order` says where. Raises ValidationError for a name twice."""
    last = Category.objects.filter(event=event).aggregate(last=Max("order"))["last"]
    values = {name: value for name, value in values.items() if name in FIELDS and value is not None}
    category = Category(event=event, **{"order": 0 if last is None else last + 1, **values})
    _save(category)
    log_thing(event, action="category.added", user=user, now=now, changes={"name": category.name})
    return category


@transaction.atomic
def change_category(*, category: Category, values: dict[str, Any], user: Any, now: datetime) -> Category:
    """Change a category. A bigger quota goes to those who wait; a smaller one takes a seat from nobody.

    The locks of all the event's dates are taken first, in the order of all: whoever counts a quota holds one.
    Raises ValidationError for a name that another category has.
    """
    dates = seats.take_dates(category.event)
    row = Category.objects.select_for_update().get(pk=category.pk)
    changes = {name: values[name] for name in FIELDS if name in values and getattr(row, name) != values[name]}
    if not changes:
        return row
    before = {name: getattr(row, name) for name in changes}
    for name, value in changes.items():
        setattr(row, name, value)
    _save(row)
    log_thing(
        row.event,
        action="category.changed",
        user=user,
        now=now,
        changes={"category": row.name, **{name: [before[name], changes[name]] for name in changes}},
    )
    seats.promote_all(dates, now=now)
    return row


def _save(category: Category) -> None:
    try:
        with transaction.atomic():
            category.save()
    except IntegrityError as error:
        raise ValidationError({"name": _("Another category of this event has this name.")}) from error


@transaction.atomic
def remove_category(*, category: Category, user: Any, now: datetime) -> None:
    """Take a category away. Raises CategoryInUse once anybody registered in it, or a list or delegation names it."""
    row = Category.objects.select_for_update().filter(pk=category.pk).first()
    if row is None:
        return
    named = (Registration, Invitation, GuestList, Delegation)
    if any(model._base_manager.filter(category=row).exists() for model in named):
        raise CategoryInUse
    log_thing(row.event, action="category.removed", user=user, now=now, changes={"name": row.name})
    row.delete()


@transaction.atomic
def move_to_category(
    *, registration: Registration, category: Category | None, user: Any, now: datetime
) -> Registration:
    """Put somebody into another category of the same event, by staff.

    Who holds a seat needs one in the new category too: raises OccurrenceFull where there is none, AlreadyOver for
    a registration that ended.
    """
    row = seats.take(Occurrence(pk=registration.occurrence_id))
    found = Registration.objects.select_related("contact", "category").get(pk=registration.pk)
    found.occurrence = row
    if category is not None and category.event_id != row.event_id:
        raise ValueError("a category of another event")
    if not found.is_active:
        raise AlreadyOver
    if found.category == category:
        return found
    before = found.category
    put_into(found, category, row, now=now)
    log_thing(
        row.event,
        action="registration.category",
        user=user,
        now=now,
        changes={"registration": found.uid.hex, "category": [str(before or ""), str(category or "")]},
    )
    seats.promote(row, now=now)
    return found


def put_into(
    registration: Registration, category: Category | None, row: Occurrence, *, now: datetime
) -> None:
    """Give a registration another category, under the lock of `row`, and save.

    Raises OccurrenceFull where who holds a seat finds none in it; who does not hold one loses the hold alone.
    """
    registration.category = category
    if not seats.has_seat(registration, row, now=now):
        if registration.holds_seat:
            raise OccurrenceFull
        registration.held_until = None
    registration.save()


@transaction.atomic
def move_delegation(
    *, delegation: Delegation, category: Category | None, user: Any, now: datetime
) -> Delegation:
    """Put a delegation into another category of its event, with the seats kept for it and its people of the old one.

    Raises OccurrenceFull where the category has fewer seats than it holds.
    """
    row = seats.take(Occurrence(pk=delegation.occurrence_id))
    found = Delegation.objects.select_related("category").get(pk=delegation.pk)
    if category is not None and category.event_id != row.event_id:
        raise ValueError("a category of another event")
    if found.category == category:
        return found
    before, found.category = found.category, category
    Registration.objects.active().filter(delegation=found, category=before).update(category=category)
    found.save(update_fields=["category"])
    if category is not None and places_left(row, now=now).categories.get(category.pk, 0) < 0:
        raise OccurrenceFull
    changes = {"delegation": found.uid.hex, "category": [str(before or ""), str(category or "")]}
    log_thing(row.event, action="delegation.category", user=user, now=now, changes=changes)
    seats.promote(row, now=now)
    return found
