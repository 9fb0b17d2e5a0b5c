"""What is left of a date, in the hall, in each category and of each choice, as counted under the date's lock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, QuerySet

from events.models import Answer, Category, Choice, Delegation, Occurrence, Registration


@dataclass
class Places:
    """Seats left of a date. `hall` is None for no limit; categories and choices are those with a number, by key."""

    hall: int | None
    categories: dict[int, int] = field(default_factory=dict)
    choices: dict[int, int] = field(default_factory=dict)

    @property
    def none_left(self) -> bool:
        return self.hall is not None and self.hall <= 0

    def fit(self, registration: Registration) -> bool:
        """Whether one more registration like this one has a seat everywhere that it needs one."""
        if self.none_left or self.categories.get(registration.category_id or 0, 1) <= 0:
            return False
        return not self.choices or all(self.choices.get(pk, 1) > 0 for pk in registration.chosen)

    def take(self, registration: Registration) -> None:
        """Count one more seat as taken."""
        if self.hall is not None:
            self.hall -= 1
        if registration.category_id in self.categories:
            self.categories[registration.category_id] -= 1
        for pk in registration.chosen if self.choices else []:
            if pk in self.choices:
                self.choices[pk] -= 1

    def narrow(self, line: QuerySet[Registration]) -> QuerySet[Registration]:
        """The people of a waiting list who may fit: those of what is full wait on, and hold up nobody else."""
        if full := [pk for pk, left in self.categories.items() if left <= 0]:
            line = line.exclude(category_id__in=full)
        if full := [pk for pk, left in self.choices.items() if left <= 0]:
            line = line.exclude(pk__in=Answer.objects.filter(choice__in=full).values("registration"))
        return line.prefetch_related("answers") if self.choices else line


def places_left(
    row: Occurrence, *, now: datetime, but: Registration | None = None, without: Delegation | None = None
) -> Places:
    """What is left of a date at `now`.

    Not counting what `but` holds, nor what is kept for the names that the delegation `without` has still to give.
    """
    taking = Registration.objects.filter(occurrence=row).taking_a_seat(now)
    if but is not None and but.pk:
        taking = taking.exclude(pk=but.pk)
    quotas = dict(
        Category.objects.filter(event=row.event_id).exclude(quota=None).values_list("pk", "quota").order_by()
    )
    limits = Choice.objects.filter(question__event=row.event_id).exclude(places=None)
    places = dict(limits.order_by().values_list("pk", "places"))
    by_choice: dict[int, int] = {}
    if places:
        made = Answer.objects.filter(choice__in=places, registration__in=taking.order_by().values("pk"))
        by_choice = dict(made.order_by().values_list("choice_id").annotate(number=Count("pk")))
    by_category = dict(taking.order_by().values_list("category_id").annotate(number=Count("pk")))
    kept = _kept(row, without, now=now)
    return Places(
        hall=row.seats - sum(by_category.values()) - sum(kept.values()) if row.seats is not None else None,
        categories={
            pk: (quota or 0) - by_category.get(pk, 0) - kept.get(pk, 0) for pk, quota in quotas.items()
        },
        choices={pk: (number or 0) - by_choice.get(pk, 0) for pk, number in places.items()},
    )


def _kept(row: Occurrence, without: Delegation | None, *, now: datetime) -> dict[int | None, int]:
    """How many seats are kept for people whom delegations have still to name, by the delegations' category."""
    keeping = Delegation.objects.filter(occurrence=row).keeping(now)
    if without is not None:
        keeping = keeping.exclude(pk=without.pk)
    found: dict[int | None, int] = {}
    for category, number in keeping.values_list("category_id", "kept"):
        found[category] = found.get(category, 0) + number
    return found
