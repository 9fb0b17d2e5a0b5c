"""What is kept of a person, as they may ask for it, and what is due to be erased."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
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
from django.db.models.functions import Coalesce, Left
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from cms.contacts.viewsets.words import country_name, language_name
from cms.core import formats
from cms.core.models import ThingLog
from cms.mailing.models import Delivery, Mailing
from events.models import (
    MONTHS,
    PASSPORT_DAYS,
    Delegate,
    Delegation,
    Event,
    Invitation,
    Occurrence,
    Passport,
    Registration,
    Retention,
)

#: What guests typed, or staff heard from them, beside the name of who came instead.
TYPED_BY_GUESTS = ("substitute_function", "answered_with", "note", "received_by")
#: Stands where a name stood. French, as all the organisation's own data.
ERASED = "Données effacées"


# Due -----------------------------------------------------------------------------------------------------------------
class _Interval(Func):
    """So many months or days, by the calendar: PostgreSQL's make_interval."""

    output_field = DurationField()  # type: ignore[assignment]

    def __init__(self, number: Any, unit: str) -> None:
        super().__init__(number, template=f"make_interval({unit} => (%(expressions)s)::int)")


def _over_since(unit: str, name: str, default: int) -> QuerySet[Any]:
    """Dates with `due_at`: their end and the event's time of keeping after it."""
    kept = Coalesce(F(f"event__retention__{name}"), Value(default))
    end = Coalesce("ends_at", "starts_at")
    due = ExpressionWrapper(end + _Interval(kept, unit), output_field=DateTimeField())
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
    """What an event keeps: people, delegations, passports, how many are erased, and when its last date is due."""
    people = Registration.objects.filter(occurrence__event=event)
    last = _over_since("months", "months", MONTHS).filter(event=event).order_by("-due_at").first()
    return {
        "people": people.filter(erased_at=None).count(),
        "erased": people.exclude(erased_at=None).count(),
        "delegations": Delegation.objects.filter(occurrence__event=event, erased_at=None).count(),
        "passports": Passport.objects.filter(delegate__registration__occurrence__event=event).count(),
        "due_at": last.due_at if last is not None else None,
    }


# A person ------------------------------------------------------------------------------------------------------------
def rows_of_person(registration: Registration) -> tuple[QuerySet[Registration], QuerySet[Delegation]]:
    """All registrations of the person of one of them, and the delegations that they head."""
    same = Q(pk=registration.pk)
    if registration.contact_id is not None:
        same |= Q(contact=registration.contact_id)
    people = Registration.objects.filter(same, erased_at=None)
    headed = Delegation.objects.filter(contact__isnull=False, contact=registration.contact_id, erased_at=None)
    return people, headed


def guests_of_person(registration: Registration) -> QuerySet[Invitation]:
    """All invitations of the person of a registration."""
    return Invitation.objects.filter(contact__isnull=False, contact=registration.contact_id)


@dataclass(frozen=True)
class Section:
    """One part of what is kept of a person: a title, and what is said under which name."""

    title: str
    lines: list[tuple[str, str]]


def person_sections(registration: Registration) -> list[Section]:
    """Everything that events keep of the person of a registration, in words: to be handed over on request."""
    people, headed = rows_of_person(registration)
    found: list[Section] = []
    rows: list[Registration | Delegation | Invitation] = []
    whole = people.select_related("occurrence__event", "delegation", "delegate__passport", "category")
    for one in whole.prefetch_related("answers__question", "answers__choice", "receipts"):
        rows.append(one)
        found.append(Section(_title(one.occurrence), list(_registration_lines(one))))
    for delegation in headed.select_related("occurrence__event"):
        rows.append(delegation)
        found.append(Section(_title(delegation.occurrence), list(_delegation_lines(delegation))))
    for guest in guests_of_person(registration).select_related("occurrence__event"):
        rows.append(guest)
        found.append(Section(_title(guest.occurrence), list(_guest_lines(guest))))
    owners = [one.uid.hex for one in rows]
    mails = list(_mail_lines(owners))
    if mails:
        found.append(Section(_("Mails sent"), mails))
    events = {one.occurrence.event.uid for one in rows}
    journal = list(_journal_lines(owners, events))
    if journal:
        found.append(Section(_("What was done, and when"), journal))
    return found


def _title(row: Occurrence) -> str:
    return f"{row.event} – {row.when()}"


def _said(pairs: list[tuple[Any, Any]]) -> Iterator[tuple[str, str]]:
    for label, value in pairs:
        if value in (None, "", False):
            continue
        if value is True:
            value = _("Yes")
        elif isinstance(value, datetime | date):
            value = formats.long_date(value)
        elif isinstance(value, time):
            value = formats.clock_time(value)
        yield str(label), str(value)


def _fields(row: Any, *names: str) -> list[tuple[Any, Any]]:
    """Verbose names and values of columns, choices in words."""
    pairs = []
    for name in names:
        words = getattr(row, f"get_{name}_display", None)
        value = str(words()) if words is not None else getattr(row, name)
        if name in ("nationality", "country"):
            value = country_name(value) if value else ""
        elif name == "language":
            value = language_name(value)
        pairs.append((capfirst(str(row._meta.get_field(name).verbose_name)), value))
    return pairs


