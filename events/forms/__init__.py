"""Forms of the agenda: the editor's first values, the changes by button, the public registration."""

from events.forms.calendars import CalendarForm
from events.forms.dates import DateForm, ScopeForm
from events.forms.delegations import (
    AnnounceForm,
    CareForm,
    DelegationForm,
    GrantForm,
    JourneyForm,
    MemberForm,
    VisaLetterForm,
)
from events.forms.pages import EventPageForm
from events.forms.registrations import (
    AddForm,
    ConfirmByPhoneForm,
    ReasonForm,
    RegistrationForm,
)
from events.forms.states import (
    AudienceForm,
    CapacityForm,
    InviteForm,
    PlaceForm,
    RegistrationWindowForm,
    WhenForm,
)

__all__ = [
    "AddForm",
    "AnnounceForm",
    "AudienceForm",
    "CalendarForm",
    "CapacityForm",
    "CareForm",
    "ConfirmByPhoneForm",
    "DateForm",
    "DelegationForm",
    "EventPageForm",
    "GrantForm",
    "InviteForm",
    "JourneyForm",
    "MemberForm",
    "PlaceForm",
    "ReasonForm",
    "RegistrationForm",
    "RegistrationWindowForm",
    "ScopeForm",
    "VisaLetterForm",
    "WhenForm",
]
