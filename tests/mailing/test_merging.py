"""What was sent to a person follows when two of their cards become one."""

from __future__ import annotations

import pytest

from cms.contacts import actions as contacts
from cms.mailing import actions, queries
from cms.mailing.models import Delivery
from tests.factories import mailing as make

pytestmark = pytest.mark.django_db


def test_deliveries_follow_and_stay_the_mails_they_were() -> None:
    sent = make.launched(2)
    one, other = (delivery.contact for delivery in sent.deliveries.order_by("pk"))
    before = list(sent.deliveries.order_by("pk").values("address", "state", "message_id", "values"))
    contacts.merge_contacts(kept=one, merged=other, user=None, now=make.NOON)
    assert set(Delivery.objects.values_list("contact", flat=True)) == {one.pk}
    assert list(sent.deliveries.order_by("pk").values("address", "state", "message_id", "values")) == before


def test_a_mailing_in_preparation_names_the_person_once() -> None:
    one, other, third = make.contact(1), make.contact(2), make.contact(3)
    make.sender()
    both = make.mailing(extra_contacts=[one, other, third])
    single = make.mailing(extra_contacts=[other])
    contacts.merge_contacts(kept=one, merged=other, user=None, now=make.NOON)
    assert list(queries.everybody(both)) == [one, third]
    assert list(queries.everybody(single)) == [one]
    launched = actions.launch(single, user=None, now=make.NOON)
    assert [row.address for row in launched.deliveries.all()] == ["personne1@example.org"]
