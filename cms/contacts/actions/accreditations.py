"""Accreditation of journalists: asked, granted, withdrawn."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from cms.accounts.models import User
from cms.contacts.models import Accreditation, AccreditationState, Contact

STANDING = (AccreditationState.REQUESTED, AccreditationState.GRANTED)


def request_accreditation(
    *, contact: Contact, scope_uid: UUID | None = None, terms_version: str = "", now: datetime
) -> Accreditation:
    """Ask for an accreditation, general or to one thing; who already asked or has it gets the same row."""
    row, _ = Accreditation.objects.get_or_create(
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
    return row


@transaction.atomic
def grant_accreditation(
    *,
    contact: Contact,
    scope_uid: UUID | None = None,
    valid_until: datetime | None = None,
    user: User | None = None,
    now: datetime,
) -> Accreditation:
    """Grant, or prolong what is granted."""
    row = request_accreditation(contact=contact, scope_uid=scope_uid, now=now)
    row = Accreditation.objects.select_for_update().get(pk=row.pk)
    if row.state != AccreditationState.GRANTED:
        row.state, row.valid_from = AccreditationState.GRANTED, now
    row.valid_until, row.decided_at, row.decided_by = valid_until, now, user
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
            state=after, reason=reason, decided_at=now, decided_by=user, generation=F("generation") + 1
        )
    accreditation.refresh_from_db()
    return accreditation
