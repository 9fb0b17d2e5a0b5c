"""Asking for an accreditation on the site: confirmed from the mailbox or by telephone, decided, told, forgotten."""

from __future__ import annotations

import io
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from cms.contacts import actions as contacts
from cms.contacts.models import Accreditation, Contact, MediaProfile
from cms.core import clock
from cms.core.registry import Refused
from cms.mailing.models import Delivery
from press import actions
from press.mail import doors as mail
from press.models import AccreditationRequest, DoorKey, EmbargoAgreement
from press.queries import doors
from press.views.asking import calls_due
from tests.factories.accounts import make_user
from tests.factories.contacts import make_contact

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_media")]
DAY = timedelta(days=1)
FORM, DOOR = "/fr/presse/accreditation/", "/fr/presse/acces/"
SAID = {"name": "Kadi  Sidibé", "kind": "radio", "outlet": "Radio Kayira", "message": "Le forum"}


@pytest.fixture
def officer() -> Client:
    client = Client()
    client.force_login(make_user("officer"))
    return client


def scan(name: str = "carte.jpg", kind: str = "JPEG") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), (90, 60, 40)).save(out, kind)
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/jpeg")


def ask(email: str = "kadi@example.org", **said: Any) -> AccreditationRequest:
    words = {"name": "Kadi Sidibé", "kind": "radio", "language": "fr", "now": clock.now(), **said}
    return actions.ask_accreditation(email=email, **words)[0]


def path_of(request: AccreditationRequest) -> str:
    return "/j/" + doors.request_url(request).rpartition("/j/")[2]


def cards(folder: Any) -> list[str]:
    return [path.name for path in Path(folder, "press-cards").glob("*")]


def test_a_request_counts_once_its_address_confirms_by_post(room, client):
    answer = client.post(FORM, {**SAID, "email": "Kadi@Example.org", "card": scan()})
    assert (answer.status_code, answer["Location"]) == (303, f"{FORM}?sent=mail")
    row = AccreditationRequest.objects.get()
    assert (row.name, row.address, row.outlet) == ("Kadi Sidibé", "kadi@example.org", "Radio Kayira")
    assert not Contact.objects.exists()
    delivery = Delivery.objects.get()
    parts = mail.request(delivery, "fr", clock.now())
    assert doors.request_url(row) in parts.text
    path = path_of(row)
    assert "Radio Kayira" in client.get(path).text
    assert not Accreditation.objects.exists()
    for _twice in range(2):
        assert "Merci" in client.post(path).text
    row.refresh_from_db()
    contact = Contact.objects.get()
    assert row.accreditation == contact.accreditations.get()
    assert (row.accreditation.state, str(contact.organisation)) == ("requested", "Radio Kayira")
    assert contact.media_profile.kind == "radio"
    with pytest.raises(Refused):
        mail.request(delivery, "fr", clock.now())


def test_known_and_unknown_get_the_same_answer_and_no_card_is_changed(room, client):
    known = make_contact(name="Kadi", email="kadi@example.org")
    MediaProfile.objects.create(contact=known, kind="print", press_card="P-1")
    answers = [
        client.post(FORM, {**SAID, "email": address}) for address in ("kadi@example.org", "x@example.org")
    ]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert client.get(answers[0]["Location"]).content == client.get(answers[1]["Location"]).content
    client.post(path_of(AccreditationRequest.objects.get(address="kadi@example.org")))
    known.refresh_from_db()
    profile = known.media_profile
    assert (known.name, known.organisation, profile.kind, profile.press_card) == (
        "Kadi",
        None,
        "print",
        "P-1",
    )
    assert known.accreditations.get().state == "requested"


