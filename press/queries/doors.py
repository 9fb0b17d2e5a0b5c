"""What a journalist's door opens now: by its link, by a session begun through it, to which texts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from cms.contacts import queries as contacts
from cms.contacts.models import Accreditation, Contact
from cms.core import links
from cms.core.models import SitePage
from press.models import AccreditationRequest, DoorKey, DoorVisit, EarlyCopy, EmbargoAgreement, Kit, Release
from press.queries.correctives import former_readers, former_takers

if TYPE_CHECKING:
    from collections.abc import Iterable

#: The purpose of a door's link (`cms.core.links`); its uid and generation are the accreditation's.
LINK_PURPOSE = "press-door"
#: A sign-in link is good for so long, once.
KEY_HOLDS = timedelta(hours=1)


# The agreement -----------------------------------------------------------------------------------------------
def agreement_at(now: datetime) -> EmbargoAgreement:
    """The agreement in force at `now`; the product's own, unsaved, where the team entered none."""
    found = EmbargoAgreement.objects.filter(since__lte=now).first()
    return found or EmbargoAgreement(version="1", since=now, text=_standard())


def _standard() -> str:
    return "\n".join(
        (
            _("I read texts under embargo to prepare my work, for myself and my newsroom alone."),
            _("I publish, broadcast, quote or hand on nothing of them before the hour given with each text."),
            _("My link is personal: each reading is written down with my name. I lend it to nobody."),
            _("If a text gets out by my doing, the access is withdrawn."),
        )
    )


def has_agreed(accreditation: Accreditation, *, now: datetime, version: str = "") -> bool:
    """Whether the journalist accepted the agreement in force; `version` spares the question which that is."""
    version = version or agreement_at(now).version
    return accreditation.terms_accepted_at is not None and accreditation.terms_version == version


# Doors -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Holder:
    """Who stands at a door: the accreditation that opens it, and, where they came by links of single copies, which.

    `only` holds the uids of those copies; empty, the whole door is theirs. By single copies nobody reads what is for
    accredited journalists in general: a link that was handed on opens the one text it was made for.
    """

    accreditation: Accreditation
    only: frozenset[UUID] = frozenset()
    contact: Contact = field(init=False)

    def __post_init__(self) -> None:
        contact = self.accreditation.contact
        contact.is_accredited = self.accreditation.scope_uid is None and not self.only
        object.__setattr__(self, "contact", contact)


def _standing(now: datetime) -> QuerySet[Accreditation]:
    return (
        contacts.standing_accreditations(now)
        .filter(contact__trashed_at=None)
        .select_related("contact__organisation")
    )


def standing_door(uid: str, *, now: datetime) -> Accreditation | None:
    """The accreditation of this uid, where it stands at `now`."""
    return _standing(now).filter(uid=uid).first()


def door_of(contact: Contact, *, now: datetime) -> Accreditation | None:
    """The accreditation that makes a contact's door at `now`: the general one."""
    return _standing(now).filter(contact=contact, scope_uid=None).first()


def holder_of(token: str, *, now: datetime) -> Holder | None:
    """Whom a link lets in at `now`: of a whole door, or of one early copy; None for every other link, alike."""
    uid = links.uid_of(token)
    if uid is None:
        return None
    door = _standing(now).filter(uid=uid).first()
    if door is not None:
        right = links.verify(token, purpose=LINK_PURPOSE, uid=uid, generation=door.generation)
        return Holder(door) if right else None
    copy = EarlyCopy.objects.open().filter(uid=uid).first()
    if copy is None or not links.verify(token, purpose=EarlyCopy.LINK_PURPOSE, uid=uid):
        return None
    accreditation = _standing(now).filter(pk=copy.accreditation_id).first()
    return Holder(accreditation, frozenset({uid})) if accreditation is not None else None


