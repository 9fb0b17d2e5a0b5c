"""The mails of a journalist's door: the sign-in, the link of the door, the link of one early copy."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from cms.contacts import actions as contacts
from cms.core import clock
from cms.core.registry import Refused
from cms.mailing.models import Delivery
from press import actions
from press.mail import doors as mail
from press.models import DoorKey, DoorVisit
from press.queries import doors
from tests.factories.accounts import make_user
from tests.factories.contacts import make_contact
from tests.press.test_views_doors import CANARY, door_of, embargoed, open_to, path_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_media")]


@pytest.fixture
def awa() -> Any:
    contact = make_contact(name="Awa Diarra", email="awa@example.org")
    contacts.grant_accreditation(contact=contact, now=clock.now())
    return contact


def test_a_sign_in_link_acts_by_its_button_once(room, awa):
    page = embargoed(room)
    open_to(page, awa)
    actions.accept_agreement(doors.Holder(awa.accreditations.get()), version="1", now=clock.now())
    delivery = actions.ask_key(email="Awa@example.org", now=clock.now())
    assert delivery is not None
    path = path_of(doors.key_url(DoorKey.objects.get()))
    client = Client()
    assert "Awa Diarra" in client.get(path).text
    assert client.cookies == {}
    foreign = Client().post(path, headers={"sec-fetch-site": "cross-site"})
    assert foreign.status_code == 403, "and the key is still good:"
    answer = client.post(path)
    assert (answer.status_code, answer["Location"]) == (303, door_of(awa))
    assert client.get(page.public_path).status_code == 200
    assert Client().post(path).status_code == Client().get(path).status_code == 404


def test_who_is_not_accredited_is_sent_no_sign_in_link_and_nobody_too_many(awa):
    make_contact(name="Oumar", email="oumar@example.org")
    assert actions.ask_key(email="oumar@example.org", now=clock.now()) is None
    assert actions.ask_key(email="personne@example.org", now=clock.now()) is None
    sent = [actions.ask_key(email="awa@example.org", now=clock.now()) for _number in range(7)]
    assert [bool(one) for one in sent] == [True] * 5 + [False] * 2


def test_a_link_is_mailed_and_handed_on_and_both_are_written_down(room, awa):
    page, user = embargoed(room), make_user("officer")
    copy = open_to(page, awa)
    now = clock.now()
    mails = [
        actions.mail_door(copy.accreditation, user=user, now=now),
        actions.mail_copy(copy, user=user, now=now),
    ]
    actions.hand_on(awa, copy=copy, user=user, now=now)
    assert [mail.address for mail in mails] == ["awa@example.org"] * 2
    lines = DoorVisit.objects.order_by("pk").values_list("what", "thing_uid", "user")
    uid = page.release.uid
    assert list(lines) == [("mailed", None, user.pk), ("mailed", uid, user.pk), ("handed", uid, user.pk)]


def test_the_mail_of_a_copy_carries_its_link_and_not_a_word_of_the_text(room, awa):
    copy = open_to(embargoed(room), awa)
    delivery = actions.mail_copy(copy, user=None, now=clock.now())
    parts = mail.early_copy(delivery, "fr", clock.now())
    assert doors.copy_url(copy) in parts.text
    assert doors.copy_url(copy) in parts.html
    assert CANARY not in parts.subject + parts.text + parts.html
    assert not any("/j/" in str(value) for value in delivery.values.values())
    actions.revoke_early_copy(copy, user=None, now=clock.now())
    with pytest.raises(Refused):
        mail.early_copy(delivery, "fr", clock.now())
    door = actions.mail_door(copy.accreditation, user=None, now=clock.now())
    assert doors.door_url(copy.accreditation) in mail.door(door, "fr", clock.now()).text
    actions.close_doors(awa, user=None, now=clock.now())
    with pytest.raises(Refused):
        mail.door(door, "fr", clock.now())
    assert Delivery.objects.count() == 2


def test_a_journalist_without_address_gets_the_link_by_another_way(room):
    fanta = make_contact(name="Fanta", email=None, phone="+22376000000")
    contacts.grant_accreditation(contact=fanta, now=clock.now())
    with pytest.raises(actions.PressError, match="Fanta"):
        actions.mail_door(fanta.accreditations.get(), user=None, now=clock.now())
    assert not DoorVisit.objects.exists()
