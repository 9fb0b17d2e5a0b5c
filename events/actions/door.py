"""Letting people in. What a telephone sends is judged under the lock of the date, each try once.

A telephone with a network asks first; one without lets people in by the list it holds and sends what it did later,
hours later where it must. Whatever comes, in whatever order and however often, a person is let in once a day of the
date: the first that reaches us counts, and every other that let somebody in is a conflict to look at. The hour at which
a person came is the earliest told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Min, QuerySet

from cms.core.actions import log_thing
from events import queries
from events.actions import seats
from events.actions.registrations import add_by_hand
from events.models import (
    Access,
    Category,
    Channel,
    CheckIn,
    Occurrence,
    Outcome,
    Registration,
    RegistrationState,
    Way,
)
from events.policies import day_at_door, door_is_open_at


@dataclass(frozen=True)
class Scan:
    """One try at a door: a code that was read, a person picked from the list, or the name of somebody new.

    `let_in`: the telephone let the person in already. `accept`: staff vouch for who has not confirmed the address
    (or, with the right to, is not approved yet). `undoes` takes an earlier try back; nothing else counts then.
    `by_sheet`: the person signed on paper, and staff enter it afterwards.
    """

    client_uid: UUID
    at: datetime
    code: str = ""
    registration: UUID | None = None
    name: str = ""
    organisation: str = ""
    email: str = ""
    phone: str = ""
    category: UUID | None = None
    let_in: bool = False
    accept: bool = False
    undoes: UUID | None = None
    by_sheet: bool = False

    @property
    def way(self) -> Way:
        if self.by_sheet:
            return Way.SHEET
        if self.registration is not None:
            return Way.NAME
        return Way.CODE if self.code else Way.WALK_IN


@dataclass(frozen=True)
class Keeper:
    """Who stands at the door: the account, the door's name, the telephone, and whether the account may approve."""

    user: Any
    door: str = ""
    device: UUID | None = None
    may_approve: bool = False


@transaction.atomic
def check_in(
    *,
    occurrence: Occurrence,
    scans: Iterable[Scan],
    keeper: Keeper,
    now: datetime,
    rows: QuerySet[Occurrence] | None = None,
) -> list[CheckIn]:
    """Take what a telephone sends for a date, in its order; returns a row for each try that left one.

    A try sent before gives the row it left then. One that takes back another gives that other's row.
    """
    row = seats.take(occurrence, rows=rows)
    found = [_judge(scan, row, keeper=keeper, now=now) for scan in scans]
    return [one for one in found if one is not None]


def _judge(scan: Scan, row: Occurrence, *, keeper: Keeper, now: datetime) -> CheckIn | None:
    before = CheckIn.objects.filter(client_uid=scan.undoes or scan.client_uid).select_related("registration")
    earlier = before.first()
    if scan.undoes is not None:
        return _undo(earlier, row, keeper=keeper, now=now) if earlier is not None else None
    if earlier is not None:
        # Of another date it is nobody's business here.
        return _repeat(scan, earlier) if earlier.occurrence_id == row.pk else None
    at = min(scan.at, now)
    registration, outcome = _decide(scan, row, at=at, keeper=keeper, now=now)
    if registration is not None and (outcome == Outcome.ADMITTED or scan.let_in):
        _note_presence(registration, at=at)
    return CheckIn.objects.create(
        client_uid=scan.client_uid,
        occurrence=row,
        registration=registration,
        way=scan.way,
        outcome=outcome,
        let_in=scan.let_in,
        door=keeper.door,
        device=keeper.device,
        user=keeper.user,
        day=day_at_door(row, at),
        scanned_at=at,
        received_at=now,
    )


def _repeat(scan: Scan, earlier: CheckIn) -> CheckIn:
    """A try sent again changes nothing, but that the telephone may have let the person in since, not hearing us."""
    if scan.let_in and not earlier.let_in and earlier.outcome != Outcome.UNDONE:
        earlier.let_in = True
        earlier.save(update_fields=["let_in"])
        if earlier.registration is not None:
            _note_presence(earlier.registration, at=earlier.scanned_at)
    return earlier


def _decide(
    scan: Scan, row: Occurrence, *, at: datetime, keeper: Keeper, now: datetime
) -> tuple[Registration | None, Outcome]:
    """Whom the try is about, and what becomes of it."""
    if not door_is_open_at(row, at):
        return None, Outcome.CLOSED
    if scan.way == Way.WALK_IN:
        return _walk_in(scan, row, day=day_at_door(row, at), keeper=keeper, now=now)
    registration = queries.person_at_door(row, code=scan.code, uid=scan.registration)
    if registration is None:
        return None, Outcome.UNKNOWN
    if registration.state == RegistrationState.OFFERED or (scan.accept and _may_vouch(registration, keeper)):
        if not seats.has_seat(registration, row, now=now):
            return registration, Outcome.FULL
        _vouch(registration, row, keeper=keeper, now=now)
    if registration.state != RegistrationState.CONFIRMED:
        return registration, Outcome.NOT_CONFIRMED
    return registration, _once(registration, day_at_door(row, at))