def _registration_lines(one: Registration) -> Iterator[tuple[str, str]]:
    yield from _said(
        _fields(
            one,
            *("name", "organisation", "email", "phone", "language", "category", "state"),
            *("created_at", "confirmed_at"),
            *("confirmed_channel", "confirmed_number", "cancelled_at", "reason", "attended_at", "delegation"),
        )
    )
    yield from _said([(answer.question, answer.words) for answer in one.answers.all()])
    yield from _said([(_("Receipt"), f"{paid.label} · {paid.payer}") for paid in one.receipts.all()])
    for entry in one.check_ins.order_by("scanned_at", "pk"):
        said = [formats.long_date(entry.scanned_at), str(entry.get_outcome_display()), entry.door]
        yield _("At the door"), " · ".join(part for part in said if part)
    for turn in one.turns.order_by("order"):
        at = f" · {formats.long_date(turn.settled_at)}" if turn.settled_at else ""
        yield _("Order of questions"), f"{turn.get_state_display()}{at}"
    known: Delegate | None = getattr(one, "delegate", None)
    if known is None:
        return
    yield from _said(
        _fields(
            known,
            *("is_head", "function", "arrival_date", "arrival_time", "arrival_flight", "departure_date"),
            *("departure_time", "departure_flight", "hotel", "diet", "needs_visa", "transport", "lodging"),
            *("per_diem", "per_diem_xof", "care_note", "visa_reference", "visa_lettered_at"),
        )
    )
    passport: Passport | None = getattr(known, "passport", None)
    if passport is not None:
        yield from _said(
            _fields(passport, "full_name", "number", "nationality", "born_date", "expires_date", "entered_at")
        )


def _delegation_lines(one: Delegation) -> Iterator[tuple[str, str]]:
    yield from _said(
        _fields(
            one,
            *("organisation", "country", "head_name", "head_function", "email", "phone", "language", "state"),
            *("places", "granted", "names_until", "created_at", "reason"),
        )
    )


def _guest_lines(one: Invitation) -> Iterator[tuple[str, str]]:
    yield from _said(
        _fields(
            one,
            *("rank", "state", "sent_at", "answered_at", "answered_by", "answered_with", "substitute_name"),
            *("substitute_function", "note", "number", "dated", "handed_at", "received_by", "created_at"),
        )
    )


def _mail_lines(owners: list[str]) -> Iterator[tuple[str, str]]:
    rows = (
        Delivery.objects.annotate(owner=Left("recipient_key", 32))
        .filter(mailing__kind=Mailing.Kind.OWED, owner__in=owners)
        .select_related("mailing")
        .order_by("created_at", "pk")
    )
    for row in rows:
        yield (
            formats.long_date(row.created_at),
            f"{row.mailing.title} · {row.address} · {row.get_state_display()}",
        )


def _journal_lines(owners: list[str], events: set[Any]) -> Iterator[tuple[str, str]]:
    lines = ThingLog.objects.filter(thing_uid__in=events)
    alone = Q(changes__delegation__in=owners) & ~Q(changes__has_key="registration")
    found = lines.filter(Q(changes__registration__in=owners) | Q(changes__guest__in=owners) | alone)
    for line in found.order_by("at", "pk"):
        said = [line.action, *(line.changes.get("fields") or []), line.reason]
        yield formats.long_date(line.at), " · ".join(str(part) for part in said if part)


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


#: Of a line's values, those that name what it is about and are no change.
_ABOUT = ("registration", "delegation", "guest", "by", "state", "fields", "date", "how", "kind")


def fields_in_journal(line: ThingLog) -> list[str]:
    """What a line says was changed: names of fields, and from what to what where the journal keeps it."""
    found = [_label(name) for name in line.changes.get("fields") or []]
    for name, value in line.changes.items():
        if name in _ABOUT:
            continue
        if isinstance(value, list) and len(value) == 2:
            found.append(f"{_label(name)} : {_shown(value[0])} → {_shown(value[1])}")
        else:
            found.append(f"{_label(name)} : {_shown(value)}")
    return found


def _label(name: str) -> str:
    """The French name of a field of any of the rows that the journal tells of, else the name as it stands."""
    extra = {
        "passport": _("Passport"),
        "number": _("Number called"),
        "number_erased": _("How many"),
        "occurrence": _("Date"),
        "guests": _("Guests"),
        "people": _("People"),
        "letters": _("Letters"),
    }
    if name in extra:
        return extra[name]
    for model in (Delegate, Delegation, Registration, Invitation, Event, Occurrence, Retention):
        with contextlib.suppress(FieldDoesNotExist):
            return capfirst(str(getattr(model._meta.get_field(name), "verbose_name", name)))
    return name


def _shown(value: Any) -> str:
    return _("empty") if value in (None, "", []) else str(value)
