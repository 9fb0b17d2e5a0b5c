"""Early copies, the doors they are read by, and the log of what is read."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.contacts.models import Accreditation, Contact
from cms.contacts.queries import standing_accreditations
from cms.core import actions as core
from press.actions.releases import PressError, refuse_withdrawn
from press.models import DoorKey, DoorVisit, EarlyCopy, Kit, Release
from press.queries import doors

if TYPE_CHECKING:
    from collections.abc import Iterable

#: So long a line of the log is kept: a year of follow-up, and a month to write its report.
VISITS_KEPT = timedelta(days=396)
#: Reading on, reloading, a download that goes on: one line of the log.
ONE_VISIT = timedelta(minutes=10)
_REPEATED = {DoorVisit.What.OPENED, DoorVisit.What.READ, DoorVisit.What.DOWNLOADED}


class NotAccredited(PressError):
    """A text is opened early to accredited journalists alone."""


class AgreementChanged(PressError):
    """Another version of the agreement is in force than the one that was shown."""


# Early copies ------------------------------------------------------------------------------------------------
@transaction.atomic
def give_early_copies(
    thing: Release | Kit,
    *,
    contacts: Iterable[Contact],
    ground_uid: UUID | None = None,
    scope_uid: UUID | None = None,
    user: Any,
    now: datetime,
) -> list[EarlyCopy]:
    """Open an embargoed release or kit to journalists; return a copy for each, in the order of their names.

    Given twice, or twice at once, it is one copy: who has it keeps the link they have. `ground_uid`: by what alone it
    stands (`EarlyCopy`); `scope_uid`: for what beside the thing itself an accreditation counts too. Raises PressError
    for what is withdrawn, not under embargo or not published, NotAccredited where one of the contacts is not; nothing
    is given then.
    """
    row = type(thing)._default_manager.select_for_update(no_key=True).get(pk=thing.pk)
    refuse_withdrawn(row)
    if not row.is_embargoed(now):
        raise PressError(_("There is no embargo: everybody reads it from its publication."))
    if not row.pages.filter(live=True).exists():
        raise PressError(_("Publish it first: under embargo, nobody else reads it before its hour."))
    people = sorted(contacts, key=lambda one: (one.name_key, one.pk))
    wanted = _accreditations(people, scopes={row.uid, scope_uid or row.uid}, now=now)
    standing = _standing(row, wanted, user=user, now=now)
    found, given = [], []
    for one in people:
        copy = standing.get(one.pk)
        if copy is None:
            copy = _copy(row, one, wanted[one.pk], ground_uid=ground_uid, user=user, now=now)
            standing[one.pk] = copy
            given.append(one.name)
        elif ground_uid is None and copy.ground_uid is not None:
            copy.ground_uid = None  # now the team's own gift: it no longer hangs on a seat
            copy.save(update_fields=["ground_uid"])
        found.append(copy)
    if given:
        changes = {"contacts": [None, ", ".join(given)]}
        core.log_thing(row, action="early.given", user=user, now=now, changes=changes)
    return found


def _standing(
    thing: Release | Kit, wanted: dict[int, Accreditation], *, user: Any, now: datetime
) -> dict[int, EarlyCopy]:
    """The copies of these people, by contact; those of an accreditation or a seat that ended meanwhile are closed."""
    opens, found = set(thing.early_copies.open().order_by().values_list("pk", flat=True)), {}
    for copy in thing.early_copies.filter(revoked_at=None, contact__in=wanted).select_related("contact"):
        if copy.accreditation_id != wanted[copy.contact_id].pk or copy.pk not in opens:
            revoke_early_copy(copy, user=user, now=now)
        else:
            found[copy.contact_id] = copy
    return found


def _copy(
    thing: Release | Kit,
    contact: Contact,
    accreditation: Accreditation,
    *,
    ground_uid: UUID | None,
    user: Any,
    now: datetime,
) -> EarlyCopy:
    own: Any = {"release" if isinstance(thing, Release) else "kit": thing}
    return EarlyCopy.objects.create(
        contact=contact,
        accreditation=accreditation,
        ground_uid=ground_uid,
        created_at=now,
        created_by=_account(user),
        **own,
    )


@transaction.atomic
def take_early_copy(
    thing: Release | Kit, *, contact: Contact, ground_uid: UUID, scope_uid: UUID, version: str, now: datetime
) -> EarlyCopy:
    """A journalist opens a thing to themselves by what entitles them (a seat at the event `scope_uid`), accepting the
    agreement that they read in `version`. Raises what `give_early_copies` and `accept_agreement` do: nothing is kept.
    """
    people: Any = {"contacts": [contact], "ground_uid": ground_uid, "scope_uid": scope_uid}
    (copy,) = give_early_copies(thing, **people, user=None, now=now)
    accept_agreement(doors.Holder(copy.accreditation, frozenset({copy.uid})), version=version, now=now)
    return copy


def _accreditations(people: list[Contact], *, scopes: set[UUID], now: datetime) -> dict[int, Accreditation]:
    """The accreditation by which each reads: the general one, else one to any of `scopes`. NotAccredited."""
    rows = standing_accreditations(now).filter(contact__in=people, contact__trashed_at=None)
    found: dict[int, Accreditation] = {}
    for one in rows.order_by("pk"):
        if one.scope_uid is None or (one.scope_uid in scopes and one.contact_id not in found):
            found[one.contact_id] = one
    if missing := [one.name for one in people if one.pk not in found]:
        raise NotAccredited(
            ngettext(
                "%(names)s is not accredited: grant the accreditation first.",
                "%(names)s are not accredited: grant the accreditations first.",
                len(missing),
            )
            % {"names": ", ".join(missing)}
        )
    return found


@transaction.atomic
def revoke_early_copy(copy: EarlyCopy, *, user: Any, now: datetime) -> EarlyCopy:
    """Close one early copy: its link answers like one that never was, from this instant. A second time as the first."""
    standing = EarlyCopy.objects.filter(pk=copy.pk, revoked_at=None)
    if standing.update(revoked_at=now, revoked_by=_account(user)):
        changes = {"contact": [copy.contact.name, None]}
        core.log_thing(copy.thing, action="early.revoked", user=user, now=now, changes=changes)
    copy.refresh_from_db()
    return copy


@transaction.atomic
def close_doors(contact: Contact, *, user: Any, now: datetime) -> int:
    """Close all that a journalist holds: door links, sessions, early copies. Returns how many copies were closed.

    The accreditations stand: a new link may be sent at once.
    """
    Accreditation.objects.filter(contact=contact).update(generation=F("generation") + 1)
    copies = EarlyCopy.objects.filter(contact=contact, revoked_at=None).select_related(
        "release", "kit", "contact"
    )
    return len([revoke_early_copy(copy, user=user, now=now) for copy in copies])


@transaction.atomic
def move_early_copies(*, source: Contact, target: Contact, user: Any, now: datetime) -> None:
    """Two cards become one: of two copies of a thing the target's stays open."""
    theirs = EarlyCopy.objects.filter(contact=target, revoked_at=None)
    held = {(copy.release_id, copy.kit_id) for copy in theirs}
    mine = EarlyCopy.objects.filter(contact=source, revoked_at=None).select_related(
        "release", "kit", "contact"
    )
    for copy in mine:
        if (copy.release_id, copy.kit_id) in held:
            revoke_early_copy(copy, user=user, now=now)
    EarlyCopy.objects.filter(contact=source).update(contact=target)


