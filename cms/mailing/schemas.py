"""What `@mailings` takes and says, for the API's description."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from cms.core.api import Batch, Flag
from cms.mailing.models import Delivery, Mailing

if TYPE_CHECKING:
    MailingState: TypeAlias = str
    Kind: TypeAlias = str
    DeliveryState: TypeAlias = str
    Reason: TypeAlias = str
else:  # the codes of the models, read from them
    MailingState = Literal[tuple(Mailing.State.values)]
    Kind = Literal[tuple(Mailing.Kind.values)]
    DeliveryState = Literal[tuple(Delivery.State.values)]
    Reason = Literal[tuple(code for code in Delivery.Reason.values if code)]
Words = Annotated[str | None, Field(max_length=200)]


class MailingsParams(Batch):
    """Which mailings: by state, by kind, by words of their title."""

    state: Annotated[list[MailingState], Field(max_length=10)] = []
    kind: Annotated[list[Kind], Field(max_length=10)] = []
    SearchableText: Words = None


class MailingParams(Batch):
    """Which of a mailing's mails are its items: by state, by reason, by words of name or address."""

    state: Annotated[list[DeliveryState], Field(max_length=10)] = []
    reason: Annotated[list[Reason], Field(max_length=20)] = []
    SearchableText: Words = None
    fullobjects: Annotated[Flag, Field(description="Items with their timelines.")] = False
    include_items: Annotated[Flag, Field(description="0 leaves the mails out.")] = True
    include_letters: Annotated[Flag, Field(description="1 adds text and HTML of what was sent.")] = False


# What is said ----------------------------------------------------------------------------------------------------
class _Said(BaseModel):
    """Described, and open to additions."""

    model_config = ConfigDict(extra="allow")

    id_: Annotated[str, Field(alias="@id", json_schema_extra={"format": "uri"})]


class MailingSummary(_Said):
    """A mailing in short. `description` says why it stopped or waits, if it does."""

    type_: Annotated[Literal["Mailing"], Field(alias="@type")]
    UID: str
    title: str
    description: str
    review_state: MailingState
    kind: Kind
    created: str
    leaves: str | None
    launched: str | None
    finished: str | None
    counts: dict[str, int]


class StepSaid(BaseModel):
    """What befell a mail. `event`: queued, handed, taken, changed (to `state`), next (it lies ahead)."""

    time: str
    event: Literal["queued", "handed", "taken", "changed", "next"]
    state: str
    reason: str
    detail: str
    actor: str


class DeliverySaid(_Said):
    """One mail to one person."""

    type_: Annotated[Literal["Delivery"], Field(alias="@type")]
    UID: str
    title: str
    address: str
    contact: str | None
    language: str
    state: DeliveryState
    reason: str
    smtp_code: int | None
    smtp_text: str
    attempts: int
    created: str
    sent: str | None
    next_attempt: str | None
    message_id: str
    timeline: list[StepSaid] | None = None


class SenderSaid(BaseModel):
    """Who the mails come from, where answers arrive, and whether its server is away."""

    name: str
    address: str
    replies_to: str
    held_until: str | None
    held_reason: str


class OutboxSaid(BaseModel):
    """What waits for the machinery: `due` now, the oldest since; what is tried again; senders whose server is away."""

    due: int
    oldest: str | None
    deferred: int
    next_attempt: str | None
    held: list[SenderSaid]


class Mails(_Said):
    """Mailings, the newest first, and what waits in all of them."""

    outbox: OutboxSaid
    items: list[MailingSummary]
    items_total: int
    batching: dict[str, str] | None = None


class Failure(BaseModel):
    """How many mails met the same trouble, and what a server said to one of them."""

    state: DeliveryState
    reason: str
    title: str
    count: int
    said: str


class PaceSaid(BaseModel):
    """Mails a minute, when the rest has left (at this speed, or by the sender's limits), what is tried again later."""

    per_minute: float | None
    ends: str | None
    deferred: int
    next_attempt: str | None


class BarSaid(BaseModel):
    """What happened within one span from `time` on."""

    time: str
    sent: int
    trouble: int


class CourseSaid(BaseModel):
    """The mailing in time, minute by minute or by the shortest span that gives at most 96."""

    span_seconds: int
    items: list[BarSaid]


class LetterSaid(BaseModel):
    """What was sent in one language, its placeholders marked as [[name]]."""

    language: str
    version: int
    subject: str
    text: str | None = None
    html: str | None = None


class Line(BaseModel):
    """What a person did with the mailing."""

    action: str
    actor: str | None
    time: str


class MailingSaid(MailingSummary):
    """A mailing in full; its mails are its items."""

    sender: SenderSaid | None
    audiences: list[str]
    renderer: str
    source: str | None
    percent: int
    running: bool
    pace: PaceSaid
    failures: list[Failure]
    course: CourseSaid
    letters: list[LetterSaid]
    history: list[Line]
    items: list[DeliverySaid] | None = None
    items_total: int | None = None
    batching: dict[str, str] | None = None
