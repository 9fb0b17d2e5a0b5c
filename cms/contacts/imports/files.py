"""Tables out of files that nobody vouches for: CSV in whatever encoding, and Excel workbooks.

Everything is bounded before it is opened: bytes, parts and sizes of an archive, rows, columns, cells of a row. Nothing
in a file is run: formulas are read as the values Excel kept beside them.
"""

import csv
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO, StringIO
from itertools import islice
from typing import Any
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _
from openpyxl import load_workbook

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 10_000
MOST_COLUMNS = 60
MOST_CHARACTERS = 2_000  # of one cell
# Of an Excel workbook, opened: parts that are streamed, and parts of which a tree is built in memory.
MOST_PARTS = 500
MOST_STREAMED = 48 * 1024 * 1024
MOST_HELD = 4 * 1024 * 1024
MOST_CELLS_OF_A_ROW = 1_000
MOST_SHARED_TEXTS = 600_000

DELIMITERS = (";", ",", "\t", "|")
ACCENTS = frozenset("éèêëàâçùûîïôÉÈÀÇ’«»")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"
_SEPARATOR_LINE = re.compile(r"\Asep=(.)\r?\n")
# What our own exports put in front of a text that a spreadsheet would run.
_QUOTED_FORMULA = re.compile(r"\A'(?=\s*[=+\-@])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


class Unreadable(Exception):
    """No table could be read; the sentence says to the officer what to do."""


@dataclass(frozen=True)
class Table:
    """A heading and rows of texts. `rows` are (line as a spreadsheet numbers it, cells); empty rows are left out.

    `form` says how the file was read, in words.
    """

    form: str
    headings: list[str]
    rows: list[tuple[int, list[str]]]


def read_table(data: bytes) -> Table:
    """Read a CSV file or the first sheet of an .xlsx workbook. Raises Unreadable, with a sentence."""
    if len(data) > MOST_BYTES:
        raise Unreadable(_("This file is too big: 5 MB at most. Cut the list into several files."))
    if data.startswith(_OLD_OFFICE):
        raise Unreadable(
            _(
                "This is an old Excel file (.xls) or one with a password. Save it as .xlsx or CSV, without password."
            )
        )
    form, records = _from_workbook(data) if data.startswith(_ZIP) else _from_text(data)
    return _table(form, records)


def _table(form: str, records: Iterable[tuple[int, list[str]]]) -> Table:
    headings: list[str] | None = None
    rows: list[tuple[int, list[str]]] = []
    for line, cells in records:
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        if headings is None:
            headings = cells
            if len(headings) > MOST_COLUMNS:
                raise Unreadable(_("This file has more than 60 columns. Keep those that say something."))
            continue
        if len(rows) == MOST_ROWS:
            raise Unreadable(_("This file has more than 10,000 lines. Cut the list into several files."))
        rows.append((line, cells + [""] * (len(headings) - len(cells))))
    if headings is None or not rows:
        raise Unreadable(
            _(
                "There is no list in this file: a first line with the headings, then one line for each contact."
            )
        )
    return Table(form, headings, rows)


def _clean(value: str) -> str:
    value = _QUOTED_FORMULA.sub("", value)
    # One character more than a cell may have: the line is then told to be too long, and nothing is kept in secret.
    return _CONTROL.sub("", value.replace("\r\n", "\n").replace("\r", "\n")).strip()[: MOST_CHARACTERS + 1]


# Text --------------------------------------------------------------------------------------------------------------
def decode(data: bytes) -> tuple[str, str]:
    """The text, and the name of its encoding: by its mark, else UTF-8, else what French text looks like."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            try:
                return data.decode(encoding), encoding.removesuffix("-sig").upper()
            except UnicodeDecodeError:
                raise Unreadable(_("This file is damaged: its text breaks off. Save it again.")) from None
    if b"\x00" in data:
        raise Unreadable(_("This is neither a CSV file nor an Excel workbook (.xlsx)."))
    try:
        return data.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        windows = data.decode("cp1252", errors="replace")
        mac = data.decode("mac_roman")
        if _accents(mac) > _accents(windows):
            return mac, "Mac Roman"
        return windows, "Windows-1252"


def _accents(text: str) -> int:
    return sum(character in ACCENTS for character in text) - text.count("\ufffd")


def find_delimiter(text: str) -> str:
    """The separator that gives the first lines the most columns, as many in each as in the heading."""
    best, delimiter = (False, 1), ";"
    for candidate in DELIMITERS:
        try:
            first = islice(csv.reader(StringIO(text, newline=""), delimiter=candidate), 30)
            sample = [row for row in first if row]
        except csv.Error:
            continue
        if not sample:
            continue
        columns = len(sample[0])
        steady = sum(len(row) == columns for row in sample) * 2 > len(sample)
        if columns > 1 and (steady, columns) > best:
            best, delimiter = (steady, columns), candidate
    return delimiter


def _from_text(data: bytes) -> tuple[str, Iterator[tuple[int, list[str]]]]:
    text, encoding = decode(data)
    named = _SEPARATOR_LINE.match(text)
    delimiter = named[1] if named else find_delimiter(text)
    shown = {"\t": _("tabulation")}.get(delimiter, delimiter)
    form = _("CSV, %(encoding)s, separator “%(delimiter)s”") % {"encoding": encoding, "delimiter": shown}
    return form, _records(text, delimiter, skip=1 if named else 0)


def _records(text: str, delimiter: str, *, skip: int) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    line = 0
    try:
        for line, row in enumerate(reader, start=1):
            if line <= skip:
                continue
            if any(cell.count("\n") > 40 for cell in row):
                raise Unreadable(_unclosed(line))
            yield line, [_clean(cell) for cell in row[:MOST_CELLS_OF_A_ROW]]
    except csv.Error:
        raise Unreadable(_unclosed(line + 1)) from None


def _unclosed(line: int) -> str:
    return _(
        "A quotation mark is opened at line %(line)d and never closed. Correct it, or save as .xlsx."
    ) % {"line": line}


# Workbooks ---------------------------------------------------------------------------------------------------------
def _from_workbook(data: bytes) -> tuple[str, Iterator[tuple[int, list[str]]]]:
    _examine(data)
    try:
        book = load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        title = str(sheet.title)
        rows = sheet.iter_rows(max_row=2 * MOST_ROWS, max_col=MOST_COLUMNS + 1, values_only=True)
    except Exception as fault:  # openpyxl raises whatever the broken part made it stumble over
        raise _damaged() from fault
    form = _("Excel workbook, sheet “%(sheet)s”") % {"sheet": title[:31]}
    return form, _sheet_records(rows)


def _sheet_records(rows: Any) -> Iterator[tuple[int, list[str]]]:
    try:
        for line, row in enumerate(rows, start=1):
            yield line, [_text(value) for value in row]
    except Exception as fault:
        raise _damaged() from fault


def _damaged() -> Unreadable:
    return Unreadable(
        _("This Excel workbook cannot be opened: it is damaged. Save it again as .xlsx, or as CSV.")
    )


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return _clean(str(value))


def _examine(data: bytes) -> None:
    """Refuse an archive that is no workbook, or that would fill the memory once opened."""
    too_big = Unreadable(
        _("This workbook is too big once opened. Copy the list alone into a new one, without layout.")
    )
    try:
        with ZipFile(BytesIO(data)) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
                raise Unreadable(_("This is neither a CSV file nor an Excel workbook (.xlsx)."))
            if len(parts) > MOST_PARTS or any(part.flag_bits & 1 for part in parts):
                raise too_big
            streamed = [part for part in parts if _is_streamed(part.filename)]
            if sum(part.file_size for part in streamed) > MOST_STREAMED:
                raise too_big
            if sum(part.file_size for part in parts if _is_xml_held(part.filename)) > MOST_HELD:
                raise too_big
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    with archive.open(part) as source:
                        _scan(source, too_big)
    except (
        BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        RuntimeError,
        NotImplementedError,
        expat.ExpatError,
    ) as fault:
        raise _damaged() from fault


def _is_streamed(name: str) -> bool:
    return name.startswith("xl/worksheets/sheet") or name == "xl/sharedStrings.xml"


def _is_xml_held(name: str) -> bool:
    return name.endswith((".xml", ".rels")) and not _is_streamed(name)


def _scan(source: Any, too_big: Unreadable) -> None:
    """Walk through a part without keeping any of it: no document type, hence no entity, and no endless row."""
    counts = {"row": 0, "si": 0}
    parser = expat.ParserCreate()

    def start(name: str, _attributes: Any) -> None:
        tag = name.rpartition(":")[2]
        if tag == "row":
            counts["row"] = 0
        elif tag == "c":
            counts["row"] += 1
            if counts["row"] > MOST_CELLS_OF_A_ROW:
                raise too_big
        elif tag == "si":
            counts["si"] += 1
            if counts["si"] > MOST_SHARED_TEXTS:
                raise too_big

    def doctype(*_parts: Any) -> None:
        raise _damaged()

    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = doctype
    while chunk := source.read(65_536):
        parser.Parse(chunk)
    parser.Parse(b"", True)
