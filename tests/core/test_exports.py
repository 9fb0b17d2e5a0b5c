from datetime import UTC, datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook

from cms.core.exports import safe_cell, stream_csv, write_xlsx


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://example.org")',
        "+1+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "＝1",
    ],
)
def test_a_text_that_begins_like_a_formula_is_made_inert(text: str) -> None:
    assert safe_cell(text).startswith("'")


@pytest.mark.parametrize("text", ["+22376000000", "-5", "Awa", "a=b", "", "1 000,50"])
def test_numbers_telephones_and_other_texts_stay_as_they_are(text: str) -> None:
    assert safe_cell(text) == text


def test_a_csv_opens_in_excel_in_french_and_holds_no_formula() -> None:
    lines = b"".join(
        stream_csv(["Nom", "Né; le"], [["=1+1", datetime(2026, 1, 2, 3, 4, tzinfo=UTC)], ["Éa", None]])
    )
    assert lines == '\ufeffNom;"Né; le"\r\n\'=1+1;2026-01-02 03:04\r\nÉa;\r\n'.encode()


def test_a_csv_is_written_line_by_line() -> None:
    asked: list[int] = []

    def rows():
        for number in range(3):
            asked.append(number)
            yield [number]

    lines = stream_csv(["n"], rows())
    next(lines)
    next(lines)
    assert asked == [0]


def test_a_workbook_holds_texts_not_formulas_and_no_control_characters() -> None:
    sheet = load_workbook(
        BytesIO(write_xlsx(["a", "b"], [["=1+1", "x\x00y"], [5, None]], title="[x]: /"))
    ).active
    assert [[cell.value for cell in row] for row in sheet.rows] == [["a", "b"], ["=1+1", "xy"], [5, None]]
    assert sheet["A2"].data_type == "s"
