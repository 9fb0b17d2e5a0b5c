"""Lists out of files: what is read, what is refused, what a column is taken for, and whom a line repeats."""

from __future__ import annotations

import tracemalloc
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.utils import translation
from openpyxl import Workbook

from cms.contacts import imports
from cms.contacts.imports import Lookups, Matcher, Unreadable, guess_columns, read_row, read_table
from cms.contacts.imports.files import MOST_ROWS, find_delimiter
from cms.core.models import Topic
from tests.factories.contacts import make_contact, make_organisation

HEAD = "Nom;Téléphone;Courriel\n"
BODY = (
    "Aïssata Coulibaly;76 00 00 01;aissata@example.org\nGaoussou Dembélé;76 00 00 02;gaoussou@example.org\n"
)


@pytest.fixture(autouse=True)
def french() -> Any:
    with translation.override("fr"):
        yield


def workbook(*rows: list[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    output = BytesIO()
    book.save(output)
    return output.getvalue()


def rebuilt(data: bytes, **parts: bytes) -> bytes:
    """The workbook with parts replaced or added; `__` stands for a slash, `_0` for a dot."""
    named = {name.replace("__", "/").replace("_0", "."): content for name, content in parts.items()}
    output = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(output, "w", ZIP_DEFLATED) as new:
        for info in old.infolist():
            if info.filename not in named:
                new.writestr(info, old.read(info))
        for name, content in named.items():
            new.writestr(name, content)
    return output.getvalue()


# Files -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "encoding, mark, named",
    [
        ("utf-8", b"", "UTF-8"),
        ("utf-8", b"\xef\xbb\xbf", "UTF-8"),
        ("utf-16-le", b"\xff\xfe", "UTF-16"),
        ("cp1252", b"", "Windows-1252"),
        ("mac_roman", b"", "Mac Roman"),
    ],
)
def test_accents_are_read_whatever_program_wrote_them(encoding: str, mark: bytes, named: str) -> None:
    table = read_table(mark + (HEAD + BODY).encode(encoding))
    assert table.headings == ["Nom", "Téléphone", "Courriel"]
    assert [cells[0] for _line, cells in table.rows] == ["Aïssata Coulibaly", "Gaoussou Dembélé"]
    assert named in table.form


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_separator_is_found(delimiter: str) -> None:
    text = (HEAD + BODY).replace(";", delimiter)
    assert find_delimiter(text) == delimiter
    assert len(read_table(text.encode()).rows[0][1]) == 3


def test_a_separator_that_excel_names_and_commas_inside_cells_are_no_trap() -> None:
    assert read_table(("sep=,\n" + HEAD.replace(";", ",") + "a,1,b\n").encode()).headings[1] == "Téléphone"
    text = 'Nom;Fonction;Ville\n"Diarra, Awa";Cheffe, par intérim;Ségou\n'
    assert read_table(text.encode()).rows == [(2, ["Diarra, Awa", "Cheffe, par intérim", "Ségou"])]


def test_lines_are_numbered_as_a_spreadsheet_does_and_empty_ones_are_left_out() -> None:
    table = read_table(("\n" + HEAD + "\n" + BODY + ";;\n").encode())
    assert [line for line, _cells in table.rows] == [4, 5]
    rows = read_table(workbook(["Nom", "Tél"], [None, None], ["Awa", 76000001])).rows
    assert rows == [(3, ["Awa", "76000001"])]


def test_a_workbook_gives_the_values_beside_its_formulas_and_numbers_without_point_zero() -> None:
    book = workbook(["Nom", "Tél", "Rang"], ["=1+1", 76000001.0, True])
    assert read_table(book).rows == [(2, ["", "76000001", "oui"])]


@pytest.mark.parametrize(
    "data, sentence",
    [
        (b"", "pas de liste"),
        (b"Nom;Courriel\n", "pas de liste"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 100, "ancien fichier Excel"),
        (b"%PDF-1.7\x00\x01", "ni un fichier CSV"),
        (b"PK\x03\x04" + b"broken", "abîmé"),
        (b"\xff\xfea", "abîmé"),
        (b'Nom;Ville\nAwa;"' + b"x\n" * 60, "ligne 2"),
        (b'Nom;Ville\nAwa;"' + b"x" * 200_000, "ligne 2"),
        (b"x" * (imports.MOST_BYTES + 1), "5\u00a0Mo"),
        (b"Nom\n" + b"a\n" * (MOST_ROWS + 1), "10\u00a0000"),
        (";".join(f"c{number}" for number in range(61)).encode() + b"\nx\n", "60 colonnes"),
    ],
)
def test_what_is_no_list_is_refused_with_what_to_do(data: bytes, sentence: str) -> None:
    with pytest.raises(Unreadable, match=sentence):
        read_table(data)


def test_ten_thousand_lines_are_taken() -> None:
    assert len(read_table(b"Nom\n" + b"a\n" * MOST_ROWS).rows) == MOST_ROWS


def test_another_archive_is_no_workbook() -> None:
    output = BytesIO()
    with ZipFile(output, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    with pytest.raises(Unreadable, match="ni un fichier CSV"):
        read_table(output.getvalue())


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "'
    + b"ha" * 50
    + b'"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b"<si><t>&b;</t></si></sst>"
)
SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'


@pytest.mark.parametrize(
    "parts, sentence",
    [
        ({"xl__sharedStrings_0xml": LAUGHS}, "abîmé"),
        ({"xl__worksheets__sheet1_0xml": SHEET % (b" " * 51_000_000)}, "trop gros"),
        ({"xl__styles_0xml": b"<styleSheet>" + b" " * 4_300_000 + b"</styleSheet>"}, "trop gros"),
        ({"xl__worksheets__sheet1_0xml": SHEET % (b"<row>" + b"<c/>" * 1_001 + b"</row>")}, "trop gros"),
        ({"xl__worksheets__sheet1_0xml": b"<worksheet><sheetData>"}, "abîmé"),
        ({f"xl__media__{number}_0bin": b"" for number in range(500)}, "trop gros"),
    ],
    ids=["entities", "inflated sheet", "inflated styles", "endless row", "cut", "parts"],
)
def test_a_bomb_is_refused_before_it_is_opened(parts: dict[str, bytes], sentence: str) -> None:
    data = rebuilt(workbook(["Nom"], ["Awa"]), **parts)
    assert len(data) < imports.MOST_BYTES
    tracemalloc.start()
    try:
        with pytest.raises(Unreadable, match=sentence):
            read_table(data)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 24 * 1024 * 1024


def test_the_workbook_of_those_bombs_is_read_as_it_was() -> None:
    """The control: it is the parts that are refused, not the workbook they were put in."""
    assert read_table(rebuilt(workbook(["Nom"], ["Awa"]))).rows == [(2, ["Awa"])]


def test_a_sheet_that_claims_a_million_rows_costs_no_more_than_it_holds() -> None:
    far = SHEET % (
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>Nom</t></is></c></row>'
        b'<row r="2"><c r="A2" t="inlineStr"><is><t>Awa</t></is></c></row>'
        b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'
    )
    table = read_table(rebuilt(workbook(["Nom"]), xl__worksheets__sheet1_0xml=far))
    assert table.rows == [(2, ["Awa"])]


# Columns -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "headings, keys",
    [
        (["Nom", "Prénom(s)", "Tél.", "E-mail"], ["family_name", "first_name", "phone", "email"]),
        (["NOM ET PRÉNOMS", "Structure", "Qualité"], ["name", "organisation", "function"]),
        (
            ["Last name", "First name", "Phone", "Email address"],
            ["family_name", "first_name", "phone", "email"],
        ),
        (["Full name", "Organization", "City", "Country"], ["name", "organisation", "city", "country"]),
        (["Nom", "Tél 1", "Tél 2", "WhatsApp"], ["name", "phone", "phone", "whatsapp"]),
        (["Adresse mail pro", "Téléphone portable", "B.P."], ["email", "phone", "postal_address"]),
        (
            ["Rang protocolaire", "Formule d’appel", "Sous couvert de"],
            ["protocol_rank", "salutation", "under_cover_of"],
        ),
        (["N°", "Nom", "Nom complet"], ["", "name", ""]),
    ],
)
def test_headings_are_understood_in_french_and_english(headings: list[str], keys: list[str]) -> None:
    assert guess_columns(headings) == keys


