"""Erasing what is personal of an event's people: on request, and by itself some months after. Counts stay.

An erased registration or delegation is a row without a person: state, date and hours of its road stay, so that
seats, attendance and figures are what they were. Its links stop working, its mails forget to whom they went, its
lines of the journal forget the number called. A card that only the form had made goes with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from cms.contacts import actions as contacts
from cms.contacts.models import Contact
from cms.core.actions import log_thing
from cms.core.models import ThingLog
from cms.mailing import actions as mailing
from events import queries
from events.actions import holdings, seats, traces
from events.models import (
    Delegate,
    Delegation,
    Event,
    Invitation,
    Occurrence,
    Passport,
    Registration,
    RegistrationState,
    Retention,
)
from events.queries.holdings import Rows

ERASED = queries.ERASED


@transaction.atomic
def set_retention(*, event: Event, months: int, passport_days: int, user: Any, now: datetime) -> Retention:
    """Say how long an event's personal data is kept."""
    row, _new = Retention.objects.select_for_update().get_or_create(event=event)
    before = {"months": row.months, "passport_days": row.passport_days}
    row.months, row.passport_days = months, passport_days
    row.save()
    after = {"months": months, "passport_days": passport_days}
    changes = {name: [before[name], after[name]] for name in after}
    log_thing(event, action="retention.set", user=user, now=now, changes=changes)
    return row


def erase_due(*, now: datetime) -> dict[str, int]:
    """Erase passports, people and what else names somebody, once their time is over. Twice, or two at once, changes
    nothing more."""
    found = {"passports": 0, "people": 0, "others": 0}
    for pk in list(queries.dates_with_passports_due(now=now).values_list("pk", flat=True)):
        found["passports"] += _erase_passports(pk, now=now)
    for pk in list(queries.dates_due_for_erasure(now=now).values_list("pk", flat=True)):
        found["people"] += _erase_date(pk, now=now)
    found["others"] = holdings.blank_due(now=now)
    return found


@transaction.atomic
def _erase_passports(pk: int, *, now: datetime) -> int:
    row = seats.take(Occurrence(pk=pk))
    rows = Passport.objects.filter(delegate__registration__occurrence=row)
    number = rows.delete()[0]
    if number:
        changes = {"occurrence": row.recurrence_id, "number_erased": number}
        log_thing(row.event, action="passports.erased", user=None, now=now, changes=changes)
    return number


@transaction.atomic
def _erase_date(pk: int, *, now: datetime) -> int:
    row = seats.take(Occurrence(pk=pk))
    number = _erase(
        row.event,
        Registration.objects.filter(occurrence=row, erased_at=None),
        Delegation.objects.filter(occurrence=row, erased_at=None),
        Invitation.objects.filter(occurrence=row),
        now=now,
    )
    if number:
        changes = {"occurrence": row.recurrence_id, "number_erased": number}
        log_thing(row.event, action="registrations.erased", user=None, now=now, changes=changes)
    return number


def erase_person(*, registration: Registration, reason: str = "", user: Any, now: datetime) -> int:
    """Erase, on request, what all events keep of the person of a registration; returns how many rows."""
    rows = queries.rows_of_person(registration)
    return erase_rows(rows=rows, words=(), reason=reason, user=user, now=now)


