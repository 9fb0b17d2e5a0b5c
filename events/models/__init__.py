"""Events, their dates and who comes."""

from events.models.events import Event, Kind, Role, State
from events.models.occurrences import Occurrence, OccurrenceState
from events.models.pages import AgendaPage, EventPage
from events.models.registrations import (
    ACTIVE_STATES,
    SEATED_STATES,
    Attempt,
    Channel,
    Registration,
    RegistrationState,
)

__all__ = [
    "ACTIVE_STATES",
    "SEATED_STATES",
    "AgendaPage",
    "Attempt",
    "Channel",
    "Event",
    "EventPage",
    "Kind",
    "Occurrence",
    "OccurrenceState",
    "Registration",
    "RegistrationState",
    "Role",
    "State",
]
