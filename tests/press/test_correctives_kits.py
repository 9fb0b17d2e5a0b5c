"""A kit that was withdrawn: those who got its mail or read it early are told, exactly they, once."""

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
from press import actions
from press.models import Distribution, DoorVisit, Kit
from press.queries import correctives
from press.views import desk
from tests.factories import mailing as make
from tests.factories.accounts import make_user
from tests.factories.press import in_english, make_kit, make_room
from tests.press.test_correctives import addresses, set_state

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room() -> Any:
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
    with pytest.raises(actions.PressError, match="Rien n’a été retiré"):
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
