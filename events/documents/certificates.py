"""Certificates on paper: A4 lying, two signatories, the address and the code where anybody checks them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from cms.core import formats
from cms.mailing.documents import as_pdf, fitting_size, lines_taken
from events.documents.letterhead import letterhead, qr_data
from events.models import Certificate

_SIZES = (30, 27, 24, 21, 18, 16)
_TITLES = (22, 19, 16, 13)
_TEXTS = (12, 11, 10, 9, 8, 7)
#: Millimetres: how wide and how high the words may stand above the signatures; a point; between paragraphs.
_WIDE, _HIGH, _POINT, _GAP = 229.0, 94.0, 0.3528, 2.0


@dataclass(frozen=True)
class Paper:
    """One certificate: `words` as `events.models.Certificate` keeps them; `spelt` the code as it is printed.

    `code` is "" for a sample, which no address knows; `revoked` is printed across one that holds no more.
    """

    name: str
    words: Mapping[str, Any]
    language: str
    issued: str
    code: str = ""
    spelt: str = ""
    revoked: bool = False

    @property
    def address(self) -> str:
        """Where the QR code leads."""
        return f"{settings.PUBLIC_URL}/verify/{self.code or 'specimen'}/"

    @property
    def typed(self) -> str:
        """What somebody types who has no camera: the code is asked for there."""
        return f"{settings.PUBLIC_URL}/verify/".split("://", 1)[1]

    @property
    def size(self) -> float:
        """The name's size in points: on one line wherever it can be."""
        return fitting_size(self.name, width=200, lines=1, sizes=_SIZES)

    @property
    def title_size(self) -> float:
        """The title's size in points: on two lines at most, wherever it can be."""
        return fitting_size(self.words["title"], width=_WIDE, lines=2, sizes=_TITLES)

    @property
    def text_size(self) -> float:
        """The size of the words in points: none of them is cut, however much the officer wrote."""
        above = self.title_size * lines_taken(
            self.words["title"], width=_WIDE, size=self.title_size, bold=True
        ) + self.size * lines_taken(self.name, width=_WIDE, size=self.size, bold=True)
        room = _HIGH - above * 1.2 * _POINT - 10
        lines = [line for one in self.words["paragraphs"] for line in one.splitlines()]
        for size in _TEXTS:
            taken = sum(max(lines_taken(line, width=_WIDE, size=size), 1) for line in lines)
            if taken * size * 1.45 * _POINT + len(self.words["paragraphs"]) * _GAP <= room:
                return size
        return _TEXTS[-1]

    @property
    def qr(self) -> str:
        return qr_data(self.address)

    @property
    def signatories(self) -> Sequence[Mapping[str, str]]:
        found: Sequence[Mapping[str, str]] = self.words["signatories"]
        return found


def issued_on(at: datetime, language: str) -> str:
    """The day on which it was given, in words."""
    return formats.day(formats.local(at).date(), language, weekday=False)


def paper_of(row: Certificate) -> Paper:
    """A certificate as its paper has it."""
    return Paper(
        name=row.name,
        words=row.words,
        language=row.language,
        issued=issued_on(row.issued_at, row.language),
        code=row.code,
        spelt=row.spelt,
        revoked=not row.holds,
    )


def certificates_html(papers: Iterable[Paper]) -> str:
    """Certificates as HTML for paper, one a page."""
    found = list(papers)
    own = letterhead()
    pages = []
    for paper in found:
        with translation.override(paper.language):
            pages.append(render_to_string("events/certificates/paper_page.html", {**own, "paper": paper}))
    return render_to_string("events/certificates/paper.html", {"pages": pages, "language": found[0].language})


def certificates_pdf(papers: Iterable[Paper]) -> bytes:
    """The same as PDF; at least one. Raises cms.mailing.documents.PaperUnavailable where this machine makes none."""
    return as_pdf(certificates_html(papers))
