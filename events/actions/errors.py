"""Why something about an event cannot be done."""


class EventsError(Exception):
    """Base of what an edge tells in words."""


class OccurrenceFull(EventsError):
    """No seat is left and the event keeps no waiting list."""


class OutletFull(EventsError):
    """The newsroom has all the people there that the event lets one send; staff may let one more in."""


class RegistrationClosed(EventsError):
    """Registration is not open: not yet, no longer, or the date is cancelled."""


class AlreadyOver(EventsError):
    """The date is over or cancelled: its registrations stay as they are."""


class NotTaken(EventsError):
    """The registration is not in a state in which this can be done."""


class TooManyTries(EventsError):
    """Too many tries at a public form from one address."""


class SeatsShort(EventsError):
    """Fewer seats are left than a delegation was to be given; `left` is how many."""

    def __init__(self, left: int) -> None:
        super().__init__(left)
        self.left = left


class PlacesNamed(EventsError):
    """More people of the delegation are named and seated, `named` of them, than it would keep seats for."""

    def __init__(self, named: int) -> None:
        super().__init__(named)
        self.named = named


class NoPlaceLeft(EventsError):
    """All places of the delegation are named, or no seat is left for one more."""


class CannotAnswer(EventsError):
    """An invitation does not take this answer; `str()` is the sentence for whoever answers."""
