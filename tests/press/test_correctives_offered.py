"""A corrected text, before and beside its corrective: mails that had not left, and what the officer is offered."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cms.contacts.models import Audience
from cms.core import clock
from cms.mailing import actions as mailing
from cms.mailing import queries as outbox
from cms.mailing.models import Mailing
from press.models import Release
from press.queries import correctives
from press.views import desk
from tests.factories import mailing as make
from tests.factories.accounts import make_user
from tests.factories.press import make_release, make_room
from tests.support.correctives import addresses, correct, launch, republish, send, set_state, told

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room() -> Any:
    return make_room()


@pytest.fixture
def journalists() -> Audience:
    make.sender()
    return make.audience(4)


def test_mails_that_had_not_arrived_when_the_text_was_corrected_leave_with_the_corrected_one(
    room, journalists, smtp_sink
):
    page = make_release(room, lead="241 experts.")
    row = launch(page, journalists)
    set_state(row, 0, "sent", sent_at=clock.now())
    set_state(row, 1, "failed")
    republish(page, "214 experts.")
    correct(page)
    assert mailing.retry_failed(row, user=None, now=clock.now()) == 1
    mailing.drain(row.pk, clock=clock.now)
    assert len(smtp_sink.received) == 3
    for message in smtp_sink.messages:
        assert "214 experts." in message.get_body(("plain",)).get_content()
    assert told(page) == addresses(0)


def test_a_worker_that_had_claimed_them_sends_none_of_the_former_words(room, journalists, smtp_sink):
    from cms.mailing.actions import claims

    page = make_release(room, lead="241 experts.")
    row = launch(page, journalists)
    now: datetime = clock.now()
    held = claims.claim(row.pk, now=now)
    assert claims.advance(held.token, sent=None, begin=held.rows[0].pk, now=now) == (True, True)
    republish(page, "214 experts.")
    correct(page)
    assert claims.advance(held.token, sent=held.rows[0].pk, begin=held.rows[1].pk, now=now) == (True, False)
    mailing.drain(row.pk, clock=clock.now)
    assert len(smtp_sink.received) == 3
    assert all("214 experts." in m.get_body(("plain",)).get_content() for m in smtp_sink.messages)
    assert told(page) == {held.rows[0].address}


# What the officer sees -------------------------------------------------------------------------------------------
@pytest.fixture
def officer() -> Client:
    client = Client()
    client.user = make_user("officer")  # type: ignore[attr-defined]
    client.force_login(client.user)  # type: ignore[attr-defined]
    return client


def test_it_is_offered_beside_the_text_and_on_the_home_until_it_has_left(
    room, journalists, smtp_sink, officer
):
    page = make_release(room, title="Les experts reviennent")
    send(page, journalists)
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    button = reverse("press_button", args=["release", page.release_id, "corrective"])
    assert button not in officer.get(edit).content.decode()
    said = officer.post(
        reverse("press_button", args=["release", page.release_id, "correct"]),
        {"note": "Le chiffre est 214.", "language": "fr"},
        follow=True,
    ).content.decode()
    assert "4 personnes ont reçu l" in said
    assert button in said
    assert "encore celui qu’ils ont" in said
    republish(page, "Corrigé.")
    assert "encore celui qu’ils ont" not in officer.get(edit).content.decode()
    (line,) = desk.correctives_due(officer.user, clock.now())
    assert line.url == button
    home = officer.get(reverse("wagtailadmin_home")).content.decode()
    assert button in home
    question = officer.get(button).content.decode()
    assert "à personne d’autre" in question
    said = officer.post(button, follow=True)
    draft = Mailing.objects.order_by("-pk")[0]
    composed = officer.get(reverse("mailing_compose", args=[draft.pk])).content.decode()
    assert 'name="audiences"' not in composed
    assert re.search(r"Par courriel</dt><dd>4<", composed)
    (line,) = desk.correctives_due(officer.user, clock.now())
    assert line.url == reverse("mailing_detail", args=[draft.pk])
    officer.post(reverse("mailing_confirm", args=[draft.pk]), {"expected": "4"})
    assert outbox.counts(draft)["queued"] == 4
    assert desk.correctives_due(officer.user, clock.now()) == []


def test_who_may_not_send_is_offered_nothing(room, journalists, smtp_sink):
    page = make_release(room)
    send(page, journalists)
    correct(page)
    editor = make_user("editor")
    assert desk.correctives_due(editor, clock.now()) == []
    client = Client()
    client.force_login(editor)
    button = reverse("press_button", args=["release", page.release_id, "corrective"])
    assert client.post(button).status_code in (302, 403)
    assert Mailing.objects.count() == 1


def test_the_home_asks_for_a_month(room, journalists, smtp_sink, officer):
    page = make_release(room)
    send(page, journalists)
    correct(page)
    assert desk.correctives_due(officer.user, clock.now() + timedelta(days=29))
    assert not desk.correctives_due(officer.user, clock.now() + timedelta(days=31))
    assert correctives.owed(Release.objects.get(pk=page.release_id)) is not None
