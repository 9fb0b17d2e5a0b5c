"""The form that an officer builds, as people fill it in, change it, and as staff read it."""

from __future__ import annotations

import gzip
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

import cms.pages
from events import actions, queries
from events.models import Answer, Delegation, Event, EventPage, Occurrence, Question, Registration
from tests.events.test_actions_categories import make_category
from tests.events.test_actions_form_answers import registered
from tests.events.test_views_admin import address, signed_in
from tests.events.test_views_registrations import asked, path
from tests.factories.events import make_event
from tests.factories.forms import choice_of, make_question, ticked
from tests.factories.media_library import pdf

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def names(*questions: Question) -> str:
    return " ".join(one.field_name for one in questions)


def letter(name: str = "lettre.pdf", body: bytes = b"") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body or pdf())


def test_protocol_builds_a_form_with_choices_that_a_question_follows(page: EventPage) -> None:
    client = signed_in("protocol")
    lines = {"choices-TOTAL_FORMS": "3", "choices-INITIAL_FORMS": "0"}
    said = {
        "label": "Hébergement ?",
        "kind": "choice",
        "is_asked": "on",
        "choices-0-label": "Oui",
        "choices-0-places": "20",
        "choices-1-label": "Non",
        **lines,
    }
    assert client.post(address(page.event, "questions/add/"), said).status_code == 302
    lodging = Question.objects.get()
    assert [(one.label, one.places) for one in lodging.choices.all()] == [("Oui", 20), ("Non", None)]
    form = client.get(address(page.event, "questions/add/")).content.decode()
    assert "Hébergement ? : Oui" in form
    yes = choice_of(lodging, "Oui")
    follow = {"label": "Nuits ?", "kind": "line", "only_if": yes.uid.hex, "is_asked": "on", **lines}
    client.post(address(page.event, "questions/add/"), follow)
    assert Question.objects.get(label="Nuits ?").only_if == yes
    html = client.get(address(page.event, "questions/")).content.decode()
    assert "seulement après « Oui » à « Hébergement ? »" in html
    own = address(page.event, f"questions/{lodging.uid}/")
    assert "choices-0-label" in client.get(own).content.decode()
    assert client.post(own, {**said, "choices-1-label": ""}).status_code == 422
    other = make_question(make_event())
    foreign = address(page.event, f"questions/{other.uid}/")
    assert (client.get(foreign).status_code, client.post(foreign + "remove/").status_code) == (404, 404)
    assert signed_in("coordinator").get(address(page.event, "questions/")).status_code == 302


def test_a_question_that_follows_appears_once_its_answer_is_chosen(
    client: Client, page: EventPage, occurrence: Occurrence
) -> None:
    lodging = make_question(page.event, "Hébergement ?", "choice", choices=("Oui", "Non"), is_required=True)
    nights = make_question(page.event, "Nuits ?", is_required=True, only_if=choice_of(lodging, "Oui"))
    first = client.get(path(page)).content.decode()
    assert ("Hébergement ?" in first, "Nuits ?" in first) == (True, False)
    yes = asked(occurrence, step="check", **{lodging.field_name: choice_of(lodging, "Oui").uid.hex})
    more = client.post(path(page), {**yes, "asked": names(lodging)})
    html = more.content.decode()
    assert (more.status_code, "Nuits ?" in html, "Répondez" in html) == (200, True, False)
    both = {**yes, "asked": names(lodging, nights)}
    assert client.post(path(page), both).status_code == 422
    summary = client.post(path(page), {**both, nights.field_name: "trois"}).content.decode()
    assert "Tout est-il juste" in summary
    assert "trois" in summary
    client.post(path(page), {**both, nights.field_name: "trois", "step": "send"})
    assert [one.words for one in Answer.objects.all()] == ["Oui", "trois"]
    no = asked(occurrence, email="non@example.org", **{lodging.field_name: choice_of(lodging, "Non").uid.hex})
    client.post(path(page), {**no, "asked": names(lodging), nights.field_name: "glissé"})
    assert [one.words for one in Answer.objects.filter(registration__email="non@example.org")] == ["Non"]


def test_a_question_of_one_category_is_asked_of_it_alone(
    client: Client, page: EventPage, occurrence: Occurrence
) -> None:
    press, guests = make_category(page.event), make_category(page.event, "Invités")
    card = make_question(page.event, "Numéro de carte ?", is_required=True, categories=(press,))
    assert "Numéro de carte ?" not in client.get(path(page)).content.decode()
    said = asked(occurrence, step="check", category=press.uid.hex)
    assert "Numéro de carte ?" in client.post(path(page), said).content.decode()
    said["category"] = guests.uid.hex
    assert "Tout est-il juste" in client.post(path(page), said).content.decode()
    assert card.answers.count() == 0