def test_cells_speak_where_a_heading_does_not() -> None:
    sample = [["Awa Diarra", "76 00 00 01", "awa@example.org"], ["Ali Keïta", "66 00 00 02", ""]]
    assert guess_columns(["Nom", "Contact", "Divers"], sample) == ["name", "phone", "email"]
    assert guess_columns(["Nom", "Vu le"], [["Awa", "2026-11-23 12:00"]]) == ["name", ""]


def line(**cells: str) -> tuple[dict[str, Any], list[list[str]]]:
    return read_row(
        list(cells.values()), headings=list(cells), columns=list(cells), lookups=Lookups({"sante": "7"})
    )


@pytest.mark.django_db
def test_a_line_is_read_into_what_a_card_holds() -> None:
    values, errors = line(
        family_name="DIARRA",
        first_name=" Awa ",
        email="Awa@Example.org; bureau@example.org",
        phone="77 123 45 67 / 00 33 6 12 34 56 78",
        whatsapp="+223 66 00 00 02",
        country="Sénégal",
        language="Français",
        kind="Personne",
        organisation="INRSP",
        organisation_kind="Université",
        topics="Santé",
        protocol_rank="3",
        postal_address="BP 1771\nBamako",
    )
    assert errors == []
    assert values == {
        "name": "Awa DIARRA",
        "family_name": "DIARRA",
        "emails": ["awa@example.org", "bureau@example.org"],
        "phones": ["+221771234567", "+33612345678", "+22366000002"],
        "whatsapp": ["+22366000002"],
        "country": "SN",
        "language": "fr",
        "kind": "person",
        "organisation": "INRSP",
        "organisation_kind": "university",
        "topics": ["7"],
        "protocol_rank": 3,
        "postal_address": "BP 1771\nBamako",
    }


