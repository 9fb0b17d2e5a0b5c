"""Fees paid at the desk, each against a numbered receipt."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from cms.core import formats
from cms.core.actions import log_thing
from events import queries
from events.actions.errors import NotTaken
from events.models import Receipt, Registration

LOCK = 0x72656365  # "rece": the first key of PostgreSQL's advisory locks


@transaction.atomic
def take_payment(
    *,
    registration: Registration,
    amount_xof: int,
    means: str,
    payer: str,
    paid_date: date,
    key: UUID,
    user: Any,
    now: datetime,
) -> Receipt:
    """Write a receipt with the next number of the year. The same form (`key`) twice is one receipt.

    Raises NotTaken for a registration that ended, ValidationError for more than is still due.
    """
    year = formats.local(now).year
    _take_numbers(year)
    if (known := Receipt.objects.filter(key=key).first()) is not None:
        return known
    found = Registration.objects.select_for_update(of=("self",)).select_related(
        "category", "occurrence__event"
    )
    row = found.get(pk=registration.pk)
    if not row.is_active:
        raise NotTaken
    _check_due(row, amount_xof)
    receipt = Receipt.objects.create(
        key=key,
        registration=row,
        year=year,
        number=_next_number(year),
        amount_xof=amount_xof,
        means=means,
        payer=payer,
        paid_date=paid_date,
        made_at=now,
        made_by=user,
    )
    _log(receipt, "receipt.made", user=user, now=now)
    return receipt


def _check_due(registration: Registration, amount_xof: int) -> None:
    due = queries.due_of(registration)
    if not 0 < amount_xof <= due:
        raise ValidationError(_("%(due)s are due: write that, or less.") % {"due": formats.fcfa(due)})


def _take_numbers(year: int) -> None:
    """Lock the year's numbers for this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, year])


def _next_number(year: int) -> int:
    last = Receipt.objects.filter(year=year).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


@transaction.atomic
def void_receipt(*, receipt: Receipt, reason: str, user: Any, now: datetime) -> Receipt:
    """Say that a receipt was wrong: its number stays taken, its amount is due again. Twice changes nothing."""
    row = Receipt.objects.select_for_update(of=("self",)).get(pk=receipt.pk)
    if row.is_void:
        return row
    row.void(reason=reason, now=now)
    row.save(update_fields=["voided_at", "void_reason"])
    _log(row, "receipt.voided", user=user, now=now, reason=reason)
    return row


def _log(receipt: Receipt, action: str, *, user: Any, now: datetime, reason: str = "") -> None:
    registration = receipt.registration
    changes = {
        "receipt": receipt.label,
        "amount_xof": receipt.amount_xof,
        "registration": registration.uid.hex,
    }
    log_thing(
        registration.occurrence.event, action=action, user=user, now=now, reason=reason, changes=changes
    )
