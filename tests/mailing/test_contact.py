"""All that was ever sent to a person stands on the person's card."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms.mailing import actions
from cms.mailing.models import Delivery, Diffusion
from tests.factories import mailing as make
from tests.factories.mailing import NOON
from tests.mailing.test_admin import signed_in
from tests.mailing.test_figures import met, taken

pytestmark = pytest.mark.django_db


def card(contact: Any) -> str:
    return reverse("contacts:inspect", args=[contact.pk])


def test_the_card_lists_every_mail_with_what_became_of_it():
    mailing = make.launched(2)
    taken(mailing, 1)
    first, second = (row.contact for row in mailing.deliveries.order_by("pk"))
    make.owed(address=first.primary_email)
    refused = make.mailing(make.audience(slug="autre", members=[first]), title="Réunion annulée")
    actions.launch(refused, user=None, now=NOON)
    met(refused, 1, "failed", "box_full")
    officer = signed_in("officer")
    page = officer.get(card(first)).content.decode()
    assert "Tout ce qui a été envoyé" in page
    assert "3 courriels, 1 remis, 1 refusé ou revenu." in page
    assert "Journée du TOKTEN" in page
    assert "Billet" in page, "what was owed to the address, without a card"
    assert "La boîte est pleine" in page
    assert reverse("mailing_delivery", args=[refused.deliveries.get().pk]) in page
    page = officer.get(card(second)).content.decode()
    assert "Journée du TOKTEN" in page
    assert "Réunion annulée" not in page


def test_who_was_never_written_to_is_told_of_in_a_sentence():
    page = signed_in("officer").get(card(make.contact(1))).content.decode()
    assert "Rien n’a encore été envoyé à cette personne." in page


def test_who_may_not_look_at_mailings_sees_none_on_the_card():
    mailing = make.launched(1)
    contact = mailing.deliveries.get().contact
    answer = signed_in("protocol").get(card(contact))
    assert answer.status_code == 200
    assert "Journée du TOKTEN" not in answer.content.decode()


def test_what_left_by_post_or_text_message_stands_there_too():
    contact, other = make.contact(1, address=""), make.contact(2, address="")
    make.sender()
    row = make.mailing(make.audience(members=[contact, other]), title="Journée du TOKTEN")
    for channel, struck_at in (("letters", None), ("sms", NOON)):
        act = Diffusion.objects.create(
            channel=channel, mailing=row, title=row.title, at=NOON, people=1, struck_at=struck_at
        )
        act.contacts.add(contact)
    page = signed_in("officer").get(card(contact)).content.decode()
    assert "Autrement que par courriel" in page
    assert page.count("Journée du TOKTEN") == 2
    assert page.count("cela n’est pas parti") == 1
    assert "Rien n’a encore été envoyé" not in page
    assert "Rien n’a encore été envoyé" in signed_in("coordinator").get(card(other)).content.decode()


def test_a_card_takes_the_same_queries_for_one_mail_and_thirty():
    contact = make.contact(1)
    make.sender()
    officer, address = signed_in("officer"), card(contact)

    def send(number: int) -> None:
        row = make.mailing(make.audience(slug=f"n{number}", members=[contact]))
        actions.launch(row, user=None, now=NOON)

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            assert officer.get(address).status_code == 200
        return len(found)

    send(0)
    asked()
    one = asked()
    for number in range(1, 30):
        send(number)
    assert asked() == one
    assert Delivery.objects.count() == 30
    page = officer.get(address, {"sent": "2"}).content.decode()
    assert "30 courriels" in page
    assert "2 / 2" in page
