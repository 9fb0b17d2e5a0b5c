"""What an event's zone and rule may be, before anything is stored."""

from events.validators.rules import (
    MAX_DATES,
    check_rule,
    expand,
    in_words,
    parse_rule,
    serialise_rule,
)
from events.validators.zones import ZONES, local, to_utc, validate_zone

__all__ = [
    "MAX_DATES",
    "ZONES",
    "check_rule",
    "expand",
    "in_words",
    "local",
    "parse_rule",
    "serialise_rule",
    "to_utc",
    "validate_zone",
]
