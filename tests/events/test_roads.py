"""Events prepared by the road of their kind: a draft, a list of things to do, ready texts."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from cms.accounts.actions.roles import grant_page_permissions
from cms.accounts.models import User
from cms.core.models import Sector
from cms.core.policies import visible
from cms.core.queries import site_root
from cms.core.reader import ANONYMOUS
from events import actions, queries
from events.actions import roads
from events.actions.road_plans import PLAIN, ROADS
from events.documents.badges import badges_html
from events.models import AgendaPage, EventPage, Kind, ReadyText, Registration, State, Task
from events.validators import parse_rule
from events.views.badges import badge_of
from events.views.roads import tasks_todo
from tests.factories.core import NOON
from tests.factories.events import make_agendas, make_event, make_registration

pytestmark = pytest.mark.django_db

DAY = date(2027, 2, 5)


@pytest.fixture
def agenda(laid_agendas: None) -> AgendaPage:
    return make_agendas()[0]


def begin(agenda: AgendaPage, kind: str = Kind.ANNIVERSARY, **values: Any) -> EventPage:
    asked = {"title": "Journée du TOKTEN-Mali", "first_day": DAY, "user": None, "now": NOON}
    return roads.begin_event(kind=kind, agenda=agenda, **asked | values)


@pytest.mark.parametrize("kind", ROADS)
def test_each_kind_begins_as_a_draft_with_its_list_and_its_texts_and_nothing_is_public(
    agenda: AgendaPage, kind: str
) -> None:
    page = begin(agenda, kind)
    road = ROADS[kind]
    assert page.event.state == State.PROVISIONAL
    assert page.event.tasks.count() == len(road.steps)
    assert page.event.ready_texts.count() == len(road.texts)
    assert page.event.occurrences.count() == 1
    assert page.event.takes_delegations == (kind == Kind.MSAS)
    shown = visible(EventPage.objects.filter(pk=page.pk), reader=ANONYMOUS, now=NOON + timedelta(days=900))
    assert not shown.exists()
    assert page.get_latest_revision() is not None


def test_a_forum_asks_its_people_for_one_of_the_programmes_sectors(agenda: AgendaPage) -> None:
    french = Sector.objects.create(locale=agenda.locale, name="Santé d’essai", slug="sante-essai")
    event = begin(agenda, Kind.FORUM).event
    asked = event.questions.get()
    assert asked.is_sector
    assert french.name in [one.label for one in asked.choices.all()]
    roads.lay_road(event=event, user=None, now=NOON)
    assert event.questions.count() == 1


def test_the_anniversary_is_counted_from_1998_and_the_edition_from_what_was_held(agenda: AgendaPage) -> None:
    def held(year: int, **values: Any) -> None:
        make_event(kind=Kind.ANNIVERSARY, start_date=date(year, 2, 5), anniversary=year - 1998, **values)

    held(2018)
    held(2019, state=State.CANCELLED)
    held(2020, state=State.PROVISIONAL)
    event = begin(agenda).event
    assert (event.anniversary, event.edition) == (29, 2)
    assert roads.anniversary_of(date(2018, 2, 5)) == 20


def test_a_yearly_anniversary_counts_on_by_itself() -> None:
    event = make_event(
        kind=Kind.ANNIVERSARY,
        start_date=DAY,
        anniversary=29,
        rule=parse_rule("RRULE:FREQ=YEARLY;COUNT=3"),
    )
    actions.materialise(event=event, now=NOON + timedelta(days=800))
    assert [row.anniversary for row in event.occurrences.order_by("starts_at")][:2] == [29, 30]


def test_the_edition_of_a_yearly_celebration_leaves_out_the_years_in_which_none_was_held() -> None:
    event = make_event(
        kind=Kind.ANNIVERSARY, start_date=DAY, edition=12, rule=parse_rule("RRULE:FREQ=YEARLY;COUNT=3")
    )
    for year in (0, 1, 2):
        actions.materialise(event=event, now=NOON + timedelta(days=365 * year))
    second = event.occurrences.order_by("starts_at")[1]
    actions.cancel_occurrence(occurrence=second, user=None, now=NOON)
    assert [row.edition for row in event.occurrences.order_by("starts_at")] == [12, 13, 13]
    assert roads.edition_of(date(DAY.year + 3, 2, 5)) == 3
    assert make_event(name="Autre", edition=3).occurrences.get().edition == 3


def test_an_event_that_would_end_before_it_starts_is_not_begun(agenda: AgendaPage) -> None:
    with pytest.raises(ValidationError):
        begin(agenda, start_time=time(10), end_time=time(9))
    assert not EventPage.objects.filter(title="Journée du TOKTEN-Mali").exists()


@pytest.mark.parametrize("year", [1, 1899, 2101, 9999])
def test_an_event_of_a_year_that_nobody_meant_is_not_begun(agenda: AgendaPage, year: int) -> None:
    with pytest.raises(ValidationError):
        begin(agenda, first_day=date(year, 2, 5))
    assert not EventPage.objects.filter(title="Journée du TOKTEN-Mali").exists()


def test_the_dates_of_the_list_follow_the_event_when_it_is_moved(agenda: AgendaPage) -> None:
    event = begin(agenda).event
    task = event.tasks.get(key="letters")
    assert task.due_date == DAY - timedelta(days=45)
    actions.change_when(event=event, values={"start_date": DAY + timedelta(days=2)}, user=None, now=NOON)
    task = Task.objects.select_related("event").get(pk=task.pk)
    assert task.due_date == DAY - timedelta(days=43)
    assert queries.tasks_of(event).get(pk=task.pk).due == task.due_date


def test_a_road_laid_twice_is_laid_once_and_gives_back_what_was_taken_off(agenda: AgendaPage) -> None:
    event = begin(agenda).event
    assert roads.lay_road(event=event, user=None, now=NOON) == 0
    event.tasks.get(key="letters").delete()
    assert roads.lay_road(event=event, user=None, now=NOON) == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.create(event=event, key="letters", title="Encore")


def test_a_press_conference_begins_with_its_category_its_questions_and_its_badge(agenda: AgendaPage) -> None:
    event = begin(agenda, Kind.PRESS_CONFERENCE).event
    assert (event.outlet_cap, event.needs_approval, event.length) == (2, True, timedelta(minutes=45))
    press = event.categories.get()
    assert (press.name, press.access) == ("Presse", "approval")
    card, number, letter = event.questions.all()
    assert [str(one.only_if) for one in (number, letter)] == ["Oui", "Non"]
    assert (card.is_required, letter.kind) == (True, "file")
    person = Registration(name="Awa Diarra", organisation="Radio Kledu", category=press, occurrence=None)
    badge = badge_of(person, event.badge_template, {"evenement": "Bilan"})
    assert (badge.foot, badge.colour) == ("PRESSE", press.hex)
    assert "font-size:44pt" in badges_html([badge], size=event.badge_template.size)


@pytest.mark.parametrize(
    ("kind", "access"),
    [
        (Kind.FORUM, ["open", "open", "open", "approval"]),
        (Kind.MSAS, ["invited", "open", "open", "approval"]),
    ],
)
def test_a_forum_and_a_conference_begin_with_categories_that_wait_for_their_places(
    agenda: AgendaPage, kind: str, access: list[str]
) -> None:
    found = list(begin(agenda, kind).event.categories.order_by("order", "pk"))
    assert [one.access for one in found] == access
    assert {one.quota for one in found} == {None}
    assert len({one.colour for one in found}) == 4, "each badge has a colour of its own"
    assert all(one.name_en for one in found)


def test_a_person_registered_by_the_road_has_no_seat_before_approval(agenda: AgendaPage) -> None:
    event = begin(agenda, Kind.PRESS_CONFERENCE).event
    event.categories.update(quota=1)
    row, press = event.occurrences.get(), event.categories.get()
    people = [make_registration(row, n, category=press, confirm=False) for n in range(2)]
    assert [actions.confirm_address(registration=one, now=NOON).state for one in people] == ["requested"] * 2
    assert actions.approve(registration=people[1], user=None, now=NOON).state == "confirmed"
    assert actions.approve(registration=people[0], user=None, now=NOON).state == "waiting"


def test_what_the_officer_took_away_of_it_stays_away_when_the_list_is_laid_again(agenda: AgendaPage) -> None:
    event = begin(agenda, Kind.PRESS_CONFERENCE).event
    roads.set_up_registration(event=event, user=None, now=NOON)
    assert (event.categories.count(), event.questions.count()) == (1, 3)
    actions.remove_category(category=event.categories.get(), user=None, now=NOON)
    roads.lay_road(event=event, user=None, now=NOON)
    assert not event.categories.exists()


def test_an_event_of_another_kind_gets_the_plain_list() -> None:
    event = make_event(kind=Kind.WORKSHOP)
    assert roads.lay_road(event=event, user=None, now=NOON) == len(PLAIN)
    assert not ReadyText.objects.filter(event=event).exists()


def test_a_task_ticked_twice_keeps_who_did_it_first(agenda: AgendaPage) -> None:
    task = begin(agenda).event.tasks.all()[0]
    first, second = (User.objects.create_user(username=name) for name in ("awa", "issa"))
    roads.tick(task=task, done=True, user=first, now=NOON)
    again = roads.tick(task=task, done=True, user=second, now=NOON + timedelta(days=1))
    assert (again.done_at, again.done_by) == (NOON, first)
    assert roads.tick(task=task, done=False, user=second, now=NOON).done_by is None


def test_a_task_has_days_or_a_date_never_both(agenda: AgendaPage) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        roads.add_task(event=begin(agenda).event, title="X", days=1, fixed_date=DAY)


def test_a_ready_text_has_the_facts_of_the_event(agenda: AgendaPage) -> None:
    page = begin(agenda, Kind.FORUM, title="Forum", place_name="Bamako")
    said = queries.filled(page.event.ready_texts.get(key="invitation").body, page.event)
    assert "Bamako" in said
    assert "du vendredi 5 février 2027" in said or "le vendredi 5 février 2027" in said
    assert "[signataire]" in said


def test_what_is_late_is_among_the_things_to_do_today(agenda: AgendaPage) -> None:
    user = User.objects.create_user(username="protocol")
    user.groups.add(Group.objects.get(name="protocol"))
    event = begin(agenda, first_day=(NOON + timedelta(days=40)).date()).event
    (line,) = [one for one in tasks_todo(user, NOON) if one.url == f"/admin/agenda/{event.pk}/road/"]
    assert line.level == "warning"
    actions.cancel_event(event=event, user=None, now=NOON)
    assert tasks_todo(user, NOON) == []
    assert tasks_todo(User.objects.create_user(username="nobody"), NOON) == []


def test_an_officer_prepares_and_ticks_in_the_admin(agenda: AgendaPage, client: Client) -> None:
    user = User.objects.create_user(username="officer", password="secret")
    user.groups.add(Group.objects.get(name="officer"))
    grant_page_permissions(site_root())
    client.force_login(user)
    assert client.get("/admin/agenda/begin/").status_code == 200
    assert client.post("/admin/agenda/begin/", {"kind": "forum"}).status_code == 422
    day = (timezone.now() + timedelta(days=30)).date().isoformat()
    made = client.post("/admin/agenda/begin/", {"kind": "forum", "title": "Forum", "first_day": day})
    page = EventPage.objects.get(title="Forum")
    assert made.headers["Location"] == f"/admin/pages/{page.pk}/edit/"
    road = f"/admin/agenda/{page.event_id}/road/"
    shown = client.get(road).content.decode()
    assert "Retenez la date" in shown
    task = page.event.tasks.all()[0]
    assert client.post(road, {"do": "tick", "task": task.pk}).status_code == 302
    assert client.post(road, {"do": "add", "title": "X", "days": 1, "fixed_date": day}).status_code == 422
    assert client.post(road, {"do": "add", "title": "Fleurs", "days": -1}).status_code == 302
    assert client.post(road, {"do": "nothing"}).status_code == 404
    assert client.post(f"{road}invitation/", {"title": "T", "body": "B"}).status_code == 302
    task.refresh_from_db()
    assert task.done_by == user


def test_who_may_not_write_the_agenda_prepares_nothing(agenda: AgendaPage, client: Client) -> None:
    user = User.objects.create_user(username="coordinator", password="secret")
    user.groups.add(Group.objects.get(name="coordinator"))
    client.force_login(user)
    event = make_event()
    assert client.get("/admin/agenda/begin/").status_code in (302, 403)
    assert client.get(f"/admin/agenda/{event.pk}/road/").status_code in (302, 403)