def test_a_file_is_joined_at_the_last_step_and_read_by_staff_alone(
    client: Client, page: EventPage, occurrence: Occurrence
) -> None:
    mission = make_question(page.event, "Lettre de mission", "file", is_required=True)
    said = asked(occurrence, step="check", asked=names(mission))
    assert "Lettre de mission" not in client.get(path(page)).content.decode()
    assert 'type="file"' in client.post(path(page), said).content.decode()
    said["step"] = "send"
    for wrong in ({}, {mission.field_name: letter("lettre.exe")}, {mission.field_name: letter(body=b"MZ")}):
        assert client.post(path(page), {**said, **wrong}).status_code == 422
    assert not Registration.objects.exists()
    assert client.post(path(page), {**said, mission.field_name: letter()}).status_code == 303
    row = Answer.objects.get()
    keeper = signed_in("protocol")
    folder = address(page.event, f"{row.registration.uid}/")
    assert "lettre.pdf" in keeper.get(folder).content.decode()
    file = f"{folder}files/{row.uid}"
    answer = keeper.get(file)
    assert answer["Content-Disposition"].startswith("attachment")
    assert (answer["X-Content-Type-Options"], "no-store" in answer["Cache-Control"]) == ("nosniff", True)
    assert b"".join(answer)[:5] == b"%PDF-"
    assert client.get(file).status_code == 302
    reader = signed_in("coordinator")
    assert (reader.get(folder).status_code, reader.get(file).status_code) == (200, 302)
    other = registered(make_event(), 1)
    assert keeper.get(address(page.event, f"{other.uid}/files/{row.uid}")).status_code == 404
    assert keeper.get(address(other.occurrence.event, f"{row.registration.uid}/")).status_code == 404


def test_the_words_of_an_agreement_are_kept_and_without_it_nobody_registers(
    client: Client, page: EventPage, occurrence: Occurrence
) -> None:
    rule = make_question(page.event, "J’accepte d’être photographié.", "consent", is_required=True)
    said = asked(occurrence, asked=names(rule))
    assert client.post(path(page), said).status_code == 422
    client.post(path(page), {**said, rule.field_name: "on"})
    assert Answer.objects.get().text == "J’accepte d’être photographié."


def test_the_holder_changes_what_they_said_and_a_get_changes_nothing(
    client: Client, page: EventPage, occurrence: Occurrence
) -> None:
    workshop = make_question(page.event, "Atelier ?", "choice", choices=(("Santé", 1), "Énergie"))
    now = timezone.now()
    registered(page.event, 1, ticked(workshop, "Santé"), now=now)
    holder = registered(page.event, 2, ticked(workshop, "Énergie"), now=now)
    own = f"/r/{queries.key_of(holder)}"
    form = client.get(own + "?change").content.decode()
    assert ("Santé – complet" in form, "<script" in form) == (True, False)
    said = {"do": "change", "name": "Oumou Keïta", "organisation": "Radio"}
    full = {**said, workshop.field_name: choice_of(workshop, "Santé").uid.hex}
    assert client.post(own, full).status_code == 409
    kept = client.post(own, {**said, workshop.field_name: choice_of(workshop, "Énergie").uid.hex})
    assert (kept.status_code, kept["Location"]) == (303, f"{own}?changed")
    html = client.get(own).content.decode()
    assert ("Oumou Keïta" in html, "Énergie" in html) == (True, True)
    assert kept["Cache-Control"] == "private, no-store"


def test_staff_change_answers_copy_the_link_and_export_each_question(
    page: EventPage, occurrence: Occurrence
) -> None:
    diet = make_question(page.event, "Régime ?")
    person = registered(page.event, 1, phone="+22376001122", now=timezone.now())
    client = signed_in("protocol")
    folder = address(page.event, f"{person.uid}/")
    posted = {"name": "Oumou", "organisation": "", diet.field_name: "=1+1"}
    assert client.post(folder + "answers/", posted).status_code == 302
    html = client.get(folder).content.decode()
    assert f"/r/{queries.key_of(person)}" in html
    assert ("https://wa.me/22376001122?text=" in html, "sms:+22376001122?body=" in html) == (True, True)
    assert "/r/" not in signed_in("coordinator").get(folder).content.decode()
    body = b"".join(client.get(address(page.event, "export.csv"))).decode()
    assert "Régime ?" in body
    assert "'=1+1" in body


