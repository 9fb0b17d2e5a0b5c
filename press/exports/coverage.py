"""The report of coverage for paper and spreadsheets, and its charts: drawn here, with the figures as text beside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from django.template.loader import render_to_string
from django.utils.encoding import force_str
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.chart import BarChart, PieChart, Reference
from openpyxl.styles import Font

from cms.core import formats
from cms.core.bogolan import band_svg
from cms.mailing.documents import as_pdf
from press.validators import duration_words

#: Rows that a PDF lists: a year of a ministry's press review is some hundreds. The spreadsheet has them all.
MOST_ON_PAPER = 1_000
WIDTH, ROW, LABEL, NUMBER = 640, 26, 190, 60
HEIGHT, BASE, TOP = 150, 124, 16
_WIDTHS = (14, 10, 26, 22, 24, 46, 14, 12, 10, 50, 40, 14, 14, 40)


# Charts ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Bar:
    """One bar as SVG wants it: its corner, its size, where its words stand."""

    x: str
    y: str
    width: str
    height: str
    middle: str
    label: str
    value: str
    spare: bool = False  # its name is left out where the drawing is small


@dataclass(frozen=True)
class Chart:
    """A drawing of `height` by WIDTH, with one bar a line; `lying` bars go from left to right."""

    height: str
    bars: list[Bar]
    lying: bool


def lying_bars(lines: Sequence[Any]) -> Chart:
    """One bar from left to right for each line, its name before it and its number behind."""
    most = max((line.count for line in lines), default=0) or 1
    room = WIDTH - LABEL - NUMBER
    bars = [
        Bar(
            str(LABEL),
            str(place * ROW + 4),
            f"{max(room * line.count / most, 1):.1f}",
            str(ROW - 8),
            f"{LABEL + max(room * line.count / most, 1) + 8:.1f}",
            line.label or _("not said"),
            formats.number(line.count),
        )
        for place, line in enumerate(lines)
    ]
    return Chart(str(len(lines) * ROW + 4), bars, lying=True)


def standing_bars(lines: Sequence[Any]) -> Chart:
    """One bar upwards for each line (a month), its name below and its number above."""
    most = max((line.count for line in lines), default=0) or 1
    wide = min(WIDTH / max(len(lines), 1), 80)
    every = 1 if wide >= 44 else int(44 // wide) + 1
    bars = []
    for place, line in enumerate(lines):
        high = (BASE - TOP) * line.count / most
        label = line.label if place % every == 0 else ""
        bars.append(
            Bar(
                f"{place * wide + wide * 0.15:.1f}",
                f"{BASE - high:.1f}",
                f"{wide * 0.7:.1f}",
                f"{high:.1f}",
                f"{place * wide + wide / 2:.1f}",
                label,
                formats.number(line.count) if line.count else "",
                spare=place % (2 * every) != 0,
            )
        )
    return Chart(str(HEIGHT), bars, lying=False)


def charts(report: Any) -> dict[str, Chart | None]:
    """The drawings of a report by name; None where there is nothing to draw."""
    return {
        "months": standing_bars(report.months) if report.total.count else None,
        "media": lying_bars(report.media) if report.media else None,
        "tones": lying_bars(report.tones) if report.tones else None,
        "outlets": lying_bars(report.outlets) if report.outlets else None,
        "supports": lying_bars(report.supports) if report.supports else None,
    }


def title_of(report: Any) -> str:
    """What a report is called: of a year, of a release or event, of all."""
    if report.source and report.year:
        return _("Media coverage %(year)s – %(title)s") % {"year": report.year, "title": report.source.title}
    if report.source:
        return _("Media coverage – %(title)s") % {"title": report.source.title}
    if report.year:
        return _("Media coverage %(year)s") % {"year": report.year}
    return _("Media coverage")


# Paper -------------------------------------------------------------------------------------------------------
def report_html(report: Any, *, letterhead: str, now: datetime) -> str:
    """The report as one HTML page for paper, in the reader's language."""
    said = list(report.said[: MOST_ON_PAPER + 1])
    return render_to_string(
        "press/paper/coverage.html",
        {
            "report": report,
            "title": title_of(report),
            "charts": charts(report),
            "letterhead": letterhead,
            "band": mark_safe(band_svg("djenne").replace("currentColor", "#5a4433")),  # noqa: S308 - drawn by us
            "said": said[:MOST_ON_PAPER],
            "left_out": report.total.count - MOST_ON_PAPER if len(said) > MOST_ON_PAPER else 0,
            "ordered": list(report.ordered[:MOST_ON_PAPER]),
            "now": now,
        },
    )


def report_pdf(report: Any, *, letterhead: str, now: datetime) -> bytes:
    """The report on A4. Raises cms.mailing.documents.PaperUnavailable where this machine makes none."""
    return as_pdf(report_html(report, letterhead=letterhead, now=now), pdf_tags=True)


