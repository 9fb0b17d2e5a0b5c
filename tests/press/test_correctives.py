"""A text that was corrected or withdrawn: those who got it are told, exactly they, once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from cms.contacts import actions as contacts
from cms.contacts.models import Audience, Contact, Suppression
from cms.core import clock
from cms.mailing import actions as mailing
from cms.mailing.models import Delivery
from press import actions
from press.models import Distribution
from press.queries import correctives
from tests.factories import mailing as make
from tests.factories.press import in_english, make_release, make_room, refreshed
from tests.support.correctives import addresses, correct, republish, send, set_state, tell, told

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room() -> Any:
    return make_room()


@pytest.fixture
def journalists() -> Audience:
    make.sender()
    return make.audience(4)


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


def test_a_contact_put_aside_is_not_told(room, journalists, smtp_sink):
    page = make_release(room)
    send(page, journalists)
    Contact.objects.filter(emails__address="personne0@example.org").update(trashed_at=clock.now())
    correct(page)
    assert told(page) == addresses(1, 2, 3)
