"""The dashboard of an event and its list in spreadsheets."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from wagtail.models import Locale

from cms.contacts.models import Contact
from cms.core.models import Sector
from events import actions, queries
from events.actions import Keeper, Scan
from events.documents.figures import report_html
from events.models import Answer, Event, EventPage, Occurrence, Question, Registration
from events.views.figures import tables_of as figures_tables
from tests.events.test_views_door import signed_in
from tests.factories.core import NOON
from tests.factories.events import make_event, make_registration

pytestmark = pytest.mark.django_db


def came(row: Occurrence, **values) -> None:
    scan = Scan(client_uid=uuid4(), at=row.starts_at, **values)
    actions.check_in(occurrence=row, scans=[scan], keeper=Keeper(None, may_approve=True), now=row.starts_at)


def test_the_figures_tell_who_registered_who_came_and_who_did_not() -> None:
    row = make_event(capacity=4).occurrences.get()
    people = [make_registration(row, n, organisation="Radio Kledu" if n < 3 else "") for n in range(6)]
    actions.cancel(registration=people[5], now=NOON)
    actions.cancel(registration=people[0], now=NOON)
    Contact.objects.filter(pk=people[1].contact_id).update(country="SN")
    came(row, registration=people[1].uid)
    came(row, name="Passant")
    late = row.starts_at + timedelta(hours=2)
    found = queries.figures_of(row.event, row, now=late)
    assert (found.registered, found.confirmed, found.seats) == (4, 4, 4)
    assert (found.waiting, found.cancelled, found.refused) == (0, 2, 0)
    assert (found.came, found.no_shows, found.walk_ins, found.share_came) == (1, 3, 0, 25)
    countries = {line.label: (line.registered, line.came) for line in found.groups["country"]}
    assert countries == {"ML": (3, 0), "SN": (1, 1)}
    assert [(line.label, line.registered) for line in found.groups["category"]] == [("", 4)]
    assert {line.label: line.registered for line in found.groups["outlet"]} == {"": 2, "Radio Kledu": 2}
    before = queries.figures_of(row.event, row, now=NOON)
    assert (before.no_shows, before.share_came) == (0, None), "nobody is missing before it begins"


def sector_asked(event: Event, *labels: str) -> Question:
    return actions.keep_question(
        event=event,
        values={"kind": "choice", "label": "Votre secteur ?", "is_sector": True},
        choices=[{"label": one} for one in labels],
        user=None,
        now=NOON,
    )


def test_people_are_counted_by_the_sector_they_say_else_by_that_of_their_card() -> None:
    row = make_event().occurrences.get()
    asked = sector_asked(row.event, "Santé", "Agriculture")
    people = [make_registration(row, n) for n in range(4)]
    health = Sector.objects.create(
        locale=Locale.objects.get_or_create(language_code="fr")[0], name="Santé", slug="sante-essai"
    )
    Contact.objects.filter(pk__in=[people[0].contact_id, people[1].contact_id]).update(sector=health)
    choice = asked.choices.get(label="Agriculture")
    for one in (people[1], people[2]):
        Answer.objects.create(registration=one, question=asked, choice=choice, answered_at=NOON)
    came(row, registration=people[1].uid)
    found = queries.figures_of(row.event, row, now=row.starts_at + timedelta(hours=1))
    counted = {line.label: (line.registered, line.came) for line in found.groups["sector"]}
    assert counted == {"Agriculture": (2, 1), "Santé": (1, 0), "": (1, 0)}
    client = signed_in("protocol")
    here = reverse("events_figures", args=[row.event_id])
    assert "Par secteur" in client.get(here).content.decode()
    lines = client.get(f"{here}export.csv").getvalue().decode()
    assert "Par secteur;Agriculture;2;2;1" in lines
    assert people[1].name not in lines
    assert client.get(f"{here}report.pdf").content[:5] == b"%PDF-"
    tables = figures_tables(found)
    paper = report_html(row.event, found, tables=tables, facts={"when": "", "place": ""})
    assert "Agriculture" in paper
    assert "Par pays" in paper
    listed = client.get(reverse("events_export", args=[row.event_id])).getvalue().decode()
    assert "Secteur" in listed
    assert "Mali;Agriculture" in listed


def test_one_question_of_an_event_tells_the_sector_and_it_is_one_choice() -> None:
    event = make_event()
    first = sector_asked(event, "A")
    second = sector_asked(event, "B")
    first.refresh_from_db()
    assert (first.is_sector, second.is_sector) == (False, True)
    with pytest.raises(ValidationError):
        actions.keep_question(
            event=event,
            values={"kind": "line", "label": "Secteur ?", "is_sector": True},
            user=None,
            now=NOON,
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Question.objects.filter(pk=first.pk).update(is_sector=True)


def test_the_list_is_narrowed_to_who_came_and_to_who_did_not() -> None:
    row = make_event().occurrences.get()
    people = [make_registration(row, n) for n in range(3)]
    actions.cancel(registration=people[2], now=NOON)
    came(row, registration=people[0].uid)
    assert list(queries.people_of(row.event, state=queries.CAME)) == [people[0]]
    assert list(queries.people_of(row.event, state=queries.MISSING)) == [people[1]]


def test_the_chart_has_a_bar_a_day_and_never_more_than_fit() -> None:
    row = make_event(capacity=None).occurrences.get()
    for n, days in enumerate((0, 1, 1, 9)):
        make_registration(row, n, now=NOON - timedelta(days=days))
    found = queries.figures_of(row.event, None, now=NOON)
    assert (len(found.bars), found.days_a_bar) == (10, 1)
    assert [bar.total for bar in found.bars] == [1, 0, 0, 0, 0, 0, 0, 0, 2, 1]
    Registration.objects.filter(created_at__lt=NOON - timedelta(days=8)).update(
        created_at=NOON - timedelta(days=400)
    )
    found = queries.figures_of(row.event, None, now=NOON)
    assert len(found.bars) <= 90
    assert sum(bar.total for bar in found.bars) == 4


def test_the_screens_cost_the_same_for_one_person_and_for_thirty(
    page: EventPage, occurrence: Occurrence
) -> None:
    page.event.capacity = None
    page.event.save()
    client = signed_in("protocol")
    for name in ("events_figures", "events_door"):
        address = reverse(name, args=[page.event.pk])
        client.get(address)
        counted = []
        for start, number in ((0, 1), (1, 29)):
            for n in range(start, start + number):
                make_registration(
                    occurrence, 100 * len(name) + n, now=timezone.now(), organisation=f"Structure {n}"
                )
            with CaptureQueriesContext(connection) as made:
                assert client.get(address).status_code == 200
            counted.append(len(made))
        assert counted[0] == counted[1], name
        Registration.objects.all().delete()


def test_the_dashboard_says_it_in_words_beside_the_drawing(page: EventPage, occurrence: Occurrence) -> None:
    make_registration(occurrence, 1, now=timezone.now())
    html = signed_in("coordinator").get(reverse("events_figures", args=[page.event.pk])).content.decode()
    for words in ("Inscriptions par jour", "Par pays", "Mali", "N’est pas venu", "<svg"):
        assert words in html
    assert "Excel" not in html, "who only reads takes nothing away"


def test_the_workbook_runs_nothing_that_somebody_wrote(page: EventPage, occurrence: Occurrence) -> None:
    wrong = '=HYPERLINK("http://x")'
    make_registration(occurrence, 1, name=wrong, organisation="@SUM(1)", now=timezone.now())
    address = reverse("events_export_xlsx", args=[page.event.pk])
    sheet = load_workbook(BytesIO(signed_in("protocol").get(address).content)).active
    row = list(sheet.rows)[1]
    assert [(cell.value, cell.data_type) for cell in row[:2]] == [(wrong, "s"), ("@SUM(1)", "s")]
    assert signed_in("coordinator").get(address).url == "/admin/"
