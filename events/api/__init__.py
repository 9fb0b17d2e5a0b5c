"""Events over the API: what their pages say, their dates at `@occurrences`, who comes at `@registrations`."""

from events.api.dates import occurrences_service
from events.api.people import registrations_service
from events.api.reading import agenda, event

__all__ = ["agenda", "event", "occurrences_service", "registrations_service"]
