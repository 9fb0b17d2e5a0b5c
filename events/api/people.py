"""`@registrations`: who comes to an event, for those who may take the list away; adding somebody, for who keeps it.

To everybody else the service does not exist. No answer holds a personal link.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from cms.core.api import Batch, Call, Flag, Operation, Problem, Service, batched, moment
from events import actions, queries
from events.forms import AddForm
from events.models import Channel, EventPage, RegistrationState

if TYPE_CHECKING:
    from cms.core.reader import Reader
    from events.models import Category, Occurrence, Registration

    StateCode: TypeAlias = str
    ChannelCode: TypeAlias = str
else:  # the codes of the models, read from them
    StateCode = Literal[tuple(RegistrationState.values)]
    ChannelCode = Literal["phone", "letter", "in_person", "staff"]
EXPORT, KEEP = "events.export_registration", "events.manage_registrations"
DATES_OFFERED = 200
Key = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]


class PeopleParams(Batch):
    """Which of them: by date, state, category, words of name, organisation or address."""

    occurrence: Annotated[Key | None, Field(description="The UID of a date.")] = None
    state: Annotated[StateCode | Literal["came", "missing"] | None, Field()] = None
    category: Annotated[Key | None, Field(description="The UID of a category.")] = None
    SearchableText: Annotated[str | None, Field(max_length=100)] = None
    fullobjects: Annotated[Flag, Field(description="With what they answered to the form's questions.")] = (
        False
    )


class PersonIn(BaseModel):
    """Somebody to add, as the secretariat does by hand: the seats, the lock and the waiting list are the same."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=200)
    email: str = Field(default="", max_length=254)
    phone: str = Field(default="", max_length=30)
    organisation: str = Field(default="", max_length=200)
    occurrence: Key | None = Field(
        default=None, description="The UID of a date to come; empty: the next one."
    )
    category: Key | None = Field(default=None, description="The UID of a category.")
    channel: ChannelCode = Field(default="staff", description="How they told you.")
    beyond_cap: bool = Field(default=False, description="One more of a newsroom that has all its people.")
    key: UUID | None = Field(default=None, description="Yours: with it a retry within a day adds nobody.")


class NamedSaid(BaseModel):
    """Something by its UID and title."""

    UID: str
    title: str


class PersonSaid(BaseModel):
    """One person at one date."""

    model_config = ConfigDict(extra="allow")

    type_: Annotated[Literal["Registration"], Field(alias="@type")]
    UID: str
    title: str
    email: str
    phone: str
    organisation: str
    language: str
    review_state: StateCode
    category: NamedSaid | None
    occurrence: str
    start: str
    created: str | None
    confirmed: str | None
    confirmed_channel: str
    attended: str | None


class PeopleSaid(BaseModel):
    """Registrations, and how many there are in each state."""

    model_config = ConfigDict(extra="allow")

    counts: dict[str, int]
    items: list[PersonSaid]
    items_total: int


def listing(call: Call) -> dict[str, Any]:
    """The registrations of the event, by date and then in the order in which they came."""
    asked, event = call.params, call.page.event
    date = _date(call, asked.occurrence) if asked.occurrence else None
    rows = queries.people_of(
        event,
        occurrence=date.recurrence_id if date else "",
        state=asked.state or "",
        category=_category(call, asked.category) if asked.category else None,
        search=asked.SearchableText or "",
    )
    if asked.fullobjects:
        rows = rows.prefetch_related("answers__choice", "answers__question")
    url = f"{call.page.public_url.rstrip('/')}/@registrations"

    def say(found: list[Registration]) -> list[dict[str, Any]]:
        return [_said(row, whole=asked.fullobjects) for row in found]

    return {
        "@id": url,
        "counts": queries.counts_of(event),
        **batched(rows, asked, say, url=url, query=call.query),
    }


def _date(call: Call, uid: str) -> Occurrence:
    found: Occurrence | None = call.page.event.occurrences.select_related("event").filter(uid=uid).first()
    if found is None:
        raise _wrong("occurrence", "This event has no such date.")
    return found


