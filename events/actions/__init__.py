"""What changes events, their dates and their registrations."""

from events.actions.errors import (
    AlreadyOver,
    EventsError,
    NotTaken,
    OccurrenceFull,
    RegistrationClosed,
    TooManyTries,
)
from events.actions.events import (
    WHEN,
    WINDOW,
    cancel_event,
    change_capacity,
    change_place,
    change_state,
    change_when,
    change_window,
    create_event,
)
from events.actions.invitations import NotInvitable, prepare_invitation
from events.actions.limits import PER_NETWORK, PER_PERSON, note_try
from events.actions.occurrences import cancel_occurrence, materialise, move_occurrence
from events.actions.people import move_registrations
from events.actions.registrations import (
    add_by_hand,
    approve,
    cancel,
    confirm_address,
    confirm_by_phone,
    new_link,
    refuse,
    register,
)
from events.actions.rooms import AGENDA, lay_agenda
from events.actions.sweeps import extend_horizon, sweep_registrations

__all__ = [
    "AGENDA",
    "PER_NETWORK",
    "PER_PERSON",
    "WHEN",
    "WINDOW",
    "AlreadyOver",
    "EventsError",
    "NotInvitable",
    "NotTaken",
    "OccurrenceFull",
    "RegistrationClosed",
    "TooManyTries",
    "add_by_hand",
    "approve",
    "cancel",
    "cancel_event",
    "cancel_occurrence",
    "change_capacity",
    "change_place",
    "change_state",
    "change_when",
    "change_window",
    "confirm_address",
    "confirm_by_phone",
    "create_event",
    "extend_horizon",
    "lay_agenda",
    "materialise",
    "move_occurrence",
    "move_registrations",
    "new_link",
    "note_try",
    "prepare_invitation",
    "refuse",
    "register",
    "sweep_registrations",
]
