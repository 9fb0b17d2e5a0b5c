"""What a format needs beside a release's own words, and how its file is called."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from press.exports.words import Files, as_text, correction_lines


@dataclass(frozen=True)
class Around:
    """What stands around a release's text for one reader at one instant, in the language of the text.

    assets: the JSON of each file that this reader may have of it, by the row's own uid. short: the short address.
    card_picture: the address of the picture for lists, its bytes in it, "" where there is none for this reader.
    watermark: the name of the early reader, across each page of the PDF and above the other formats.
    """

    organisation: Any
    boilerplate: Any
    contacts: Sequence[Any]
    kit_url: str
    files: Files
    assets: Mapping[str, dict[str, Any]]
    short: str
    now: datetime
    card_picture: str = ""
    watermark: str = ""

    def text(self, page: Any) -> str:
        """The whole release as plain text."""
        return as_text(
            page,
            boilerplate=self.boilerplate,
            contacts=self.contacts,
            kit_url=self.kit_url,
            now=self.now,
            files=self.files,
            notices=self.notices(page),
        )

    def notices(self, page: Any) -> list[str]:
        """What stands above the text: whose copy it is, and what was corrected."""
        return [line for line in (copy_line(self.watermark), *correction_lines(page.release)) if line]


def copy_line(who: str) -> str:
    """ "Copie de Awa Traoré : ne pas transmettre." """
    return _("Copy of %(who)s: not to be passed on.") % {"who": who} if who else ""


def file_name(page: Any, extension: str, *, now: datetime) -> str:
    """ "CP-2026-014-un-titre.pdf"; of a text under embargo "SOUS-EMBARGO-CP-2026-014-un-titre.pdf"."""
    release = page.release
    number = re.sub(r"[^A-Za-z0-9]+", "-", release.label.replace("n° ", ""))
    parts = [number, page.slug[:60].strip("-")]
    if release.is_embargoed(now):
        parts.insert(0, _("UNDER EMBARGO").replace(" ", "-"))
    return "-".join(part for part in parts if part) + f".{extension}"
