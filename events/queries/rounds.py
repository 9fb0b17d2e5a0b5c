"""Who a round of mails goes to, as things stand when it leaves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Case, Q, QuerySet, When
from django.db.models.functions import Left

from cms.contacts import queries as contacts
from cms.contacts.models import Contact, Purpose
from cms.mailing.models import Delivery
from events.models import (
    GuestList,
    Invitation,
    InvitationRound,
    InvitationState,
    Occurrence,
    Registration,
    RegistrationState,
    RoundKind,
    RoundState,
)
from events.queries.dates import TOLD_OF_CHANGES
from events.queries.guests import guests_of

#: The guests that each kind of round is for, by what they answered.
FOR: dict[str, tuple[str, ...]] = {
    RoundKind.SAVE_THE_DATE: (InvitationState.TO_SEND,),
    RoundKind.INVITATION: (InvitationState.TO_SEND,),
    RoundKind.ASK_AGAIN: (InvitationState.SENT,),
}
#: A date that is further past than this has no round left to write.
KEPT = timedelta(days=60)


@dataclass(frozen=True)
class Reached:
    """Somebody whom a round writes to: a guest, or for reminders and thanks a registration."""

    contact: Contact | None
    name: str
    address: str
    language: str
    greeting: str
    guest: Invitation | None = None
    registration: Registration | None = None

    @property
    def key(self) -> str:
        row = self.registration or self.guest
        assert row is not None
        return row.uid.hex


def rounds_of(row: Occurrence) -> list[InvitationRound]:
    """The rounds of a date, those planned last."""
    rounds = InvitationRound.objects.filter(occurrence=row).exclude(state=RoundState.CANCELLED)
    return sorted(
        rounds.select_related("occurrence__event", "created_by"),
        key=lambda one: (one.is_planned, one.done_at or one.due_at or one.created_at),
    )


def planned_rounds(*, now: datetime) -> list[InvitationRound]:
    """The rounds that leave by themselves and are due."""
    rounds = InvitationRound.objects.filter(
        state=RoundState.PLANNED, days__isnull=False, occurrence__starts_at__gt=now - KEPT
    ).select_related("occurrence__event")
    return [one for one in rounds.order_by("pk") if one.due_at is not None and one.due_at <= now]


def asked_guests(row: Occurrence, kind: str) -> list[Invitation]:
    """The guests of a date whom a kind of round is for, reached by mail or not, in the order of protocol.

    Their contacts have `address` (None for none) and `may_mail`: whether mail may go there. Whoever wants no
    invitations by mail, or whose address is known to be dead, is reached on paper.
    """
    people = contacts.with_reach(Contact.objects.filter(invitations__occurrence=row)).annotate(
        may_mail=Case(
            When(
                Q(address=None) | Q(is_suppressed=True) | contacts.declined(Purpose.INVITATIONS), then=False
            ),
            default=True,
        )
    )
    reach = {one.pk: one for one in people.select_related("organisation")}
    rows = Invitation.objects.filter(occurrence=row, state__in=FOR[kind])
    found = list(rows.order_by("rank", "pk").select_related("contact"))
    for one in found:
        one.contact = reach[one.contact_id]
    return found


def reached_by(row: Occurrence, kind: str) -> list[Reached]:
    """Whom a round of this kind would write to now, each once."""
    if kind in FOR:
        return [
            Reached(
                contact=guest.contact,
                name=str(guest.contact),
                address=guest.contact.address,  # type: ignore[attr-defined]
                language=guest.contact.language,
                greeting=guest.contact.salutation,
                guest=guest,
            )
            for guest in asked_guests(row, kind)
            if guest.contact.may_mail  # type: ignore[attr-defined]
        ]
    return [
        Reached(
            contact=one.contact,
            name=one.name,
            address=one.email,
            language=one.language,
            greeting="",
            registration=one,
        )
        for one in _coming(row, came=kind == RoundKind.THANKS)
    ]


def _coming(row: Occurrence, *, came: bool) -> QuerySet[Registration]:
    """Who has a seat and an address; `came`: of them those who came, where anybody was checked in at all."""
    rows = Registration.objects.filter(occurrence=row, state=RegistrationState.CONFIRMED).exclude(email="")
    if came and Registration.objects.filter(occurrence=row, attended_at__isnull=False).exists():
        rows = rows.filter(attended_at__isnull=False)
    return rows.select_related("contact").order_by("pk")


def on_paper(row: Occurrence, who: str) -> list[Invitation]:
    """The guests of a date for whom something is printed, in the order of protocol, with all that a letter says.

    `who`: "paper" (no mail reaches them), "fresh" (of those, without a letter yet), "numbered" (with one),
    "unanswered", "all". Nobody who was taken off the list.
    """
    rows = guests_of(row, asked="unanswered" if who == "unanswered" else "")
    if who == "numbered":
        rows = rows.filter(number__isnull=False)
    if who in ("paper", "fresh"):
        dead = contacts.with_reach(Contact.objects.filter(invitations__occurrence=row)).filter(
            Q(address=None) | Q(is_suppressed=True) | contacts.declined(Purpose.INVITATIONS)
        )
        rows = rows.filter(contact__in=dead.values("pk"))
    if who == "fresh":
        rows = rows.filter(number=None)
    return list(rows)


def undelivered(guests: Iterable[Invitation]) -> dict[str, str]:
    """Of these guests, those whose last mail did not arrive: why, in words, by uid in hex. One query."""
    wanted = {one.uid.hex for one in guests}
    rows = (
        Delivery.objects.filter(mailing__renderer__startswith="events.guest_")
        .annotate(owner=Left("recipient_key", 32))
        .filter(owner__in=wanted)
        .order_by("pk")
    )
    last = {row.owner: row for row in rows}
    lost = (Delivery.State.FAILED, Delivery.State.BOUNCED)
    return {
        owner: str(row.get_reason_display() or row.get_state_display())
        for owner, row in last.items()
        if row.state in lost
    }


def beside_mail(row: Occurrence, kind: str) -> int:
    """How many guests this kind of round is for whom no mail reaches: letters or calls are left for them."""
    if kind not in FOR:
        return 0
    return sum(not one.contact.may_mail for one in asked_guests(row, kind))  # type: ignore[attr-defined]


def told_so_far(row: Occurrence) -> list[Invitation]:
    """The guests who were invited by mail and have not answered: word of a change is owed to them."""
    rows = Invitation.objects.filter(occurrence=row, state__in=TOLD_OF_CHANGES)
    return list(rows.select_related("contact").prefetch_related("contact__emails").order_by("pk"))


def round_of(uid: str) -> InvitationRound | None:
    """The round of a delivery's values."""
    return InvitationRound.objects.filter(uid=UUID(uid)).first() if uid else None


def whole_guest(uid: str) -> Invitation | None:
    """The invitation of a delivery's values, with all that its mail says."""
    rows = Invitation.objects.select_related("contact", "occurrence__event", "occurrence__guest_list")
    return rows.filter(uid=UUID(uid)).first() if uid else None


def words_of(listed: GuestList | None, language: str) -> tuple[str, str]:
    """Subject and words that an officer wrote for the guests of a date, in `language`; empty where there are none."""
    if listed is None:
        return "", ""
    if language == "en":
        return listed.subject_en, listed.words_en
    return listed.subject_fr, listed.words_fr


def paragraphs(text: str) -> list[str]:
    """Plain words as paragraphs: an empty line begins one, other line ends are spaces."""
    blocks = text.replace("\r\n", "\n").split("\n\n")
    return [" ".join(block.split()) for block in blocks if block.strip()]
