"""What events keep of a person outside registrations: stands, audiences, abstracts, reviews, programme, certificates.

One table says for each model where a person stands in it. Finding, handing over and erasing all read this table, and
a test walks the models of events and asks that each text field stands here or has a reason not to.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import (
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Cast, Coalesce

from cms.contacts.models import Contact, ContactEmail, ContactPhone
from cms.contacts.validators import name_key
from events.models import (
    MONTHS,
    AudiencePerson,
    Author,
    Certificate,
    Delegation,
    Event,
    Invitation,
    Occurrence,
    OfficialAudience,
    PaperState,
    Receipt,
    Registration,
    Review,
    Reviewer,
    RunningItem,
    Speaker,
    Stand,
    StandNote,
    Submission,
)
from events.queries.privacy import ERASED, Interval

_PUBLISHED = Q(state=PaperState.CONFIRMED)
_PUBLISHED_OF = Q(submission__state=PaperState.CONFIRMED)
MOST_FOUND = 200


@dataclass(frozen=True)
class Holding:
    """Where a person stands in the rows of a model.

    `names`: fields that hold a name, blanked by `ERASED`. `blanks`: fields emptied with it. `lines`: texts of several
    lines in which anybody may be named: on request only the lines that name the person go. `contact`: the path to a
    card of the address book. `told`: what is handed over. `terms`: which fields go by themselves, and on which rows;
    `since`: when the row was written (counted from the end of the next date of its event; without it, the last).
    `owner`: mails to the person are keyed by the row's uid.
    """

    model: type[Model]
    event: str = "event"
    names: tuple[str, ...] = ()
    blanks: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    contact: str = ""
    told: tuple[str, ...] = ()
    since: Any = None
    terms: tuple[tuple[tuple[str, ...], Q], ...] = ()
    owner: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        """All fields in which something of a person may stand."""
        return (*self.names, *self.blanks, *self.lines, *self.files)


#: The three that have their own ways of being erased come first; the others are blanked field by field.
HOLDINGS: dict[str, Holding] = {
    "registration": Holding(
        Registration,
        "occurrence__event",
        names=("name",),
        blanks=("email", "phone", "organisation", "confirmed_number", "reason"),
        contact="contact",
    ),
    "delegation": Holding(
        Delegation,
        "occurrence__event",
        names=("head_name",),
        blanks=("head_function", "email", "phone", "reason"),
        contact="contact",
    ),
    "guest": Holding(
        Invitation,
        "occurrence__event",
        names=("substitute_name",),
        blanks=("answered_with", "substitute_function", "note", "received_by"),
        contact="contact",
    ),
    "stand": Holding(
        Stand,
        names=("contact_name",),
        blanks=("phone", "email"),
        lines=("exhibitor",),
        told=("exhibitor", "contact_name", "phone", "email", "number", "needs", "state", "asked_at"),
        since=F("asked_at"),
        terms=((("contact_name", "phone", "email"), Q()),),
    ),
    "stand_note": Holding(
        StandNote,
        lines=("personalities", "contacts_met", "remark"),
        told=("at", "personalities", "contacts_met", "remark"),
        since=F("at"),
        terms=((("personalities", "contacts_met", "remark"), Q()),),
    ),
    "audience": Holding(
        OfficialAudience,
        lines=("subject", "outcome"),
        told=("host", "starts_at", "subject", "outcome"),
        since=Coalesce("starts_at", Cast("asked_on", DateTimeField())),
    ),
    "audience_person": Holding(
        AudiencePerson,
        "audience__event",
        names=("name",),
        blanks=("function",),
        told=("audience", "name", "function", "received_as"),
        since=Coalesce("audience__starts_at", Cast("audience__asked_on", DateTimeField())),
        terms=((("name", "function"), Q()),),
    ),
    "submission": Holding(
        Submission,
        "call__event",
        names=("name",),
        blanks=("email",),
        lines=("decision_note",),
        files=("file",),
        told=(
            *("number", "name", "email", "title_fr", "title_en", "abstract_fr", "abstract_en"),
            *("theme", "form", "state", "created_at", "decision_note", "prize"),
        ),
        since=F("created_at"),
        terms=(
            (("email", "file"), Q()),
            (("name", "abstract_fr", "abstract_en", "decision_note"), ~_PUBLISHED),
        ),
        owner=True,
    ),
    "author": Holding(
        Author,
        "submission__call__event",
        names=("name",),
        blanks=("organisation", "email"),
        told=("submission", "name", "organisation", "email", "presents"),
        since=F("submission__created_at"),
        terms=((("email",), Q()), (("name", "organisation"), ~_PUBLISHED_OF)),
    ),
    "review": Holding(
        Review,
        "submission__call__event",
        names=("conflict",),
        blanks=("note", "private_note"),
        contact="reviewer__contact",
        told=("submission", "verdict", "note", "private_note", "conflict", "assigned_at", "done_at"),
        since=F("assigned_at"),
        terms=((("note", "private_note", "conflict"), Q()),),
    ),
    "reviewer": Holding(
        Reviewer,
        "call__event",
        contact="contact",
        told=("contact", "themes", "written_at"),
        owner=True,
    ),
    "speaker": Holding(
        Speaker,
        names=("name",),
        blanks=("function", "organisation", "email", "biography", "biography_en"),
        told=("name", "function", "organisation", "email", "biography", "biography_en"),
        terms=((("email",), Q()),),
        owner=True,
    ),
    "running_item": Holding(
        RunningItem,
        "occurrence__event",
        lines=("title", "who", "note"),
        told=("occurrence", "title", "who", "note"),
    ),
    "certificate": Holding(
        Certificate, names=("name",), told=("role", "name", "issued_at", "revoked_at", "reason")
    ),
    "receipt": Holding(
        Receipt,
        "registration__occurrence__event",
        names=("payer",),
        told=("payer", "amount_xof", "means", "paid_date"),
    ),
}
#: Those with ways of their own, in `actions.erasure`.
OWN_WAYS = ("registration", "delegation", "guest")


# Words -------------------------------------------------------------------------------------------------------------
def words_of(typed: str) -> list[str]:
    """What is looked for: each word of a name, address or number typed, at most eight; a number is one word."""
    text = typed.replace("\x00", "").strip()[:200]
    digits = re.sub(r"[\s().+/-]", "", text)
    if digits.isdecimal() and len(digits) >= 6:
        return [digits[-8:]]
    return [one for one in (part if "@" in part else name_key(part) for part in text.split()) if one][:8]


def says(text: str, words: Collection[str]) -> bool:
    """Whether one line holds all the words, with or without accents, capitals and blanks in numbers."""
    plain = f"{name_key(text)} {text.casefold()} {re.sub(r'[^0-9]', '', text)}"
    return bool(words) and all(one.casefold() in plain for one in words)


def _looked_for(holding: Holding, words: Collection[str]) -> Q:
    """Rows in whose person all the words stand, in whichever of the fields."""
    wanted = Q()
    for word in words:
        # a number stands in texts with blanks or dots between its digits
        how, said = ("regex", r"[ ./()-]*".join(word)) if word.isdecimal() else ("unaccent__icontains", word)
        here = Q()
        for name in (*holding.names, *holding.blanks, *holding.lines):
            here |= Q(**{f"{name}__{how}": said})
        if holding.contact:
            here |= Q(Exists(_cards(holding.contact, word)))
        wanted &= here
    return wanted


def _cards(path: str, word: str) -> QuerySet[Contact]:
    mine = Contact.objects.filter(pk=OuterRef(path))
    mails = ContactEmail.objects.filter(contact=OuterRef("pk"), address__icontains=word)
    phones = ContactPhone.objects.filter(contact=OuterRef("pk"), number__contains=word)
    found = Q(name_key__contains=word) | Q(Exists(mails))
    return mine.filter(found | Q(Exists(phones)) if word.isdecimal() else found)


# Finding -----------------------------------------------------------------------------------------------------------
Rows = dict[str, list[int]]


def named(typed: str) -> Rows:
    """The rows of all events in which somebody is named by these words, by key of the holding; at most MOST_FOUND each.

    A name is no identity: whoever asks looks at each before anything is done with it.
    """
    words = words_of(typed)
    if not any(len(one) >= 3 for one in words):
        return {}
    found: Rows = {}
    for key, holding in HOLDINGS.items():
        rows = holding.model._default_manager.filter(_looked_for(holding, words))
        if hasattr(holding.model, "erased_at"):
            rows = rows.filter(erased_at=None)
        kept = [row.pk for row in rows.order_by("pk")[:MOST_FOUND] if _is_named(holding, row, words)]
        if kept:
            found[key] = kept
    return found


def _is_named(holding: Holding, row: Any, words: Collection[str]) -> bool:
    """In free texts one line has all the words; elsewhere the fields together have them, which the query asked."""
    if holding.names or holding.contact:
        return True
    return any(says(line, words) for name in holding.lines for line in getattr(row, name).splitlines())


def beside_registration(registration: Registration, people: Sequence[int]) -> Rows:
    """What other models hold of the person of a registration beyond doubt: by their card, or by name and address.

    `people`: the keys of all registrations of that person, whose certificates are theirs.

    Somebody of the same name alone, or at the same address alone (a secretariat has one for many), is not taken.
    """
    card, found = registration.contact, Rows()
    emails = {registration.email, *(card.emails.values_list("address", flat=True) if card else ())} - {""}
    phones = {registration.phone, *(card.phones.values_list("number", flat=True) if card else ())} - {""}
    names = {name_key(registration.name), *((card.name_key,) if card else ())}
    for key, holding in HOLDINGS.items():
        if key in OWN_WAYS:
            continue
        rows = holding.model._default_manager.none()
        if holding.contact and card is not None:
            rows = holding.model._default_manager.filter(**{holding.contact: card})
        addressed = [name for name in ("email", "phone") if name in holding.blanks]
        if addressed:
            same = Q(email__in=emails)
            if "phone" in addressed:
                same |= Q(phone__in=phones)
            rows = holding.model._default_manager.filter(same)
        kept = [
            row.pk
            for row in rows.order_by("pk")
            if holding.contact or any(name_key(getattr(row, name)) in names for name in holding.names)
        ]
        if kept:
            found[key] = kept
    own = Q(registration__in=people) | Q(speaker__in=found.get("speaker", []))
    given = list(Certificate.objects.filter(own).order_by("pk").values_list("pk", flat=True))
    if given:
        found["certificate"] = given
    return found


def event_of(holding: Holding, row: Any) -> Any:
    """The event that a row is of."""
    for part in holding.event.split("__"):
        row = getattr(row, part)
    return row


def events_of(rows: Rows) -> list[Event]:
    """The events that these rows are of, each once."""
    keys: set[int] = set()
    for key, pks in rows.items():
        held = HOLDINGS[key].model._default_manager.filter(pk__in=pks)
        keys |= set(held.values_list(HOLDINGS[key].event, flat=True))
    return list(Event.objects.filter(pk__in=keys).order_by("pk"))


# Due ---------------------------------------------------------------------------------------------------------------
def due(key: str, *, now: datetime) -> Iterator[tuple[tuple[str, ...], QuerySet[Any]]]:
    """For each term of a holding: which fields go, and the rows whose time of keeping is over with something in them.

    Counted from the end of the first date of the event that ends after the row was written; from when it was written
    where there is none; for rows without a time, from the event's last date.
    """
    holding = HOLDINGS[key]
    ends = Occurrence.objects.filter(event=OuterRef(holding.event)).annotate(
        finished_at=Coalesce("ends_at", "starts_at")
    )
    last = Subquery(ends.order_by("-finished_at").values("finished_at")[:1])
    rows = holding.model._default_manager.all()
    if holding.since is not None:
        rows = rows.annotate(written_at=holding.since)
        after = (
            ends.filter(finished_at__gte=OuterRef("written_at"))
            .order_by("finished_at")
            .values("finished_at")[:1]
        )
        over: Any = Coalesce(Subquery(after), F("written_at"), last)
    else:
        over = last
    months = Coalesce(F(f"{holding.event}__retention__months"), Value(MONTHS))
    due_at = ExpressionWrapper(over + Interval(months, "months"), output_field=DateTimeField())
    rows = rows.annotate(due_at=due_at).filter(due_at__lte=now)
    for fields, which in holding.terms:
        kept = Q()
        for name in fields:
            kept |= ~Q(**{f"{name}__in": ["", ERASED]})
        yield fields, rows.filter(which & kept)
