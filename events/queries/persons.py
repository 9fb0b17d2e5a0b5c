"""What events keep of a person, in words: to be read by who asks, and handed over as a file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Q
from django.db.models.functions import Left
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from cms.contacts.viewsets.words import country_name, language_name
from cms.core import formats
from cms.core.models import ThingLog
from cms.mailing.models import Delivery, Mailing
from events.models import Delegate, Delegation, Invitation, Occurrence, Passport, Registration
from events.queries import holdings
from events.queries.holdings import Holding, Rows


def rows_of_person(registration: Registration) -> Rows:
    """All that is beyond doubt of the person of a registration, by key of the holding.

    Registrations, delegations and invitations of the same card of the address book; elsewhere also rows of the same
    name at the same address.
    """
    card = registration.contact_id
    own = Q(pk=registration.pk) | Q(contact__isnull=False, contact=card)
    found = {
        "registration": Registration.objects.filter(own, erased_at=None),
        "delegation": Delegation.objects.filter(contact__isnull=False, contact=card, erased_at=None),
        "guest": Invitation.objects.filter(contact__isnull=False, contact=card),
    }
    rows = {key: list(one.order_by("pk").values_list("pk", flat=True)) for key, one in found.items()}
    beside = holdings.beside_registration(registration, rows["registration"])
    return {key: keys for key, keys in rows.items() if keys} | beside


@dataclass(frozen=True)
class Section:
    """One part of what is kept of a person: a title, and what is said under which name."""

    title: str
    lines: list[tuple[str, str]]


@dataclass
class Found:
    """One row in which somebody may be named: its mark in a form, of which event, what it is, what stands in it."""

    mark: str
    event: Any
    kind: str
    lines: list[tuple[str, str]]
    card: int | None = None  # of the address book, where the name is kept for guests and reviewers
    ticked: bool = False


def person_sections(registration: Registration) -> list[Section]:
    """Everything that events keep of the person of a registration, in words: to be handed over on request."""
    return sections_of(rows_of_person(registration))


def sections_of(rows: Rows, *, words: Sequence[str] = ()) -> list[Section]:
    """What stands in these rows, what was written to their people, and what the journal says of them.

    Of texts that name many people only the lines with `words` are told.
    """
    found, owners, events = [], [], set()
    for key, holding, row in _whole(rows):
        title = _title(row.occurrence) if key in _LINES else str(holdings.event_of(holding, row))
        kind = "" if key in _LINES else f" – {capfirst(str(holding.model._meta.verbose_name))}"
        found.append(Section(f"{title}{kind}", list(_lines_of(key, holding, row, words))))
        events.add(holdings.event_of(holding, row).uid)
        if holding.owner or key in _LINES:
            owners.append(row.uid.hex)
    mails = list(_mail_lines(owners))
    if mails:
        found.append(Section(_("Mails sent"), mails))
    journal = list(_journal_lines(owners, events))
    if journal:
        found.append(Section(_("What was done, and when"), journal))
    return found


def found_rows(typed: str) -> list[Found]:
    """Where somebody of this name, address or number stands in any event, one by one: to be looked at and ticked."""
    words = holdings.words_of(typed)
    found = []
    for key, holding, row in _whole(holdings.named(typed)):
        lines = list(_lines_of(key, holding, row, words))
        kind = capfirst(str(holding.model._meta.verbose_name))
        card = row.contact_id if holding.contact == "contact" else None
        found.append(Found(f"{key}-{row.pk}", holdings.event_of(holding, row), kind, lines, card))
    return found


def rows_ticked(typed: str, marks: Collection[str]) -> Rows:
    """Of the rows that a search finds now, those that were ticked: a mark of anything else is passed over."""
    found = {
        key: [pk for pk in keys if f"{key}-{pk}" in marks] for key, keys in holdings.named(typed).items()
    }
    return {key: keys for key, keys in found.items() if keys}


_NEEDED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "registration": (
        ("delegation", "delegate__passport", "category", "place"),
        ("answers__question", "answers__choice", "receipts", "check_ins", "turns"),
    ),
    "guest": (("contact",), ()),
    "audience_person": (("audience__event",), ()),
    "author": (("submission",), ()),
    "review": (("submission",), ()),
    "reviewer": (("contact",), ()),
    "running_item": (("occurrence__event",), ()),
}


def _whole(rows: Rows) -> Iterator[tuple[str, Holding, Any]]:
    """The rows with what their words need, in the order of the table; a fixed number of queries for each holding."""
    for key, holding in holdings.HOLDINGS.items():
        if key not in rows:
            continue
        one, many = _NEEDED.get(key, ((), ()))
        found = holding.model._default_manager.filter(pk__in=rows[key]).order_by("pk")
        for row in found.select_related(holding.event, *one).prefetch_related(*many):
            yield key, holding, row


def _lines_of(key: str, holding: Holding, row: Any, words: Sequence[str]) -> Iterator[tuple[str, str]]:
    if key in _LINES:
        yield from _LINES[key](row)
        return
    yield from _said(_fields(row, *(name for name in holding.told if name not in holding.lines)))
    for name in holding.lines:
        text = getattr(row, name)
        kept = [line for line in text.splitlines() if not words or holdings.says(line, words)]
        yield from _said([(_label(row, name), "\n".join(kept))])


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
        pairs.append((_label(row, name), value))
    return pairs


def _label(row: Any, name: str) -> str:
    """What a field is called; a relation without words of its own, what it leads to."""
    field = row._meta.get_field(name)
    unsaid = field.is_relation and field.verbose_name == name.replace("_", " ")
    return capfirst(str((field.related_model._meta if unsaid else field).verbose_name))


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
    seat = getattr(one, "place", None)
    if seat is not None:
        yield _("Seat"), f"{seat.row_name} {seat.number}"
    for entry in sorted(one.check_ins.all(), key=lambda entry: (entry.scanned_at, entry.pk)):
        said = [formats.long_date(entry.scanned_at), str(entry.get_outcome_display()), entry.door]
        yield _("At the door"), " · ".join(part for part in said if part)
    for turn in one.turns.all():
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
            *(
                "contact",
                "rank",
                "state",
                "sent_at",
                "answered_at",
                "answered_by",
                "answered_with",
                "substitute_name",
            ),
            *("substitute_function", "note", "number", "dated", "handed_at", "received_by", "created_at"),
        )
    )


_LINES: dict[str, Callable[[Any], Iterator[tuple[str, str]]]] = {
    "registration": _registration_lines,
    "delegation": _delegation_lines,
    "guest": _guest_lines,
}


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
