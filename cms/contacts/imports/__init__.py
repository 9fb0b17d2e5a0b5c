"""Lists of contacts out of files: read with distrust, understood column by column, compared with who is on file."""

from cms.contacts.imports.columns import COLUMNS, guess_columns
from cms.contacts.imports.files import MOST_BYTES, MOST_ROWS, Table, Unreadable, read_table
from cms.contacts.imports.lines import Lookups, read_row
from cms.contacts.imports.matching import Matcher, alike, organisations_named

__all__ = [
    "COLUMNS",
    "MOST_BYTES",
    "MOST_ROWS",
    "Lookups",
    "Matcher",
    "Table",
    "Unreadable",
    "alike",
    "guess_columns",
    "organisations_named",
    "read_row",
    "read_table",
]
