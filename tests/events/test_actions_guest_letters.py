"""Invitations on paper: numbers, words, the code on them, and who took them."""

from __future__ import annotations

from datetime import timedelta

import pypdfium2
import pytest

from events import actions, queries
from events.models import Invitation
from tests.factories.contacts import make_organisation
from tests.factories.events import NOON, make_occurrence
from tests.factories.guests import make_guest

pytestmark = pytest.mark.django_db


def text_of(content: bytes) -> list[str]:
    pages = pypdfium2.PdfDocument(content)
    return [" ".join(page.get_textpage().get_text_bounded().split()) for page in pages]


@pytest.fixture
def date():
    found = make_occurrence()
    ministry = make_organisation(name="Ministère de la Santé", postal_address="BP 232", city="Bamako")
    make_guest(
        found,
        name="Awa Keïta",
        civility="Mme",
        function="Ministre",
        email=None,
        organisation=ministry,
        protocol_rank=1,
        salutation="Madame la Ministre,",
    )
    make_guest(found, name="John Doe", email=None, language="en", protocol_rank=2)
    make_guest(found, name="Moussa Diarra", email="moussa@example.org")
    values = {
        "reference": "/TOKTEN/2027",
        "signatory": "Mariam Sidibé",
        "function": "La Coordinatrice nationale",
        "words_fr": "J’ai l’honneur de vous convier.",
    }
    actions.change_list(occurrence=found, values=values, user=None, now=NOON)
    return found


def letters(date, who="fresh", **options):
    rows = queries.on_paper(date, who)
    given = {"occurrence": date, "rows": rows, "dated": NOON.date(), "user": None, "now": NOON}
    return actions.print_letters(**given, **options)


def test_each_guest_whom_no_mail_reaches_gets_a_letter_with_number_words_code_and_signatory(date):
    french, english = text_of(letters(date))
    minister = Invitation.objects.get(contact__name="Awa Keïta")
    for said in (
        "Mme Awa Keïta", "Ministère de la Santé", "BP 232", "N° 0001/TOKTEN/2027", "Madame la Ministre,",
        "J’ai l’honneur de vous convier.", "Maison de la presse", queries.guest_code(minister),
        "Mariam Sidibé", "La Coordinatrice nationale", "23 novembre 2026",
    ):  # fmt: skip
        assert said in french, said
    assert "We have the pleasure of inviting you." in english
    assert "0002/TOKTEN/2027" in english
    minister.refresh_from_db()
    assert (minister.number, minister.dated, minister.state) == (1, NOON.date(), "sent")


def test_a_trial_numbers_nothing_and_a_second_printing_keeps_numbers_and_date(date):
    [trial, _other] = text_of(letters(date, trial=True))
    assert "TOKTEN/2027" not in trial
    assert not Invitation.objects.exclude(number=None).exists()
    letters(date)
    assert queries.on_paper(date, "fresh") == []
    rows = queries.on_paper(date, "numbered")
    later = NOON + timedelta(days=2)
    again = actions.print_letters(occurrence=date, rows=rows, dated=later.date(), user=None, now=later)
    assert "N° 0001/TOKTEN/2027" in text_of(again)[0]
    assert "23 novembre 2026" in text_of(again)[0]
    with pytest.raises(actions.NobodyToPrint):
        letters(date)


def test_the_slip_and_the_book_list_the_letters_and_the_book_says_who_took_them(date):
    letters(date)
    rows = queries.on_paper(date, "numbered")
    actions.hand_over(
        invitation=rows[0], handed_at=NOON, received_by="Oumou, secrétariat", user=None, now=NOON
    )
    rows = queries.on_paper(date, "numbered")
    [slip] = text_of(actions.print_slip(occurrence=date, rows=rows, dated=NOON.date()))
    [book] = text_of(actions.print_book(occurrence=date, rows=rows, dated=NOON.date()))
    for said in ("Bordereau d’envoi", "0001/TOKTEN/2027", "Mme Awa Keïta", "Pour attribution"):
        assert said in slip, said
    for said in ("Cahier de transmission", "0002/TOKTEN/2027", "Oumou, secrétariat", "Signature"):
        assert said in book, said


def test_labels_stand_in_the_order_of_protocol(date):
    [sheet] = text_of(actions.print_labels(rows=queries.on_paper(date, "all"), sheet="3x8", start=1))
    assert sheet.index("Awa Keïta") < sheet.index("John Doe") < sheet.index("Moussa Diarra")
