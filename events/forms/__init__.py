"""Forms of the agenda: the editor's first values, the changes by button, the public registration."""

from events.forms.pages import EventPageForm
from events.forms.registrations import (
    AddForm,
    ConfirmByPhoneForm,
    ReasonForm,
    RegistrationForm,
)
from events.forms.states import CapacityForm, InviteForm, PlaceForm, RegistrationWindowForm, WhenForm

__all__ = [
    "AddForm",
    "CapacityForm",
    "ConfirmByPhoneForm",
    "EventPageForm",
    "InviteForm",
    "PlaceForm",
    "ReasonForm",
    "RegistrationForm",
    "RegistrationWindowForm",
    "WhenForm",
]
