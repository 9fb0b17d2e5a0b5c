"""Forms of the agenda: the editor's first values, the changes by button, the public registration."""

from events.forms.calendars import CalendarForm
from events.forms.categories import CategoryChoiceForm, CategoryForm
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
from events.forms.guest_papers import HandedForm, PaperForm
from events.forms.guests import (
    AddGuestsForm,
    AnswerForm,
    CodeForm,
    FileForm,
    GuestForm,
    LetterForm,
    RecordForm,
)
from events.forms.pages import EventPageForm
from events.forms.privacy import EraseForm, PersonSearchForm, RetentionForm
from events.forms.questions import Asked, ChangeForm, ChoiceLines, QuestionForm, QuestionsForm, field_of
from events.forms.receipts import PaymentForm, VoidForm
from events.forms.registrations import (
    AddForm,
    ApproveForm,
    ConfirmByPhoneForm,
    ReasonForm,
    RegistrationForm,
)
from events.forms.rounds import RoundForm
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
    "AddGuestsForm",
    "AnnounceForm",
    "AnswerForm",
    "ApproveForm",
    "Asked",
    "AudienceForm",
    "CalendarForm",
    "CapacityForm",
    "CareForm",
    "CategoryChoiceForm",
    "CategoryForm",
    "ChangeForm",
    "ChoiceLines",
    "CodeForm",
    "ConfirmByPhoneForm",
    "DateForm",
    "DelegationForm",
    "EraseForm",
    "EventPageForm",
    "FileForm",
    "GrantForm",
    "GuestForm",
    "HandedForm",
    "InviteForm",
    "JourneyForm",
    "LetterForm",
    "MemberForm",
    "PaperForm",
    "PaymentForm",
    "PersonSearchForm",
    "PlaceForm",
    "QuestionForm",
    "QuestionsForm",
    "ReasonForm",
    "RecordForm",
    "RegistrationForm",
    "RegistrationWindowForm",
    "RetentionForm",
    "RoundForm",
    "ScopeForm",
    "VisaLetterForm",
    "VoidForm",
    "WhenForm",
    "field_of",
]
