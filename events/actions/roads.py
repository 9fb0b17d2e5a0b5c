"""Preparing an event: the road of its kind, what is to be done, the texts that are ready."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.rich_text import RichText

from cms.core.actions import log_thing
from events import queries
from events.actions import badges, running
from events.actions.categories import add_category
from events.actions.events import create_event
from events.actions.questions import keep_question
from events.actions.road_plans import PLAIN, ROADS
from events.actions.road_steps import Point
from events.models import (
    AgendaPage,
    BadgeTemplate,
    Event,
    EventPage,
    Kind,
    Occurrence,
    Question,
    QuestionKind,
    ReadyText,
    State,
    Task,
)
from events.validators import to_utc

FIRST_AGREEMENT = 1998  # 5 February: 2018 was the twentieth anniversary (plan, chapter XI)


def anniversary_of(day: date) -> int:
    """Which anniversary of the first agreement a day in that year keeps."""
    return day.year - FIRST_AGREEMENT


def edition_of(day: date) -> int:
    """Which celebration the one on `day` is: those that were held before it, and one.

    Each date of a yearly celebration that was neither left out nor cancelled counts.
    """
    before = to_utc(datetime.combine(day, time(0)), "Africa/Bamako")
    held = Occurrence.objects.planned().filter(
        event__kind=Kind.ANNIVERSARY,
        event__state=State.CONFIRMED,
        event__withdrawn_at=None,
        starts_at__lt=before,
    )
    return held.count() + 1


def _first_values(kind: str, first_day: date, said: dict[str, Any]) -> dict[str, Any]:
    """The columns of an event begun by the road of `kind`; what was not `said` is the road's own."""
    road = ROADS[kind]
    values: dict[str, Any] = {"start_date": first_day, "place_name": said["place_name"], **road.values}
    if said["capacity"] is not None:
        values["capacity"] = said["capacity"]
    if not values.get("whole_day"):
        values["start_time"] = said["start_time"] or road.start_time
        values["end_time"] = said["end_time"] or road.end_time
        values["open_end"] = values["end_time"] is None
    if road.days > 1:
        values["end_date"] = first_day + timedelta(days=road.days - 1)
    if kind == Kind.ANNIVERSARY:
        values |= {"anniversary": anniversary_of(first_day), "edition": edition_of(first_day)}
    if values.get("end_time") and road.days == 1 and values["end_time"] <= values["start_time"]:
        raise ValidationError({"end_time": _("It ends before it starts.")})
    return values


@transaction.atomic
def begin_event(
    *,
    kind: str,
    title: str,
    agenda: AgendaPage,
    first_day: date,
    start_time: time | None = None,
    end_time: time | None = None,
    place_name: str = "",
    capacity: int | None = None,
    user: Any,
    now: datetime,
) -> EventPage:
    """Begin an event of one of the four kinds that have a road: a draft page, tasks with dates, ready texts.

    Nothing is public. Hours and seats not given are the road's own. Raises ValidationError.
    """
    said = {"place_name": place_name, "capacity": capacity, "start_time": start_time, "end_time": end_time}
    road, values = ROADS[kind], _first_values(kind, first_day, said)
    event = create_event(name=title[:255], kind=kind, state=State.PROVISIONAL, user=user, now=now, **values)
    page = EventPage(
        title=title,
        locale=agenda.locale,
        event=event,
        thing_uid=event.uid,
        summary=road.summary,
        body=[("paragraph", RichText(f"<p>{line}</p>")) for line in road.paragraphs],
        live=False,
        owner=user if user is not None and user.pk else None,
    )
    agenda.add_child(instance=page)
    page.save_revision(user=page.owner, log_action=True)
    if road.asks_sector:
        _ask_sector(event, user=user, now=now)
    lay_road(event=event, user=user, now=now)
    set_up_registration(event=event, user=user, now=now)
    return page


