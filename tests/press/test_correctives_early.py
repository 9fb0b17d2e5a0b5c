"""A text that was read early, by a journalist's door, and corrected or withdrawn since: its readers are told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from cms.contacts.models import Contact
from cms.core import clock
from press import actions
from press.actions.doors import ONE_VISIT
from press.models import DoorVisit
from press.queries import correctives
from press.views import desk
from tests.factories import mailing as make
from tests.factories.accounts import make_user
from tests.factories.press import in_english, make_release, make_room, refreshed
from tests.support.correctives import addresses, correct, republish, told

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room() -> Any:
    return make_room()


def read(page: Any, *people: Contact, what: str = DoorVisit.What.READ, now: Any = None) -> None:
    for contact in people:
        actions.note_visit(contact, what=what, thing_uid=page.release.uid, now=now or clock.now())


def test_who_read_former_words_early_is_told_and_who_came_back_for_the_right_ones_is_not(room, smtp_sink):
    make.sender()
    awa, ali, bintou = (make.contact(number) for number in range(3))
    page = make_release(room, until=clock.now() + timedelta(days=1))
    read(page, awa, ali)
    read(page, bintou, what=DoorVisit.What.OPENED)  # came to the link, and read nothing
    republish(page, "214 experts.")
    read(page, ali, now=clock.now() + ONE_VISIT)
    actions.lift_embargo(refreshed(page), user=None, now=clock.now())
    correct(page)
    owed = correctives.owed(refreshed(page))
    assert owed is not None
    assert (owed.people, owed.same_words) == (1, False)
    assert told(page) == addresses(0)
    assert correctives.owed(refreshed(page)) is None


def test_where_no_words_changed_all_early_readers_are_told(room, smtp_sink):
    make.sender()
    page = make_release(room, until=clock.now() + timedelta(days=1))
    read(page, make.contact(0), make.contact(1))
    actions.lift_embargo(refreshed(page), user=None, now=clock.now())
    correct(page, "La photographie n° 2 montrait une autre personne.")
    assert told(page) == addresses(0, 1)


def test_a_correction_of_the_english_text_does_not_concern_who_read_early_in_french(room, smtp_sink):
    make.sender()
    page = make_release(room, until=clock.now() + timedelta(days=1))
    english = in_english(page, title="The experts return", slug="experts")
    read(page, make.contact(1), make.contact(2, language="en"))
    republish(english, "Mended.")
    actions.lift_embargo(refreshed(page), user=None, now=clock.now())
    correct(page, "The figure is 214.")
    assert told(page) == addresses(2)


def test_a_text_withdrawn_under_embargo_is_told_to_those_who_read_it_early(room, smtp_sink):
    make.sender()
    page = make_release(room, until=clock.now() + timedelta(days=1), title="Les experts reviennent")
    read(page, make.contact(0))
    actions.withdraw(refreshed(page), reason="La visite est annulée.", user=None, now=clock.now())
    officer = make_user("officer")
    (line,) = desk.correctives_due(officer, clock.now())
    assert line.url == reverse("press_button", args=["release", page.release_id, "corrective"])
    assert told(page) == addresses(0)
    assert "La visite est annulée." in smtp_sink.messages[0].get_body(("plain",)).get_content()
    assert desk.correctives_due(officer, clock.now()) == []
