"""What the agenda answers: public pages, registration, personal pages, the secretariat's screens."""

from events.views.about import about
from events.views.agenda import agenda, agenda_file, next_event_section
from events.views.announce import announce_delegation
from events.views.approvals import board as approval_board
from events.views.buttons import change_view, dates_preview, state_panel
from events.views.calendars import calendar, calendars
from events.views.categories import categories, category, remove_category
from events.views.dates import occurrence, occurrence_cancel, occurrence_reinstate, occurrences
from events.views.delegates import delegate, stay
from events.views.delegations import (
    delegation,
    delegation_add,
    delegation_do,
    delegation_export,
    delegations,
)
from events.views.door import door, door_list, door_sync, door_worker
from events.views.door_desk import attendance_sheet, door_desk, door_new_key, door_settle, door_sheet
from events.views.events import event, event_file
from events.views.figures import figures, figures_csv, figures_report
from events.views.folder import change as change_answers
from events.views.folder import folder, joined_file
from events.views.guest_papers import guests_file, handed, papers
from events.views.guests import add_guests, bring_in, guest, guests, letter
from events.views.heads import delegation as head_page
from events.views.heads import member as head_member
from events.views.heads import name_member as head_name
from events.views.heads import own_journey
from events.views.invited import enter, invited, invited_file
from events.views.people import (
    add,
    agenda_index,
    contact_section,
    export,
    export_xlsx,
    people,
    person,
    todo_items,
)
from events.views.personal import personal, personal_calendar, personal_file
from events.views.privacy import journal, person_data, person_erase, person_file, person_search, privacy
from events.views.questions import question, questions, remove_question
from events.views.registrations import register
from events.views.rounds import guests_todo, invitations_section, one_round, rounds
from events.views.tickets import pay, personal_receipt, personal_ticket, receipt, ticket, void

__all__ = [
    "about",
    "add",
    "add_guests",
    "agenda",
    "agenda_file",
    "agenda_index",
    "announce_delegation",
    "approval_board",
    "attendance_sheet",
    "bring_in",
    "calendar",
    "calendars",
    "categories",
    "category",
    "change_answers",
    "change_view",
    "contact_section",
    "dates_preview",
    "delegate",
    "delegation",
    "delegation_add",
    "delegation_do",
    "delegation_export",
    "delegations",
    "door",
    "door_desk",
    "door_list",
    "door_new_key",
    "door_settle",
    "door_sheet",
    "door_sync",
    "door_worker",
    "enter",
    "event",
    "event_file",
    "export",
    "export_xlsx",
    "figures",
    "figures_csv",
    "figures_report",
    "folder",
    "guest",
    "guests",
    "guests_file",
    "guests_todo",
    "handed",
    "head_member",
    "head_name",
    "head_page",
    "invitations_section",
    "invited",
    "invited_file",
    "joined_file",
    "journal",
    "letter",
    "next_event_section",
    "occurrence",
    "occurrence_cancel",
    "occurrence_reinstate",
    "occurrences",
    "one_round",
    "own_journey",
    "papers",
    "pay",
    "people",
    "person",
    "person_data",
    "person_erase",
    "person_file",
    "person_search",
    "personal",
    "personal_calendar",
    "personal_file",
    "personal_receipt",
    "personal_ticket",
    "privacy",
    "question",
    "questions",
    "receipt",
    "register",
    "remove_category",
    "remove_question",
    "rounds",
    "state_panel",
    "stay",
    "ticket",
    "todo_items",
    "void",
]
