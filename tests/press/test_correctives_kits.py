"""A kit that was withdrawn or corrected: those who got its mail or read it early are told, exactly they, once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction
from django.urls import reverse

from cms.contacts.models import Contact
from cms.core import clock
from cms.mailing import actions as mailing
from cms.mailing.models import Delivery, Mailing
from media_library import actions as library
from press import actions
from press.models import Correction, Distribution, DoorVisit, Kit
from press.queries import correctives, offered
from press.views import desk
from tests.factories import mailing as make
from tests.factories.accounts import make_user
from tests.factories.press import in_english, make_kit, make_release, make_room
from tests.support.correctives import addresses, set_state
from tests.support.kits import picture

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room(settings: Any, tmp_path: Any) -> Any:
    settings.MEDIA_ROOT = tmp_path
    return make_room()


def kit_of(page: Any) -> Kit:
    return Kit.objects.get(pk=page.kit_id)


def send(page: Any, *audiences: Any) -> Mailing:
    row = actions.send_kit(page.kit, audiences=audiences, user=None, now=clock.now()).mailing
    row = mailing.launch(row, user=None, now=clock.now())
    mailing.drain(row.pk, clock=clock.now)
    return row


def withdraw(page: Any) -> None:
    actions.withdraw_kit(page.kit, reason="Une photographie est fausse.", user=None, now=clock.now())


def tell(page: Any) -> Mailing:
    return actions.send_corrective(kit_of(page), user=None, now=clock.now()).mailing


def told(page: Any) -> set[str]:
    """Prepare, launch and send what tells them; the addresses it went to."""
    row = mailing.launch(tell(page), user=None, now=clock.now())
    mailing.drain(row.pk, clock=clock.now)
    return set(row.deliveries.filter(state="sent").values_list("address", flat=True))


def read(page: Any, *people: Contact, what: str = DoorVisit.What.READ) -> None:
    for contact in people:
        actions.note_visit(contact, what=what, thing_uid=page.kit.uid, now=clock.now())


def test_a_withdrawn_kit_is_told_to_those_it_left_for_or_who_read_it_early_and_to_nobody_else(
    room, smtp_sink
):
    make.sender()
    page, other = make_kit(room), make_kit(room)
    row = send(page, make.audience(4))
    send(other, make.audience(slug="autre", members=[make.contact(5)]))
    set_state(row, 1, "unknown", handed_at=clock.now(), dated_at=clock.now())
    set_state(row, 2, "bounced", sent_at=clock.now())
    set_state(row, 3, "failed")
    read(page, make.contact(6))
    read(page, make.contact(7), what=DoorVisit.What.OPENED)  # came to the link, and read nothing
    withdraw(page)
    assert told(page) == addresses(0, 1, 6)


def test_it_says_why_in_the_language_of_each(room, smtp_sink):
    make.sender()
    people = [make.contact(1), make.contact(2, language="en")]
    page = make_kit(room, title="Le dossier du fleuve", lead="Trois images.")
    in_english(page, title="The river", slug="river")
    send(page, make.audience(members=people))
    withdraw(page)
    smtp_sink.received.clear()
    assert told(page) == addresses(1, 2)
    found = {one["Subject"]: one.get_body(("plain",)).get_content() for one in smtp_sink.messages}
    assert set(found) == {"Retrait – Le dossier du fleuve", "Withdrawal – The river"}
    french, english = found["Retrait – Le dossier du fleuve"], found["Withdrawal – The river"]
    assert "le dossier de presse « Le dossier du fleuve ». Il est retiré." in french
    assert "the press kit « The river » from us. It is withdrawn." in english
    for text in (french, english):
        assert "Une photographie est fausse." in text
        assert "Trois images." not in text
        assert page.public_url not in text


def test_nobody_is_told_twice_that_a_kit_is_withdrawn(room, smtp_sink):
    make.sender()
    page = make_kit(room)
    send(page, make.audience(4))
    with pytest.raises(actions.PressError, match="Rien n’a été rectifié"):
        tell(page)
    withdraw(page)
    half = mailing.launch(tell(page), user=None, now=clock.now())
    set_state(half, 0, "sent", sent_at=clock.now())
    mailing.cancel(half, user=None, now=clock.now())
    assert told(page) == addresses(1, 2, 3)
    assert correctives.owed(kit_of(page)) is None
    tell(page)
    assert Distribution.objects.filter(kit=page.kit, purpose="withdrawal").count() == 2
    assert Delivery.objects.filter(mailing__renderer="press.withdrawal", state="sent").count() == 4


def test_prepared_five_times_at_once_a_kits_notice_is_one_and_the_database_keeps_it_so(room, smtp_sink):
    make.sender()
    page = make_kit(room)
    send(page, make.audience(2))
    withdraw(page)

    def one() -> Any:
        try:
            return tell(page)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as pool:
        rows = [run.result() for run in [pool.submit(one) for _number in range(5)]]
    assert len({row.pk for row in rows}) == 1
    notice = Distribution.objects.get(purpose="withdrawal")
    notice.pk, notice.mailing = None, Mailing.objects.exclude(pk=notice.mailing_id)[0]
    Distribution.objects.filter(mailing=notice.mailing).delete()
    with pytest.raises(IntegrityError, match="one_mailing_per_withdrawal_of_a_kit"), transaction.atomic():
        notice.save(force_insert=True)


def test_the_officer_is_offered_it_beside_the_kit_and_on_the_home_until_it_has_left(room, smtp_sink, client):
    make.sender()
    page = make_kit(room)
    send(page, make.audience(4))
    officer = make_user("officer")
    client.force_login(officer)
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    button = reverse("press_button", args=["kit", page.kit_id, "corrective"])
    assert button not in client.get(edit).text
    data = {"reason": "Une photographie est fausse."}
    said = client.post(reverse("press_button", args=["kit", page.kit_id, "withdraw"]), data, follow=True).text
    assert "Les visiteurs lisent la raison à sa place" in said
    assert "4 personnes ont reçu le dossier" in said
    assert "4 personnes l’avaient reçu avant son retrait." in said
    assert button in said
    (line,) = desk.correctives_due(officer, clock.now())
    assert line.url == button
    assert desk.correctives_due(make_user("editor"), clock.now()) == []
    assert "à personne d’autre" in client.get(button).text
    client.post(button)
    draft = Mailing.objects.get(renderer="press.withdrawal")
    assert reverse("mailing_detail", args=[draft.pk]) in client.get(edit).text
    client.post(button)
    assert Mailing.objects.filter(renderer="press.withdrawal").count() == 1
    client.post(reverse("mailing_confirm", args=[draft.pk]), {"expected": "4"})
    assert desk.correctives_due(officer, clock.now()) == []
    assert button not in client.get(edit).text


def test_a_kit_withdrawn_before_its_hour_promises_visitors_nothing_and_is_told_to_its_early_readers(
    room, smtp_sink, client
):
    make.sender()
    page = make_kit(room, until=clock.now() + timedelta(days=1))
    read(page, make.contact(0), what=DoorVisit.What.DOWNLOADED)
    client.force_login(make_user("officer"))
    data = {"reason": "Annulé."}
    said = client.post(reverse("press_button", args=["kit", page.kit_id, "withdraw"]), data, follow=True).text
    assert "ne trouve rien à sa place" in said
    assert "lisent la raison" not in said
    assert "1 personne a reçu le dossier" in said
    assert told(page) == addresses(0)


# Corrected -------------------------------------------------------------------------------------------------------
def fill(page: Any, *assets: Any) -> None:
    actions.set_items(kit_of(page), items=[(one, "") for one in assets], user=None, now=clock.now())


def correct(
    page: Any, note: str = "La photographie du pont était une autre.", *, files: Any = None
) -> Correction:
    """What is said of the files that left without a word, or of those named."""
    kit, now = kit_of(page), clock.now()
    wrong = offered.unsaid(kit) if files is None else files
    row = actions.correct_kit(kit, notes={"fr": note}, files=wrong, user=None, now=now)
    actions.reword_mailings(kit, now=now)
    return row


def people(slug: str, *numbers: int) -> Any:
    return make.audience(slug=slug, members=[make.contact(number) for number in numbers])


def test_a_replaced_file_is_told_to_those_who_got_the_kit_or_read_it_early_with_it_and_to_no_later_ones(
    room, smtp_sink
):
    make.sender()
    wrong, right, other = picture("pont"), picture("pont-juste"), picture("rive")
    page = make_kit(room, assets=[wrong, other])
    row = send(page, make.audience(4))
    set_state(row, 1, "unknown", handed_at=clock.now(), dated_at=clock.now())
    set_state(row, 2, "bounced", sent_at=clock.now())
    set_state(row, 3, "failed")
    read(page, make.contact(5))
    read(page, make.contact(6), what=DoorVisit.What.DOWNLOADED)
    read(page, make.contact(7), what=DoorVisit.What.OPENED)
    fill(page, right, other)
    read(page, make.contact(8))
    send(page, people("entre", 9))  # has the right file already
    correct(page)
    send(page, people("tard", 10))
    owed = correctives.owed(kit_of(page))
    assert owed is not None
    assert (owed.people, owed.same_words) == (4, False)
    assert told(page) == addresses(0, 1, 5, 6)
    assert correctives.owed(kit_of(page)) is None


def test_who_got_the_kit_before_the_wrong_file_was_in_it_is_not_told_of_it(room, smtp_sink):
    make.sender()
    first, wrong = picture("rive"), picture("pont")
    page = make_kit(room, assets=[first])
    send(page, people("tot", 1))
    fill(page, first, wrong)
    send(page, people("entre", 2))
    fill(page, first)
    correct(page)
    assert told(page) == addresses(2)


def test_a_file_replaced_in_the_library_or_said_otherwise_is_one_that_left(room, smtp_sink):
    make.sender()
    asset = picture("pont")
    page = make_kit(room, assets=[asset])
    send(page, people("tot", 1))
    library.change_rights([asset], values={"credit": "Awa Traoré"})
    actions.want_archives(page.kit, now=clock.now())  # as the sweep does
    send(page, people("tard", 2))
    (left,) = offered.unsaid(kit_of(page))
    assert left.asset_uid == asset.uid
    correct(page, "Le crédit de la photographie était faux.")
    assert told(page) == addresses(1)


def test_a_fault_that_is_in_no_file_concerns_all_who_received_the_kit_until_it_was_said(room, smtp_sink):
    make.sender()
    kept, gone = picture("rive"), picture("pont")
    page = make_kit(room, assets=[kept, gone])
    send(page, people("tot", 1))
    fill(page, kept)  # tidied up, nothing was wrong with it
    send(page, people("entre", 2))
    correct(page, "Le chapô nommait une autre ville.", files=())
    send(page, people("tard", 3))
    owed = correctives.owed(kit_of(page))
    assert owed is not None
    assert owed.same_words
    assert told(page) == addresses(1, 2)


def test_nobody_is_told_twice_of_a_kits_correction_and_a_second_one_tells_of_both_where_none_left(
    room, smtp_sink
):
    make.sender()
    first, second, third = picture("un"), picture("deux"), picture("trois")
    page = make_kit(room, assets=[first, second])
    send(page, people("tot", 1))
    fill(page, second)
    correct(page, "Première faute.")
    stale = tell(page)
    assert tell(page) == stale, "asked twice, prepared once"
    send(page, people("entre", 2))
    fill(page, third)
    correct(page, "Seconde faute.")
    with pytest.raises(mailing.MailingError, match="rectifié"):
        mailing.launch(stale, user=None, now=clock.now())
    smtp_sink.received.clear()
    assert told(page) == addresses(1, 2)
    text = smtp_sink.messages[0].get_body(("plain",)).get_content()
    assert text.index("Première faute.") < text.index("Seconde faute.")
    fill(page, third, picture("quatre"))
    assert correctives.owed(kit_of(page)) is None, "what only came concerns nobody"
    fill(page, picture("cinq"))
    correct(page, "Troisième faute.")
    smtp_sink.received.clear()
    assert told(page) == addresses(1, 2), "who was told of the second has the third as it was then"
    assert "Seconde faute." not in smtp_sink.messages[0].as_string()


def test_one_given_up_half_way_is_made_up_for_without_whom_the_kits_correction_had_reached(room, smtp_sink):
    make.sender()
    page = make_kit(room, assets=[picture("pont")])
    send(page, make.audience(4))
    fill(page, picture("pont-juste"))
    correct(page)
    half = mailing.launch(tell(page), user=None, now=clock.now())
    set_state(half, 0, "sent", sent_at=clock.now())
    mailing.cancel(half, user=None, now=clock.now())
    assert told(page) == addresses(1, 2, 3)


def test_said_and_prepared_five_times_at_once_a_kits_correction_is_one(room, smtp_sink):
    make.sender()
    page = make_kit(room, assets=[picture("pont")])
    send(page, make.audience(2))
    fill(page, picture("pont-juste"))
    left = list(offered.unsaid(kit_of(page)))

    def one() -> Any:
        try:
            said = correct(page, files=left)
            return said.pk, tell(page).pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as pool:
        found = {run.result() for run in [pool.submit(one) for _number in range(5)]}
    assert len(found) == 1
    assert Correction.objects.count() == Distribution.objects.filter(purpose="correction").count() == 1


def test_the_mail_says_what_changed_in_the_language_of_each_and_lists_the_files_of_now(room, smtp_sink):
    make.sender()
    readers = [make.contact(1), make.contact(2, language="en")]
    wrong = picture("pont")
    page = make_kit(room, assets=[wrong], title="Le dossier du fleuve")
    in_english(page, title="The river", slug="river")
    send(page, make.audience(members=readers))
    fill(page, picture("pont-juste"))
    notes = {"fr": "Le pont <ancien> est remplacé.", "en": "The old bridge is replaced."}
    left = offered.unsaid(kit_of(page))
    actions.correct_kit(kit_of(page), notes=notes, files=left, user=None, now=clock.now())
    smtp_sink.received.clear()
    assert told(page) == addresses(1, 2)
    found = {one["Subject"]: one for one in smtp_sink.messages}
    assert set(found) == {"Rectificatif – Le dossier du fleuve", "Correction – The river"}
    french, english = (found[name].get_body(("plain",)).get_content() for name in sorted(found, reverse=True))
    for text, words in ((french, notes["fr"]), (english, notes["en"])):
        assert text.index(words) < text.index("Pont-Juste")
    assert "&lt;ancien&gt;" in found["Rectificatif – Le dossier du fleuve"].get_body(("html",)).get_content()
    assert notes["fr"] not in english


def test_mails_of_a_kit_that_had_not_arrived_leave_with_the_files_of_now(room, smtp_sink):
    make.sender()
    page = make_kit(room, assets=[picture("pont")])
    draft = actions.send_kit(page.kit, audiences=[make.audience(2)], user=None, now=clock.now()).mailing
    row = mailing.launch(draft, user=None, now=clock.now())
    set_state(row, 0, "sent", sent_at=clock.now())
    fill(page, picture("rive"))
    correct(page)
    mailing.drain(row.pk, clock=clock.now)
    (text,) = [one.get_body(("plain",)).get_content() for one in smtp_sink.messages]
    assert "Rive" in text
    assert "Pont" not in text
    assert told(page) == addresses(0)


def test_a_mail_that_left_once_the_file_was_replaced_by_one_of_its_name_led_to_the_right_one(room, smtp_sink):
    make.sender()
    page = make_kit(room, assets=[picture("pont")])
    draft = actions.send_kit(page.kit, audiences=[make.audience(2)], user=None, now=clock.now()).mailing
    row = mailing.launch(draft, user=None, now=clock.now())
    set_state(row, 0, "sent", sent_at=clock.now())
    fill(page, picture("pont"))
    mailing.drain(row.pk, clock=clock.now)
    correct(page)
    assert told(page) == addresses(0)


def test_a_withdrawn_kit_is_said_to_be_withdrawn_whatever_was_corrected_before(room, smtp_sink):
    make.sender()
    page = make_kit(room, assets=[picture("pont")])
    send(page, make.audience(2))
    fill(page, picture("rive"))
    correct(page)
    withdraw(page)
    with pytest.raises(actions.PressError, match="retiré"):
        correct(page, "Encore.")
    assert told(page) == addresses(0, 1)
    assert Distribution.objects.get(kit=page.kit, purpose="withdrawal").correction is None


def test_the_database_keeps_a_correction_to_one_release_or_one_kit(room):
    page, release = make_kit(room), make_release(room)
    for things in ({}, {"kit": page.kit, "release": release.release}):
        with pytest.raises(IntegrityError, match="of_a_release_or_of_a_kit"), transaction.atomic():
            Correction.objects.create(note="x", at=clock.now(), **things)