@pytest.mark.parametrize("cell", ["22376000001", "+22376000001", "0022376000001", "76000001", "76.00.00.01"])
def test_a_number_of_mali_is_the_same_however_a_spreadsheet_left_it(cell: str) -> None:
    assert line(name="Awa", phone=cell)[0]["phones"] == ["+22376000001"]


@pytest.mark.parametrize(
    "cells, heading, sentence",
    [
        ({"name": "", "email": "a@example.org"}, "name", "pas de nom"),
        ({"name": "---", "email": "a@example.org"}, "name", "pas de nom"),
        ({"name": "Awa"}, "", "ni adresse électronique"),
        ({"name": "Awa", "email": "awa.example.org"}, "email", "valide"),
        ({"name": "Awa", "email": "awa@example.org\nbcc: b"}, "email", "valide"),
        ({"name": "Awa", "phone": "12"}, "phone", "chiffres"),
        ({"name": "Awa", "phone": "2,2376E+10"}, "phone", "tableur a abîmé"),
        ({"name": "Awa", "phone": "76000001", "country": "Atlantide"}, "country", "Pays inconnu"),
        ({"name": "Awa", "phone": "76000001", "language": "latin"}, "language", "Langue inconnue"),
        ({"name": "Awa", "phone": "76000001", "kind": "chien"}, "kind", "personne ou service"),
        ({"name": "Awa", "phone": "76000001", "topics": "Astrologie"}, "topics", "Thème inconnu"),
        ({"name": "Awa", "phone": "76000001", "protocol_rank": "premier"}, "protocol_rank", "nombre entier"),
        ({"name": "Awa" * 70, "phone": "76000001"}, "name", "200 caractères"),
        ({"name": "Awa", "phone": "76000001", "notes": "x" * 2_001}, "notes", "2\u00a0000"),
    ],
)
def test_an_error_names_its_column_in_french(cells: dict[str, str], heading: str, sentence: str) -> None:
    _values, errors = line(**cells)
    assert [found for found, _words in errors] == [heading]
    assert sentence in errors[0][1]


