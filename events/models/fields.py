"""The model field that keeps a recurrence as wall time."""

from __future__ import annotations

from typing import Any

import recurrence
from recurrence.fields import RecurrenceField

from events.validators import parse_rule, serialise_rule


class WallRecurrenceField(RecurrenceField):
    """A django-recurrence field whose times are wall times of the event's zone, never moved to UTC.

    Values are `recurrence.Recurrence` with naive datetimes, no dtstart and no dtend (the event has its own start).
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("include_dtstart", False)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> recurrence.Recurrence | None:
        if value is None or isinstance(value, recurrence.Recurrence):
            return value
        return parse_rule(value) if value else None

    def get_prep_value(self, value: Any) -> str:
        return value if isinstance(value, str) else serialise_rule(value)
