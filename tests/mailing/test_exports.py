"""Texts taken elsewhere: segments counted as operators do, nothing transliterated, WhatsApp within a screen."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from django.contrib.staticfiles import finders
from hypothesis import given, settings
from hypothesis import strategies as st

from cms.core.registry import Brief
from cms.mailing.exports import (
    GSM_BASIC,
    GSM_EXTENDED,
    WHATSAPP_MOST,
    Receiver,
    for_whatsapp,
    measure,
    messages_csv,
)

# text, alphabet, places, segments, offending
MEASURED = [
    ("", "GSM-7", 0, 0, ""),
    ("a" * 160, "GSM-7", 160, 1, ""),
    ("a" * 161, "GSM-7", 161, 2, ""),
    ("a" * 306, "GSM-7", 306, 2, ""),
    ("a" * 307, "GSM-7", 307, 3, ""),
    ("é à è ù ì ò Ç É ñ ü ö ä @ £ § ¿", "GSM-7", 31, 1, ""),
    ("€" * 80, "GSM-7", 160, 1, ""),
    ("€" * 81, "GSM-7", 162, 2, ""),
    # an escaped character is not cut in two: 152 places, then 2 more begin the next segment
    ("a" * 152 + "€" + "a" * 152, "GSM-7", 306, 3, ""),
    ("ç" + "a" * 69, "UCS-2", 70, 1, "ç"),
    ("ç" + "a" * 70, "UCS-2", 71, 2, "ç"),
    ("ɛ" + "a" * 159, "UCS-2", 160, 3, "ɛ"),
    ("« L’été » ê î ô û", "UCS-2", 17, 1, "«’»êîôû"),
    ("😀" * 35, "UCS-2", 70, 1, "😀"),
    # nor a pair of surrogates: 66 places, then 2 more begin the next segment
    ("a" * 66 + "😀" + "a" * 67, "UCS-2", 135, 3, "😀"),
    ("a\r\nb", "GSM-7", 3, 1, ""),
    ("a\u00a0b\u202fc", "UCS-2", 5, 1, "\u00a0\u202f"),
]


@pytest.mark.parametrize("text, alphabet, units, segments, offending", MEASURED)
def test_a_text_costs_what_an_operator_counts(text, alphabet, units, segments, offending):
    found = measure(text)
    assert (found.alphabet, found.units, found.segments) == (alphabet, units, segments)
    assert "".join(found.offending) == offending


def test_one_letter_outside_the_alphabet_cuts_a_segment_from_160_to_70_and_it_is_said_which():
    plain, cut = measure("a" * 160), measure("a" * 159 + "ç")
    assert (plain.room, plain.segments) == (160, 1)
    assert (cut.room, cut.segments, cut.offending, cut.without) == (67, 3, ("ç",), 1)


def test_the_alphabet_is_the_one_of_the_specification():
    assert len(GSM_BASIC) == len(set(GSM_BASIC)) == 127  # 128 places, of which one is the escape
    assert "ç" not in GSM_BASIC
    assert "Ç" in GSM_BASIC
    assert len(GSM_EXTENDED) == 10


@given(st.text(st.sampled_from(GSM_BASIC + GSM_EXTENDED + "çɛ’😀"), max_size=700))
@settings(max_examples=150, deadline=None)
def test_segments_hold_every_place_and_no_more_than_needed(text):
    found = measure(text)
    each, slack = (153, 1) if found.alphabet == "GSM-7" else (67, 1)
    if found.segments > 1:
        assert found.units <= found.segments * each
        assert found.units > (found.segments - 1) * (each - slack)


def test_the_page_counts_as_the_server_does(browser_page):
    script = finders.find("mailing/sms.js")
    assert isinstance(script, str)
    browser_page.set_content("<p>…</p>")
    browser_page.add_script_tag(path=script)
    texts = [text for text, *_rest in MEASURED]
    found = browser_page.evaluate(
        "([texts, basic, extended]) => texts.map((one) => window.kunnafoniSms.measure(one, basic, extended))",
        [texts, GSM_BASIC, GSM_EXTENDED],
    )
    for text, said in zip(texts, found, strict=True):
        counted = measure(text)
        assert said == {
            "alphabet": counted.alphabet,
            "units": counted.units,
            "segments": counted.segments,
            "room": counted.room,
            "offending": list(counted.offending),
            "without": counted.without,
        }


def test_the_file_for_the_operator_holds_numbers_in_e164_and_texts_as_they_were_written():
    receivers = [
        Receiver("+22376000001", "=Awa", "fr"),
        Receiver("+33612345678", "John", "en"),
    ]
    texts = {"fr": "Réunion « ça commence » à 10 h", "en": "Meeting at 10"}
    file = b"".join(messages_csv(receivers, texts)).decode("utf-8-sig")
    rows = list(csv.reader(StringIO(file), delimiter=";"))
    assert rows[1] == ["+22376000001", "'=Awa", "fr", "Réunion « ça commence » à 10 h", "UCS-2", "1"]
    assert rows[2] == ["+33612345678", "John", "en", "Meeting at 10", "GSM-7", "1"]


LINK = "https://tokten.example.org/fr/presse/communiques/lancement"


def test_a_text_for_whatsapp_has_a_bold_title_its_facts_and_its_link():
    brief = Brief(
        "Le TOKTEN * lance", "Cinq experts.\n\n\nDix missions.", LINK, facts=["Mardi 5 février", "Bamako"]
    )
    assert for_whatsapp(brief) == (
        f"*Le TOKTEN lance*\n\nMardi 5 février\nBamako\n\nCinq experts.\n\nDix missions.\n\n{LINK}"
    )


@given(st.text(max_size=1500), st.text(max_size=3000), st.lists(st.text(max_size=600), max_size=3))
@settings(max_examples=150, deadline=None)
def test_a_text_for_whatsapp_is_never_longer_than_a_screen_and_keeps_its_link(title, text, facts):
    said = for_whatsapp(Brief(title, text, LINK, facts=facts))
    assert len(said) <= WHATSAPP_MOST
    assert said.endswith(LINK)


def test_a_long_text_for_whatsapp_ends_at_a_sentence():
    said = for_whatsapp(Brief("Titre", "Une phrase entière qui se tient. " * 60, LINK))
    assert "se tient. …\n\n" in said
    assert 800 < len(said) <= WHATSAPP_MOST
