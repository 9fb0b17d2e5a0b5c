"""Sending a mailing to a few addresses before it leaves, to see how it arrives."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.log_actions import log

from cms.contacts import queries as contacts
from cms.contacts.validators import normalise_email
from cms.core.reader import EMBARGO_ROLES
from cms.core.registry import Refused
from cms.mailing.actions.claims import connection_slot
from cms.mailing.actions.compose import EDITABLE
from cms.mailing.actions.errors import MailingError, WrongState
from cms.mailing.actions.owe import ensure_sender
from cms.mailing.mail.letters import refusal
from cms.mailing.mail.rehearsal import rehearse
from cms.mailing.mail.signing import signing
from cms.mailing.mail.transport import Fault, Scope, SmtpTransport, connect
from cms.mailing.models import Mailing, Sender, Trial

if TYPE_CHECKING:
    from cms.contacts.models import Contact

MOST_AT_ONCE = 5
MOST_AN_HOUR = 20
#: Seconds that somebody at a screen waits for a server that has a whole mail and says nothing.
PATIENCE = 15.0
_HOUR = timedelta(hours=1)


def try_out(
    mailing: Mailing,
    *,
    addresses: Iterable[str],
    contact: Contact | None,
    user: Any,
    now: datetime,
    language: str = "",
) -> list[Trial]:
    """Send the mail as `contact` would get it to a few addresses, at once; return what came of each.

    The bytes are those of the real mail, but for "[Test]" before the subject and for personal links that lead to a
    page which says so. At most 5 addresses at a time and 20 an hour from one account; never to an address that asked
    to be left alone; before an embargo lifts, to the team's own accounts only. Raises MailingError.
    """
    if mailing.state not in EDITABLE:
        raise WrongState
    wanted = _read(addresses)
    refused = refusal(mailing, now=now)
    if refused is not None and refused.until is None:
        raise MailingError(str(refused))
    if refused is not None and (strangers := _strangers(wanted)):
        raise MailingError(
            _("Before the embargo lifts a test goes to the team's own addresses only, and not to %s.")
            % ", ".join(strangers)
        )
    sender = mailing.sender or ensure_sender()
    if sender.held_until is not None and sender.held_until > now:
        raise MailingError(_("The mail server does not answer just now: %s") % sender.held_reason)
    code = language or (contact.language if contact is not None else "")
    rows = _begin(mailing, wanted, contact=contact, language=code, user=user, now=now)
    try:
        _hand_over(rows, sender=sender, language=language, now=now)
    finally:
        Trial.objects.bulk_update(rows, ["outcome", "said", "language"])
    return rows


def _read(addresses: Iterable[str]) -> list[str]:
    wanted: list[str] = []
    for typed in addresses:
        try:
            address = normalise_email(typed)
        except ValidationError as error:
            raise MailingError(f"{typed} : {' '.join(error.messages)}") from error
        if address not in wanted:
            wanted.append(address)
    if not wanted:
        raise MailingError(_("Give an address to send the test to."))
    if len(wanted) > MOST_AT_ONCE:
        raise MailingError(_("A test goes to %d addresses at most.") % MOST_AT_ONCE)
    if alone := [address for address in wanted if contacts.suppressed(address)]:
        raise MailingError(_("%s asked not to be written to: no test either.") % ", ".join(alone))
    return wanted


def _strangers(addresses: list[str]) -> list[str]:
    """The addresses that are not those of accounts which read what is under embargo."""
    accounts = get_user_model()._default_manager.filter(is_active=True)
    team = accounts.filter(groups__name__in=EMBARGO_ROLES) | accounts.filter(is_superuser=True)
    known = {str(address).lower() for address in team.values_list("email", flat=True) if address}
    return [address for address in addresses if address not in known]


@transaction.atomic
def _begin(
    mailing: Mailing,
    addresses: list[str],
    *,
    contact: Contact | None,
    language: str,
    user: Any,
    now: datetime,
) -> list[Trial]:
    """Write the rows before anything is handed over; the account's row is the lock under which they are counted."""
    get_user_model()._default_manager.select_for_update(no_key=True).get(pk=user.pk)
    number = Trial.objects.filter(user=user, at__gt=now - _HOUR).count()
    if number + len(addresses) > MOST_AN_HOUR:
        raise MailingError(
            ngettext(
                "You have sent %(number)d test in the last hour; %(most)d is the most. Wait a little.",
                "You have sent %(number)d tests in the last hour; %(most)d is the most. Wait a little.",
                number,
            )
            % {"number": number, "most": MOST_AN_HOUR}
        )
    rows = Trial.objects.bulk_create(
        Trial(mailing=mailing, address=address, contact=contact, language=language, user=user, at=now)
        for address in addresses
    )
    log(mailing, "mailing.trial", user=user, data={"addresses": addresses})
    return rows


def _hand_over(rows: list[Trial], *, sender: Sender, language: str, now: datetime) -> None:
    """Send each mail over one of the sender's connections; the first fault that is not one address's ends it."""
    with connection_slot(sender) as free:
        if not free:
            raise MailingError(_("This sender is busy sending: try again in a moment."))
        bare = connect()
        if isinstance(bare, SmtpTransport):
            bare.data_timeout = min(bare.data_timeout, PATIENCE)
        transport = signing(bare, sender.domain)
        try:
            for row in rows:
                try:
                    mail = rehearse(
                        row.mailing,
                        contact=row.contact,
                        sender=sender,
                        now=now,
                        language=language,
                        address=row.address,
                    )
                    row.language = mail.language
                    row.said = transport.send(sender.address, row.address, mail.trial())[:500]
                    row.outcome = Trial.Outcome.TAKEN
                except Refused as refused:
                    raise MailingError(str(refused)) from refused
                except Fault as fault:
                    row.said = fault.text
                    row.outcome = Trial.Outcome.DOUBT if fault.scope is Scope.DOUBT else Trial.Outcome.REFUSED
                    if fault.scope not in (Scope.RECIPIENT, Scope.RECIPIENT_LATER):
                        break
        finally:
            transport.close()