def holder_in(kept: Any, *, now: datetime) -> Holder | None:
    """Whom a session remembers, if their door is still the one they came in by.

    kept: what `remembered` made; anything else is nobody.
    """
    try:
        uid, generation, only = UUID(str(kept[0])), int(kept[1]), frozenset(UUID(str(one)) for one in kept[2])
    except (TypeError, ValueError, IndexError, KeyError):
        return None
    door = _standing(now).filter(uid=uid, generation=generation).first()
    return Holder(door, only) if door is not None else None


def remembered(holder: Holder, *, before: Any = None, now: datetime) -> list[Any]:
    """What a session keeps of who came in: the door's uid and generation, and the copies that alone are theirs.

    `before`: what it kept already; of the same door, the wider of two rights stays and single copies add up.
    """
    only, former = set(holder.only), holder_in(before, now=now)
    if former is not None and former.accreditation == holder.accreditation:
        only = only | former.only if only and former.only else set()
    door = holder.accreditation
    return [door.uid.hex, door.generation, sorted(uid.hex for uid in only)]


def door_url(accreditation: Accreditation) -> str:
    """The absolute address of a journalist's door."""
    token = links.make(LINK_PURPOSE, accreditation.uid, accreditation.generation)
    return f"{settings.PUBLIC_URL}/j/{token}/"


def copy_url(copy: EarlyCopy) -> str:
    """The absolute address of the link of one early copy: personal, for a mail to its journalist alone."""
    return f"{settings.PUBLIC_URL}/j/{links.make(EarlyCopy.LINK_PURPOSE, copy.uid)}/"


def key_url(key: DoorKey) -> str:
    """The absolute address of a sign-in link."""
    return f"{settings.PUBLIC_URL}/j/{links.make(DoorKey.LINK_PURPOSE, key.uid)}/"


def request_url(request: AccreditationRequest) -> str:
    """The absolute address where a request for accreditation is confirmed."""
    return f"{settings.PUBLIC_URL}/j/{links.make(AccreditationRequest.LINK_PURPOSE, request.uid)}/"


def request_of(token: str) -> AccreditationRequest | None:
    """The request for accreditation that a link confirms, or None."""
    uid = links.uid_of(token)
    row = AccreditationRequest.objects.filter(uid=uid).first() if uid else None
    return row if row and links.verify(token, purpose=row.LINK_PURPOSE, uid=row.uid) else None


def requests() -> QuerySet[AccreditationRequest]:
    """All requests for accreditation, the newest first, with who decided."""
    return AccreditationRequest.objects.select_related(
        "accreditation__contact", "accreditation__decided_by", "confirmed_by"
    )


def requests_of(contact: Contact) -> QuerySet[AccreditationRequest]:
    """What a contact asked for by the form, the newest first."""
    return requests().filter(accreditation__contact=contact)


def to_call() -> QuerySet[AccreditationRequest]:
    """Requests that nobody can confirm by mail: who left a telephone alone is called."""
    return requests().filter(confirmed_at=None, address="")


def key_of(token: str, *, now: datetime) -> DoorKey | None:
    """The sign-in that a link turns: not yet used, within its hour; None for every other."""
    uid = links.uid_of(token)
    row = DoorKey.objects.filter(uid=uid, used_at=None, asked_at__gt=now - KEY_HOLDS).first() if uid else None
    return row if row and links.verify(token, purpose=DoorKey.LINK_PURPOSE, uid=row.uid) else None


# What they open ----------------------------------------------------------------------------------------------
def open_copies(holder: Holder) -> QuerySet[EarlyCopy]:
    """The early copies that a holder may open: neither revoked nor of what was withdrawn."""
    copies = EarlyCopy.objects.open().filter(
        Q(release__withdrawn_at=None), Q(kit__withdrawn_at=None), accreditation=holder.accreditation
    )
    if holder.only:
        copies = copies.filter(uid__in=holder.only)
    return copies.select_related("release", "kit")