def test_the_list_and_the_form_ask_as_often_for_one_as_for_thirty(
    client: Client, page: EventPage, occurrence: Occurrence, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    keeper = signed_in("protocol")
    counts = []
    for number in (1, 30):
        for place in range(number):
            make_question(page.event, f"Question {number} {place}", "choice", choices=("Oui", "Non"))
            make_category(page.event, f"Catégorie {number} {place}", quota=3)
        with CaptureQueriesContext(connection) as found:
            assert client.get(path(page)).status_code == 200
            assert keeper.get(address(page.event, "questions/")).status_code == 200
            assert keeper.get(address(page.event, "categories/")).status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1]


def test_with_questions_choices_a_file_and_a_delegation_the_journey_weighs_less_than_sixty_kilobytes(
    client: Client, page: EventPage, occurrence: Occurrence
) -> None:
    """Stylesheet, each page once as it comes over the line, no script; the file itself is the person's own."""
    event, journey = page.event, Journey(client)
    expert, press = make_category(event, "Experts", amount_xof=25_000), make_category(event, "Presse")
    lodging = make_question(event, "Hébergement ?", "choice", choices=(("Hôtel", 4), "Chez des proches"))
    nights = make_question(event, "Combien de nuits ?", only_if=choice_of(lodging, "Hôtel"), is_required=True)
    panels = [(f"Panel {number} : santé, énergie, agriculture", 30) for number in range(8)]
    panel = make_question(event, "Quels panels ?", "choices", choices=tuple(panels))
    consent = make_question(event, "J’accepte que l’on me photographie.", "consent", is_required=True)
    mission = make_question(event, "Lettre de mission", "file", categories=(expert,), is_required=True)
    make_question(event, "Carte de presse", categories=(press,), is_required=True)
    said = asked(occurrence, step="check", category=expert.uid.hex, asked=names(lodging, panel, consent))
    said |= {lodging.field_name: choice_of(lodging, "Hôtel").uid.hex, consent.field_name: "on"}
    said[panel.field_name] = [choice_of(panel, label).uid.hex for label, _places in panels[:3]]
    journey.get(page.public_path)
    journey.get(path(page))
    assert "Combien de nuits" in journey.post(path(page), said)
    said |= {"asked": names(lodging, nights, panel, consent, mission), nights.field_name: "3"}
    assert 'type="file"' in journey.post(path(page), said)
    journey.post(path(page), {**said, "step": "send", mission.field_name: letter()})
    own = f"/r/{queries.key_of(Registration.objects.get())}"
    journey.get(own)
    assert "confirmée" in journey.post(own, {"do": "confirm"})
    journey.get(f"{own}?change")
    journey.get(f"{own}/event.ics")
    alone = journey.weight
    Event.objects.filter(pk=event.pk).update(takes_delegations=True, capacity=None)
    form = f"{page.public_path}delegation/"
    head = {"organisation": "Agence du Bénin", "country": "BJ", "name": "Codjo", "email": "codjo@example.org"}
    journey.get(form)
    journey.post(form, {**head, "date": occurrence.uid.hex, "places": "2", "key": str(uuid4())})
    found, now = Delegation.objects.get(), timezone.now()
    until = now + timedelta(days=2)
    actions.grant_places(delegation=found, granted=2, names_until=until, user=None, now=now)
    link = f"/d/{queries.head_token(found)}"
    journey.get(link)
    journey.get(f"{link}/name/")
    journey.post(f"{link}/name/", {"name": "Afiavi", "language": "fr", "key": str(uuid4())})
    print(f"journey with questions and a file: {alone} bytes; with a delegation after it: {journey.weight}")
    assert journey.weight <= 60_000


class Journey:
    """What somebody loads, page by page: the stylesheet once, and never a script."""

    def __init__(self, client: Client) -> None:
        self.client = client
        sheet = Path(cms.pages.__file__).parent / "static" / "pages" / "site.css"
        self.weight = len(gzip.compress(sheet.read_bytes(), 6))

    def get(self, address: str) -> str:
        return self._loaded(self.client.get(address))

    def post(self, address: str, values: dict[str, Any]) -> str:
        answer = self.client.post(address, values)
        assert answer.status_code in (200, 303), answer.status_code
        return self.get(answer["Location"]) if answer.status_code == 303 else self._loaded(answer)

    def _loaded(self, answer: Any) -> str:
        assert answer.status_code == 200
        self.weight += len(gzip.compress(answer.content, 6))
        html: str = answer.content.decode()
        assert "<script" not in html
        return html