def _category(call: Call, uid: str) -> Category:
    found = next((one for one in queries.categories_of(call.page.event) if one.uid.hex == uid), None)
    if found is None:
        raise _wrong("category", "This event has no such category.")
    return found


def _wrong(name: str, sentence: str) -> Problem:
    errors = [{"loc": [name], "msg": sentence, "code": "invalid-field"}]
    return Problem(400, "invalid-field", f"{name}: {sentence}", errors=errors)


def _said(row: Registration, *, whole: bool) -> dict[str, Any]:
    said: dict[str, Any] = {
        "@type": "Registration",
        "UID": row.uid.hex,
        "title": row.name,
        "email": row.email,
        "phone": row.phone,
        "organisation": row.organisation,
        "language": row.language,
        "review_state": row.state,
        "category": {"UID": row.category.uid.hex, "title": row.category.name} if row.category else None,
        "occurrence": row.occurrence.uid.hex,
        "start": row.occurrence.local_start.isoformat(),
        "created": moment(row.created_at),
        "confirmed": moment(row.confirmed_at),
        "confirmed_channel": row.confirmed_channel,
        "attended": moment(row.attended_at),
    }
    if whole:
        answers = row.answers.all()
        said["answers"] = [{"question": one.question.label, "answer": one.words} for one in answers]
    return said


def add(call: Call) -> dict[str, Any]:
    """Add somebody; who is registered for that date already is returned as they stand, so a retry adds nobody.

    Who has no address is known again by the `key` that was sent along.
    """
    if not call.user.has_perm(KEEP):
        raise Problem(403, "forbidden", "Your account may not change this list.")
    sent: PersonIn = call.body

    def make() -> tuple[Registration, str]:
        added = _add(call, sent)
        return added, added.uid.hex

    if sent.key is None:
        return _said(make()[0], whole=False)
    mark = sha256(f"{call.user.pk} {call.page.uid.hex} {sent.key.hex}".encode()).hexdigest()
    added, uid = actions.do_once(mark=mark, make=make, now=call.ctx.now)
    return _said(added or queries.people_of(call.page.event).get(uid=uid), whole=False)


def _add(call: Call, sent: PersonIn) -> Registration:
    dates = call.page.event.occurrences.select_related("event").coming(call.ctx.now).planned()[:DATES_OFFERED]
    rows = {row.uid.hex: row for row in dates}
    row = rows.get(sent.occurrence) if sent.occurrence else next(iter(rows.values()), None)
    if row is None:
        raise _wrong("occurrence", "This event has no such date to come.")
    category = _category(call, sent.category) if sent.category else None
    person = _judged(sent, row, category)
    try:
        return actions.add_by_hand(
            occurrence=row, category=category, user=call.user, now=call.ctx.now, **person
        )
    except actions.AlreadyOver:
        raise _wrong("occurrence", "This date is cancelled.") from None
    except actions.OutletFull:
        raise _wrong("beyond_cap", "This newsroom has all its people.") from None


def _judged(sent: PersonIn, row: Occurrence, category: Category | None) -> dict[str, Any]:
    """The person as the secretariat's own form takes them; a Problem that names the field where it does not."""
    form = AddForm(
        {**sent.model_dump(exclude={"occurrence", "category", "key"}), "date": row.uid.hex},
        channels=[(one.value, one.label) for one in Channel],
        dates=[(row.uid.hex, "")],
        capped=True,
    )
    if not form.is_valid():
        name, sentences = next(iter(form.errors.items()))
        raise _wrong("name" if name == "__all__" else name, str(sentences[0]))
    return {name: value for name, value in form.cleaned_data.items() if name != "date"}


def _opened(reader: Reader) -> bool:
    """To read a list here is to take it away."""
    return reader.user is not None and reader.user.has_perm(EXPORT)


registrations_service = Service(
    "registrations",
    {
        "GET": Operation(
            listing, "Who comes, who waits", params=PeopleParams, answer=PeopleSaid, signed_in=True
        ),
        "POST": Operation(add, "Add somebody by hand", body=PersonIn, answer=PersonSaid, status=201),
    },
    on=(EventPage,),
    opened=_opened,
    order=60,
)
