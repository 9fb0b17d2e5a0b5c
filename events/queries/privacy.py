"""What is kept of a person, as they may ask for it, and what is due to be erased."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import (
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Coalesce
from django.utils.text import capfirst

from cms.core.models import ThingLog
from events.models import (
    MONTHS,
    PASSPORT_DAYS,
    AudiencePerson,
    Delegation,
    Event,
    Invitation,
    Occurrence,
    Passport,
    Registration,
    Stand,
    Submission,
)

#: What guests typed, or staff heard from them, beside the name of who came instead.
TYPED_BY_GUESTS = ("substitute_function", "answered_with", "note", "received_by")
#: Stands where a name stood. French, as all the organisation's own data.
ERASED = "Données effacées"


# Due -----------------------------------------------------------------------------------------------------------------
class Interval(Func):
    """So many months or days, by the calendar: PostgreSQL's make_interval."""

    output_field = DurationField()  # type: ignore[assignment]

    def __init__(self, number: Any, unit: str) -> None:
        super().__init__(number, template=f"make_interval({unit} => (%(expressions)s)::int)")


def _over_since(unit: str, name: str, default: int) -> QuerySet[Any]:
    """Dates with `due_at`: their end and the event's time of keeping after it."""
    kept = Coalesce(F(f"event__retention__{name}"), Value(default))
    end = Coalesce("ends_at", "starts_at")
    due = ExpressionWrapper(end + Interval(kept, unit), output_field=DateTimeField())
    rows: QuerySet[Any] = Occurrence.objects.annotate(due_at=due).order_by("pk")
    return rows


def dates_due_for_erasure(*, now: datetime) -> QuerySet[Occurrence]:
    """Dates over for as long as their event is kept, with somebody not erased yet."""
    people = Registration.objects.filter(occurrence=OuterRef("pk"), erased_at=None)
    heads = Delegation.objects.filter(occurrence=OuterRef("pk"), erased_at=None)
    said = ~Q(substitute_name__in=["", ERASED])
    for name in TYPED_BY_GUESTS:
        said |= ~Q(**{name: ""})
    guests = Invitation.objects.filter(said, occurrence=OuterRef("pk"))
    rows = _over_since("months", "months", MONTHS).filter(due_at__lte=now)
    return rows.filter(Exists(people) | Exists(heads) | Exists(guests))


def dates_with_passports_due(*, now: datetime) -> QuerySet[Occurrence]:
    """Dates over for as many days as passports are kept, with a passport still there."""
    passports = Passport.objects.filter(delegate__registration__occurrence=OuterRef("pk"))
    rows = _over_since("days", "passport_days", PASSPORT_DAYS).filter(due_at__lte=now)
    return rows.filter(Exists(passports))


def kept_of_event(event: Event) -> dict[str, Any]:
    """What an event keeps: people, delegations, passports, others by the word for them, how many are erased, and when
    its last date is due."""
    people = Registration.objects.filter(occurrence__event=event)
    others = {
        Stand: Stand.objects.filter(event=event).exclude(contact_name__in=["", ERASED]),
        AudiencePerson: AudiencePerson.objects.filter(audience__event=event).exclude(name=ERASED),
        Submission: Submission.objects.filter(call__event=event).exclude(name=ERASED),
    }
    counted = [
        (capfirst(str(model._meta.verbose_name_plural)), rows.count()) for model, rows in others.items()
    ]
    last = _over_since("months", "months", MONTHS).filter(event=event).order_by("-due_at").first()
    return {
        "people": people.filter(erased_at=None).count(),
        "erased": people.exclude(erased_at=None).count(),
        "delegations": Delegation.objects.filter(occurrence__event=event, erased_at=None).count(),
        "passports": Passport.objects.filter(delegate__registration__occurrence__event=event).count(),
        "others": [(label, number) for label, number in counted if number],
        "due_at": last.due_at if last is not None else None,
    }


# Journal -------------------------------------------------------------------------------------------------------------
def journal_of(event: Event) -> QuerySet[ThingLog]:
    """The lines of an event's journal, the latest first."""
    return ThingLog.objects.filter(thing_uid=event.uid).select_related("user").order_by("-at", "-pk")


def names_in_journal(lines: Iterable[ThingLog]) -> dict[str, str]:
    """By uid in hex, whom the lines are about, as they are called now. Three queries."""
    said = [line.changes for line in lines]
    people = [UUID(one["registration"]) for one in said if one.get("registration")]
    groups = [UUID(one["delegation"]) for one in said if one.get("delegation")]
    rows = Registration.objects.filter(uid__in=people).values_list("uid", "name")
    delegations = Delegation.objects.filter(uid__in=groups).values_list("uid", "organisation")
    guests = [UUID(one["guest"]) for one in said if one.get("guest")]
    invited = Invitation.objects.filter(uid__in=guests).values_list("uid", "contact__name")
    return {uid.hex: name for uid, name in (*rows, *delegations, *invited)}
