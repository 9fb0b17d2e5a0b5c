"""The order of questions at a press conference, and who may be put into it."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from events.models import Event, Kind, Occurrence, QuestionTurn, Registration, TurnState
from events.querysets import SEATED


def takes_questions(event: Event) -> bool:
    """Whether questions are asked in an order: at press conferences, and wherever somebody was given a turn."""
    return (
        event.kind == Kind.PRESS_CONFERENCE or QuestionTurn.objects.filter(occurrence__event=event).exists()
    )


def turns_of(row: Occurrence) -> QuerySet[QuestionTurn]:
    """All turns of a date in their order, with the person and their newsroom."""
    found = QuestionTurn.objects.filter(occurrence=row).order_by("order")
    return found.select_related("registration__contact__media_profile__outlet")


def waiting_turns(row: Occurrence) -> QuerySet[QuestionTurn]:
    """Those who still wait for their turn and come (who cancelled since is left out), as the moderator calls them."""
    comes = Q(registration__state__in=SEATED) | Q(registration__attended_at__isnull=False)
    return turns_of(row).filter(comes, state=TurnState.WAITING)


def may_take_turn(row: Occurrence) -> QuerySet[Registration]:
    """Who comes, or came, and waits for no turn, first registered first; `has_asked` where they had one already."""
    turns = QuestionTurn.objects.filter(registration=OuterRef("pk"))
    comes = Q(state__in=SEATED) | Q(attended_at__isnull=False)
    found = Registration.objects.filter(comes, occurrence=row)
    return (
        found.exclude(Exists(turns.filter(state=TurnState.WAITING)))
        .annotate(has_asked=Exists(turns.exclude(state=TurnState.WAITING)))
        .select_related("contact__media_profile__outlet")
        .order_by("created_at", "pk")
    )
