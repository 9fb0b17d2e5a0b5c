"""A text that was corrected or withdrawn: those who got it are told, exactly they, once."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from cms.contacts import actions as contacts
from cms.contacts.models import Audience, Contact, Suppression
from cms.core import clock
from cms.mailing import actions as mailing
from cms.mailing import queries as outbox
from cms.mailing.models import Delivery, Mailing
from press import actions
from press.models import Distribution, Release
from press.queries import correctives
from press.views import desk
from tests.factories import mailing as make
from tests.factories.accounts import make_user
from tests.factories.press import in_english, make_release, make_room, refreshed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room() -> Any:
    return make_room()


@pytest.fixture
def journalists() -> Audience:
    make.sender()
    return make.audience(4)


def launch(page: Any, *audiences: Audience) -> Mailing:
    row = actions.send_release(page.release, audiences=audiences, user=None, now=clock.now()).mailing
    return mailing.launch(row, user=None, now=clock.now())


def send(page: Any, *audiences: Audience) -> Mailing:
    row = launch(page, *audiences)
    mailing.drain(row.pk, clock=clock.now)
    return row


def republish(page: Any, lead: str) -> None:
    page = type(page).objects.get(pk=page.pk)
    page.lead = lead
    page.save_revision().publish()


def correct(page: Any, note: str = "Le chiffre est 214, non 241.") -> Any:
    correction = actions.correct(refreshed(page), note=note, user=None, now=clock.now())
    actions.reword_mailings(refreshed(page), now=clock.now())
    return correction


def tell(page: Any) -> Mailing:
    return actions.send_corrective(refreshed(page), user=None, now=clock.now()).mailing


def told(page: Any) -> set[str]:
    """Prepare, launch and send what tells them; the addresses it went to."""
    row = mailing.launch(tell(page), user=None, now=clock.now())
    mailing.drain(row.pk, clock=clock.now)
    return set(row.deliveries.filter(state="sent").values_list("address", flat=True))


def addresses(*numbers: int) -> set[str]:
    return {f"personne{number}@example.org" for number in numbers}


def set_state(row: Mailing, number: int, state: str, **more: Any) -> None:
    values: dict[str, Any] = {"state": state, "sent_at": None, **more}
    Delivery.objects.filter(mailing=row, address=f"personne{number}@example.org").update(**values)


# Whom ------------------------------------------------------------------------------------------------------------
def test_a_correction_goes_to_those_whom_the_text_left_for_in_doubt_too_but_not_where_it_came_back(
    room, journalists, smtp_sink
):
    page = make_release(room)
    row = send(page, journalists)
    set_state(row, 1, "unknown", handed_at=clock.now(), dated_at=clock.now())
    set_state(row, 2, "bounced", sent_at=clock.now())
    set_state(row, 3, "failed")
    republish(page, "Corrigé.")
    correct(page)
    assert told(page) == addresses(0, 1)


def test_the_suppression_list_holds_for_corrections_too(room, journalists, smtp_sink):
    page = make_release(room)
    row = send(page, journalists)
    mailing.unsubscribe(row.deliveries.get(address="personne0@example.org"), now=clock.now())
    assert Suppression.objects.count() == 1
    correct(page)
    assert told(page) == addresses(1, 2, 3)


def test_who_reads_one_mail_a_week_is_told_all_the_same_and_misses_no_other_for_it(
    room, journalists, smtp_sink
):
    weekly = Contact.objects.get(emails__address="personne0@example.org")
    contacts.choose(contact=weekly, frequency="weekly", topics=[], now=clock.now())
    page = make_release(room)
    release = send(page, journalists)
    republish(page, "Corrigé.")
    correct(page)
    assert told(page) == addresses(0, 1, 2, 3)
    Delivery.objects.filter(mailing=release).update(sent_at=clock.now() - timedelta(days=8))
    second = send(make_release(room, slug="autre"), journalists)
    assert second.deliveries.get(contact=weekly).state == "sent"


def test_who_got_the_corrected_text_is_not_told_whichever_was_first_the_text_or_the_sentence(
    room, journalists, smtp_sink
):
    late = make.audience(slug="tard", members=[make.contact(8)])
    between = make.audience(slug="entre", members=[make.contact(9)])
    page = make_release(room)
    send(page, journalists)
    republish(page, "Corrigé.")
    send(page, between)  # has the corrected text already
    correct(page)
    send(page, late)
    assert told(page) == addresses(0, 1, 2, 3)

    other = make_release(room)
    send(other, journalists)
    correct(other)
    send(other, between)  # the sentence is said, the text still wrong
    republish(other, "Corrigé.")
    send(other, late)
    assert told(other) == addresses(0, 1, 2, 3, 9)


def test_a_correction_of_the_french_text_does_not_concern_who_read_the_english(room, smtp_sink):
    make.sender()
    people = [make.contact(1), make.contact(2, language="en")]
    page = make_release(room)
    english = in_english(page, title="The experts return", slug="experts")
    send(page, make.audience(members=people))
    republish(page, "Corrigé.")
    correct(page)
    assert told(page) == addresses(1)
    republish(english, "Mended.")
    correct(page, "The figure is 214.")
    assert told(page) == addresses(2)


def test_where_no_words_changed_all_who_had_it_before_are_told(room, journalists, smtp_sink):
    page = make_release(room)
    send(page, journalists)
    correct(page, "La photographie n° 2 montrait une autre personne.")
    send(page, make.audience(slug="tard", members=[make.contact(9)]))
    assert told(page) == addresses(0, 1, 2, 3)


def test_a_second_correction_concerns_the_first_corrective_too_and_tells_of_the_second_alone(
    room, journalists, smtp_sink
):
    page = make_release(room)
    send(page, journalists)
    republish(page, "Premier rectificatif.")
    correct(page, "Première faute.")
    assert told(page) == addresses(0, 1, 2, 3)
    late = make.audience(slug="tard", members=[make.contact(9)])
    send(page, late)
    republish(page, "Second rectificatif.")
    correct(page, "Seconde faute.")
    smtp_sink.received.clear()
    assert told(page) == addresses(0, 1, 2, 3, 9)
    for message in smtp_sink.messages:
        text = message.get_body(("plain",)).get_content()
        assert "Seconde faute." in text
        assert "Première faute." not in text
        assert "Second rectificatif." in text


def test_a_fault_outside_the_words_after_a_correction_concerns_who_was_told_of_the_first(
    room, journalists, smtp_sink
):
    page = make_release(room)
    send(page, journalists)
    republish(page, "Corrigé.")
    correct(page, "Première faute.")
    assert told(page) == addresses(0, 1, 2, 3)
    correct(page, "La photographie montrait une autre personne.")
    assert told(page) == addresses(0, 1, 2, 3)


# Once ------------------------------------------------------------------------------------------------------------
def test_nobody_is_told_twice_of_one_correction(room, journalists, smtp_sink):
    page = make_release(room)
    send(page, journalists)
    correct(page)
    first = tell(page)
    assert tell(page) == first, "asked twice, prepared once"
    mailing.launch(first, user=None, now=clock.now())
    mailing.drain(first.pk, clock=clock.now)
    assert correctives.owed(refreshed(page)) is None
    assert tell(page) == first
    with pytest.raises(mailing.WrongState):
        mailing.launch(first, user=None, now=clock.now())


def test_one_given_up_half_way_is_made_up_for_without_whom_it_had_reached(room, journalists, smtp_sink):
    page = make_release(room)
    send(page, journalists)
    correct(page)
    half = mailing.launch(tell(page), user=None, now=clock.now())
    set_state(half, 0, "sent", sent_at=clock.now())
    set_state(half, 1, "unknown", handed_at=clock.now(), dated_at=clock.now())
    mailing.cancel(half, user=None, now=clock.now())
    assert told(page) == addresses(2, 3)
    assert Distribution.objects.filter(release=page.release, purpose="correction", given_up=True).count() == 1


def _prepared_at_once(page: Any, prepare: Callable[[], Any]) -> list[Any]:
    def one() -> Any:
        try:
            return prepare()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as pool:
        return [run.result() for run in [pool.submit(one) for _number in range(5)]]


def test_prepared_five_times_at_once_it_is_one(room, journalists, smtp_sink):
    page = make_release(room)
    send(page, journalists)
    correct(page)
    rows = _prepared_at_once(page, lambda: tell(page))
    assert len({row.pk for row in rows}) == 1
    assert Distribution.objects.filter(purpose="correction").count() == 1


def test_a_draft_about_an_earlier_correction_is_given_up_for_one_that_tells_of_both(
    room, journalists, smtp_sink
):
    page = make_release(room)
    send(page, journalists)
    correct(page, "Première faute.")
    stale = tell(page)
    correct(page, "Seconde faute.")
    with pytest.raises(mailing.MailingError, match="corrigé"):
        mailing.launch(stale, user=None, now=clock.now())
    smtp_sink.received.clear()
    assert told(page) == addresses(0, 1, 2, 3)
    stale.refresh_from_db()
    assert stale.state == "cancelled"
    text = smtp_sink.messages[0].get_body(("plain",)).get_content()
    assert text.index("Première faute.") < text.index("Seconde faute.")


# Their words -----------------------------------------------------------------------------------------------------
def test_a_correction_says_what_was_wrong_and_brings_the_whole_corrected_text(room, journalists, smtp_sink):
    page = make_release(room, title="Les experts reviennent", lead="241 experts.")
    send(page, journalists)
    republish(page, "214 experts.")
    correct(page, "Le nombre d’experts est <214>, non 241.")
    smtp_sink.received.clear()
    told(page)
    message = smtp_sink.messages[0]
    assert message["Subject"] == "Rectificatif – Les experts reviennent"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text = message.get_body(("plain",)).get_content()
    assert text.index("non 241") < text.index("ne plus utiliser") < text.index("214 experts.")
    assert "241 experts." not in text
    assert "&lt;214&gt;" in message.get_body(("html",)).get_content()


def test_a_withdrawal_says_why_to_all_who_had_it_and_repeats_none_of_the_text(room, journalists, smtp_sink):
    page = make_release(room, title="Les experts reviennent", lead="Chapô retiré.")
    send(page, journalists)
    actions.withdraw(page.release, reason="La visite est annulée.", user=None, now=clock.now())
    smtp_sink.received.clear()
    assert told(page) == addresses(0, 1, 2, 3)
    message = smtp_sink.messages[0]
    assert message["Subject"] == "Retrait – Les experts reviennent"
    text = message.get_body(("plain",)).get_content()
    assert "La visite est annulée." in text
    assert "« Les experts reviennent »" in text
    assert "Chapô retiré." not in message.as_string()
    assert correctives.owed(refreshed(page)) is None


def test_nothing_is_prepared_where_nobody_has_a_wrong_text(room, journalists):
    page = make_release(room)
    with pytest.raises(actions.PressError, match="Rien n’a été rectifié"):
        tell(page)
    correct(page)
    with pytest.raises(actions.PressError, match="Personne"):
        tell(page)
    assert correctives.owed(refreshed(page)) is None


# What has not left yet -------------------------------------------------------------------------------------------
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


def test_a_contact_put_aside_is_not_told(room, journalists, smtp_sink):
    page = make_release(room)
    send(page, journalists)
    Contact.objects.filter(emails__address="personne0@example.org").update(trashed_at=clock.now())
    correct(page)
    assert told(page) == addresses(1, 2, 3)
