"""Badges and certificates: the office's screens, the page where anybody checks, the holder's own copy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pypdfium2
import pytest
from django.test import Client
from django.utils import timezone, translation

from cms.core import links
from cms.mailing.models import Delivery
from events.actions import certificates as actions
from events.actions import printing
from events.mail import speaker_certificate
from events.models import BadgePrint, BadgeTemplate, Category, Certificate, Event, EventPage, Registration
from events.queries.papers import badge_code, certificates_held, to_certify
from events.queries.registrations import key_of
from events.tasks import print_certificates
from events.views.badges import badge_of
from events.views.verify import TRIES
from tests.events.test_actions_certificates import WORDS
from tests.events.test_views_admin import signed_in
from tests.factories.core import NOON
from tests.factories.events import make_agendas, make_event_page, make_registration
from tests.factories.programme import make_forum, make_row, make_session
from tests.support.shared import laid

pytestmark = pytest.mark.django_db
MODEL = {
    "size": "90x55",
    "heading": "[[evenement]]",
    "lines": "[[organisation]]",
    "foot": "EXPERT",
    "shows_code": "on",
}


@pytest.fixture(scope="module")
def laid_page(django_db_setup: None, django_db_blocker: Any) -> Iterator[EventPage]:
    with laid(django_db_blocker):
        make_agendas()
        now = timezone.now()
        day = (now + timedelta(days=20)).date()
        event = make_forum(start_date=day, end_date=day, now=now)
        page = make_event_page(event, title="Forum de la diaspora", slug="forum")
        for number in (1, 2):
            make_registration(event.occurrences.get(), number, now=now, organisation="Université de Ségou")
        Registration.objects.filter(occurrence__event=event).update(attended_at=now)
        actions.change_model(event=event, role="attendee", language="fr", values=WORDS, user=None, now=now)
        yield page


@pytest.fixture
def page(laid_page: EventPage, db: None) -> EventPage:
    return deepcopy(laid_page)


@pytest.fixture
def given(page: EventPage) -> Certificate:
    people = to_certify(page.event, "attendee")[:1]
    (made,) = actions.issue_certificates(
        event=page.event, role="attendee", people=people, user=None, now=timezone.now()
    )
    return made


def address(event: Event, rest: str) -> str:
    return f"/admin/agenda/{event.pk}/{rest}"


def text_of(answer: Any) -> str:
    assert answer.headers["Content-Type"] == "application/pdf", answer.content[:200]
    return "\n".join(
        sheet.get_textpage().get_text_bounded() for sheet in pypdfium2.PdfDocument(answer.content)
    )


# Badges ------------------------------------------------------------------------------------------------------
def test_badges_are_printed_and_then_only_those_of_who_came_later(page: EventPage) -> None:
    client = signed_in("protocol")
    assert client.post(address(page.event, "badges/"), MODEL).status_code == 302
    text = text_of(client.post(address(page.event, "badges/print/"), {"do": "trial"}))
    assert not BadgePrint.objects.exists()
    for words in ("Invité 1", "Invité 2", "Université de Ségou", "EXPERT", "Forum de la diaspora"):
        assert words in text, words
    client.post(address(page.event, "badges/print/"))
    make_registration(page.event.occurrences.get(), 3, now=timezone.now())
    later = text_of(client.post(address(page.event, "badges/print/"), {"fresh": "on"}))
    assert ("Invité 3" in later, "Invité 1" in later) == (True, False)
    assert BadgePrint.objects.count() == 3
    assert client.post(address(page.event, "badges/print/"), {"fresh": "on"}).status_code == 302


def test_a_preview_shows_the_words_typed_and_keeps_nothing(page: EventPage) -> None:
    client = signed_in("officer")
    text = text_of(client.post(address(page.event, "badges/preview/"), {**MODEL, "foot": "ESSAI"}))
    assert "ESSAI" in text
    assert not hasattr(Event.objects.get(pk=page.event_id), "badge_template")
    wrong = client.post(address(page.event, "badges/preview/"), {**MODEL, "foot": "[[motdepasse]]"})
    assert wrong.status_code == 422
    assert "[[motdepasse]]" in wrong.content.decode()


def test_a_badge_has_the_name_and_the_colour_of_the_persons_category(page: EventPage) -> None:
    category = Category.objects.create(event=page.event, name="Délégation officielle", colour="brick")
    person = Registration.objects.filter(occurrence__event=page.event).first()
    person.category = category
    template = BadgeTemplate(event=page.event, foot="[[categorie]]", lines="[[fonction]]\n[[organisation]]")
    made = badge_of(person, template, {})
    assert (made.foot, made.colour, made.lines) == (
        "Délégation officielle",
        "#9b2c1f",
        ["Université de Ségou"],
    )


def test_the_code_of_a_badge_opens_nothing(page: EventPage) -> None:
    person = Registration.objects.filter(occurrence__event=page.event).first()
    assert Client().get(f"/r/{badge_code(person)}").status_code == 404
    assert badge_code(person) not in key_of(person)


@pytest.mark.parametrize(("role", "prints", "sees"), [("coordinator", False, True), ("author", False, False)])
def test_who_may_not_print_or_give_does_not(role: str, prints: bool, sees: bool, page: EventPage) -> None:
    client = signed_in(role)
    answers = {
        rest: client.post(address(page.event, rest), {"people": ["x"]})
        for rest in ("badges/", "badges/print/", "badges/preview/", "certificates/attendee/give/")
    }
    assert all(answer.headers["Content-Type"] != "application/pdf" for answer in answers.values())
    assert (client.get(address(page.event, "certificates/")).status_code == 200) is sees
    assert not Certificate.objects.exists()


# Certificates ------------------------------------------------------------------------------------------------
def test_the_office_writes_gives_prints_and_revokes(page: EventPage) -> None:
    client = signed_in("officer")
    words = {**WORDS, "body": "a suivi [[evenement]]."}
    sample = client.post(address(page.event, "certificates/trainee/fr/"), {**words, "preview": "1"})
    assert "a suivi Forum de la diaspora." in text_of(sample)
    assert client.post(address(page.event, "certificates/trainee/fr/"), words).status_code == 302
    shown = client.get(address(page.event, "certificates/trainee/give/")).content.decode()
    people = list(Registration.objects.filter(occurrence__event=page.event).order_by("name"))
    assert all(one.uid.hex in shown for one in people)
    assert not Certificate.objects.exists()
    client.post(address(page.event, "certificates/trainee/give/"), {"people": [people[0].uid.hex]})
    made = Certificate.objects.get()
    assert (made.name, made.role) == ("Invité 1", "trainee")
    assert "Invité 1" in text_of(client.get(address(page.event, "certificates/all.pdf")))
    assert "Invité 1" in text_of(client.get(address(page.event, f"certificates/{made.uid}.pdf")))
    revoke = address(page.event, f"certificates/{made.uid}/revoke/")
    assert client.get(revoke).status_code == 200
    assert Certificate.objects.get().holds
    client.post(revoke, {"reason": "Erreur de nom"})
    assert not Certificate.objects.get().holds
    assert client.post(revoke, {"reason": ""}).status_code == 404
    assert "Erreur de nom" in client.get(address(page.event, "certificates/")).content.decode()


def test_a_certificate_is_found_under_its_own_event_only(page: EventPage, given: Certificate) -> None:
    client, other = signed_in("officer"), make_forum(now=timezone.now())
    for rest in (f"certificates/{given.uid}.pdf", f"certificates/{given.uid}/revoke/"):
        assert client.get(address(other, rest)).status_code == 404, rest


def test_anybody_checks_a_certificate_by_its_code(given: Certificate) -> None:
    client = Client(enforce_csrf_checks=False)
    led = client.post("/verify/", {"code": given.spelt})
    assert led.headers["Location"] == f"/verify/{given.code}/"
    answer = client.get(led.headers["Location"])
    html = answer.content.decode()
    for words in ("Invité 1", "elle vaut", "Issa Koné", "Awa Bâ", given.spelt):
        assert words in html, words
    assert "invite1@example.org" not in html
    assert answer.headers["Cache-Control"] == "no-store"
    actions.revoke_certificate(certificate=given, reason="Confidentiel", user=None, now=timezone.now())
    revoked = client.get(led.headers["Location"]).content.decode()
    assert "a été révoquée" in revoked
    assert "Confidentiel" not in revoked


def test_a_code_of_nothing_is_the_one_404_and_guessing_is_limited(given: Certificate) -> None:
    client = Client()
    assert client.get("/verify/0000000000000000/").status_code == 404
    tries = [client.post("/verify/", {"code": f"{number:016}"}).status_code for number in range(TRIES + 1)]
    assert tries == [422] * TRIES + [429]
    assert client.get(f"/verify/{given.code}/").status_code == 200


def test_the_holder_has_their_own_and_nobody_elses(page: EventPage, given: Certificate) -> None:
    mine, other = Registration.objects.filter(occurrence__event=page.event).order_by("name")
    assert given.registration == mine
    path = f"/r/{key_of(mine)}/certificate/{given.uid}.pdf"
    assert path in Client().get(f"/r/{key_of(mine)}").content.decode()
    assert "Invité 1" in text_of(Client().get(path))
    assert Client().get(f"/r/{key_of(other)}/certificate/{given.uid}.pdf").status_code == 404
    assert "certificate/" not in Client().get(f"/r/{key_of(other)}").content.decode()
    actions.revoke_certificate(certificate=given, reason="", user=None, now=timezone.now())
    assert Client().get(path).status_code == 404


# Speakers who did not register, and who reads English ----------------------------------------------------------------
def _speakers(event: Event) -> tuple[Any, Any]:
    """Two in the programme: one registered under the same address, the other not at all; and one in no session."""
    seated = make_row(event, "speaker", "Invité Premier", email="INVITE1@example.org")
    alone = make_row(event, "speaker", "Grace Mensah", email="grace@example.org", language="en")
    make_row(event, "speaker", "Nulle Part")
    make_session(event, "L’eau", people=[(seated, "speaker", "Puits"), (alone, "speaker", "Wells")])
    return seated, alone


def test_a_speaker_without_a_seat_has_a_badge_of_their_own_in_their_language(page: EventPage) -> None:
    client = signed_in("protocol")
    _seated, alone = _speakers(page.event)
    posted = {**MODEL, "foot": "[[categorie]]", "lines_en": "Guest of [[evenement]]"}
    assert client.post(address(page.event, "badges/"), posted).status_code == 302
    board = client.get(address(page.event, "badges/")).content.decode()
    assert "Grace Mensah" in board
    assert "Nulle Part" not in board
    assert "Invité Premier" not in board
    trial = {"who": "speakers", "do": "trial"}
    text = text_of(client.post(address(page.event, "badges/print/"), trial))
    assert "Grace Mensah" in text
    assert "Guest of" in text
    assert "Speaker" in text
    assert "Invité" not in text
    alone.refresh_from_db()
    assert alone.badge_printed_at is None
    client.post(address(page.event, "badges/print/"), {"who": "speakers"})
    again = {"who": "speakers", "fresh": "on"}
    assert client.post(address(page.event, "badges/print/"), again).status_code == 302
    assert "Grace Mensah" in text_of(client.get(address(page.event, f"badges/speaker/{alone.uid}.pdf")))
    make_registration(
        page.event.occurrences.get(), 9, name="G. Mensah", email="grace@example.org", now=timezone.now()
    )
    assert client.get(address(page.event, f"badges/speaker/{alone.uid}.pdf")).status_code == 404


def test_badges_are_in_the_language_of_who_wears_them(page: EventPage) -> None:
    template = BadgeTemplate(heading="Bienvenue", heading_en="Welcome", foot="[[categorie]]", lines="Mali")
    person = Registration.objects.filter(occurrence__event=page.event).first()
    assert person is not None
    category = Category(event=page.event, name="Experts", name_en="Experts abroad")
    person.category = category
    assert (badge_of(person, template, {}).heading, badge_of(person, template, {}).foot) == (
        "Bienvenue",
        "Experts",
    )
    person.language = "en"
    badge = badge_of(person, template, {})
    assert (badge.heading, badge.foot, badge.lines) == ("Welcome", "Experts abroad", ["Mali"])


def test_a_speaker_is_sent_the_certificate_and_opens_it_until_it_is_revoked(page: EventPage) -> None:
    event, now = page.event, timezone.now()
    seated, alone = _speakers(event)
    english = {**WORDS, "title": "Certificate", "body": "presented [[sujet]]"}
    for language, words in (("fr", WORDS), ("en", english)):
        actions.change_model(event=event, role="speaker", language=language, values=words, user=None, now=now)
    people = to_certify(event, "speaker")
    for _twice in range(2):
        actions.issue_certificates(event=event, role="speaker", people=people, user=None, now=now)
    mails = Delivery.objects.filter(mailing__renderer="events.speaker_certificate").order_by("address")
    assert [one.address for one in mails] == ["grace@example.org", "invite1@example.org"]
    with translation.override("en"):
        letter = speaker_certificate(mails[0], "en", now)
    link = re.search(r"/verify/\S+/certificate\.pdf", letter.text)
    assert link is not None
    visitor = Client()
    given = Certificate.objects.get(speaker=alone)
    assert "presented Wells" in text_of(visitor.get(link.group()))
    wrong = link.group().replace("/verify/", "/verify/x")
    assert visitor.get(wrong).status_code == 404
    # a link of another purpose for the same row opens nothing
    other = links.make("registration", given.uid)
    assert visitor.get(f"/verify/{other}/certificate.pdf").status_code == 404
    # who has a seat under the same address finds it on the own page too, and nobody else does
    mine, theirs = Registration.objects.filter(occurrence__event=event).order_by("pk")
    own = Certificate.objects.get(speaker=seated)
    assert list(certificates_held(mine)) == [own]
    assert list(certificates_held(theirs)) == []
    actions.revoke_certificate(certificate=given, reason="x", user=None, now=now)
    assert visitor.get(link.group()).status_code == 404


def test_the_words_of_each_language_are_begun_in_it_and_looked_at_in_it(page: EventPage) -> None:
    client = signed_in("protocol")
    form = client.get(address(page.event, "certificates/attendee/en/")).content.decode()
    assert "Certificate of attendance" in form
    assert "Issa Koné" in form  # the signatories are those of the French words
    sample = client.post(
        address(page.event, "certificates/attendee/en/"),
        {**WORDS, "body": "took part: [[organisation]]", "preview": "1"},
    )
    assert "University of Bamako" in text_of(sample)


PLAIN = {"title": "Attestation", "paragraphs": ["a pris part"], "place": "", "signatories": []}


# Many certificates ---------------------------------------------------------------------------------------------------
def test_a_big_file_is_made_by_a_worker_and_fetched_once_it_is_there(page: EventPage) -> None:
    client, event, board = signed_in("protocol"), page.event, address(page.event, "certificates/")
    now = timezone.now()
    printing.sweep_prints(now=now + timedelta(days=1))  # of runs before this one
    rows = [
        Certificate(
            event=event,
            role="trainee",
            code=f"{number:016}",
            name=f"N {number:02}",
            words=PLAIN,
            issued_at=now,
        )
        for number in range(printing.AT_ONCE + 1)
    ]
    Certificate.objects.bulk_create(rows)
    asked = {"role": "", "part": "1"}
    file, prepare = f"{board}all.pdf?part=1", f"{board}prepare/"
    assert "Préparer le fichier" in client.get(board).content.decode()
    # not in this request, and no GET asks for it
    assert client.get(file).status_code == 302
    assert client.get(prepare).status_code == 405
    assert "Préparer le fichier" in client.get(board).content.decode()
    for _twice in range(2):
        assert client.post(prepare, asked).status_code == 302
    waiting = client.get(board)
    assert "se prépare" in waiting.content.decode()
    assert waiting.headers["Refresh"] == "10"
    made = [printing.make_print(event=event, role="", part=1) for _twice in range(2)]
    assert made == [True, False]
    there = client.get(board)
    assert "all.pdf?part=1" in there.content.decode()
    assert "Refresh" not in there.headers
    assert "N 40" in text_of(client.get(file))
    # once one is revoked, the file with it is found no more
    actions.revoke_certificate(certificate=rows[0], reason="x", user=None, now=now)
    assert "N 00" not in text_of(client.get(file))
    assert client.post(prepare, {"role": "", "part": "9"}).status_code == 404
    assert signed_in("author").post(prepare, asked).status_code in (302, 403)
    assert printing.sweep_prints(now=timezone.now() + timedelta(hours=1)) == 0
    assert printing.sweep_prints(now=timezone.now() + timedelta(hours=3)) == 2


def test_the_task_makes_what_was_asked_and_nothing_of_an_event_that_is_gone(page: EventPage) -> None:
    Certificate.objects.create(
        event=page.event, role="trainee", code="1" * 16, name="N", words=PLAIN, issued_at=NOON
    )
    before = _files()
    print_certificates(page.event_id, "", 7)
    print_certificates(0, "", 1)
    assert _files() == before
    print_certificates(page.event_id, "", 1)
    assert len(_files() - before) == 1


def _files() -> set[str]:
    storage = printing.print_storage()
    return set(storage.listdir("")[1]) if storage.exists("") else set()
