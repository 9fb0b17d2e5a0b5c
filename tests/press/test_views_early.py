"""The team's side of journalists' doors: given, mailed, handed on, closed, looked at."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms.contacts import actions as contacts
from cms.core import clock
from cms.mailing import actions as mailing
from cms.mailing.models import Delivery
from press import actions
from press.actions.doors import ONE_VISIT
from press.models import DoorVisit, EarlyCopy
from press.queries import doors
from press.views import early as desk
from tests.factories import mailing as make
from tests.factories.accounts import make_user
from tests.factories.contacts import make_contact
from tests.factories.press import Room, make_kit, make_release
from tests.support.kits import picture

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def officer() -> Client:
    client = Client()
    client.force_login(make_user("officer"))
    return client


def journalist(name: str, **fields: Any) -> Any:
    contact = make_contact(name=name, **fields)
    contacts.grant_accreditation(contact=contact, now=clock.now())
    return contact


def embargoed(room: Room) -> Any:
    return make_release(room, until=clock.now() + DAY)


def screen(page: Any) -> str:
    return reverse("press_early", args=["release", page.release_id])


def give(page: Any, *people: Any) -> list[EarlyCopy]:
    return actions.give_early_copies(page.release, contacts=people, user=None, now=clock.now())


def test_an_officer_opens_a_text_to_journalists_and_mails_their_links(room, officer):
    page, awa, ali = embargoed(room), journalist("Awa"), journalist("Ali", email=None, phone="+22376000001")
    make_contact(name="Oumar Sans-Carte")
    shown = officer.get(screen(page)).text
    assert "Awa" in shown
    assert "Ali" in shown
    assert "Sans-Carte" not in shown
    data = {"do": "give", "contacts": [awa.pk, ali.pk], "mail": "1"}
    answer = officer.post(screen(page), data, follow=True).text
    assert "Ouvert à 2 journalistes" in answer
    assert "1 lien part par courriel" in answer
    assert "Ali n’a pas d’adresse électronique" in answer
    assert {copy.contact for copy in EarlyCopy.objects.all()} == {awa, ali}
    assert Delivery.objects.get().contact == awa
    nobody = officer.post(screen(page), {"do": "give"})
    assert "Aucun autre journaliste n’est accrédité" in nobody.text


def test_a_link_is_handed_on_by_whatsapp_with_its_number_and_that_is_noted(room, officer):
    page, awa = embargoed(room), journalist("Awa", phone="+22376000002")
    (copy,) = give(page, awa)
    shown = officer.post(screen(page), {"do": "hand", "copy": copy.pk}).text
    assert doors.copy_url(copy) in shown
    assert "https://wa.me/22376000002?text=" in shown
    assert page.title not in shown.split("readonly>")[1].split("</textarea>")[0]
    line = DoorVisit.objects.get()
    assert (line.what, line.contact, line.thing_uid) == ("handed", awa, page.release.uid)


def test_closing_one_shuts_it_and_says_so(room, officer):
    page, awa = embargoed(room), journalist("Awa")
    (copy,) = give(page, awa)
    other = give(embargoed(room), awa)[0]
    assert officer.post(screen(page), {"do": "revoke", "copy": other.pk}).status_code == 404
    assert "Fermé" in officer.post(screen(page), {"do": "revoke", "copy": copy.pk}, follow=True).text
    copy.refresh_from_db()
    assert copy.revoked_at is not None
    other.refresh_from_db()
    assert other.revoked_at is None


@pytest.mark.parametrize(
    ("role", "sees", "acts"),
    [("officer", 200, 302), ("editor", 200, 302), ("author", 302, 302), ("protocol", 302, 302)],
)
def test_who_opens_texts_is_named_by_a_permission(room, role, sees, acts):
    page, awa = embargoed(room), journalist("Awa")
    client = Client()
    client.force_login(make_user(role))
    for address in (screen(page), reverse("press_journalist", args=[awa.pk])):
        assert client.get(address).status_code == sees
    assert client.post(screen(page), {"do": "give", "contacts": [awa.pk]}).status_code == acts
    assert EarlyCopy.objects.exists() is (sees == 200)


def test_a_coordinator_reads_the_log_and_gives_nothing(room):
    page, awa = embargoed(room), journalist("Awa")
    client = Client()
    client.force_login(make_user("coordinator"))
    address = reverse("press_journalist", args=[awa.pk])
    shown = client.get(address)
    assert shown.status_code == 200
    assert 'value="close"' not in shown.text
    client.post(address, {"do": "close"})
    client.post(screen(page), {"do": "give", "contacts": [awa.pk]})
    assert not EarlyCopy.objects.exists()
    assert awa.accreditations.get().generation == 1


def test_a_journalists_page_mails_the_door_hands_it_on_and_closes_all(room, officer):
    page, awa = embargoed(room), journalist("Awa")
    give(page, awa)
    address = reverse("press_journalist", args=[awa.pk])
    assert page.release.label in officer.get(address).text
    before = doors.door_url(awa.accreditations.get())
    assert before in officer.post(address, {"do": "hand"}).text
    assert "Le lien part par courriel" in officer.post(address, {"do": "mail"}, follow=True).text
    assert "Tout est fermé" in officer.post(address, {"do": "close"}, follow=True).text
    assert doors.door_url(awa.accreditations.get()) != before
    assert not EarlyCopy.objects.filter(revoked_at=None).exists()
    assert sorted(DoorVisit.objects.values_list("what", flat=True)) == ["handed", "mailed"]


def test_the_state_of_a_release_and_the_card_of_a_contact_lead_to_it(room, officer):
    page, awa = embargoed(room), journalist("Awa")
    give(page, awa)
    editor = officer.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).text
    assert screen(page) in editor
    assert "ouverte à 1 journaliste" in editor
    card = officer.get(reverse("contacts:inspect", args=[awa.pk])).text
    assert reverse("press_journalist", args=[awa.pk]) in card
    public = make_release(room)
    assert screen(public) not in officer.get(reverse("wagtailadmin_pages:edit", args=[public.pk])).text


def test_a_question_stands_among_what_is_to_be_done_for_a_week(room):
    awa, now = journalist("Awa"), clock.now()
    for days in (1, 8):
        at = now - timedelta(days=days)
        actions.note_visit(awa, what=DoorVisit.What.ASKED, detail=f"Question {days}", now=at)
    (line,) = desk.questions_due(make_user("officer"), now)
    assert "Question 1" in line.text
    assert desk.questions_due(make_user("author"), now) == []


def test_the_screen_asks_as_often_for_one_reader_as_for_thirty(room, officer, django_assert_num_queries):
    page = embargoed(room)

    def read(number: int) -> None:
        (copy,) = give(page, journalist(f"Journaliste {number}"))
        note = {"what": DoorVisit.What.READ, "thing_uid": page.release.uid, "now": clock.now()}
        actions.note_visit(copy.contact, **note)

    read(0)
    journalist("Une autre")
    officer.get(screen(page))
    with CaptureQueriesContext(connection) as first:
        officer.get(screen(page))
    for number in range(29):
        read(number)
    with django_assert_num_queries(len(first)):
        assert "Journaliste 28" in officer.get(screen(page)).text


def test_who_read_words_that_changed_under_embargo_is_told_by_one_button(room, officer, smtp_sink):
    make.sender()
    page, awa, ali = embargoed(room), journalist("Awa", email="awa@example.org"), journalist("Ali")
    copies = give(page, awa, ali)
    read = {"what": DoorVisit.What.READ, "thing_uid": page.release.uid}
    actions.note_visit(awa, **read, now=clock.now())
    assert "Écrire à ceux qui ont lu" not in officer.get(screen(page)).text
    page.lead = "214 experts, non 241."
    page.save_revision().publish()
    shown = officer.get(screen(page)).text
    assert shown.count("Le texte a changé depuis sa lecture") == 1
    assert "1 lien part par courriel" in officer.post(screen(page), {"do": "changed"}, follow=True).text
    delivery = Delivery.objects.get()
    assert delivery.contact == awa
    mailing.drain(delivery.mailing_id, clock=clock.now)
    (mail,) = smtp_sink.messages
    assert mail["Subject"] == "Un texte sous embargo a été modifié"
    text = mail.get_body(("plain",)).get_content()
    assert "a changé depuis que vous l’avez lu" in text
    assert doors.copy_url(next(one for one in copies if one.contact == awa)) in text
    assert "214" not in mail.as_string()
    actions.note_visit(awa, **read, now=clock.now() + ONE_VISIT)
    assert "Écrire à ceux qui ont lu" not in officer.get(screen(page)).text


def test_who_had_files_of_a_kit_that_changed_under_embargo_is_told_by_one_button(
    room, officer, smtp_sink, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    make.sender()
    wrong, right = picture("pont"), picture("juste")
    page = make_kit(room, assets=[wrong], until=clock.now() + timedelta(days=1))
    awa, ali = journalist("Awa", email="awa@example.org"), journalist("Ali", email="ali@example.org")
    actions.give_early_copies(page.kit, contacts=[awa, ali], user=None, now=clock.now())
    had = {"what": DoorVisit.What.DOWNLOADED, "thing_uid": page.kit.uid}
    actions.note_visit(awa, **had, now=clock.now())
    place = reverse("press_early", args=["kit", page.kit_id])
    assert "les anciens fichiers" not in officer.get(place).text
    actions.set_items(page.kit, items=[(right, "")], user=None, now=clock.now())
    actions.note_visit(ali, **had, now=clock.now())
    assert officer.get(place).text.count("Des fichiers ont changé depuis sa lecture") == 1
    officer.post(place, {"do": "changed"})
    delivery = Delivery.objects.get()
    assert delivery.contact == awa
    mailing.drain(delivery.mailing_id, clock=clock.now)
    (mail,) = smtp_sink.messages
    assert "Des fichiers de ce dossier ont changé" in mail.get_body(("plain",)).get_content()
    actions.note_visit(awa, **had, now=clock.now() + ONE_VISIT)
    assert "les anciens fichiers" not in officer.get(place).text
