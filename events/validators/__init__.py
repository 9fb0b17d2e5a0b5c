"""What an event's zone and rule may be, before anything is stored."""

from events.validators.rules import (
    FIRST_YEAR,
    LAST_YEAR,
    MAX_CHARS,
    MAX_DATES,
    check_rule,
    expand,
    parse_rule,
    serialise_rule,
)
from events.validators.series import cut, moved, same_grid
from events.validators.words import in_words
from events.validators.zones import ZONES, local, to_utc, validate_zone

__all__ = [
    "FIRST_YEAR",
    "LAST_YEAR",
    "MAX_CHARS",
    "MAX_DATES",
    "ZONES",
    "check_rule",
    "cut",
    "expand",
    "in_words",
    "local",
    "moved",
    "parse_rule",
    "same_grid",
    "serialise_rule",
    "to_utc",
    "validate_zone",
]
