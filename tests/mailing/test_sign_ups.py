"""Signing up on the site: asked by anybody, confirmed from the mailbox, chosen again by a personal link."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms.contacts import actions as contacts
from cms.contacts import queries as people
from cms.contacts.models import (
    Consent,
    ConsentSource,
    Contact,
    ContactEmail,
    Preference,
    Purpose,
    SignUp,
    Suppression,
)
from cms.core import clock, links, registry
from cms.core.models import Attempt, Topic
from cms.mailing import actions
from cms.mailing.mail import sign_ups
from cms.mailing.mail.layout import LINK_PURPOSE
from cms.mailing.models import Delivery
from cms.mailing.views import sign_ups as views
from tests.factories import mailing as make
from tests.factories.core import locale

pytestmark = pytest.mark.django_db

FORM, ENGLISH = "/fr/lettre-d-information/", "/en/newsletter/"
AWA = "awa@example.org"


def visitor(address: str = "192.0.2.1") -> Client:
    return Client(enforce_csrf_checks=True, REMOTE_ADDR=address)


def asked(client: Client | None = None, path: str = FORM, /, **values: Any) -> Any:
    said = {"email": AWA, "name": "Awa Keïta", "purposes": ["newsletter"], "frequency": "all", **values}
    return (client or visitor()).post(path, said)


def confirmation(address: str = AWA) -> str:
    """The path of the button in the newest confirmation mail to an address."""
    row = Delivery.objects.filter(mailing__renderer=sign_ups.RENDERER, address=address).latest("pk")
    link = sign_ups.link_of(row.values)
    return link[link.index("/m/") :]


def preferences_of(contact: Contact) -> str:
    """The page of choices, by the link of a mail that the contact was sent."""
    address = contact.emails.get().address
    row = make.owed(key=f"{address}:ticket:1", address=address, contact=contact)
    return f"/m/{links.make(LINK_PURPOSE, row.uid, row.generation)}/preferences/"


def subscriber(**values: Any) -> Contact:
    asked(**values)
    visitor().post(confirmation())
    return Contact.objects.get(emails__address=AWA)


# Asking ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("path", "words"), [(FORM, "Recevoir nos courriels"), (ENGLISH, "Receive our mail")])
def test_the_form_is_there_in_french_and_english_without_cookie_script_or_token(path, words):
    page = visitor().get(path)
    html = page.content.decode()
    assert page.status_code == 200
    assert words in html
    assert not page.cookies
    assert "<script" not in html
    assert "csrf" not in html
    assert page["Cache-Control"] == "private, no-store"
    assert not SignUp.objects.exists()


def test_the_press_room_leads_to_the_form_with_press_releases_ticked():
    html = visitor().get(f"{FORM}?purposes=press&utm_source=x").content.decode()
    ticked = re.findall(r'<input type="checkbox" name="purposes" value="(\w+)"[^>]* checked', html)
    assert ticked == ["press"]


def test_the_foot_of_every_page_leads_to_the_form_of_its_language():
    for path, code in ((FORM, 200), (ENGLISH, 200), ("/fr/nulle-part/", 404)):
        page = visitor().get(path)
        assert page.status_code == code
        leads = re.search(
            r'<a href="(/[^"]+)">(?:Recevoir nos courriels|Receive our mail)</a>', page.content.decode()
        )
        assert leads.group(1) == (ENGLISH if path == ENGLISH else FORM)


def test_asking_enters_nobody_and_owes_one_mail_without_the_name_that_was_typed():
    answer = asked(name="Gagnez https://example.net")
    assert (answer.status_code, answer["Location"]) == (303, f"{FORM}?sent")
    assert not answer.cookies
    assert not Contact.objects.exists()
    assert not Consent.objects.exists()
    row = Delivery.objects.get()
    assert (row.address, row.language, row.mailing.kind, row.state) == (AWA, "fr", "owed", "queued")
    parts = sign_ups.confirm(row, "fr", clock.now())
    assert "Gagnez" not in parts.subject + parts.text + parts.html + str(row.values)
    assert confirmation() in parts.text


def test_known_unknown_and_suppressed_addresses_get_the_same_answer_at_the_same_cost():
    known = subscriber()
    contacts.suppress(address="gone@example.org", now=clock.now())
    asked(email="first@example.org")  # the standing queue exists from here on
    SignUp.objects.all().delete()
    answers, costs = [], []
    for address in ("nobody@example.org", AWA, "gone@example.org"):
        with CaptureQueriesContext(connection) as captured:
            answer = asked(email=address)
        costs.append(len(captured))
        answers.append((answer.status_code, answer["Location"], answer.content))
        page = visitor().get(answer["Location"]).content
        assert address.encode() not in page
        answers[-1] += (page,)
    assert answers[0] == answers[1] == answers[2]
    assert costs[0] == costs[1] == costs[2]
    assert known.consents.count() == 1


def test_a_victim_gets_one_confirmation_a_day_however_often_asked():
    for number in range(30):
        assert asked(visitor(f"192.0.2.{number}"), email="Awa@Example.ORG").status_code == 303
    assert Delivery.objects.filter(address=AWA).count() == 1


def test_what_was_confirmed_today_is_neither_asked_again_nor_undone():
    contact = subscriber()
    asked(purposes=["press"])
    assert Delivery.objects.filter(address=AWA).count() == 1
    assert visitor().get(confirmation()).status_code == 200
    assert "newsletter" in people.wished(contact)


def test_and_no_more_than_three_a_month():
    now = clock.now()
    for day in range(28):
        actions.sign_up(
            email=AWA,
            name="",
            language="fr",
            purposes=["newsletter"],
            frequency="all",
            topics=[],
            evidence="",
            now=now + timedelta(days=day),
        )
        contacts.forget_sign_ups(now=now + timedelta(days=day))
    assert Delivery.objects.filter(address=AWA).count() == 3


def test_one_network_may_ask_so_often_an_hour_and_is_told_when_to_come_back():
    for number in range(views.PER_NETWORK):
        assert asked(email=f"a{number}@example.org").status_code == 303
    refused = asked(email="last@example.org")
    assert refused.status_code == 429
    assert "last@example.org" in refused.content.decode()
    assert not SignUp.objects.filter(address="last@example.org").exists()
    assert asked(visitor("198.51.100.7"), email="last@example.org").status_code == 303
    kept = "".join(Attempt.objects.values_list("bucket", flat=True))
    assert "192.0.2.1" not in kept
    assert "example" not in kept


def test_a_robot_in_the_trap_gets_the_same_answer_and_nothing_is_noted():
    assert asked(website="https://example.net").status_code == 303
    assert not SignUp.objects.exists()


@pytest.mark.parametrize(
    "values",
    [
        {"email": "a@example.org, b@example.org"},
        {"email": "a@example.org\r\nBcc: b@example.org"},
        {"email": ""},
        {"purposes": []},
        {"purposes": ["invitations"]},
        {"frequency": "hourly"},
    ],
)
def test_what_is_no_request_is_said_beside_its_field(values):
    answer = asked(**values)
    assert answer.status_code == 422
    assert 'class="notice closed"' in answer.content.decode()
    assert not SignUp.objects.exists()


# Confirming ------------------------------------------------------------------------------------------------------
def test_only_pressing_the_button_confirms_and_pressing_twice_is_once():
    asked(visitor(), ENGLISH)
    link = confirmation()
    shown = visitor().get(link)
    assert "Shall we write to you?" in shown.content.decode()
    assert not shown.cookies
    assert not Contact.objects.exists()
    for _time in range(2):
        assert "Thank you" in visitor().post(link).content.decode()
    contact = Contact.objects.get()
    assert (contact.name, contact.language) == ("Awa Keïta", "en")
    consent = Consent.objects.get()
    assert (consent.purpose, consent.source, consent.evidence) == ("newsletter", "form", ENGLISH)
    assert consent.requested_at < consent.given_at


def test_a_known_contact_keeps_the_card_and_gains_the_agreement():
    known = make.contact(1, address=AWA, name="Awa Diarra", language="bm")
    subscriber()
    known.refresh_from_db()
    assert (known.name, known.language) == ("Awa Diarra", "bm")
    assert people.wished(known) == ["newsletter", "press", "invitations"]
    assert Contact.objects.count() == 1


def test_frequency_and_topics_are_kept_with_the_confirmation():
    health = Topic.objects.create(name="Santé", slug="sante", locale=locale("fr"))
    subscriber(frequency="monthly", topics=["sante"])
    row = Preference.objects.get()
    assert (row.frequency, list(row.topics.all())) == ("monthly", [health])


def test_who_had_left_everything_is_written_to_again_for_what_was_asked_alone():
    contact = make.contact(1, address=AWA)
    contacts.suppress(address=AWA, reason="unsubscribed", now=clock.now())
    asked()
    assert people.suppressed(AWA)
    visitor().post(confirmation())
    assert not people.suppressed(AWA)
    assert people.wished(contact) == ["newsletter"]


def test_a_link_that_is_altered_too_old_or_replaced_is_the_one_404():
    asked()
    link = confirmation()
    token = link.split("/")[2]
    absent = visitor().get(f"/m/{'y' * 43}/confirm/")
    row = SignUp.objects.get()
    forged = [
        links.make("mail", row.uid, row.generation),
        links.make(sign_ups.LINK_PURPOSE, row.uid, row.generation + 1),
        token[:-1] + ("A" if token[-1] != "A" else "B"),
    ]
    for wrong in forged:
        answer = visitor().post(f"/m/{wrong}/confirm/")
        assert (answer.status_code, answer.content) == (404, absent.content)
    SignUp.objects.update(requested_at=clock.now() - timedelta(days=8))
    assert visitor().get(link).status_code == visitor().post(link).status_code == 404
    assert not Contact.objects.exists()
    actions.sweep(now=clock.now())
    assert not SignUp.objects.exists()


def test_asking_again_after_confirming_closes_the_former_link():
    subscriber()
    first = confirmation()
    SignUp.objects.update(mailed_at=clock.now() - timedelta(days=2))
    asked()
    assert visitor().get(first).status_code == 404
    assert visitor().get(confirmation()).status_code == 200


def test_nobody_in_the_administration_reads_the_link_of_a_confirmation():
    assert registry.mailing_renderers.get(sign_ups.RENDERER).secret


# Choosing again --------------------------------------------------------------------------------------------------
def test_the_page_of_choices_shows_what_stands_and_a_get_changes_nothing():
    contact = subscriber(frequency="weekly")
    page = visitor().get(preferences_of(contact))
    html = page.content.decode()
    ticked = re.findall(r'name="purposes" value="(\w+)"[^>]* checked', html)
    assert ticked == ["newsletter", "press", "invitations"]
    assert re.search(r'name="frequency" value="weekly"[^>]* checked', html)
    assert not page.cookies
    assert page["Cache-Control"] == "private, no-store"
    assert contact.name not in html


def test_choices_are_recorded_as_agreements_and_refusals_with_source_and_date():
    contact = subscriber()
    path = preferences_of(contact)
    answer = visitor().post(path, {"purposes": ["press"], "frequency": "monthly"})
    assert "Votre choix est noté" in answer.content.decode()
    assert people.wished(contact) == ["press"]
    refused = Consent.objects.get(purpose=Purpose.INVITATIONS)
    assert (refused.source, refused.given_at) == (ConsentSource.FORM, None)
    assert refused.withdrawn_at is not None
    assert Preference.objects.get(contact=contact).frequency == "monthly"
    visitor().post(path, {"purposes": ["press", "invitations", "newsletter"], "frequency": "all"})
    assert people.wished(contact) == ["newsletter", "press", "invitations"]
    assert Consent.objects.filter(purpose=Purpose.INVITATIONS, given_at__isnull=False).exists()


def test_receiving_nothing_any_more_and_coming_back_by_ticking():
    contact = subscriber()
    path = preferences_of(contact)
    visitor().post(path, {"nothing": "1"})
    assert Suppression.objects.get().reason == "unsubscribed"
    assert "Nous ne vous envoyons plus" in visitor().get(path).content.decode()
    visitor().post(path, {"purposes": ["newsletter"], "frequency": "all"})
    assert not Suppression.objects.exists()
    assert people.wished(contact) == ["newsletter"]


def test_each_mailing_and_its_way_out_lead_to_the_page_of_choices(smtp_sink):
    make.sender()
    mailing = make.launched(1)
    actions.drain(mailing.pk, clock=lambda: make.NOON)
    (mail,) = smtp_sink.messages
    for part in ("plain", "html"):
        words = mail.get_body((part,)).get_content()
        path = re.search(r"/m/[\w-]{43}/preferences/", words).group(0)
        assert visitor().get(path).status_code == 200
    way_out = visitor().get(path.replace("preferences/", "unsubscribe")).content.decode()
    assert f'href="{path}"' in way_out


def test_another_contacts_choices_stay_as_they_are_and_a_wrong_token_is_the_one_404():
    contact, other = subscriber(), make.contact(7)
    path = preferences_of(contact)
    token = path.split("/")[2]
    wrong = token[:-1] + ("A" if token[-1] != "A" else "B")
    assert visitor().post(f"/m/{wrong}/preferences/", {"nothing": "1"}).status_code == 404
    visitor().post(path, {"purposes": [], "frequency": "weekly"})
    assert people.wished(other) == ["press", "invitations"]
    assert not Preference.objects.filter(contact=other).exists()


def test_a_mail_to_nobody_on_file_has_no_choices():
    asked()
    row = Delivery.objects.get()
    token = links.make(LINK_PURPOSE, row.uid, row.generation)
    assert visitor().get(f"/m/{token}/preferences/").status_code == 404
    assert not ContactEmail.objects.exists()
