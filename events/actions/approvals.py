"""Deciding on many who asked, at once: each gets a seat, a place in the waiting list, or a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from events.actions import letters, seats
from events.actions.errors import AlreadyOver, NotTaken, OutletFull
from events.actions.places import Places, places_left
from events.actions.registrations import approve, refuse
from events.models import Event, Occurrence, Registration, RegistrationState
from events.queries.outlets import Newsrooms, outlet_counts

#: So many are decided on together: what one screen shows, and one transaction holds.
MOST = 200


def asking(event: Event, uids: Collection[UUID]) -> list[Registration]:
    """Those of an event who ask, of these, first come first; whoever asks no more is not among them."""
    found = Registration.objects.filter(
        occurrence__event=event, uid__in=list(uids)[:MOST], state=RegistrationState.REQUESTED
    )
    return list(found.select_related("occurrence", "contact", "category").order_by("created_at", "pk"))


@transaction.atomic
def decide(
    *, event: Event, uids: Collection[UUID], accept: bool, reason: str = "", user: Any, now: datetime
) -> Counter[str]:
    """Accept or refuse those who ask, in the order in which they asked; returns how many came to each state.

    Whom somebody else has dealt with meanwhile is passed over: two officers at once, or the same post twice, decide
    each registration once. Whose newsroom has its number asks still: that is decided one by one. Nobody is accepted for
    a date that is over. The dates are locked first, in the order of all.
    """
    people = asking(event, uids)
    seats.take_all({one.occurrence_id for one in people})
    done: Counter[str] = Counter()
    for person in people:
        try:
            if accept:
                found = approve(registration=person, user=user, now=now)
            else:
                found = refuse(registration=person, reason=reason, user=user, now=now)
        except OutletFull:
            found = person
        except (NotTaken, AlreadyOver):
            continue
        done[found.state] += 1
    return done


def forecast(people: list[Registration], *, now: datetime) -> list[tuple[Registration, str]]:
    """What accepting these people would come to now: each with the state it would have. Nothing is locked or kept."""
    left: dict[int, Places] = {}
    newsrooms: dict[int, Counter[str]] = {}
    caps: dict[int, int | None] = {}
    known, found = Newsrooms(), []
    for person, newsroom in zip(people, known.of(people), strict=True):
        if person.occurrence_id not in left:
            row = Occurrence.objects.select_related("event").get(pk=person.occurrence_id)
            left[row.pk], newsrooms[row.pk] = places_left(row, now=now), outlet_counts(row, newsrooms=known)
            caps[row.pk] = row.event.outlet_cap
        places = left[person.occurrence_id]
        if _is_over(newsroom, newsrooms[person.occurrence_id], caps[person.occurrence_id]):
            found.append((person, RegistrationState.REQUESTED.value))
        elif places.fit(person):
            places.take(person)
            found.append((person, RegistrationState.CONFIRMED.value))
        elif person.occurrence.event.has_waiting_list:
            found.append((person, RegistrationState.WAITING.value))
        else:
            found.append((person, RegistrationState.REFUSED.value))
    return found


def _is_over(key: str, there: Counter[str], cap: int | None) -> bool:
    """Whether the newsroom of a person has its number; else the person is counted as there."""
    if not cap or not key:
        return False
    if there[key] >= cap:
        return True
    there[key] += 1
    return False


def draft(person: Registration, state: str, *, reason: str = "") -> tuple[str, dict[str, Any]]:
    """The mail that tells somebody this state: its renderer's name and its values."""
    row = Occurrence.objects.select_related("event").get(pk=person.occurrence_id)
    values = letters.values_of(person, row, reason=reason)
    full = state == RegistrationState.REFUSED and not reason
    return letters.renderer_of(state), {**values, "full": full, "name": person.name}
