"""iCalendar (RFC 5545), written by us: calendar programs differ in what they forgive."""

from events.ical.entries import (
    agenda_calendar,
    event_calendar,
    letter_calendar,
    occurrence_calendar,
    person_calendar,
)
from events.ical.text import CONTENT_TYPE, Entry, Request, calendar
from events.ical.zones import vtimezone

__all__ = [
    "CONTENT_TYPE",
    "Entry",
    "Request",
    "agenda_calendar",
    "calendar",
    "event_calendar",
    "letter_calendar",
    "occurrence_calendar",
    "person_calendar",
    "vtimezone",
]