def _ask_sector(event: Event, *, user: Any, now: datetime) -> None:
    """Let the form ask in which sector people work, as the programme names its sectors."""
    choices = queries.sector_choices()
    if choices:
        values = {
            "kind": QuestionKind.CHOICE,
            "label": "Dans quel secteur travaillez-vous ?",
            "label_en": "In which sector do you work?",
            "is_sector": True,
        }
        keep_question(event=event, values=values, choices=choices, user=user, now=now)


@transaction.atomic
def lay_road(*, event: Event, user: Any, now: datetime) -> int:
    """Give an event the tasks and texts of its kind that it does not have yet; returns how many tasks.

    Twice adds nothing; a task that somebody took off stays off only until the road is laid again. The next date gets
    the running order of its kind, unless it has one.
    """
    road = ROADS.get(event.kind)
    steps = road.steps if road is not None else PLAIN
    known = set(Task.objects.filter(event=event).exclude(key="").values_list("key", flat=True))
    made = [
        Task(event=event, key=step.key, title=step.title, note=step.note, days=step.days)
        for step in steps
        if step.key not in known
    ]
    Task.objects.bulk_create(made, ignore_conflicts=True)
    texts = road.texts if road is not None else ()
    ReadyText.objects.bulk_create(
        (ReadyText(event=event, key=one.key, title=one.title, body=one.body) for one in texts),
        ignore_conflicts=True,
    )
    _lay_running(event, road.running if road is not None else (), now=now)
    if made:
        log_thing(event, action="road.laid", user=user, now=now, changes={"tasks": len(made)})
    return len(made)


@transaction.atomic
def set_up_registration(*, event: Event, user: Any, now: datetime) -> None:
    """Give an event the categories, the questions and the badges of its kind: each unless it has some already.

    Not part of `lay_road`, which is done again at any time: whoever is registered has answered the form as it was.
    """
    road = ROADS.get(event.kind)
    if road is None:
        return
    if road.categories and not event.categories.exists():
        for values in road.categories:
            add_category(event=event, user=user, now=now, **values)
    if road.questions and not event.questions.exists():
        _ask(event, road.questions, user=user, now=now)
    if road.badges and not BadgeTemplate.objects.filter(event=event).exists():
        badges.change_badges(event=event, values=dict(road.badges), user=user, now=now)


def _ask(event: Event, questions: Iterable[Mapping[str, Any]], *, user: Any, now: datetime) -> None:
    made: list[Question] = []
    for said in questions:
        values = {name: value for name, value in said.items() if name not in ("choices", "after")}
        if "after" in said:
            question, choice = said["after"]
            values["only_if"] = made[question].choices.all()[choice]
        asked = {"values": values, "choices": said.get("choices", ())}
        made.append(keep_question(event=event, user=user, now=now, **asked))


def _lay_running(event: Event, points: tuple[Point, ...], *, now: datetime) -> None:
    row = event.occurrences.coming(now).first() if points else None
    if row is None:
        return
    said = [
        {
            "title": one.title,
            "who": one.who,
            "note": one.note,
            "minutes": one.minutes,
            "starts_after": one.at,
        }
        for one in points
    ]
    running.lay_order(occurrence=row, points=said)


@transaction.atomic
def add_task(
    *, event: Event, title: str, days: int | None = None, fixed_date: date | None = None, note: str = ""
) -> Task:
    """Add something to do, by a date or by days from the event (negative: before)."""
    return Task.objects.create(event=event, title=title, days=days, fixed_date=fixed_date, note=note)


@transaction.atomic
def tick(*, task: Task, done: bool, user: Any, now: datetime) -> Task:
    """Say that a task is done, or that it is not. Said twice, the first time and person stay."""
    row = Task.objects.select_for_update(of=("self",)).get(pk=task.pk)
    if done != (row.done_at is not None):
        row.done_at = now if done else None
        row.done_by = user if done and user is not None and user.pk else None
        row.save(update_fields=["done_at", "done_by"])
    return row


def keep_text(*, text: ReadyText, title: str, body: str) -> ReadyText:
    """Change a ready text of one event."""
    text.title, text.body = title, body
    text.save(update_fields=["title", "body"])
    return text