def test_more_cells_than_headings_are_an_error_and_not_lost() -> None:
    _values, errors = read_row(
        ["Awa", "76000001", "perdu"], headings=["a", "b"], columns=["name", "phone"], lookups=Lookups({})
    )
    assert "perdu" in errors[0][1]


@pytest.mark.django_db
def test_topics_are_those_of_the_site() -> None:
    from wagtail.models import Locale

    topic = Topic.objects.create(name="Santé", slug="sante", locale=Locale.objects.get(language_code="fr"))
    assert Lookups().topics["sante"] == str(topic.pk)


# Whom a line repeats -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "one, other, same",
    [
        ("aminata traore", "traore aminata", True),
        ("a traore", "aminata traore", True),
        ("aminta traore", "aminata traore", True),
        ("souleymane coulibaly", "souleymanne coulibaly", True),
        ("awa traore", "aminata traore", False),
        ("ali keita", "alu keita", False),
        ("traore", "aminata traore", False),
        ("awa diarra", "ali keita", False),
    ],
)
def test_names_are_alike_but_for_order_an_initial_or_a_slip(one: str, other: str, same: bool) -> None:
    assert imports.alike(one, other) is imports.alike(other, one) is same


def values(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, **more}


@pytest.mark.django_db
def test_a_line_finds_who_is_on_file_by_address_number_and_name() -> None:
    ministry = make_organisation(name="Ministère de la Santé", acronym="MSDS")
    awa = make_contact(name="Awa Diarra", email="awa@example.org", organisation=ministry)
    ali = make_contact(name="Ali Keïta", email=None, phone="76000001")
    found = Matcher().find(
        [
            (2, values("Awa Diarra", emails=["awa@example.org"])),
            (3, values("Moussa Sow", emails=["awa@example.org"])),
            (4, values("ALI KEITA", phones=["+22376000001"])),
            (5, values("Fanta Sow", phones=["+22376000001"])),
            (6, values("DIARRA A.", organisation="MSDS", phones=["+22376000009"])),
            (7, values("Awa Diarra", organisation="Autre", phones=["+22376000008"])),
        ]
    )
    told = {
        number: [(one.get("contact"), one["why"], one["sure"]) for one in candidates]
        for number, candidates in found.items()
    }
    assert told[2] == [(awa.pk, "address", True)]
    assert told[3][0] == (awa.pk, "address", False)
    assert told[4] == [(ali.pk, "phone", True)]
    assert told[5] == []
    assert told[6] == [(awa.pk, "name", False)]
    assert told[7] == []


@pytest.mark.django_db
def test_a_line_that_repeats_an_earlier_one_says_which() -> None:
    matcher = Matcher()
    matcher.find([(2, values("Awa Diarra", emails=["awa@example.org"], organisation="INRSP"))])
    found = matcher.find(
        [
            (3, values("Awa Diarra", emails=["awa@example.org"])),
            (4, values("Diarra Awa", organisation="inrsp", phones=["+22376000001"])),
        ]
    )
    assert [(one["line"], one["why"], one["sure"]) for one in found[3]] == [(2, "address", True)]
    assert [(one["line"], one["why"], one["sure"]) for one in found[4]] == [(2, "name", False)]


@pytest.mark.django_db
def test_a_hundred_lines_are_compared_in_as_many_queries_as_one(django_assert_num_queries: Any) -> None:
    ministry = make_organisation(name="Ministère")
    for number in range(30):
        make_contact(name=f"Personne {number}", organisation=ministry)
    many = [
        (number, values(f"Awa {number}", emails=[f"a{number}@example.org"], organisation="Ministère"))
        for number in range(100)
    ]
    with django_assert_num_queries(4):
        Matcher().find([(0, many[0][1] | {"phones": ["+22376000001"]})])
    with django_assert_num_queries(4):
        Matcher().find([(number, found | {"phones": ["+22376000001"]}) for number, found in many])
