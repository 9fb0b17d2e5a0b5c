"""Badges and certificates on paper."""

from __future__ import annotations

import io
from typing import Any

import pypdfium2
import pytest

from events.documents.badges import Badge, Sheet, badges_html, badges_pdf
from events.documents.certificates import Paper, certificates_pdf
from tests.factories.core import make_site

LONG = "Professeur Mohamed El Moctar Ould Abdourahamane Dicko-Bâ de la Région de Tombouctou"


def badge(name: str = "Awa Traoré", **values: Any) -> Badge:
    said: dict[str, Any] = {
        "heading": "Forum",
        "lines": ["Université de Ségou"],
        "foot": "EXPERT",
        "colour": "#1d3f72",
    }
    return Badge(**{**said, "name": name, "code": "7K3M9QTZ2", **values})


def texts(data: bytes) -> list[str]:
    return [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(io.BytesIO(data))]


@pytest.mark.parametrize(("size", "places"), [("90x55", 10), ("100x70", 8), ("105x148", 4)])
def test_a_sheet_is_cut_into_as_many_badges_as_stand_on_it(size: str, places: int) -> None:
    sheet = Sheet.of(size)
    assert sheet.places == places
    corners = [sheet.position(place) for place in range(places)]
    assert len(set(corners)) == places
    for left, top in corners:
        assert left >= 0
        assert top >= 0
        assert left + sheet.width <= 210.01
        assert top + sheet.height <= 297.01


@pytest.mark.parametrize("size", ["90x55", "100x70", "105x148"])
def test_a_long_name_stands_whole_on_its_badge(size: str) -> None:
    (text,) = texts(badges_pdf([badge(LONG)], size=size, alone=True))
    for word in LONG.split():
        assert word in text, (size, word)
    assert "Université de Ségou" in text


def lowest(data: bytes, word: str) -> float:
    """How many millimetres above the lower edge of the first page a word stands."""
    page = pypdfium2.PdfDocument(io.BytesIO(data))[0].get_textpage()
    found = page.search(word).get_next()
    assert found is not None, word
    return float(page.get_charbox(found[0])[1]) * 25.4 / 72


@pytest.mark.parametrize(("size", "band"), [("90x55", 9), ("100x70", 9), ("105x148", 17)])
def test_a_long_category_and_long_lines_stand_whole_on_a_badge(size: str, band: int) -> None:
    foot = "DÉLÉGATION OFFICIELLE DU BURKINA FASO ET OBSERVATEURS"
    lines = [
        "Secrétaire générale adjointe chargée de la coopération universitaire et de la recherche",
        "Ministère de l’Enseignement supérieur, de la Recherche et de l’Innovation du Burkina Ouagadougou",
    ]
    data = badges_pdf([badge(LONG, foot=foot, lines=lines)], size=size, alone=True)
    assert all(word in texts(data)[0] for word in foot.split())
    assert lowest(data, "Ouagadougou") > band


def test_badges_lie_on_sheets_or_alone() -> None:
    many = [badge(f"Personne {number}") for number in range(11)]
    sheets = texts(badges_pdf(many, size="90x55"))
    assert [text.count("Personne") for text in sheets] == [10, 1]
    assert len(texts(badges_pdf(many[:3], size="90x55", alone=True))) == 3


def test_what_somebody_typed_is_no_markup() -> None:
    html = badges_html([badge("<b>Awa</b>", lines=["<img src=x>"])], size="90x55")
    assert "<b>Awa" not in html
    assert "<img src=x" not in html


def test_the_band_has_the_colour_of_the_category() -> None:
    assert "background:#9b2c1f" in badges_html([badge(colour="#9b2c1f")], size="90x55")


@pytest.mark.django_db
def test_a_certificate_has_two_signatories_and_the_address_where_it_is_checked() -> None:
    make_site()
    signs = [{"name": "Issa Koné", "function": "Coordinateur"}, {"name": "Awa Bâ", "function": "Doyenne"}]
    words = {"title": "Attestation", "paragraphs": ["a pris part <b>au</b> forum."], "place": "Bamako"}
    paper = Paper(
        LONG, {**words, "signatories": signs}, "fr", "5 février 2027", "7k3m9qtz2abcdefg", "7K3M-9QTZ"
    )
    first, second = texts(
        certificates_pdf([paper, Paper("Bref", paper.words, "fr", "5 février 2027", revoked=True)])
    )
    for said in (
        "Issa Koné",
        "Doyenne",
        "localhost:8000/verify/",
        "7K3M-9QTZ",
        "<b>au</b>",
        *LONG.split(),
    ):
        assert said in first, said
    assert "RÉVOQUÉE" in second
    assert "Spécimen sans valeur" in second


@pytest.mark.django_db
def test_the_words_of_a_certificate_stand_above_the_signatures_however_many_they_are() -> None:
    make_site()
    long = "a présenté « " + "Hydrologie du delta intérieur du Niger " * 28 + "» lors du colloque de Ségou."
    words = {
        "title": "Attestation de présidence de séance, de communication et de participation aux travaux",
        "paragraphs": [long, "Fait pour servir et valoir ce que de droit finalement."],
        "place": "Bamako",
        "signatories": [],
    }
    data = certificates_pdf([Paper(LONG, words, "fr", "5 février 2027")])
    assert lowest(data, "finalement") > 69
