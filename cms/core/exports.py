"""Tables for spreadsheets: cells that no spreadsheet runs, in files that a French Excel opens by a double click."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.encoding import force_str
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

BOM = "\ufeff"  # without it Excel reads UTF-8 as Windows-1252
DELIMITER = ";"  # what Excel expects where the comma is the decimal mark
# OWASP, CSV injection; with the full-width forms, which some spreadsheets fold.
_STARTS_A_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
_PLAIN_NUMBER = re.compile(r"[+-]?\d[\d \u00a0\u202f.,]*")


def safe_cell(value: Any) -> str:
    """The text of a value, which no spreadsheet takes for a formula.

    A text that begins like one gets an apostrophe in front; a number or a telephone number in E.164 does not,
    since a sign and digits run nothing.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, datetime):
        return (
            timezone.localtime(value).strftime("%Y-%m-%d %H:%M") if timezone.is_aware(value) else str(value)
        )
    if isinstance(value, date | UUID):
        return str(value)
    text = ILLEGAL_CHARACTERS_RE.sub("", force_str(value))
    if text.lstrip().startswith(_STARTS_A_FORMULA) or text.startswith(_STARTS_A_FORMULA):
        return text if _PLAIN_NUMBER.fullmatch(text) else f"'{text}"
    return text


class _Echo:
    def write(self, text: str) -> str:
        return text


def stream_csv(headings: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """Yield a CSV file line by line, in constant memory: UTF-8 with BOM, semicolons, every cell safe."""
    writer = csv.writer(_Echo(), delimiter=DELIMITER)  # type: ignore[arg-type]
    yield (BOM + str(writer.writerow([safe_cell(heading) for heading in headings]))).encode()
    for row in rows:
        yield str(writer.writerow([safe_cell(value) for value in row])).encode()


def write_xlsx(headings: Sequence[Any], rows: Iterable[Sequence[Any]], *, title: str = "") -> bytes:
    """Return a workbook of one sheet. Texts are text cells whatever they begin with; times are local and naive."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(title=re.sub(r"[\[\]:*?/\\]", " ", title)[:31] or None)
    sheet.freeze_panes = "A2"
    first = [_xlsx_cell(sheet, force_str(heading)) for heading in headings]
    for cell in first:
        cell.font = Font(bold=True)
    sheet.append(first)
    for row in rows:
        sheet.append([_xlsx_cell(sheet, value) for value in row])
    output = BytesIO()
    workbook.save(output)
    return output.getvalue()


def _xlsx_cell(sheet: Any, value: Any) -> WriteOnlyCell:
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value).replace(tzinfo=None)
    if not isinstance(value, int | float | date | None):
        value = ILLEGAL_CHARACTERS_RE.sub("", force_str(value))
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        cell.data_type = "s"
    return cell
