"""Labels and letters: where each stands, what an envelope says, and a machine that cannot make PDFs."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from django.utils.safestring import SafeString
from weasyprint import HTML

from cms.contacts.models import Contact, Organisation
from cms.mailing import documents
from cms.mailing.documents import (
    SHEETS,
    Addressee,
    PaperLetter,
    addressee,
    fits,
    labels_html,
    letter_html,
    text_size,
)

MM = 96 / 25.4


def contact(**fields: Any) -> Contact:
    return Contact(**{"name": "Aminata Traoré", "country": "ML", "postal_address": "BP 94", **fields})


def boxes(html: str) -> list[list[Any]]:
    """The laid-out boxes of each page."""
    return [list(page._page_box.descendants()) for page in HTML(string=html).render().pages]


def named(page: list[Any], name: str) -> list[Any]:
    return [
        box
        for box in page
        if box.element is not None
        and name in (box.element.get("class") or "").split()
        and box.element_tag == box.element.tag
    ]


def text_of(page: list[Any]) -> str:
    return " ".join(box.text for box in page if type(box).__name__ == "TextBox")


def test_this_machine_makes_pdfs():
    assert documents.lacking() == ""
    assert documents.as_pdf("<p>ɛ ɔ ɲ ŋ</p>").startswith(b"%PDF-")


def test_a_machine_without_the_libraries_says_what_it_lacks(monkeypatch, tmp_path):
    (tmp_path / "weasyprint").mkdir()
    (tmp_path / "weasyprint" / "__init__.py").write_text("raise OSError('cannot load library libpango')")
    monkeypatch.syspath_prepend(tmp_path)
    for name in [one for one in sys.modules if one.partition(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(documents.PaperUnavailable):
        documents.as_pdf("<p>x</p>")


def test_an_envelope_says_civility_function_cover_address_town_and_a_country_abroad():
    of = Organisation(
        name="Ministère des Maliens de l’extérieur", postal_address="BP 1", city="Bamako", country="ML"
    )
    own = contact(
        civility="S.E.M.",
        function="Ambassadeur",
        organisation=of,
        under_cover_of="Monsieur le Ministre",
        postal_address="24 rue de la Paix\n\n75002 Paris",
        city="Paris",
        country="FR",
    )
    assert addressee(own).lines == (
        "S.E.M. Aminata Traoré",
        "Ambassadeur",
        "Ministère des Maliens de l’extérieur",
        "Sous couvert de Monsieur le Ministre",
        "24 rue de la Paix",
        "75002 Paris",
        "FRANCE",
    )
    theirs = contact(organisation=of, postal_address="")
    assert addressee(theirs, short=True).where == ("BP 1", "Bamako")
    assert addressee(contact(postal_address=" \n ")).where == ()


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)
def test_a_sheet_of_labels_lies_within_a4(sheet):
    left, top = sheet.position(sheet.places - 1)
    assert left + sheet.width <= 210.01
    assert top + sheet.height <= 297.01
    assert sheet.position(0) == (sheet.left, sheet.top)


@pytest.mark.parametrize(
    "key, first, last", [("3x8", (0, 0.5), (140, 259.5)), ("2x7", (4.65, 15.15), (106.25, 243.75))]
)
def test_labels_stand_where_the_sheet_has_them(key, first, last):
    sheet = SHEETS[key]
    pages = boxes(labels_html([contact() for _one in range(sheet.places)], sheet=sheet))
    assert len(pages) == 1
    labels = named(pages[0], "label")
    assert len(labels) == sheet.places
    for label, (left, top) in ((labels[0], first), (labels[-1], last)):
        assert label.position_x / MM == pytest.approx(left, abs=0.05)
        assert label.position_y / MM == pytest.approx(top, abs=0.05)
        assert label.border_width() / MM == pytest.approx(sheet.width, abs=0.05)


def test_a_used_sheet_is_begun_at_its_first_free_label():
    sheet = SHEETS["3x8"]
    pages = boxes(labels_html([contact() for _one in range(4)], sheet=sheet, start=23))
    assert [len(named(page, "label")) for page in pages] == [2, 2]
    assert named(pages[0], "label")[0].position_x / MM == pytest.approx(70, abs=0.05)
    assert named(pages[1], "label")[0].position_y / MM == pytest.approx(0.5, abs=0.05)


def test_a_long_address_is_set_smaller_until_all_of_it_stands_on_the_label():
    of = Organisation(
        name="Ministère de l’Enseignement supérieur et de la Recherche scientifique", city="Bamako"
    )
    long = contact(
        civility="Madame la Professeure",
        name="Aminata Fatoumata Traoré épouse Coulibaly",
        function="Directrice nationale de l’enseignement supérieur et de la coopération universitaire",
        organisation=of,
        under_cover_of="Monsieur le Secrétaire général du ministère",
        postal_address="Hamdallaye ACI 2000, rue 390, porte 1028\nBP 71",
        city="Bamako",
    )
    sheet = SHEETS["3x8"]
    lines = addressee(long, short=True).lines
    assert fits(lines, sheet)
    assert text_size(lines, sheet) < text_size(addressee(contact()).lines, sheet)
    (page,) = boxes(labels_html([long], sheet=sheet))
    label = named(page, "label")[0]
    bottom = max(
        box.position_y + box.height for box in label.descendants() if type(box).__name__ == "LineBox"
    )
    assert bottom <= label.position_y + label.border_height()
    assert not fits((*lines, *lines, *lines), sheet)


def test_every_letter_shows_its_address_in_the_window_and_numbers_its_own_pages():
    def letter(many: int) -> str:
        row = PaperLetter(
            language="fr",
            to=Addressee(("Madame la Ministre", "Ministère"), ("BP 1", "Bamako")),
            dated="Bamako, le 5 février 2019",
            subject="Conférence & débat",
            salutation="Madame la Ministre,",
            body=SafeString("<p>Texte ɛ ɔ.</p>" * many),
            closing="Veuillez agréer…",
        )
        return letter_html(
            row, letterhead="TOKTEN-Mali", address="a@example.org", signatory="M. Diallo", function=""
        )

    (page,) = boxes(letter(1))
    assert "Objet :  Conférence & débat" in text_of(page)
    assert "1 / 1" not in text_of(page)
    (to,) = named(page, "to")
    assert to.content_box_x() / MM == pytest.approx(110, abs=0.5)
    assert 40 < to.position_y / MM < 60  # a DL envelope's window
    pages = boxes(letter(50))
    last = f"{len(pages)} / {len(pages)}"
    assert len(pages) > 1
    assert last in text_of(pages[-1])
    assert last not in text_of(pages[0])


def test_words_typed_into_an_address_are_words():
    html = labels_html([contact(name="<b>Awa</b> & fils")], sheet=SHEETS["2x7"])
    assert "&lt;b&gt;Awa&lt;/b&gt; &amp; fils" in html


def test_a_pdf_fetches_nothing(tmp_path):
    secret = tmp_path / "secret.css"
    secret.write_text("body::after{content:'lu'}")
    pdf = documents.as_pdf(
        f'<link rel="stylesheet" href="file://{secret}"><img src="http://127.0.0.1:9/x.png"><p>x</p>'
    )
    assert pdf.startswith(b"%PDF-")
