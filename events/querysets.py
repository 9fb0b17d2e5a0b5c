"""Rows of dates and registrations, with what is counted about them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Self

from django.db.models import (
    Count,
    DateField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce, Greatest

SEATED = ("confirmed", "offered")
#: How long a date without an announced end is taken to last.
OPEN_END_LASTS = timedelta(hours=12)
ACTIVE = ("pending", "requested", "confirmed", "waiting", "offered")


def taking_a_seat(now: datetime, *, prefix: str = "") -> Q:
    """The registrations that count against the seats at `now`: confirmed, or offered or kept for a while."""
    return (
        Q(**{f"{prefix}state": "confirmed"})
        | Q(**{f"{prefix}state": "offered", f"{prefix}offered_until__gt": now})
        | Q(**{f"{prefix}state": "pending", f"{prefix}held_until__gt": now})
    )


def _over() -> Coalesce:
    """When a date is over, as `Occurrence.over_at` says of a row."""
    lasts = ExpressionWrapper(F("starts_at") + Value(OPEN_END_LASTS), output_field=DateTimeField())
    return Coalesce("ends_at", lasts)


class OccurrenceQuerySet(QuerySet[Any]):
    """Dates of events."""

    def locked(self) -> Self:
        """The rows under their lock, inside a transaction: whoever counts seats or writes one holds it."""
        return self.select_for_update(of=("self",))

    def planned(self) -> Self:
        return self.filter(state="planned").exclude(event__state="cancelled")

    def unused(self) -> Self:
        """Those that nothing hangs on, neither people nor guests nor what is prepared: they may be deleted.

        Every relation counts, so that one made later is not forgotten.
        """
        found = self
        for relation in self.model._meta.related_objects:
            rows = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
            found = found.exclude(Exists(rows))
        return found

    def at(self, place: str) -> Self:
        """Those that take place there: at a place of their own, else at the event's. All for no place."""
        if not place:
            return self
        return self.filter(Q(place_name=place) | Q(place_name="", event__place_name=place))

    def between(self, start: datetime | None, end: datetime | None) -> Self:
        """Those that touch [start, end); a side that is None is open."""
        found = self
        if start is not None:
            found = found.filter(Q(ends_at__gt=start) | Q(ends_at__isnull=True, starts_at__gte=start))
        return found.filter(starts_at__lt=end) if end is not None else found

    def coming(self, now: datetime) -> Self:
        """Those not over yet, soonest first."""
        return self.annotate(over=_over()).filter(over__gte=now).order_by("starts_at", "pk")

    def over(self, now: datetime) -> Self:
        """Those that are over, latest first."""
        return self.annotate(over=_over()).filter(over__lt=now).order_by("-starts_at", "-pk")

    def counted(self, now: datetime) -> Self:
        """With `taken` (seats not free), `confirmed_count`, `waiting_count`, `pending_count`, `requested_count`.

        Seats kept for names that delegations have still to give are taken too.
        """
        delegations = self.model._meta.get_field("delegations").related_model.objects
        kept = delegations.filter(occurrence=OuterRef("pk")).kept_now(now)
        states = ("confirmed", "waiting", "pending", "requested")
        counts = {
            f"{state}_count": Count("registrations", filter=Q(registrations__state=state)) for state in states
        }
        # Counting groups, and grouped rows lose the order that the model gives them.
        ordered = self if self.query.order_by else self.order_by("starts_at", "pk")
        return ordered.annotate(
            taken=Count("registrations", filter=taking_a_seat(now, prefix="registrations__"))
            + Coalesce(Subquery(kept), 0),
            capacity_now=Coalesce(F("capacity"), F("event__capacity")),
            **counts,
        )


class RegistrationQuerySet(QuerySet[Any]):
    """Registrations."""

    def active(self) -> Self:
        return self.filter(state__in=ACTIVE)

    def taking_a_seat(self, now: datetime) -> Self:
        return self.filter(taking_a_seat(now))

    def in_line(self) -> Self:
        """The waiting list, first come first."""
        return self.filter(state="waiting").order_by("position", "pk")


class DelegationQuerySet(QuerySet[Any]):
    """Delegations."""

    def active(self) -> Self:
        return self.filter(state__in=["requested", "confirmed"])

    def keeping(self, now: datetime) -> QuerySet[Any]:
        """Those for which seats are kept at `now`, with `kept`: seats granted, less those whose holder is named."""
        members = self.model._meta.get_field("members").related_model.objects
        seated = members.filter(delegation=OuterRef("pk"), state__in=SEATED).order_by()
        number = seated.values("delegation").annotate(number=Count("pk")).values("number")
        rows: QuerySet[Any] = self.filter(state="confirmed", names_until__gt=now)
        return rows.annotate(kept=Greatest(F("granted") - Coalesce(Subquery(number), 0), 0))

    def kept_now(self, now: datetime) -> QuerySet[Any, Any]:
        """The sum of what is `kept`, by date: one row of one column for each date."""
        return self.keeping(now).order_by().values("occurrence").annotate(all=Sum("kept")).values("all")

    def counted(self) -> Self:
        """With `seated` (named and holding a seat), `waiting` (named and in the line) and `named` (both)."""
        return self.annotate(
            seated=Count("members", filter=Q(members__state__in=SEATED)),
            waiting=Count("members", filter=Q(members__state="waiting")),
            named=Count("members", filter=Q(members__state__in=ACTIVE)),
        )


class TaskQuerySet(QuerySet[Any]):
    """Things to do for events."""

    def dated(self) -> Self:
        """With `due` (a date or None), soonest first; those without a date last."""
        after = ExpressionWrapper(F("event__start_date") + F("days"), output_field=DateField())
        return self.annotate(due=Coalesce(F("fixed_date"), after)).order_by(
            F("due").asc(nulls_last=True), "pk"
        )

    def due_by(self, day: date) -> Self:
        """What is not done and due on `day` or before, of events that take place."""
        waiting = self.filter(done_at=None).exclude(event__state="cancelled").dated()
        return waiting.filter(due__lte=day)
