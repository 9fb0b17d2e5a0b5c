"""Events, their dates and who comes."""

from events.models.about import EventContact, EventFile, EventReading, Part, Partner
from events.models.abstracts import (
    PROPOSED,
    Author,
    Call,
    PaperForm,
    PaperState,
    Review,
    Reviewer,
    Submission,
    Verdict,
)
from events.models.audiences import (
    AudiencePerson,
    AudienceState,
    Host,
    OfficialAudience,
    Received,
    Requester,
)
from events.models.badges import BadgePrint, BadgeTemplate
from events.models.calendars import CalendarImport, Origin
from events.models.categories import COLOURS, Access, Category, Colour
from events.models.certificates import Certificate, CertificateTemplate
from events.models.delegations import (
    MOST_PLACES,
    Delegate,
    Delegation,
    DelegationState,
    Passport,
    Payer,
)
from events.models.door import CheckIn, Outcome, Way
from events.models.events import Event, Kind, Role, State
from events.models.guests import (
    ANSWERED,
    BY_STAFF,
    COMING,
    MOST_BROUGHT,
    UNANSWERED,
    AnswerChannel,
    GuestList,
    Invitation,
    InvitationState,
)
from events.models.occurrences import Occurrence, OccurrenceState
from events.models.pages import AgendaPage, EventPage
from events.models.periods import Period, Scope
from events.models.posts import OfficePost
from events.models.programme import Appearance, ProgrammeVersion, Room, Session, Speaker, Track
from events.models.questions import (
    WITH_CHOICES,
    Answer,
    Choice,
    Question,
    QuestionKind,
    answer_storage,
)
from events.models.receipts import Means, Receipt
from events.models.registrations import (
    ACTIVE_STATES,
    FULL,
    LAPSED,
    SEATED_STATES,
    Attempt,
    Channel,
    Registration,
    RegistrationState,
)
from events.models.retention import MONTHS, PASSPORT_DAYS, Retention
from events.models.roads import ReadyText, Task
from events.models.rounds import InvitationRound, RoundKind, RoundState
from events.models.running import RunningItem
from events.models.seating import Place, SeatingPlan
from events.models.stands import Stand, StandNote, StandState
from events.models.turns import QuestionTurn, TurnState

__all__ = [
    "ACTIVE_STATES",
    "ANSWERED",
    "BY_STAFF",
    "COLOURS",
    "COMING",
    "FULL",
    "LAPSED",
    "MONTHS",
    "MOST_BROUGHT",
    "MOST_PLACES",
    "PASSPORT_DAYS",
    "PROPOSED",
    "SEATED_STATES",
    "UNANSWERED",
    "WITH_CHOICES",
    "Access",
    "AgendaPage",
    "Answer",
    "AnswerChannel",
    "Appearance",
    "Attempt",
    "AudiencePerson",
    "AudienceState",
    "Author",
    "BadgePrint",
    "BadgeTemplate",
    "CalendarImport",
    "Call",
    "Category",
    "Certificate",
    "CertificateTemplate",
    "Channel",
    "CheckIn",
    "Choice",
    "Colour",
    "Delegate",
    "Delegation",
    "DelegationState",
    "Event",
    "EventContact",
    "EventFile",
    "EventPage",
    "EventReading",
    "GuestList",
    "Host",
    "Invitation",
    "InvitationRound",
    "InvitationState",
    "Kind",
    "Means",
    "Occurrence",
    "OccurrenceState",
    "OfficePost",
    "OfficialAudience",
    "Origin",
    "Outcome",
    "PaperForm",
    "PaperState",
    "Part",
    "Partner",
    "Passport",
    "Payer",
    "Period",
    "Place",
    "ProgrammeVersion",
    "Question",
    "QuestionKind",
    "QuestionTurn",
    "ReadyText",
    "Receipt",
    "Received",
    "Registration",
    "RegistrationState",
    "Requester",
    "Retention",
    "Review",
    "Reviewer",
    "Role",
    "Room",
    "RoundKind",
    "RoundState",
    "RunningItem",
    "Scope",
    "SeatingPlan",
    "Session",
    "Speaker",
    "Stand",
    "StandNote",
    "StandState",
    "State",
    "Submission",
    "Task",
    "Track",
    "TurnState",
    "Verdict",
    "Way",
    "answer_storage",
]
