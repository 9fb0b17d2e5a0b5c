"""The figures of an event: how registrations came in, from whom, and who came. The same few queries at any size."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf, TruncDate

from events.models import Answer, CheckIn, Event, Occurrence, Outcome, Registration, RegistrationState

#: Bars that a chart shows at most: a bar is a day, or as many days as it takes.
BARS = 90
#: Lines of a table; what is beyond is told as one.
LINES = 20


@dataclass(frozen=True)
class Line:
    """A group of people: how many registered, hold a seat, came. `label` is "" for those of whom nothing is known."""

    label: str
    registered: int
    confirmed: int
    came: int


@dataclass(frozen=True)
class Bar:
    """What came in on the days from `day` on, in the shape and under the one colour that charts of downloads draw."""

    day: date
    taken: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.taken.values())


@dataclass
class Figures:
    """All that the dashboard tells of an event, or of one date of it."""

    registered: int = 0
    confirmed: int = 0
    waiting: int = 0
    to_answer: int = 0
    cancelled: int = 0
    refused: int = 0
    came: int = 0
    walk_ins: int = 0
    expected_before: int = 0
    no_shows: int = 0
    seats: int | None = None
    bars: list[Bar] = field(default_factory=list)
    days_a_bar: int = 1
    groups: dict[str, list[Line]] = field(default_factory=dict)

    @property
    def share_came(self) -> int | None:
        """Of those expected at dates that have begun, how many came, in percent."""
        if not self.expected_before:
            return None
        return round(100 * (self.expected_before - self.no_shows) / self.expected_before)


def figures_of(event: Event, occurrence: Occurrence | None, *, now: datetime) -> Figures:
    """The figures of an event, or of one of its dates. Cancelled and refused people count in their own lines only."""
    people = Registration.objects.filter(occurrence__event=event)
    tries = CheckIn.objects.filter(occurrence__event=event)
    if occurrence is not None:
        people, tries = people.filter(occurrence=occurrence), tries.filter(occurrence=occurrence)
    begun = Q(state=RegistrationState.CONFIRMED, occurrence__starts_at__lte=now)
    told = people.aggregate(
        registered=Count("pk", filter=~_gone()),
        confirmed=Count("pk", filter=Q(state=RegistrationState.CONFIRMED)),
        waiting=Count("pk", filter=Q(state=RegistrationState.WAITING)),
        to_answer=Count("pk", filter=Q(state__in=["requested", "pending"])),
        cancelled=Count("pk", filter=Q(state=RegistrationState.CANCELLED)),
        refused=Count("pk", filter=Q(state=RegistrationState.REFUSED)),
        came=Count("pk", filter=Q(attended_at__isnull=False)),
        expected_before=Count("pk", filter=begun),
        no_shows=Count("pk", filter=begun & Q(attended_at=None)),
    )
    found = Figures(**told, seats=_seats(event, occurrence))
    found.walk_ins = tries.filter(way="walk_in", outcome=Outcome.ADMITTED).count()
    found.bars, found.days_a_bar = _bars(people)
    found.groups = {
        "category": _lines(people, F("category__name")),
        "sector": _lines(people, sector_of()),
        "country": _lines(people, country_of()),
        "outlet": _lines(
            people, Coalesce(F("contact__media_profile__outlet__name"), NullIf(F("organisation"), Value("")))
        ),
        "delegation": _lines(people, F("delegation__organisation")),
        "channel": _lines(people, NullIf(F("confirmed_channel"), Value(""))),
    }
    return found


def sector_of() -> Coalesce:
    """A registration's sector: what the person answered where the form asks it, else what their card says."""
    asked = Answer.objects.filter(
        registration=OuterRef("pk"), question__is_sector=True, choice__isnull=False
    ).order_by()
    return Coalesce(Subquery(asked.values("choice__label")[:1]), F("contact__sector__name"))


def country_of() -> Coalesce:
    """The country that a registration counts for: the delegation's, else the person's."""
    return Coalesce(F("delegation__country"), F("contact__country"))


def with_origin(people: QuerySet[Registration]) -> QuerySet[Any]:
    """With `country` (a code or None) and `sector` (its name or None) of each."""
    return people.annotate(country=country_of(), sector=sector_of())


def _gone() -> Q:
    return Q(state__in=[RegistrationState.CANCELLED, RegistrationState.REFUSED])


def _seats(event: Event, occurrence: Occurrence | None) -> int | None:
    """The seats of the date; of an event with one date those of that one, of several none in common."""
    if occurrence is not None:
        return occurrence.seats
    dates = list(event.occurrences.select_related("event")[:2])
    return dates[0].seats if len(dates) == 1 else None


def _bars(people: QuerySet[Registration]) -> tuple[list[Bar], int]:
    """Registrations by the day they came in, whatever became of them, from the first day to the last."""
    rows = people.annotate(day=TruncDate("created_at")).values("day").annotate(n=Count("pk")).order_by("day")
    by_day = {row["day"]: row["n"] for row in rows}
    if not by_day:
        return [], 1
    first, last = min(by_day), max(by_day)
    step = -(-((last - first).days + 1) // BARS)
    counted: dict[date, int] = {first + timedelta(days=n): 0 for n in range(0, (last - first).days + 1, step)}
    for day, number in by_day.items():
        counted[first + timedelta(days=(day - first).days // step * step)] += number
    return [Bar(day, {"file": number}) for day, number in counted.items()], step


def _lines(people: QuerySet[Registration], group: Any) -> list[Line]:
    """People by a group, the biggest first; beyond LINES the rest is one line, labelled "…"."""
    rows = (
        people.exclude(_gone())
        .annotate(group=group)
        .values("group")
        .annotate(
            registered=Count("pk"),
            confirmed=Count("pk", filter=Q(state=RegistrationState.CONFIRMED)),
            came=Count("pk", filter=Q(attended_at__isnull=False)),
        )
        .order_by("-registered", "group")
    )
    lines = [Line(str(row["group"] or ""), row["registered"], row["confirmed"], row["came"]) for row in rows]
    if len(lines) <= LINES:
        return lines
    rest = lines[LINES:]
    numbers = (sum(getattr(line, name) for line in rest) for name in ("registered", "confirmed", "came"))
    return [*lines[:LINES], Line("…", *numbers)]
