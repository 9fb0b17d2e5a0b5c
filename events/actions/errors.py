"""Why something about an event cannot be done."""


class EventsError(Exception):
    """Base of what an edge tells in words."""


class OccurrenceFull(EventsError):
    """No seat is left and the event keeps no waiting list."""


class RegistrationClosed(EventsError):
    """Registration is not open: not yet, no longer, or the date is cancelled."""


class AlreadyOver(EventsError):
    """The date is over or cancelled: its registrations stay as they are."""


class NotTaken(EventsError):
    """The registration is not in a state in which this can be done."""


class TooManyTries(EventsError):
    """Too many tries at a public form from one address."""
