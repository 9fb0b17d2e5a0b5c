"""A release in the formats that newsrooms take: text and mail, letterhead PDF, Word, ninjs, NewsML-G2, a card.

Each is a pure function of the page and of what stands around it (`Around`): nothing here reads the database.
"""

from press.exports.around import Around, file_name
from press.exports.words import (
    Files,
    as_html,
    as_text,
    body_parts,
    contact_lines,
    correction_lines,
    dateline,
    embargo_line,
)

__all__ = [
    "Around",
    "Files",
    "as_html",
    "as_text",
    "body_parts",
    "contact_lines",
    "correction_lines",
    "dateline",
    "embargo_line",
    "file_name",
]
