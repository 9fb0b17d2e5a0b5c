"""Accreditation of journalists: asked, granted, withdrawn."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from cms.accounts.models import User
from cms.contacts.models import Accreditation, AccreditationState, Contact

STANDING = (AccreditationState.REQUESTED, AccreditationState.GRANTED)


class EndsInThePast(Exception):
    """An accreditation ends on a day to come; one that ends now is withdrawn."""


class ReasonWanted(Exception):
    """Whoever is refused or loses an accreditation is told why."""


def request_accreditation(
    *, contact: Contact, scope_uid: UUID | None = None, terms_version: str = "", now: datetime
) -> Accreditation:
    """Ask for an accreditation, general or to one thing; who already asked or has it gets the same row.

    One whose time is over is asked for anew: it is decided again.
    """
    row, _created = Accreditation.objects.get_or_create(
        contact=contact,
        scope_uid=scope_uid,
        state__in=STANDING,
        defaults={
            "state": AccreditationState.REQUESTED,
            "requested_at": now,
            "terms_version": terms_version,
            "terms_accepted_at": now if terms_version else None,
        },
    )
    over = Accreditation.objects.filter(pk=row.pk, state=AccreditationState.GRANTED, valid_until__lte=now)
    if over.update(state=AccreditationState.REQUESTED, requested_at=now):
        row.refresh_from_db()
    return row


@transaction.atomic
def grant_accreditation(
    *,
    contact: Contact,
    scope_uid: UUID | None = None,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    reason: str = "",
    user: User | None = None,
    now: datetime,
) -> Accreditation:
    """Grant from `valid_from` on (else at once), or prolong what is granted; links given out stay good.

    Raises EndsInThePast.
    """
    row = request_accreditation(contact=contact, scope_uid=scope_uid, now=now)
    row = Accreditation.objects.select_for_update().get(pk=row.pk)
    if row.state != AccreditationState.GRANTED:
        row.state, row.valid_from = AccreditationState.GRANTED, valid_from or now
    elif valid_from is not None:
        row.valid_from = valid_from
    if valid_until is not None and valid_until <= (row.valid_from or now):
        raise EndsInThePast(_("It ends in the past. Choose a later day, or none."))
    row.valid_until, row.decided_at, row.decided_by = valid_until, now, user
    row.reason = reason[:200]
    row.save()
    return row


def revoke_accreditation(
    accreditation: Accreditation, *, reason: str = "", user: User | None = None, now: datetime
) -> Accreditation:
    """Withdraw or refuse; the journalist's links stop working at once."""
    for before, after in (
        (AccreditationState.GRANTED, AccreditationState.REVOKED),
        (AccreditationState.REQUESTED, AccreditationState.REFUSED),
    ):
        Accreditation.objects.filter(pk=accreditation.pk, state=before).update(
            state=after, reason=reason[:200], decided_at=now, decided_by=user, generation=F("generation") + 1
        )
    accreditation.refresh_from_db()
    return accreditation


@transaction.atomic
def grant_many(
    wanted: Iterable[tuple[Contact, UUID | None]],
    *,
    valid_from: datetime | None = None,
    valid_until: datetime | None,
    reason: str = "",
    user: User | None = None,
    now: datetime,
) -> list[Accreditation]:
    """Grant or prolong the accreditations of many, each general (None) or to one thing; all or none of them.

    In the order of the contacts' keys, so that two officers at once wait for each other at most. Raises EndsInThePast.
    """
    if valid_until is not None and valid_until <= now:
        raise EndsInThePast(_("It ends in the past. Choose a later day, or none."))
    return [
        grant_accreditation(
            contact=contact,
            scope_uid=scope,
            valid_from=valid_from,
            valid_until=valid_until,
            reason=reason,
            user=user,
            now=now,
        )
        for contact, scope in sorted(wanted, key=lambda pair: (pair[0].pk, str(pair[1] or "")))
    ]


@transaction.atomic
def end_many(
    rows: Iterable[Accreditation], *, reason: str, user: User | None = None, now: datetime
) -> list[Accreditation]:
    """Withdraw what is granted of these, refuse what is asked for; the rest stays. Returns those changed.

    Raises ReasonWanted without a reason.
    """
    if not reason.strip():
        raise ReasonWanted(_("Say why: the reason is kept with the accreditation."))
    standing = [row for row in sorted(rows, key=lambda row: row.pk) if row.state in STANDING]
    return [revoke_accreditation(row, reason=reason.strip(), user=user, now=now) for row in standing]