def early_uids(holder: Holder, *, now: datetime) -> frozenset[UUID]:
    """The things that a holder may read before their hour at `now`: none before the agreement is accepted.

    By links of single copies those alone, by the door all (two queries at most).
    """
    if not has_agreed(holder.accreditation, now=now):
        return frozenset()
    return frozenset(copy.thing.uid for copy in open_copies(holder) if copy.thing.is_embargoed(now))


def uids_below(uids: frozenset[UUID], *, path: str) -> frozenset[UUID]:
    """Those of the things whose page, or something below it, stands at `path` of the site (one query).

    Grants are given for the address of the very thing only: lists, feeds and search stay as everybody has them, so
    that each early reading is one of a text with a name, and is written down.
    """
    if not uids:
        return uids
    found = SitePage.objects.filter(thing_uid__in=uids).only("pk", "url_path", "thing_uid")
    return frozenset(page.thing_uid for page in found if page.thing_uid and path.startswith(page.public_path))


# What the team sees ------------------------------------------------------------------------------------------
def copies_of(thing: Release | Kit) -> Any:
    """All early copies of a thing, those revoked too, with their people."""
    return thing.early_copies.select_related("contact__organisation", "accreditation", "created_by")


def open_copies_of(thing: Release | Kit) -> QuerySet[EarlyCopy]:
    """The early copies of a thing that are not revoked, by name."""
    return copies_of(thing).open().order_by("contact__name_key", "pk")


def closed_copies_of(thing: Release | Kit) -> QuerySet[EarlyCopy]:
    """The early copies of a thing that open nothing any more: closed, or taken by a seat that was given up."""
    return copies_of(thing).exclude(pk__in=thing.early_copies.open().order_by().values("pk"))


def with_former_words(thing: Release | Kit) -> set[int]:
    """The keys of the contacts who read words of a release, or had files of a kit, that were changed since, and have
    not come back."""
    former = former_readers(thing) if isinstance(thing, Release) else former_takers(thing)
    return set(Contact.objects.filter(former).values_list("pk", flat=True)) if former is not None else set()


def visits_of(thing: Release | Kit) -> QuerySet[DoorVisit]:
    """What journalists did with a thing through their doors, the newest first."""
    return DoorVisit.objects.filter(thing_uid=thing.uid).select_related("contact", "user")


def visits_by(contact: Contact) -> QuerySet[DoorVisit]:
    """What a journalist did through their door, the newest first."""
    return DoorVisit.objects.filter(contact=contact).select_related("user")


def copies_by(contact: Contact) -> QuerySet[EarlyCopy]:
    """The open early copies of a journalist, the newest first."""
    return EarlyCopy.objects.open().filter(contact=contact).select_related("release", "kit")


def questions_since(start: datetime) -> QuerySet[DoorVisit]:
    """What journalists asked through their doors from `start` on, the newest first."""
    return DoorVisit.objects.filter(what=DoorVisit.What.ASKED, at__gte=start).select_related("contact")


def deeds(uids: Iterable[UUID]) -> dict[UUID, dict[int, set[str]]]:
    """What each journalist did with each of these things: thing → contact's key → `DoorVisit.What` (one query)."""
    found: dict[UUID, dict[int, set[str]]] = {uid: {} for uid in uids}
    rows = DoorVisit.objects.filter(thing_uid__in=found).order_by()
    for uid, contact, what in rows.values_list("thing_uid", "contact", "what").distinct():
        found[uid].setdefault(contact, set()).add(what)  # type: ignore[index]
    return found


def accredited(thing: Release | Kit, *, now: datetime) -> QuerySet[Contact]:
    """The journalists to whom a thing may be opened early: accredited in general, or to this very thing."""
    rows = contacts.standing_accreditations(now).filter(Q(scope_uid=None) | Q(scope_uid=thing.uid))
    return contacts.contacts().filter(pk__in=rows.values("contact")).select_related("organisation")
