"""What people agreed to, and whom nothing is sent to any more."""

from datetime import datetime

from django.db import transaction

from cms.accounts.models import User
from cms.contacts.models import Consent, ConsentSource, Contact, Purpose, Suppression, SuppressionReason
from cms.contacts.validators import normalise_email

BY_MAIL = (Purpose.NEWSLETTER, Purpose.PRESS, Purpose.INVITATIONS)
OF_THE_PERSON = (SuppressionReason.UNSUBSCRIBED, SuppressionReason.COMPLAINT)


def record_consent(
    *,
    contact: Contact,
    purpose: str,
    source: str,
    evidence: str = "",
    confirmed: bool = False,
    user: User | None = None,
    now: datetime,
) -> Consent:
    """Record an agreement. From a public form it is only asked, until `confirm_consent`; else it is given.

    There is one standing consent per purpose: a second form is the same request, while paper, telephone,
    import or staff confirm one that was only asked. `confirmed`: the form was filled in by way of a personal link,
    which proves the address by itself.
    """
    asked = source == ConsentSource.FORM and not confirmed
    consent, created = Consent.objects.get_or_create(
        contact=contact,
        purpose=purpose,
        withdrawn_at=None,
        defaults={
            "source": source,
            "evidence": evidence,
            "requested_at": now if asked else None,
            "given_at": None if asked else now,
            "recorded_by": user,
        },
    )
    if not created and not asked and consent.given_at is None:
        consent.given_at, consent.source, consent.evidence, consent.recorded_by = now, source, evidence, user
        consent.save(update_fields=["given_at", "source", "evidence", "recorded_by"])
    return consent


def confirm_consent(consent: Consent, *, now: datetime) -> Consent:
    """The second opt-in: the holder of the address said yes. A second time changes nothing."""
    Consent.objects.filter(pk=consent.pk, given_at=None, withdrawn_at=None).update(given_at=now)
    consent.refresh_from_db()
    return consent


def withdraw_consent(consent: Consent, *, now: datetime) -> Consent:
    """The agreement is taken back; the row stays as the record of it."""
    Consent.objects.filter(pk=consent.pk, withdrawn_at=None).update(withdrawn_at=now)
    consent.refresh_from_db()
    return consent


@transaction.atomic
def decline(*, contact: Contact, purpose: str, source: str, evidence: str = "", now: datetime) -> None:
    """Somebody wants no mail of this purpose: what stands is taken back; who had agreed to nothing is noted too."""
    standing = Consent.objects.filter(contact=contact, purpose=purpose, withdrawn_at=None)
    if standing.update(withdrawn_at=now):
        return
    if Consent.objects.filter(contact=contact, purpose=purpose, withdrawn_at__isnull=False).exists():
        return
    Consent.objects.create(
        contact=contact,
        purpose=purpose,
        source=source,
        evidence=evidence,
        requested_at=now,
        withdrawn_at=now,
    )


@transaction.atomic
def suppress(
    *, address: str, reason: str = SuppressionReason.MANUAL, note: str = "", now: datetime
) -> Suppression:
    """Send nothing more to an address but what its owner is owed. The first reason and date are kept.

    Who unsubscribes or complains also takes back what they had agreed to receive by mail.
    """
    row, _ = Suppression.objects.get_or_create(
        address=normalise_email(address), defaults={"reason": reason, "note": note, "since": now}
    )
    if reason in OF_THE_PERSON:
        Consent.objects.filter(
            contact__emails__address=row.address, purpose__in=BY_MAIL, withdrawn_at=None
        ).update(withdrawn_at=now)
    return row


@transaction.atomic
def write_again(*, address: str, evidence: str, user: User | None = None, now: datetime) -> bool:
    """Lift a suppression because the owner of the address asked for it; whether there was anything to lift.

    What they had agreed to when they left is agreed to anew, by what the owner said: `evidence`.
    """
    normal = normalise_email(address)
    row = Suppression.objects.select_for_update().filter(address=normal).first()
    if row is None:
        return False
    left = Consent.objects.filter(
        contact__emails__address=normal,
        purpose__in=BY_MAIL,
        given_at__isnull=False,
        withdrawn_at__gte=row.since,
    ).select_related("contact")
    for consent in left:
        record_consent(
            contact=consent.contact,
            purpose=consent.purpose,
            source=ConsentSource.STAFF,
            evidence=evidence[:200],
            user=user,
            now=now,
        )
    row.delete()
    return True


def lift_suppression(address: str) -> bool:
    """Let mail go to an address again; whether there was anything to lift. Consents do not come back."""
    deleted, _ = Suppression.objects.filter(address=normalise_email(address)).delete()
    return bool(deleted)
