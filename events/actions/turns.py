"""The order of questions: taken, moved, settled under the lock of the date, so that two moderators lose nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet

from cms.core.actions import log_thing
from events import queries
from events.actions import seats
from events.actions.errors import EventsError
from events.models import Occurrence, QuestionTurn, Registration, TurnState


class OrderChanged(EventsError):
    """The order is no longer what was seen: somebody else moved, settled or took away a turn meanwhile."""


@transaction.atomic
def take_turns(
    *,
    occurrence: Occurrence,
    people: Iterable[int],
    user: Any,
    now: datetime,
    rows: QuerySet[Occurrence] | None = None,
) -> list[QuestionTurn]:
    """Put people (keys of registrations) at the end of the order, as given; returns the turns that are new.

    Who waits already, has no seat or is of another date is left out: said twice, it is done once.
    """
    row = seats.take(occurrence, rows=rows)
    asked = list(people)
    free = {one.pk: one for one in queries.may_take_turn(row).filter(pk__in=asked)}
    last = QuestionTurn.objects.filter(occurrence=row).aggregate(last=Max("order"))["last"] or 0
    made = QuestionTurn.objects.bulk_create(
        QuestionTurn(occurrence=row, registration=free[key], order=last + place)
        for place, key in enumerate((key for key in dict.fromkeys(asked) if key in free), 1)
    )
    if made:
        about = {"registration": made[0].registration.uid.hex} if len(made) == 1 else {"people": len(made)}
        log_thing(row.event, action="turn.taken", user=user, now=now, changes=about)
    return made


@transaction.atomic
def move_turn(*, occurrence: Occurrence, first: int, second: int) -> None:
    """Let `first` ask directly before `second`, who was seen directly before them (keys of turns that wait).

    So the post carries the order that its sender saw: done already it changes nothing, and it raises OrderChanged
    where the two stand no longer beside each other.
    """
    row = seats.take(occurrence)
    line = list(QuestionTurn.objects.filter(occurrence=row, state=TurnState.WAITING).order_by("order"))
    places = {turn.pk: place for place, turn in enumerate(line)}
    if first not in places or second not in places:
        raise OrderChanged
    step = places[first] - places[second]
    if step == -1:
        return
    if step != 1:
        raise OrderChanged
    below, above = line[places[first]], line[places[second]]
    below.order, above.order = above.order, below.order
    QuestionTurn.objects.bulk_update([below, above], ["order"])


@transaction.atomic
def settle_turn(
    *, occurrence: Occurrence, turn: int, state: TurnState, user: Any, now: datetime
) -> QuestionTurn:
    """Say that somebody has asked or was passed over, or (waiting) that it was not so: they get their place back.

    Said twice, the first time stays. Raises OrderChanged for a turn taken away, and where the person waits anew.
    """
    row = seats.take(occurrence)
    found = QuestionTurn.objects.select_related("registration").filter(occurrence=row, pk=turn).first()
    if found is None:
        raise OrderChanged
    if found.state == state:
        return found
    anew = QuestionTurn.objects.filter(registration=found.registration, state=TurnState.WAITING)
    if state == TurnState.WAITING and anew.exists():
        raise OrderChanged
    found.state, found.settled_at = state, None if state == TurnState.WAITING else now
    found.save(update_fields=["state", "settled_at"])
    changes = {"registration": found.registration.uid.hex}
    log_thing(row.event, action=f"turn.{found.state}", user=user, now=now, changes=changes)
    return found


@transaction.atomic
def withdraw_turn(*, occurrence: Occurrence, turn: int, user: Any, now: datetime) -> None:
    """Take somebody who waits out of the order; twice changes nothing. Raises OrderChanged once the turn is over."""
    row = seats.take(occurrence)
    found = QuestionTurn.objects.select_related("registration").filter(occurrence=row, pk=turn).first()
    if found is None:
        return
    if found.state != TurnState.WAITING:
        raise OrderChanged
    changes = {"registration": found.registration.uid.hex}
    log_thing(row.event, action="turn.withdrawn", user=user, now=now, changes=changes)
    found.delete()


def hand_over_turns(*, left: Registration, kept: Registration) -> None:
    """Give the turns of one registration of a person to the other, under the lock of their date, which the caller has.

    Where both wait, the earlier place stays.
    """
    both = QuestionTurn.objects.filter(registration__in=[left, kept], state=TurnState.WAITING)
    later = [turn.pk for turn in both.order_by("order")[1:]]
    QuestionTurn.objects.filter(pk__in=later).delete()
    QuestionTurn.objects.filter(registration=left).update(registration=kept)
