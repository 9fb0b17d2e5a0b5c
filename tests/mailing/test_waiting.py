"""What is under embargo waits and leaves by itself when that lifts, and not before."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from cms.accounts.models import User
from cms.core import clock
from cms.mailing import actions, queries
from cms.mailing.models import Delivery, Letter, Mailing
from cms.mailing.views import desk
from tests.factories import mailing as make
from tests.factories.mailing import NOON

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
LIFTS = NOON + HOUR


@pytest.fixture
def thing() -> Iterator[uuid.UUID]:
    """A thing under embargo until one o'clock."""
    uid = uuid.uuid4()
    make.EMBARGOED[uid] = LIFTS
    yield uid
    make.EMBARGOED.clear()


@pytest.fixture
def draft(thing) -> Mailing:
    make.sender()
    return make.mailing(make.audience(3), source_uid=thing)


def state(mailing: Mailing) -> tuple[str, object, str]:
    mailing.refresh_from_db()
    return mailing.state, mailing.hold_until, mailing.reason


def test_a_mailing_launched_under_embargo_waits_for_its_instant(draft):
    actions.launch(draft, user=None, now=NOON)
    assert state(draft) == ("scheduled", LIFTS, "Sous embargo.")
    assert draft.launched_at is None
    assert not Delivery.objects.exists()
    assert not Letter.objects.exists()


def test_it_leaves_by_itself_at_the_instant_and_not_before(draft):
    actions.launch(draft, user=None, now=NOON)
    assert actions.sweep(now=LIFTS - timedelta(microseconds=1)) == []
    assert not Delivery.objects.exists()
    assert actions.sweep(now=LIFTS) == [draft.pk]
    assert state(draft) == ("sending", None, "")
    assert draft.launched_at == LIFTS
    assert queries.counts(draft)["queued"] == 3


def test_an_embargo_that_was_delayed_is_waited_for_longer(draft, thing):
    actions.launch(draft, user=None, now=NOON)
    make.EMBARGOED[thing] = LIFTS + HOUR
    assert actions.sweep(now=LIFTS) == []
    assert state(draft)[:2] == ("scheduled", LIFTS + HOUR)
    assert actions.sweep(now=LIFTS + HOUR) == [draft.pk]


def test_an_embargo_that_was_lifted_early_is_not_waited_for(draft, thing):
    actions.launch(draft, user=None, now=NOON)
    del make.EMBARGOED[thing]
    assert actions.sweep(now=NOON + timedelta(minutes=1)) == [draft.pk]


def test_what_is_refused_for_good_while_it_waits_becomes_a_draft_with_the_sentence(draft, thing):
    actions.launch(draft, user=None, now=NOON)
    make.EMBARGOED[thing] = None
    assert actions.sweep(now=NOON + timedelta(minutes=1)) == []
    assert state(draft) == ("draft", None, "Sous embargo.")
    assert draft in queries.troubled(NOON)


def test_an_hour_before_the_embargo_lifts_waits_for_it_and_one_after_is_kept(draft):
    actions.schedule(draft, send_at=NOON + timedelta(minutes=10), user=None, now=NOON)
    assert draft.refresh_from_db() is None
    assert draft.leaves_at == LIFTS
    assert actions.sweep(now=NOON + timedelta(minutes=11)) == []
    actions.schedule(draft, send_at=LIFTS + HOUR, user=None, now=NOON)
    assert state(draft) == ("scheduled", None, "")
    assert actions.sweep(now=LIFTS) == []
    assert actions.sweep(now=LIFTS + HOUR) == [draft.pk]


def test_scheduling_what_will_be_refused_for_good_is_refused_at_once(draft, thing):
    make.EMBARGOED[thing] = None
    with pytest.raises(actions.MailingError, match="Sous embargo"):
        actions.schedule(draft, send_at=LIFTS, user=None, now=NOON)
    assert state(draft)[0] == "draft"


def test_an_embargo_missed_by_hours_asks_first(draft):
    actions.launch(draft, user=None, now=NOON)
    assert actions.sweep(now=LIFTS + 3 * HOUR) == []
    assert state(draft)[0] == "draft"
    assert draft.reason


def test_a_mailing_on_its_way_waits_for_a_new_embargo_and_goes_on_when_it_lifts(thing):
    make.EMBARGOED.clear()
    mailing = make.launched(2, source_uid=thing)
    make.EMBARGOED[thing] = LIFTS
    assert actions.drain(mailing.pk, clock=lambda: NOON).sent == 0
    assert state(mailing) == ("sending", LIFTS, "Sous embargo.")
    make.EMBARGOED[thing] = LIFTS + HOUR
    assert actions.sweep(now=LIFTS) == []
    assert state(mailing)[1] == LIFTS + HOUR
    make.EMBARGOED.clear()
    assert actions.sweep(now=LIFTS + timedelta(minutes=1)) == [mailing.pk]
    assert state(mailing) == ("sending", None, "")


def test_a_paused_mailing_goes_on_when_its_embargo_lifts(thing):
    make.EMBARGOED.clear()
    mailing = make.launched(2, source_uid=thing)
    actions.pause(mailing, user=None, now=NOON)
    make.EMBARGOED[thing] = LIFTS
    actions.resume(mailing, user=None, now=NOON)
    assert state(mailing) == ("sending", LIFTS, "Sous embargo.")
    assert actions.drain(mailing.pk, clock=lambda: NOON).sent == 0


@pytest.fixture
def officer() -> Client:
    user = User.objects.create_user(username="officer", password="x")
    user.groups.add(Group.objects.get(name="officer"))
    client = Client()
    client.force_login(user)
    return client


def test_the_officer_reads_that_it_waits_before_confirming_and_after(officer, draft, thing):
    make.EMBARGOED[thing] = clock.now() + HOUR
    confirm = reverse("mailing_confirm", args=[draft.pk])
    before = officer.get(confirm).content.decode()
    assert "Sous embargo." in before
    assert "Oui, l’envoyer à ce moment-là" in before
    after = officer.post(confirm, {"expected": "3"}, follow=True).content.decode()
    assert state(draft)[0] == "scheduled"
    assert "Sous embargo. Programmé" in after
    assert "Envoyer à" not in after, "it leaves by itself: nothing is left to confirm"
    assert [one.detail for one in desk.due(User.objects.get(), clock.now())] == ["Sous embargo."]


def test_saving_the_form_of_a_mailing_that_waits_leaves_it_waiting(officer, draft, thing):
    make.EMBARGOED[thing] = clock.now() + HOUR
    actions.launch(draft, user=None, now=clock.now())
    address = reverse("mailing_compose", args=[draft.pk])
    form = officer.get(address).context["form"]
    assert form.initial["send_at"] is None
    data = {
        "title": "Autre",
        "audiences": form.initial["audiences"],
        "sender": draft.sender_id,
        "send_at": "",
    }
    assert officer.post(address, data).status_code == 302
    assert state(draft)[:2] == ("scheduled", make.EMBARGOED[thing])
    assert draft.title == "Autre"


def test_what_is_refused_for_good_has_its_sentence_and_no_button(officer, draft, thing):
    make.EMBARGOED[thing] = None
    page = officer.get(reverse("mailing_confirm", args=[draft.pk])).content.decode()
    assert "Sous embargo." in page
    assert "Oui, " not in page
