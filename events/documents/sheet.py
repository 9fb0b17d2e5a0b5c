"""The attendance sheet (feuille d'émargement): a line a person to sign, for when nothing else works."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from cms.core.bogolan import band_svg
from cms.mailing.documents import as_pdf

#: Lines left empty at the end, for those who come without having registered.
EMPTY_LINES = 12


def sheet_html(
    people: Sequence[Any],
    *,
    row: Any,
    title: str,
    day: date,
    letterhead: str,
    part: str,
    first: int,
    now: datetime,
) -> str:
    """The sheet of one day as HTML in the active language; `first` is the number of the first line."""
    context = {
        "people": people,
        "row": row,
        "title": title,
        "day": day,
        "letterhead": letterhead,
        "part": part,
        "first": first,
        "numbers": range(first + len(people), first + len(people) + EMPTY_LINES),
        "band": SafeString(band_svg("djenne").replace("currentColor", "#5a4433")),
        "now": now,
    }
    return render_to_string("events/paper/sheet.html", context)


def sheet_pdf(people: Sequence[Any], **around: Any) -> bytes:
    """The sheet on A4 (see `sheet_html`). Raises cms.mailing.documents.PaperUnavailable."""
    return as_pdf(sheet_html(people, **around), pdf_tags=True)
