"""The public registration: form, summary, personal page."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from cms.core import links
from cms.mailing.models import Delivery
from events import actions, queries
from events.models import EventPage, Occurrence, Registration
from tests.factories.events import make_event, make_event_page, make_registration

pytestmark = pytest.mark.django_db


def asked(occurrence: Occurrence, /, **values: Any) -> dict[str, Any]:
    return {
        "occurrence": occurrence.uid.hex,
        "name": "Awa Keïta",
        "organisation": "Radio",
        "email": "awa@example.org",
        "phone": "",
        "key": str(uuid4()),
        "step": "send",
        **values,
    }


def path(page: EventPage) -> str:
    return f"{page.public_path}inscription/"


def own_page(registration: Registration) -> str:
    return f"/r/{queries.key_of(registration)}"


def test_the_form_asks_then_sums_up_then_registers_without_account_or_script(
    client: Client, page: EventPage, occurrence: Occurrence
) -> None:
    form = client.get(path(page))
    assert form.status_code == 200
    assert form["Cache-Control"] == "no-store"
    assert b"<script" not in form.content
    summary = client.post(path(page), asked(occurrence, step="check"))
    assert "Tout est-il juste" in summary.content.decode()
    assert not Registration.objects.exists()
    done = client.post(path(page), asked(occurrence))
    assert (done.status_code, done["Location"]) == (303, f"{path(page)}?sent=mail")
    assert Registration.objects.get().state == "pending"
    assert "Regardez votre courriel" in client.get(done["Location"]).content.decode()


def test_the_form_sends_back_the_key_it_was_given(client: Client, page: EventPage) -> None:
    html = client.get(path(page)).content.decode()
    assert re.search(r'name="occurrence" value="[0-9a-f]{32}"', html)
    assert re.search(r'name="key" value="[0-9a-f-]{36}"', html)


def test_errors_stand_above_and_beside_the_field_in_words(
    client: Client, page: EventPage, occurrence: Occurrence
) -> None:
    answer = client.post(path(page), asked(occurrence, email="", phone=""))
    assert answer.status_code == 422
    assert answer.content.decode().count("Donnez un courriel ou un téléphone") == 2
    assert not Registration.objects.exists()


@pytest.mark.parametrize(
    "values",
    [
        {"email": "a@example.org, b@example.org"},
        {"email": "a@example.org\r\nBcc: b@example.org"},
        {"name": "Awa\r\nBcc: b@example.org"},
        {"phone": "76 00 00 00; 66 00 00 00", "email": ""},
        {"occurrence": uuid4().hex},
        {"key": "nonsense"},
        {"name": ""},
        {"name": "x" * 201},
    ],
)
def test_bad_input_is_a_form_error(
    client: Client, page: EventPage, occurrence: Occurrence, values: dict[str, str]
) -> None:
    assert client.post(path(page), asked(occurrence, **values)).status_code == 422
    assert not Registration.objects.exists()


def test_posted_twice_is_one_registration_and_one_mail(
    client: Client, page: EventPage, occurrence: Occurrence
) -> None:
    said = asked(occurrence)
    answers = [client.post(path(page), said) for _time in range(3)]
    assert {answer.status_code for answer in answers} == {303}
    assert (Registration.objects.count(), Delivery.objects.count()) == (1, 1)


def test_known_and_unknown_addresses_get_the_same_answer(
    client: Client, page: EventPage, occurrence: Occurrence
) -> None:
    make_registration(occurrence, email="awa@example.org", now=timezone.now())
    known = client.post(path(page), asked(occurrence))
    unknown = client.post(path(page), asked(occurrence, email="autre@example.org"))
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


def test_a_robot_that_fills_in_the_trap_is_thanked_and_nothing_is_kept(
    client: Client, page: EventPage, occurrence: Occurrence
) -> None:
    answer = client.post(path(page), asked(occurrence, website="https://example.org"))
    assert answer.status_code == 303
    assert not Registration.objects.exists()


def test_one_address_is_written_to_six_times_an_hour_at_most_with_the_same_answer(
    client: Client, page: EventPage, occurrence: Occurrence
) -> None:
    answers = {client.post(path(page), asked(occurrence)).status_code for _time in range(12)}
    assert answers == {303}
    assert Registration.objects.count() == 1


def test_one_network_is_told_to_wait_after_forty_tries(
    client: Client, page: EventPage, occurrence: Occurrence
) -> None:
    statuses = [
        client.post(path(page), asked(occurrence, email=f"p{number}@example.org")).status_code
        for number in range(42)
    ]
    assert statuses[:40] == [303] * 40
    assert statuses[40:] == [429, 429]
    forged = client.post(path(page), asked(occurrence), headers={"X-Forwarded-For": "203.0.113.9"})
    assert forged.status_code == 429


def test_a_telephone_alone_is_enough(client: Client, page: EventPage, occurrence: Occurrence) -> None:
    answer = client.post(path(page), asked(occurrence, email="", phone="76 00 11 22"))
    assert answer["Location"].endswith("?sent=phone")
    registration = Registration.objects.get()
    assert (registration.phone, registration.email) == ("+22376001122", "")
    assert not Delivery.objects.exists()


def test_a_full_date_without_a_waiting_list_says_so(client: Client) -> None:
    start = (timezone.now() + timedelta(days=7)).date()
    event = make_event(start_date=start, capacity=1, has_waiting_list=False, now=timezone.now())
    page = make_event_page(event, slug="complete")
    make_registration(event.occurrences.get(), now=timezone.now())
    assert "Complet" in client.get(page.public_path).content.decode()
    assert "<form" not in client.get(path(page)).content.decode().split("<main")[1]


def test_the_token_of_one_opens_nothing_of_another(client: Client, occurrence: Occurrence) -> None:
    mine, yours = (make_registration(occurrence, number, now=timezone.now()) for number in (1, 2))
    good = queries.key_of(mine)
    forged = links.make("registration", yours.uid, 7)
    spliced = queries.key_of(yours)[:21] + good[21:]
    other = links.make("mail", mine.uid, mine.generation)
    for token in (forged, spliced, other, good[:-1], str(mine.pk), "x" * 43):
        for suffix in ("", "/event.ics"):
            assert client.get(f"/r/{token}{suffix}").status_code == 404
        assert client.post(f"/r/{token}", {"do": "cancel"}).status_code == 404
    assert client.get(f"/r/{good}").status_code == 200
    yours.refresh_from_db()
    assert yours.state == "confirmed"


def test_a_new_link_ends_the_old_one(client: Client, occurrence: Occurrence) -> None:
    registration = make_registration(occurrence, now=timezone.now())
    old = own_page(registration)
    registration = actions.new_link(registration=registration, user=None, now=timezone.now())
    assert client.get(old).status_code == 404
    assert client.get(own_page(registration)).status_code == 200


def test_a_get_changes_nothing_and_a_post_acts(client: Client, occurrence: Occurrence) -> None:
    registration = make_registration(occurrence, confirm=False, now=timezone.now())
    address = own_page(registration)
    for query in ("", "?do=confirm", "?cancel", "?do=cancel"):
        assert client.get(address + query).status_code == 200
        assert client.head(address + query).status_code == 200
    registration.refresh_from_db()
    assert registration.state == "pending"
    assert client.post(address, {"do": "confirm"}).status_code == 303
    page = client.get(address)
    assert "Votre place est confirmée" in page.content.decode()
    assert page["Cache-Control"] == "private, no-store"
    assert page["Referrer-Policy"] == "same-origin"
    assert '<svg class="qr"' in page.content.decode() or 'class="qr"' in page.content.decode()
    client.post(address, {"do": "cancel"})
    registration.refresh_from_db()
    assert registration.state == "cancelled"
    assert "annulée" in client.get(address).content.decode()


def test_who_comes_late_to_a_date_without_an_announced_end_still_holds_a_ticket(
    client: Client, occurrence: Occurrence
) -> None:
    address, now = own_page(make_registration(occurrence, now=timezone.now())), timezone.now()
    row = Occurrence.objects.filter(pk=occurrence.pk)
    row.update(starts_at=now - timedelta(hours=2), ends_at=None)
    assert 'class="qr"' in client.get(address).content.decode()
    assert (row.coming(now).count(), row.over(now).count()) == (1, 0)
    row.update(starts_at=now - timedelta(hours=13))
    assert "Cette date est passée" in client.get(address).content.decode()
    assert (row.coming(now).count(), row.over(now).count()) == (0, 1)


def test_a_post_without_the_forms_token_is_refused(occurrence: Occurrence) -> None:
    strict = Client(enforce_csrf_checks=True)
    registration = make_registration(occurrence, now=timezone.now())
    assert strict.post(own_page(registration), {"do": "cancel"}).status_code == 403
    registration.refresh_from_db()
    assert registration.state == "confirmed"


def test_the_calendar_file_holds_no_personal_link(client: Client, occurrence: Occurrence) -> None:
    registration = make_registration(occurrence, now=timezone.now())
    body = client.get(own_page(registration) + "/event.ics").content.decode()
    assert "BEGIN:VEVENT" in body
    assert "/r/" not in body.replace("\r\n ", "")


def test_a_name_is_inert_text_everywhere(client: Client, page: EventPage, occurrence: Occurrence) -> None:
    name = "<img src=x onerror=alert(1)> {{ 7|add:7 }} {event.__class__}"
    client.post(path(page), asked(occurrence, name=name))
    html = client.get(own_page(Registration.objects.get())).content.decode()
    assert "<img src=x" not in html
    assert Registration.objects.get().name == name


def test_an_event_under_embargo_has_no_form_at_all(client: Client, page: EventPage) -> None:
    from cms.core.actions import change_thing

    hidden = timezone.now() + timedelta(days=1)
    change_thing(page.event, action="t", changes={"embargo_until": hidden}, user=None, now=timezone.now())
    for suffix in ("", "inscription/", "event.ics"):
        assert client.get(page.public_path + suffix).status_code == 404
    body = urlencode(asked(page.event.occurrences.get()))
    assert client.post(path(page), body, content_type="application/x-www-form-urlencoded").status_code == 404
    assert not Registration.objects.exists()


def test_the_whole_journey_weighs_less_than_sixty_kilobytes(
    client: Client, page: EventPage, occurrence: Occurrence
) -> None:
    import gzip
    from pathlib import Path

    import cms.pages

    sheet = Path(cms.pages.__file__).parent / "static" / "pages" / "site.css"
    said = asked(occurrence)
    steps = [
        client.get(page.public_path).content,
        client.get(path(page)).content,
        client.post(path(page), {**said, "step": "check"}).content,
    ]
    steps.append(client.get(client.post(path(page), said)["Location"]).content)
    address = own_page(Registration.objects.get())
    steps.append(client.get(address).content)
    client.post(address, {"do": "confirm"})
    steps += [client.get(address).content, client.get(address + "/event.ics").content]
    weight = sum(len(gzip.compress(body, 6)) for body in [sheet.read_bytes(), *steps])
    print(f"registration journey: {weight} bytes")
    assert weight <= 60_000
