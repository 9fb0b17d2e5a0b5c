"""Rows of a hall as an officer writes them."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MOST_ROWS, MOST_CHAIRS = 60, 200
_LINE = re.compile(r"^(.{1,60}?)\s*[:=]\s*(\d{1,3})$")


def parse_rows(text: str) -> list[tuple[str, int]]:
    """Read "Tribune : 8" lines, from the front: (name, chairs). Raises ValidationError naming the line."""
    found: list[tuple[str, int]] = []
    for place, line in enumerate((one.strip() for one in text.splitlines()), 1):
        if not line:
            continue
        read = _LINE.match(line)
        if read is None or not 1 <= int(read[2]) <= MOST_CHAIRS:
            raise ValidationError(
                _("Line %(n)s: write a name, a colon and a number of chairs up to %(most)s.")
                % {"n": place, "most": MOST_CHAIRS}
            )
        found.append((read[1].strip(), int(read[2])))
    if not found or len(found) > MOST_ROWS:
        raise ValidationError(_("Write between 1 and %(most)s rows.") % {"most": MOST_ROWS})
    return found
