"""What the agenda answers: public pages, registration, personal pages, the secretariat's screens."""

from events.views.agenda import agenda, agenda_file, next_event_section
from events.views.buttons import change_view, dates_preview, state_panel
from events.views.events import event, event_file
from events.views.people import add, agenda_index, contact_section, export, people, person, todo_items
from events.views.personal import personal, personal_file
from events.views.registrations import register

__all__ = [
    "add",
    "agenda",
    "agenda_file",
    "agenda_index",
    "change_view",
    "contact_section",
    "dates_preview",
    "event",
    "event_file",
    "export",
    "next_event_section",
    "people",
    "person",
    "personal",
    "personal_file",
    "register",
    "state_panel",
    "todo_items",
]