def _once(registration: Registration, day: date) -> Outcome:
    """Let in, unless that happened before on this day of the date."""
    inside = CheckIn.objects.filter(registration=registration, day=day, outcome=Outcome.ADMITTED)
    return Outcome.ALREADY if inside.exists() else Outcome.ADMITTED


def _may_vouch(registration: Registration, keeper: Keeper) -> bool:
    if registration.state == RegistrationState.PENDING:
        return keeper.may_approve or not registration.needs_approval
    return registration.state == RegistrationState.REQUESTED and keeper.may_approve


def _vouch(registration: Registration, row: Occurrence, *, keeper: Keeper, now: datetime) -> None:
    """Give a seat to somebody whom staff see before them."""
    registration.confirmed_at = registration.confirmed_at or now
    registration.confirmed_channel = registration.confirmed_channel or Channel.IN_PERSON
    registration.confirmed_by = registration.confirmed_by or keeper.user
    registration.approved_at = registration.approved_at or now
    registration.offered_until = None
    seats.seat(registration, row, now=now)


def _walk_in(
    scan: Scan, row: Occurrence, *, day: date, keeper: Keeper, now: datetime
) -> tuple[Registration | None, Outcome]:
    """Register somebody new, where a seat is left and this door may.

    Whom a telephone let in without network is written down whatever the seats: the person is there.
    """
    category = Category.objects.filter(event=row.event, uid=scan.category).first() if scan.category else None
    chosen = row.event.needs_approval or row.event.by_invitation
    open_to_all = not chosen and (category is None or category.access == Access.OPEN)
    may = keeper.may_approve or open_to_all
    has_seat = seats.has_seat(Registration(occurrence=row, category=category), row, now=now)
    outcome = Outcome.NOT_CONFIRMED if not may else None if has_seat else Outcome.FULL
    if outcome is not None and not scan.let_in:
        return None, outcome
    registration = add_by_hand(
        occurrence=row,
        name=scan.name,
        email=scan.email,
        phone=scan.phone,
        organisation=scan.organisation,
        category=category,
        channel=Channel.IN_PERSON,
        user=keeper.user,
        now=now,
    )
    if outcome is None and registration.state == RegistrationState.PENDING:
        _vouch(registration, row, keeper=keeper, now=now)
    if outcome is None and registration.state != RegistrationState.CONFIRMED:
        outcome = Outcome.FULL
    return registration, outcome or _once(registration, day)


def _note_presence(registration: Registration, *, at: datetime) -> None:
    if registration.attended_at is None or at < registration.attended_at:
        # No new version: doors hear of who came in by the entries, not by reading the list anew.
        registration.attended_at = at
        registration.save(update_fields=["attended_at"])


def _undo(found: CheckIn, row: Occurrence, *, keeper: Keeper, now: datetime) -> CheckIn | None:
    """Take a try back: the person is not inside. Done twice it changes nothing."""
    if found.occurrence_id != row.pk:
        return None
    if found.outcome == Outcome.UNDONE:
        return found
    found.outcome, found.let_in, found.settled_at = Outcome.UNDONE, False, now
    found.save(update_fields=["outcome", "let_in", "settled_at"])
    registration = found.registration
    others = CheckIn.objects.filter(registration=registration).exclude(outcome=Outcome.UNDONE)
    admitted = others.filter(outcome=Outcome.ADMITTED)
    if registration is not None and not admitted.filter(day=found.day).exists():
        first = admitted.aggregate(at=Min("scanned_at"))["at"]
        Registration.objects.filter(pk=registration.pk).update(attended_at=first, version=F("version") + 1)
        registration.refresh_from_db()
        changes = {"registration": registration.uid.hex, "state": registration.state}
        log_thing(row.event, action="door.undone", user=keeper.user, now=now, changes=changes)
    return found


@transaction.atomic
def settle(*, check_in: CheckIn, user: Any, now: datetime) -> CheckIn:
    """Staff looked at a conflict: it leaves the list of what is to be looked at. Twice changes nothing."""
    row = seats.take(Occurrence(pk=check_in.occurrence_id))
    found = CheckIn.objects.get(pk=check_in.pk)
    if found.is_conflict and found.settled_at is None:
        found.settled_at = now
        found.save(update_fields=["settled_at"])
        changes = {"check_in": found.client_uid.hex, "outcome": found.outcome}
        log_thing(row.event, action="door.settled", user=user, now=now, changes=changes)
    return found


@transaction.atomic
def change_door_key(*, occurrence: Occurrence, user: Any, now: datetime) -> Occurrence:
    """Give the doors of a date a new key: every telephone that held its list wipes it when it is next heard from."""
    row = seats.take(occurrence)
    row.door_generation += 1
    row.save(update_fields=["door_generation"])
    log_thing(row.event, action="door.key", user=user, now=now, changes={"date": row.recurrence_id})
    return row