def test_who_has_a_telephone_alone_is_called_and_confirmed_by_the_office(room, client, officer):
    answer = client.post(FORM, {**SAID, "phone": "76 00 00 09"})
    assert "Le service de presse vous appelle" in client.get(answer["Location"]).text
    row = AccreditationRequest.objects.get()
    assert not Delivery.objects.exists()
    user = make_user("officer")
    assert "1 personne demande" in calls_due(user, clock.now())[0].text
    screen = reverse("press_requests")
    assert "à rappeler" in officer.get(screen).text
    assert "attend maintenant une décision" in officer.post(screen, {"called": row.pk}, follow=True).text
    row.refresh_from_db()
    assert row.confirmed_by is not None
    assert row.accreditation.contact.phones.get().number == "+22376000009"
    assert calls_due(user, clock.now()) == []


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"email": "", "phone": ""}, "Donnez une adresse"),
        ({"name": ""}, "Écrivez votre nom"),
        ({"card": SimpleUploadedFile("carte.exe", b"MZ")}, "Envoyez une photo"),
        ({"card": SimpleUploadedFile("carte.pdf", b"<html>")}, "carte|PDF|pdf"),
        ({"card": SimpleUploadedFile("carte.jpg", b"x" * 5_000_001)}, "dépasse 5 Mo"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(room, client, settings, said, sentence):
    answer = client.post(FORM, {**SAID, "email": "kadi@example.org", **said})
    assert answer.status_code == 422
    assert any(part in answer.text for part in sentence.split("|"))
    assert not AccreditationRequest.objects.exists()
    assert cards(settings.MEDIA_ROOT) == []


def test_robots_and_floods_write_nothing(room, client):
    client.post(FORM, {**SAID, "email": "kadi@example.org", "website": "http://spam"})
    assert not AccreditationRequest.objects.exists()
    statuses = [client.post(FORM, {**SAID, "email": f"k{n}@example.org"}).status_code for n in range(12)]
    assert statuses == [303] * 10 + [429] * 2
    assert AccreditationRequest.objects.count() == 10


def test_an_address_is_written_to_three_times_a_month_and_loses_nothing_by_more(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    first = ask(card=scan(), card_name="carte.jpg")
    for outlet in ("Deux", "Trois", "Quatre", "Cinq"):
        ask(outlet=outlet, card=scan(), card_name="carte.jpg")
    assert Delivery.objects.count() == 3
    assert len(cards(tmp_path)) == AccreditationRequest.objects.count() == 3
    assert actions.confirm_request(first, now=clock.now()).confirmed_at is not None
    with pytest.raises(ValidationError):
        ask(email="rien")


def test_the_link_that_is_pressed_counts_and_the_other_requests_to_its_address_are_forgotten(
    room, client, settings, django_capture_on_commit_callbacks
):
    first, second = ask(outlet="Une", card=scan(), card_name="carte.jpg"), ask(outlet="Deux")
    other = ask("autre@example.org")
    with django_capture_on_commit_callbacks(execute=True):
        assert "Merci" in client.post(path_of(second)).text
    assert client.post(path_of(first)).status_code == 404
    assert cards(settings.MEDIA_ROOT) == []
    assert set(AccreditationRequest.objects.all()) == {second, other}
    assert str(Contact.objects.get().organisation) == "Deux"


def test_after_too_many_mails_a_telephone_is_still_called(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    for _number in range(3):
        ask()
    row = ask(phone="76 00 00 09")
    assert (row.address, doors.to_call().get()) == ("", row)


def test_a_link_of_a_week_ago_confirms_nothing(room, client):
    row = ask(now=clock.now() - 8 * DAY)
    for answer in (client.get(path_of(row)), client.post(path_of(row))):
        assert answer.status_code == 404
    assert not Contact.objects.exists()


def test_the_decision_is_told_once_the_door_or_the_reason(room):
    yes, no = actions.confirm_request(ask(), now=clock.now()), ask("non@example.org", name="Non")
    no = actions.confirm_request(no, now=clock.now())
    assert actions.tell_decisions(now=clock.now()) == []
    contacts.grant_accreditation(contact=yes.accreditation.contact, now=clock.now())
    contacts.revoke_accreditation(no.accreditation, reason="Pas de média", now=clock.now())
    before = Delivery.objects.count()
    assert len(actions.tell_decisions(now=clock.now())) == 2
    assert actions.tell_decisions(now=clock.now()) == []
    told = {row.address: row for row in Delivery.objects.order_by("pk")[before:]}
    yes.accreditation.refresh_from_db()
    assert doors.door_url(yes.accreditation) in mail.door(told["kadi@example.org"], "fr", clock.now()).text
    assert "Pas de média" in mail.refused(told["non@example.org"], "fr", clock.now()).text


def test_an_accreditation_that_is_over_is_asked_for_anew(room):
    contact = make_contact(email="kadi@example.org")
    then = clock.now() - 40 * DAY
    row = contacts.grant_accreditation(contact=contact, valid_until=then + DAY, now=then)
    actions.confirm_request(ask(), now=clock.now())
    row.refresh_from_db()
    assert row.state == "requested"
    assert actions.tell_decisions(now=clock.now()) == []


def test_cards_and_requests_are_erased_in_time(room, settings, django_capture_on_commit_callbacks):
    now = clock.now()
    never = ask("jamais@example.org", card=scan(), card_name="a.jpg", now=now - 8 * DAY)
    fresh = ask("frais@example.org", card=scan(), card_name="b.jpg", now=now - 6 * DAY)
    uncalled = ask("", phone="76000008", now=now - 61 * DAY)
    decided = ask("fait@example.org", card=scan(), card_name="c.jpg", now=now - 34 * DAY)
    decided = actions.confirm_request(decided, now=now - 33 * DAY)
    contacts.grant_accreditation(contact=decided.accreditation.contact, now=now - 31 * DAY)
    assert len(cards(settings.MEDIA_ROOT)) == 3
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.forget_requests(now=now) == 2
    left = set(AccreditationRequest.objects.values_list("pk", flat=True))
    assert left == {fresh.pk, decided.pk}
    assert never.pk not in left
    assert uncalled.pk not in left
    assert cards(settings.MEDIA_ROOT) == [Path(fresh.card.name).name]
    with django_capture_on_commit_callbacks(execute=True):
        actions.forget_requests(now=now + 396 * DAY)
    assert not AccreditationRequest.objects.exists()


def test_a_card_is_for_who_decides_and_never_shown_as_a_page(room, officer, client):
    row = ask(card=scan(), card_name="../../carte.jpg")
    address = reverse("press_request_card", args=[row.pk])
    answer = officer.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert answer["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert b"".join(answer)[:2] == b"\xff\xd8"
    for role in ("author", "protocol"):
        other = Client()
        other.force_login(make_user(role))
        assert other.get(address).status_code == 302
        assert other.get(reverse("press_requests")).status_code == 302
    assert client.get(address).status_code == 302


def test_the_requests_ask_as_often_for_one_as_for_twenty(room, officer, django_assert_num_queries):
    def add(number: int) -> None:
        actions.confirm_request(ask(f"k{number}@example.org", name=f"Journaliste {number}"), now=clock.now())

    add(0)
    screen = reverse("press_requests")
    officer.get(screen)
    with CaptureQueriesContext(connection) as first:
        officer.get(screen)
    for number in range(1, 20):
        add(number)
    with django_assert_num_queries(len(first)):
        assert "Journaliste 19" in officer.get(screen).text


@pytest.mark.parametrize("floor", [0.3, 0], ids=["even", "control"])
def test_the_time_of_the_thanks_for_a_sign_in_tells_nothing_of_who_is_known(room, client, settings, floor):
    settings.EVEN_ANSWER_SECONDS = floor
    contacts.grant_accreditation(contact=make_contact(email="awa@example.org"), now=clock.now())
    client.post(DOOR, {"email": "autre@example.org"})  # what a process looks up once is nobody's time
    took = []
    for one in ("awa@example.org", "personne@example.org"):
        begun = time.monotonic()
        client.post(DOOR, {"email": one})
        took.append(time.monotonic() - begun)
    assert all(one >= floor for one in took)
    assert floor or min(took) < 0.3, "the control: without the floor each takes what it costs"


def test_a_sign_in_is_asked_for_alike_by_everybody(room, client):
    contacts.grant_accreditation(contact=make_contact(email="awa@example.org"), now=clock.now())
    answers = [client.post(DOOR, {"email": one}) for one in ("awa@example.org", "personne@example.org")]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(303, f"{DOOR}?sent=1")}
    assert DoorKey.objects.count() == 1
    delivery = Delivery.objects.get()
    assert doors.key_url(DoorKey.objects.get()) in mail.key(delivery, "fr", clock.now()).text
    assert (
        client.get("/en/press/access/").status_code
        == client.get("/en/press/accreditation/").status_code
        == 200
    )
    assert client.post(DOOR, {"email": "rien"}).status_code == 422


def test_an_agreement_that_was_accepted_is_not_changed(room, officer):
    row = EmbargoAgreement.objects.create(version="2026-1", since=clock.now() - DAY, text="Un")
    row.text = "Deux"
    row.full_clean()
    contact = make_contact()
    door = contacts.grant_accreditation(contact=contact, now=clock.now())
    actions.accept_agreement(doors.Holder(door), version="2026-1", now=clock.now())
    with pytest.raises(ValidationError):
        row.full_clean()
    assert "2026-1" in officer.get(reverse("embargo_agreements:index")).text