# Spreadsheet -------------------------------------------------------------------------------------------------
def report_xlsx(report: Any, *, sources: dict[Any, Any]) -> bytes:
    """A workbook: the figures with charts that follow their cells, what was said, what was ordered.

    `sources` name what rows come from, by uid. Texts are text cells whatever they begin with.
    """
    book = Workbook()
    sheet = book.active
    sheet.title = _("Report")
    _put(sheet, 1, [title_of(report)], bold=True)
    place = 3
    by = _("How many"), _("Length (s)"), _("People reached")
    for heading, lines, kind in (
        (_("Month"), report.months, BarChart),
        (_("Medium"), report.media, PieChart),
        (_("Tone"), report.tones, PieChart),
        (_("Language"), report.languages, BarChart),
        (_("Outlet"), report.outlets, BarChart),
    ):
        rows = [(line.label or _("not said"), line.count, line.seconds, line.reach) for line in lines]
        place = _table(sheet, place, (heading, *by), rows, kind)
    ordered = _("Orders"), _("Passages ordered"), _("Cost (FCFA)")
    for heading, lines in ((_("Support"), report.supports), (_("Activity of the plan"), report.activities)):
        rows = [(_named(line), line.count, line.passages, line.cost_xof) for line in lines]
        place = _table(sheet, place, (heading, *ordered), rows, BarChart)
    _widths(sheet, (40, 12, 18, 18))
    _said_sheet(book, report, sources)
    _ordered_sheet(book, report, sources)
    output = BytesIO()
    book.save(output)
    return output.getvalue()


def _named(line: Any) -> str:
    words = line.label or _("no activity of the plan")
    return f"{line.key}. {words}" if line.key.isdecimal() else words


def _table(sheet: Any, place: int, headings: Sequence[str], rows: Sequence[Any], kind: Any) -> int:
    """Write a table from a row on, its chart beside it; returns the row where the next one goes."""
    if not rows:
        return place
    _put(sheet, place, headings, bold=True)
    for step, row in enumerate(rows, start=1):
        _put(sheet, place + step, row)
    chart = kind()
    chart.title, chart.height, chart.width = headings[0], 7, 14
    last = place + len(rows)
    chart.add_data(Reference(sheet, min_col=2, min_row=place, max_row=last), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=place + 1, max_row=last))
    if kind is BarChart:
        chart.legend = None
        # openpyxl leaves axes undrawn unless they are told to stay
        chart.x_axis.delete = chart.y_axis.delete = False
        chart.y_axis.number_format = "0"
    sheet.add_chart(chart, f"F{place}")
    return max(last + 2, place + 16)


def _said_sheet(book: Any, report: Any, sources: dict[Any, Any]) -> None:
    headings = [
        _("Date"), _("Hour"), _("Outlet"), _("Medium"), _("Programme or column"), _("Title"), _("Language"),
        _("Length"), _("Page"), _("Extract"), _("Address"), _("Tone"), _("People reached"), _("Release or event"),
    ]  # fmt: skip
    rows = (
        (
            row.said_date, row.said_time, row.outlet, row.get_medium_display(), row.programme, row.title,
            row.get_language_display(), duration_words(row.duration_seconds), row.page, row.extract, row.address,
            row.get_tone_display(), row.reach, _source(row, sources),
        )
        for row in report.said.iterator(chunk_size=500)
    )  # fmt: skip
    _sheet(book, _("Coverage"), headings, rows)


def _ordered_sheet(book: Any, report: Any, sources: dict[Any, Any]) -> None:
    headings = [
        _("First day"), _("Last day"), _("Hours"), _("Outlet"), _("Programme or place"),
        _("Subject of the order"), _("Support"),
        _("Passages ordered"), _("Passages attested"), _("Length"), _("Language"), _("Terms"), _("Cost (FCFA)"),
        _("Activity of the plan"), _("Release or event"),
    ]  # fmt: skip
    rows = (
        (
            row.first_date, row.last_date, row.hours, row.outlet, row.programme, row.title,
            row.get_support_display(), row.passages, row.passages_done, duration_words(row.duration_seconds),
            row.get_language_display(), row.get_terms_display(), row.cost_xof, str(row.activity or ""),
            _source(row, sources),
        )
        for row in report.ordered.iterator(chunk_size=500)
    )  # fmt: skip
    _sheet(book, _("Paid broadcasts"), headings, rows)


def _source(row: Any, sources: dict[Any, Any]) -> str:
    found = sources.get(row.thing_uid)
    return found.title if found else ""


def _sheet(book: Any, title: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", title)[:31])
    sheet.freeze_panes = "A2"
    _put(sheet, 1, headings, bold=True)
    for place, row in enumerate(rows, start=2):
        _put(sheet, place, row)
    _widths(sheet, _WIDTHS)


def _put(sheet: Any, place: int, values: Sequence[Any], *, bold: bool = False) -> None:
    for column, value in enumerate(values, start=1):
        cell = sheet.cell(place, column)
        if isinstance(value, str) or (value is not None and type(value).__name__ == "__proxy__"):
            cell.value = ILLEGAL_CHARACTERS_RE.sub("", force_str(value))
            cell.data_type = "s"  # "=…" stays words
        else:
            cell.value = value
        if bold:
            cell.font = Font(bold=True)


def _widths(sheet: Any, widths: Sequence[int]) -> None:
    for column, width in enumerate(widths):
        sheet.column_dimensions[chr(ord("A") + column)].width = width
