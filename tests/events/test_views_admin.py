"""The secretariat's screens, each behind its permission."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cms.accounts.actions.roles import grant_page_permissions
from cms.accounts.models import User
from cms.core.formats import long_date
from cms.core.queries import site_root
from events import actions, demo
from events.models import Event, EventPage, Occurrence, Registration
from events.validators import parse_rule
from tests.factories.core import locale
from tests.factories.events import make_event, make_registration

pytestmark = pytest.mark.django_db


def signed_in(role: str) -> Client:
    user = User.objects.create_user(username=role, password="secret")
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


def address(event: Event, rest: str = "") -> str:
    return f"/admin/agenda/{event.pk}/{rest}"


def test_protocol_sees_and_keeps_registrations(page: EventPage, occurrence: Occurrence) -> None:
    client = signed_in("protocol")
    person = make_registration(occurrence, email="", phone="+22376001122", confirm=False, now=timezone.now())
    html = client.get(address(page.event)).content.decode()
    assert "Invité 1" in html
    assert "Confirmer par téléphone" in html
    asked = client.get(address(page.event, f"{person.uid}/phone/"))
    assert "+22376001122" in asked.content.decode()
    person.refresh_from_db()
    assert person.state == "pending"
    client.post(address(page.event, f"{person.uid}/phone/"), {"number": "76 00 11 22"})
    person.refresh_from_db()
    assert (person.state, person.confirmed_number) == ("confirmed", "+22376001122")
    assert person.confirmed_by is not None
    added = client.post(
        address(page.event, "add/"),
        {"name": "Oumou", "channel": "letter", "date": occurrence.uid.hex, "email": "", "phone": ""},
    )
    assert added.status_code == 302
    assert Registration.objects.get(name="Oumou").state == "confirmed"


def test_the_list_says_who_confirmed_when_and_at_which_number(
    page: EventPage, occurrence: Occurrence
) -> None:
    client = signed_in("protocol")
    person = make_registration(occurrence, email="", phone="+22376001122", confirm=False, now=timezone.now())
    client.post(address(page.event, f"{person.uid}/phone/"), {"number": "66 00 11 22"})
    person.refresh_from_db()
    assert timezone.now() - person.confirmed_at < timedelta(minutes=1)
    html = client.get(address(page.event)).content.decode()
    assert "Par téléphone (protocol) +22366001122" in html
    assert long_date(person.confirmed_at, "fr") in html


def test_no_link_is_offered_to_who_has_a_telephone_only(page: EventPage, occurrence: Occurrence) -> None:
    client = signed_in("protocol")
    called, written = (
        make_registration(occurrence, number, confirm=False, now=timezone.now(), **values)
        for number, values in enumerate(({"email": "", "phone": "+22376001122"}, {}))
    )
    html = client.get(address(page.event)).content.decode()
    assert (f"{called.uid}/link/" in html, f"{written.uid}/link/" in html) == (False, True)
    assert client.post(address(page.event, f"{called.uid}/link/")).status_code == 404


def test_a_series_shows_its_next_date_first_and_the_one_asked_for(page: EventPage) -> None:
    client = signed_in("protocol")
    start = (timezone.now() + timedelta(days=3)).date()
    event = make_event(start_date=start, rule=parse_rule("RRULE:FREQ=DAILY"), now=timezone.now())
    dates = list(event.occurrences.order_by("starts_at"))
    make_registration(dates[5], now=timezone.now())
    shown = client.get(address(event)).context
    assert shown["row"] == dates[0]
    assert [row.pk for row in shown["rows"]] == [row.pk for row in dates[:200]]
    assert client.get(address(event), {"date": dates[5].recurrence_id}).context["row"] == dates[5]


@pytest.mark.parametrize(("role", "may"), [("officer", True), ("protocol", False), ("coordinator", False)])
def test_only_who_may_write_pages_is_offered_to_announce_an_event(
    page: EventPage, role: str, may: bool
) -> None:
    grant_page_permissions(site_root())
    html = signed_in(role).get("/admin/agenda/").content.decode()
    assert ("Annoncer un événement" in html, "Pages (anglais)" in html.replace("Anglais", "anglais")) == (
        may,
        may,
    )


def test_the_event_translated_by_the_admins_button_still_has_one_hall(
    page: EventPage, occurrence: Occurrence
) -> None:
    grant_page_permissions(site_root())
    client = signed_in("officer")
    submit = reverse("simple_translation:submit_page_translation", args=[page.pk])
    assert submit in client.get(f"/admin/pages/{page.pk}/edit/").content.decode()
    assert client.post(submit, {"locales": [locale("en").pk]}).status_code == 302
    english = EventPage.objects.exclude(pk=page.pk).get()
    english.save_revision().publish()
    english.refresh_from_db()
    assert (english.locale.language_code, english.event_id) == ("en", page.event_id)
    assert (Event.objects.count(), Occurrence.objects.count()) == (1, 1)
    said = {"occurrence": occurrence.uid.hex, "step": "send"}
    for number, one in enumerate((page, english, page)):
        rest = "register/" if one is english else "inscription/"
        who = {"name": f"N {number}", "email": f"n{number}@example.org"}
        assert Client().post(f"{one.public_path}{rest}", {**said, **who}).status_code == 303
    for person in Registration.objects.order_by("pk"):
        actions.confirm_address(registration=person, now=timezone.now())
    assert sorted(Registration.objects.values_list("state", flat=True)) == ["confirmed"] * 2 + ["waiting"]
    for one in (page, english):
        seats = Client().get(one.public_path, headers={"accept": "application/json"}).json()
        assert (seats["seats_left"], seats["registration_state"]) == (0, "waiting_list")


def test_an_author_has_no_business_with_registrations(page: EventPage) -> None:
    client = signed_in("author")
    for rest in ("", "export.csv", "add/", "change/seats/", "change/cancel/"):
        answer = client.get(address(page.event, rest))
        assert answer.status_code in (302, 403), rest
        assert "/agenda/" not in answer.headers.get("Location", "")


def test_a_coordinator_reads_and_changes_nothing(page: EventPage, occurrence: Occurrence) -> None:
    client = signed_in("coordinator")
    person = make_registration(occurrence, now=timezone.now())
    assert client.get(address(page.event)).status_code == 200
    client.post(address(page.event, f"{person.uid}/cancel/"), {"reason": ""})
    client.post(address(page.event, "change/cancel/"), {"reason": ""})
    person.refresh_from_db()
    page.event.refresh_from_db()
    assert (person.state, page.event.state) == ("confirmed", "confirmed")


@pytest.mark.parametrize(
    ("role", "may"), [("officer", True), ("editor", True), ("protocol", True), ("coordinator", False)]
)
def test_who_only_reads_registrations_does_not_take_them_away(role: str, may: bool, page: EventPage) -> None:
    client = signed_in(role)
    assert ("export.csv" in client.get(address(page.event)).content.decode()) is may
    answer = client.get(address(page.event, "export.csv"))
    assert (answer.status_code == 200) is may
    assert answer.headers["Content-Type"].startswith("text/csv") is may


def test_protocol_is_led_to_its_buttons_and_back_to_the_registrations(page: EventPage) -> None:
    client, people = signed_in("protocol"), address(page.event)
    listed = client.get(people).content.decode()
    for name in ("when", "place", "seats", "registration", "cancel"):
        assert f'href="{address(page.event, f"change/{name}/")}"' in listed
    assert f'href="{people}"' in client.get(address(page.event, "change/seats/")).content.decode()
    answer = client.post(address(page.event, "change/seats/"), {"capacity": "30"}, follow=True)
    assert answer.redirect_chain == [(people, 302)]
    assert "Le nombre de places est changé." in answer.content.decode()


def test_an_officer_comes_back_to_the_pages_editor_and_a_coordinator_is_shown_no_change(
    page: EventPage,
) -> None:
    grant_page_permissions(site_root())
    answer = signed_in("officer").post(address(page.event, "change/seats/"), {"capacity": "30"})
    assert answer.headers["Location"] == f"/admin/pages/{page.pk}/edit/"
    assert "/change/" not in signed_in("coordinator").get(address(page.event)).content.decode()


def test_a_registration_is_found_under_its_own_event_only(page: EventPage, occurrence: Occurrence) -> None:
    client = signed_in("officer")
    person = make_registration(occurrence, now=timezone.now())
    other = make_event(now=timezone.now())
    assert client.post(address(other, f"{person.uid}/cancel/"), {"reason": ""}).status_code == 404
    assert client.post(address(page.event, f"{person.uid}/cancel/"), {"reason": ""}).status_code == 302


def test_the_export_runs_no_formula(page: EventPage, occurrence: Occurrence) -> None:
    client = signed_in("officer")
    make_registration(occurrence, name='=HYPERLINK("http://mal.example.org")', now=timezone.now())
    body = b"".join(client.get(address(page.event, "export.csv")).streaming_content).decode()
    assert "'=HYPERLINK" in body
    assert "confirmed" in body
    assert "Confirmé" in body


def test_what_is_taken_away_is_what_the_screen_shows(page: EventPage, occurrence: Occurrence) -> None:
    client = signed_in("protocol")
    now = timezone.now()
    make_registration(occurrence, 1, name="Awa", organisation="Radio Kledu", now=now)
    make_registration(occurrence, 2, name="Bintou", organisation="ORTM", now=now)
    make_registration(occurrence, 3, name="Cheick", email="", phone="+22376001122", confirm=False, now=now)
    for asked, names in (
        ({"q": "kledu"}, {"Awa"}),
        ({"call": "on"}, {"Cheick"}),
        ({}, {"Awa", "Bintou", "Cheick"}),
    ):
        assert {one.name for one in client.get(address(page.event), asked).context["found"]} == names
        body = b"".join(client.get(address(page.event, "export.csv"), asked).streaming_content).decode()
        assert {name for name in ("Awa", "Bintou", "Cheick") if name in body} == names


def test_buttons_change_the_event_and_ask_first(page: EventPage) -> None:
    client = signed_in("officer")
    assert client.get(address(page.event, "change/seats/")).status_code == 200
    client.post(address(page.event, "change/seats/"), {"capacity": "30"})
    page.event.refresh_from_db()
    assert page.event.capacity == 30
    client.post(address(page.event, "change/registration/"), {"registration_opens_at": ""})
    page.event.refresh_from_db()
    assert not page.event.takes_registrations
    for state in ("provisional", "confirm"):
        assert client.get(address(page.event, f"change/{state}/")).status_code == 200
        client.post(address(page.event, f"change/{state}/"), {"token": "x"})
        page.event.refresh_from_db()
        assert page.event.state == {"confirm": "confirmed"}.get(state, state)
    assert client.get(address(page.event, "change/confirm/")).status_code == 404
    new_day = page.event.start_date + timedelta(days=2)
    client.post(
        address(page.event, "change/when/"),
        {"start_date": new_day, "start_time": "11:00", "end_time": "12:00", "zone": "Africa/Bamako"},
    )
    page.event.refresh_from_db()
    assert page.event.start_date == new_day
    wrong = client.post(
        address(page.event, "change/when/"),
        {"start_date": new_day, "start_time": "11:00", "end_time": "10:00"},
    )
    assert wrong.status_code == 422


def test_an_officer_announces_weekly_days_in_the_page_editor(page: EventPage) -> None:
    from wagtail.test.utils.form_data import nested_form_data, streamfield

    grant_page_permissions(site_root())
    client = signed_in("officer")
    agenda = page.get_parent()
    start = (timezone.now() + timedelta(days=10)).date()
    data: dict[str, Any] = nested_form_data(
        {
            "title": "Points focaux",
            "slug": "points-focaux",
            "body": streamfield([]),
            "kind": "focal_points",
            "role": "organiser",
            "state": "confirmed",
            "place_name": "Coordination",
            "start_date": str(start),
            "start_time": "09:00",
            "end_time": "16:00",
            "zone": "Africa/Bamako",
            "repeat": "weekly",
            "left_out": (start + timedelta(weeks=1)).strftime("%d/%m/%Y"),
            "has_waiting_list": "on",
            "action-publish": "1",
            "comments-TOTAL_FORMS": "0",
            "comments-INITIAL_FORMS": "0",
            "comments-MIN_NUM_FORMS": "0",
            "comments-MAX_NUM_FORMS": "",
        }
    )
    # The editor keeps a draft by itself before the date is typed: nothing typed later may be lost.
    early = {**data, "title": "Points", "start_date": "", "start_time": "", "end_time": "", "repeat": ""}
    early |= {"left_out": "", "place_name": ""}
    del early["action-publish"]
    assert client.post(f"/admin/pages/add/events/eventpage/{agenda.pk}/", early).status_code == 302
    made = EventPage.objects.get(slug="points-focaux")
    assert not made.event.occurrences.exists()
    answer = client.post(f"/admin/pages/{made.pk}/edit/", data)
    assert answer.status_code == 302, answer.context["form"].errors if answer.context else ""
    made.refresh_from_db()
    made.event.refresh_from_db()
    assert (made.event.place_name, made.event.kind) == ("Coordination", "focal_points")
    assert made.live
    dates = [row.local_start.date() for row in made.event.occurrences.order_by("starts_at")[:3]]
    assert dates == [start, start + timedelta(weeks=2), start + timedelta(weeks=3)]
    assert made.event.name == "Points focaux"
    html = client.get(f"/admin/pages/{made.pk}/edit/").content.decode()
    assert "Les dix prochaines dates" in html
    assert f"/admin/agenda/{made.event_id}/change/when/" in html
    said = client.get("/admin/agenda/dates/", {"start_date": start, "start_time": "9:00", "repeat": "weekly"})
    assert len(said.json()["dates"]) == 10


def test_the_demo_loaded_twice_changes_nothing(page: EventPage) -> None:
    now = timezone.now()
    counts = []
    for _time in range(2):
        demo.build(now=now)
        counts.append([model.objects.count() for model in (Event, EventPage, Occurrence, Registration)])
    assert counts[0] == counts[1]
    kinds = set(Event.objects.values_list("kind", flat=True))
    assert {"forum", "msas", "anniversary", "press_conference", "focal_points", "steering_committee"} <= kinds
