"""Signing up on the site, confirmed from the mailbox, and what somebody chooses to receive."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from cms.contacts.actions.consents import decline, lift_suppression, record_consent
from cms.contacts.actions.contacts import find_or_create_contact
from cms.contacts.models import (
    OFFERED,
    Consent,
    ConsentSource,
    Contact,
    Frequency,
    Preference,
    Purpose,
    SignUp,
    Suppression,
)
from cms.contacts.validators import normalise_email, tidy
from cms.core.actions import TooManyTries, note_try
from cms.core.models import Topic

#: An address gets one confirmation a day, and so many a month: whoever types it in again and again annoys nobody.
ONE_MAIL_IN = timedelta(hours=24)
MAILS_IN_A_MONTH, MONTH = 3, timedelta(days=30)
#: The link of the confirmation mail is good for so long; then the row goes, and the address with it.
CONFIRM_WITHIN = timedelta(days=7)


class SignUpExpired(Exception):
    """The link is older than a week, or a newer request replaced it."""


@transaction.atomic
def ask_sign_up(
    *,
    email: str,
    name: str = "",
    language: str,
    purposes: Sequence[str],
    frequency: str = Frequency.ALL,
    topics: Iterable[Topic] = (),
    evidence: str = "",
    now: datetime,
) -> tuple[SignUp, bool]:
    """Note that somebody asked for mail to this address; return the row, and whether a confirmation is owed.

    Contacts, consents and suppressions are not looked at: known and unknown addresses cost and answer the same.
    The newest form counts, whoever filled it in: its choices are shown before anything is confirmed; what was
    confirmed within the day stays as it is. Raises ValidationError where `email` is no address.
    """
    address = normalise_email(email)
    chosen = [purpose for purpose in OFFERED if purpose in purposes] or [Purpose.NEWSLETTER]
    SignUp.objects.get_or_create(address=address, defaults={"purposes": chosen, "requested_at": now})
    row = SignUp.objects.select_for_update().get(address=address)
    due = row.mailed_at is None or now - row.mailed_at >= ONE_MAIL_IN
    if row.confirmed_at is not None:
        if not due:
            return row, False
        row.confirmed_at, row.generation = None, row.generation + 1
    row.name, row.language, row.purposes = tidy(name)[:200], language, chosen
    row.frequency, row.evidence, row.requested_at = frequency, evidence[:200], now
    if due:
        try:
            note_try(kind="sign-up", value=address, limit=MAILS_IN_A_MONTH, within=MONTH, now=now)
        except TooManyTries:
            due = False
        else:
            row.mailed_at = now
    row.save()
    row.topics.set(topics)
    return row, due


@transaction.atomic
def confirm_sign_up(sign_up: SignUp, *, now: datetime) -> Contact:
    """The owner of the address said yes: enter the contact if new, record the agreements, note the choices.

    A second time changes nothing. Who had left everything is written to again, but only for what was asked now.
    Raises SignUpExpired after a week.
    """
    row = SignUp.objects.select_for_update().filter(pk=sign_up.pk, generation=sign_up.generation).first()
    if row is None or now - row.requested_at > CONFIRM_WITHIN:
        raise SignUpExpired
    contact = find_or_create_contact(
        email=row.address, name=row.name or row.address, language=row.language, now=now
    )
    if row.confirmed_at is not None:
        return contact
    left = Suppression.objects.filter(address=row.address).exists()
    for purpose in row.purposes:
        record_consent(
            contact=contact,
            purpose=purpose,
            source=ConsentSource.FORM,
            evidence=row.evidence,
            confirmed=True,
            now=now,
        )
        Consent.objects.filter(contact=contact, purpose=purpose, given_at=now).update(
            requested_at=row.requested_at
        )
    if left:
        for purpose in {Purpose.NEWSLETTER, Purpose.PRESS, Purpose.INVITATIONS} - set(row.purposes):
            decline(contact=contact, purpose=purpose, source=ConsentSource.FORM, now=now)
        lift_suppression(row.address)
    choose(contact=contact, frequency=row.frequency, topics=row.topics.all(), now=now)
    row.confirmed_at = now
    row.save(update_fields=["confirmed_at"])
    return contact


@transaction.atomic
def choose(*, contact: Contact, frequency: str, topics: Iterable[Topic], now: datetime) -> Preference:
    """Keep how often and about what somebody wishes to be written to; no topic is all of them."""
    row, _ = Preference.objects.update_or_create(
        contact=contact, defaults={"frequency": frequency, "changed_at": now}
    )
    row.topics.set(topics)
    return row


def move_preference(*, source: Contact, target: Contact, **_rest: object) -> None:
    """Two cards become one: of two choices the newer stays."""
    rows = list(Preference.objects.filter(contact__in=[source, target]).order_by("-changed_at", "-pk"))
    Preference.objects.filter(pk__in=[row.pk for row in rows[1:]]).delete()
    Preference.objects.filter(pk__in=[row.pk for row in rows[:1]]).update(contact=target)


@transaction.atomic
def choose_purposes(
    *, contact: Contact, address: str, purposes: Iterable[str], evidence: str, now: datetime
) -> None:
    """Agree to these purposes of mail and decline the others, by the holder of a personal link.

    Agreeing to any lets mail go to the address again. Press releases and invitations that were never declined need
    no agreement, and get none recorded.
    """
    wanted = set(purposes)
    said_no = set(
        Consent.objects.filter(contact=contact, withdrawn_at__isnull=False).values_list("purpose", flat=True)
    )
    for purpose in (Purpose.NEWSLETTER, Purpose.PRESS, Purpose.INVITATIONS):
        if purpose not in wanted:
            decline(contact=contact, purpose=purpose, source=ConsentSource.FORM, evidence=evidence, now=now)
        elif purpose == Purpose.NEWSLETTER or purpose in said_no:
            record_consent(
                contact=contact,
                purpose=purpose,
                source=ConsentSource.FORM,
                evidence=evidence,
                confirmed=True,
                now=now,
            )
    if wanted:
        lift_suppression(address)


def forget_sign_ups(*, now: datetime) -> int:
    """Delete sign-ups whose week is over, confirmed or not: what was confirmed stands on the contact's card."""
    deleted, _ = SignUp.objects.filter(requested_at__lt=now - CONFIRM_WITHIN).delete()
    return deleted
