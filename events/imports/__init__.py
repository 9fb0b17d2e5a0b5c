"""Calendars of others, read: text into entries, with what is wrong said entry by entry."""

from events.imports.entries import LIMIT, Brought, Instead, read_calendar
from events.imports.text import MAX_BYTES, Unreadable

__all__ = ["LIMIT", "MAX_BYTES", "Brought", "Instead", "Unreadable", "read_calendar"]