# Doors -------------------------------------------------------------------------------------------------------
@transaction.atomic
def accept_agreement(holder: doors.Holder, *, version: str, now: datetime) -> Accreditation:
    """Note that a journalist accepts the agreement in force, of which they read `version`. Raises AgreementChanged."""
    row = Accreditation.objects.select_for_update(no_key=True).get(pk=holder.accreditation.pk)
    if version != doors.agreement_at(now).version:
        raise AgreementChanged(_("The agreement has changed meanwhile: please read it again."))
    if not doors.has_agreed(row, now=now):
        row.terms_version, row.terms_accepted_at = version, now
        row.save(update_fields=["terms_version", "terms_accepted_at"])
        note_visit(holder.contact, what=DoorVisit.What.AGREED, detail=version, now=now)
    holder.accreditation.terms_version = row.terms_version
    holder.accreditation.terms_accepted_at = row.terms_accepted_at
    return row


@transaction.atomic
def use_key(key: DoorKey, *, now: datetime) -> Accreditation | None:
    """Turn a sign-in key: its accreditation, or None where the key is used, too old, or the accreditation over."""
    row = DoorKey.objects.select_for_update().filter(pk=key.pk, used_at=None).first()
    if row is None or now - row.asked_at > doors.KEY_HOLDS:
        return None
    door = standing_accreditations(now).filter(pk=row.accreditation_id, contact__trashed_at=None).first()
    if door is not None:
        row.used_at = now
        row.save(update_fields=["used_at"])
    return door


# The log -----------------------------------------------------------------------------------------------------
def note_visit(
    contact: Contact,
    *,
    what: str,
    now: datetime,
    thing_uid: UUID | None = None,
    detail: str = "",
    goes_on: bool = False,
    user: Any = None,
) -> DoorVisit | None:
    """Write down what a journalist did, or what was handed to them (`user` by whom). None where it stands already.

    The same reading or download within ten minutes is one line; two at the very same instant may be two. One that
    `goes_on`, asked for from its middle, is one with that which began it, however long ago; where none did, a line.
    """
    line = {"contact": contact, "thing_uid": thing_uid, "what": what, "detail": detail[:1000]}
    if what in _REPEATED:
        before = DoorVisit.objects.filter(**line)
        if (before if goes_on else before.filter(at__gt=now - ONE_VISIT)).exists():
            return None
    return DoorVisit.objects.create(**line, at=now, user=_account(user))


def forget_visits(*, now: datetime) -> int:
    """Delete what is kept no longer: lines of the log after VISITS_KEPT, sign-in keys after a day."""
    DoorKey.objects.filter(asked_at__lt=now - timedelta(days=1)).delete()
    deleted, _rows = DoorVisit.objects.filter(at__lt=now - VISITS_KEPT).delete()
    return deleted


def _account(user: Any) -> Any:
    return user if user is not None and user.pk else None
