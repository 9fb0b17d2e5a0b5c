"""What became of a release or kit at the journalists': sent, opened, read, downloaded, asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from cms.contacts.models import Audience, Contact
from cms.mailing.models import Delivery, Mailing
from press.models import Distribution, DoorVisit, EarlyCopy, Kit, Purpose, Release
from press.queries.correctives import LEFT

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

#: What a journalist does who has taken note of a thing. A link that was merely opened is not among them: programs that
#: look through a newsroom's mail for viruses follow links too, and a journalist would miss the reminder for it.
DONE = (DoorVisit.What.READ, DoorVisit.What.DOWNLOADED, DoorVisit.What.ASKED)
#: A follow-up in one of these states reached somebody, or is about to.
REMINDED = (
    Delivery.State.QUEUED,
    Delivery.State.SENDING,
    Delivery.State.DEFERRED,
    Delivery.State.SENT,
    Delivery.State.UNKNOWN,
)
#: A mailing that has not been launched.
WAITS = (Mailing.State.DRAFT, Mailing.State.SCHEDULED)
#: What mailings of a thing bring to its readers, of whatever sort.
CARRIED = (Purpose.RELEASE, Purpose.CORRECTION, Purpose.FOLLOW_UP)


@dataclass
class Line:
    """One journalist: their early copy, if any; the state of the last mail; what they did, and when last."""

    contact: Contact
    copy: EarlyCopy | None = None
    mail: str = ""
    mailed_at: datetime | None = None
    last_at: datetime | None = None
    deeds: dict[str, datetime] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @property
    def outlet(self) -> str:
        """What they work for, as far as it is known."""
        profile = getattr(self.contact, "media_profile", None)
        return str((profile and profile.outlet) or self.contact.organisation or "")

    @property
    def took_note(self) -> bool:
        """Whether they did anything that is known."""
        return any(what in self.deeds for what in DONE)


def distributions_of(thing: Release | Kit) -> QuerySet[Distribution]:
    """The mailings of a thing that brought its text or its files, the newest first."""
    own: Any = {"release" if isinstance(thing, Release) else "kit": thing}
    return Distribution.objects.filter(**own, purpose__in=CARRIED).select_related("mailing")


def same_waiting(
    thing: Release | Kit, *, audiences: Iterable[Audience], contacts: Iterable[Contact]
) -> Distribution | None:
    """The mailing of a thing's present state to just these people that has not been launched, or None."""
    wanted = {one.pk for one in audiences}, {one.pk for one in contacts}
    rows = distributions_of(thing).filter(
        purpose=Purpose.RELEASE, release_version=thing.version, mailing__state__in=WAITS
    )
    for row in rows.prefetch_related("mailing__audiences", "mailing__contacts"):
        of = row.mailing
        if ({one.pk for one in of.audiences.all()}, {one.pk for one in of.contacts.all()}) == wanted:
            return row
    return None


def _mails(thing: Release | Kit) -> Q:
    """The deliveries of a thing: of its mailings, and those that carried the links of its early copies."""
    copies = thing.early_copies.values_list("uid", flat=True)
    keys = Q(pk__in=[])
    for uid in copies:
        keys |= Q(recipient_key__startswith=f"{uid.hex}:")
    return Q(mailing__in=distributions_of(thing).values("mailing")) | keys


def journalists_of(thing: Release | Kit) -> QuerySet[Contact]:
    """Whom a thing was sent or opened to and who are journalists, or who did something with it; by name.

    Each says as `took_note` whether they did anything that is known, as `was_reminded` whether a follow-up left.
    """
    written = Delivery.objects.filter(
        mailing__in=distributions_of(thing).values("mailing"), contact__isnull=False
    ).exclude(state=Delivery.State.CANCELLED)
    visits = DoorVisit.objects.filter(thing_uid=thing.uid)
    found = Contact.objects.filter(
        Q(pk__in=thing.early_copies.open().values("contact"))
        | Q(pk__in=visits.values("contact"))
        | Q(pk__in=written.values("contact"), media_profile__isnull=False),
        trashed_at=None,
    )
    done = visits.filter(contact=OuterRef("pk"), what__in=DONE)
    reminded = _reminders(thing).filter(contact=OuterRef("pk"))
    found = found.annotate(took_note=Exists(done), was_reminded=Exists(reminded))
    return found.order_by("name_key", "pk")


def _reminders(thing: Release | Kit) -> QuerySet[Delivery]:
    """The mails of a thing's follow-ups that left or are about to."""
    asked = distributions_of(thing).filter(purpose=Purpose.FOLLOW_UP)
    return Delivery.objects.filter(mailing__in=asked.values("mailing"), state__in=REMINDED)


def lines(thing: Release | Kit, contacts: Iterable[Contact]) -> list[Line]:
    """The follow-up of these journalists, in their order (five queries, however many)."""
    found = {one.pk: Line(one) for one in contacts}
    copies = thing.early_copies.open().filter(contact__in=found).select_related("contact")
    for copy in copies:
        found[copy.contact_id].copy = copy
    for visit in DoorVisit.objects.filter(thing_uid=thing.uid, contact__in=found).order_by("at", "pk"):
        line = found[visit.contact_id]
        line.deeds[visit.what] = visit.at
        if visit.what in (*DONE, DoorVisit.What.OPENED):
            line.last_at = visit.at
        if visit.what == DoorVisit.What.ASKED and visit.detail:
            line.asked.append(visit.detail)
    mails = Delivery.objects.filter(_mails(thing), contact__in=found).order_by("created_at", "pk")
    for contact, state, sent_at in mails.values_list("contact", "state", "sent_at"):
        found[contact].mail = str(Delivery.State(state).label)
        found[contact].mailed_at = sent_at or found[contact].mailed_at
    return list(found.values())


def for_lines(contacts: QuerySet[Contact]) -> QuerySet[Contact]:
    """Bring along what a line says of a person."""
    return contacts.select_related("organisation", "media_profile__outlet").prefetch_related(
        "phones", "emails"
    )


def silent(thing: Release | Kit) -> QuerySet[Contact]:
    """Whom the thing reached by a mailing of it and who did nothing with it that is known."""
    reached = Delivery.objects.filter(
        LEFT, mailing__in=distributions_of(thing).values("mailing"), contact__isnull=False
    )
    return journalists_of(thing).filter(took_note=False, pk__in=reached.values("contact"))


def remindable(thing: Release | Kit) -> QuerySet[Contact]:
    """Those of whom nothing came whom no follow-up asked yet: everybody is asked one more time, not again and again."""
    return silent(thing).filter(was_reminded=False)


def silent_copies(thing: Release | Kit) -> QuerySet[EarlyCopy]:
    """The open early copies whose link was handed on, and of whose readers nothing is known but that it was opened."""
    visits = DoorVisit.objects.filter(thing_uid=thing.uid, contact=OuterRef("contact"))
    handed = visits.filter(what__in=(DoorVisit.What.MAILED, DoorVisit.What.HANDED))
    copies = thing.early_copies.open().filter(Exists(handed), ~Exists(visits.filter(what__in=DONE)))
    return copies.select_related("contact", "release", "kit")


def audience_of(mailing: Any) -> QuerySet[Contact]:
    """Whom a follow-up goes to: those chosen who did nothing, and whom no other asked, when it is launched."""
    row = Distribution.objects.select_related("release", "kit").filter(mailing=mailing).first()
    thing = (row.release or row.kit) if row is not None else None
    if thing is None:
        return Contact.objects.none()
    return Contact.objects.filter(pk__in=mailing.contacts.values("pk")).filter(
        pk__in=remindable(thing).values("pk")
    )