@transaction.atomic
def erase_rows(*, rows: Rows, words: Sequence[str], reason: str = "", user: Any, now: datetime) -> int:
    """Erase, on request, the person of these rows (by key of their holding); returns how many rows.

    Of texts that name many people only the lines that hold all `words` go. Registrations for dates to come end first,
    and their seats go to whoever waits. Nobody is written to: the request was the person's own, and the address is
    forgotten.
    """
    people = Registration.objects.filter(pk__in=rows.get("registration", []), erased_at=None)
    headed = Delegation.objects.filter(pk__in=rows.get("delegation", []), erased_at=None)
    guests = Invitation.objects.filter(pk__in=rows.get("guest", []))
    dates = {pk for some in (people, headed, guests) for pk in some.values_list("occurrence", flat=True)}
    number = 0
    for row in seats.take_all(dates).values():
        mine = people.filter(occurrence=row)
        if not row.is_past(now):
            mine.active().update(
                state=RegistrationState.CANCELLED, cancelled_at=now, position=None, held_until=None
            )
        traces.blank_certificates(list(mine.values_list("pk", flat=True)), erased=ERASED, now=now)
        own = mine, headed.filter(occurrence=row), guests.filter(occurrence=row)
        erased = _erase(row.event, *own, now=now)
        if erased:
            note = {"occurrence": row.recurrence_id, "number_erased": erased}
            log_thing(row.event, action="person.erased", user=user, now=now, changes=note, reason=reason)
            seats.promote(row, now=now)
        number += erased
    elsewhere = holdings.blank_rows(rows, words=words, now=now)
    holdings.note_erased(elsewhere, action="person.erased", user=user, now=now, reason=reason)
    return number + sum(elsewhere.values())


@transaction.atomic
def note_handed_over(
    *, event: Event, registration: Registration | None = None, user: Any, now: datetime
) -> None:
    """Keep in the journal that a person's data was taken as a file; who was found by a search is not named there."""
    changes = (
        {} if registration is None else {"registration": registration.uid.hex, "state": registration.state}
    )
    log_thing(event, action="person.handed_over", user=user, now=now, changes=changes)


def _erase(
    event: Event,
    people: QuerySet[Registration],
    heads: QuerySet[Delegation],
    guests: QuerySet[Invitation],
    *,
    now: datetime,
) -> int:
    """Blank these rows and all that hangs on them, under the lock of their date; returns how many."""
    registrations = dict(people.values_list("pk", "uid"))
    delegations = dict(heads.values_list("pk", "uid"))
    cards = {*people.values_list("contact", flat=True), *heads.values_list("contact", flat=True)} - {None}
    Delegate.objects.filter(registration__in=list(registrations)).delete()
    traces.blank_answers(list(registrations), now=now)
    traces.blank_payers(list(registrations), erased=ERASED)
    traces.free_chairs(list(registrations))
    _blank(list(registrations), list(delegations), now=now)
    owners = [uid.hex for uid in (*registrations.values(), *delegations.values())]
    owners += traces.blank_guests(guests, erased=ERASED)
    mailing.forget_owed(owners=owners, now=now)
    _blank_journal(event, owners)
    for card in Contact.objects.filter(pk__in=cards):
        contacts.forget_unused(card)
    return len(registrations) + len(delegations)


def _blank(registrations: list[int], delegations: list[int], *, now: datetime) -> None:
    Registration.objects.filter(pk__in=registrations).update(
        name=ERASED,
        email="",
        phone="",
        organisation="",
        confirmed_number="",
        reason="",
        contact=None,
        key=None,
        generation=F("generation") + 1,
        version=F("version") + 1,
        erased_at=now,
    )
    Delegation.objects.filter(pk__in=delegations).update(
        head_name=ERASED,
        head_function="",
        email="",
        phone="",
        reason="",
        contact=None,
        key=None,
        generation=F("generation") + 1,
        version=F("version") + 1,
        erased_at=now,
    )


def _blank_journal(event: Event, owners: list[str]) -> None:
    """Keep of the journal who did what and when; forget numbers called and reasons given about these people."""
    lines = ThingLog.objects.filter(thing_uid=event.uid)
    for first in range(0, len(owners), 500):
        part = owners[first : first + 500]
        for field in ("registration", "delegation", "guest"):
            for line in lines.filter(**{f"changes__{field}__in": part}):
                if "number" in line.changes or line.reason:
                    line.changes.pop("number", None)
                    line.reason = ""
                    line.save(update_fields=["changes", "reason"])
