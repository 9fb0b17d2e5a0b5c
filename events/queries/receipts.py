"""What somebody has to pay, and has paid."""

from __future__ import annotations

from django.db.models import QuerySet, Sum

from events.models import Receipt, Registration


def receipts_of(registration: Registration) -> QuerySet[Receipt]:
    """The receipts of somebody, void ones too, in the order of their numbers."""
    return registration.receipts.select_related("made_by").order_by("year", "number")


def due_of(registration: Registration) -> int:
    """What is still to be paid, in whole FCFA: the category's fee less what was received."""
    fee = registration.category.amount_xof if registration.category else 0
    paid = registration.receipts.filter(voided_at=None).aggregate(sum=Sum("amount_xof"))["sum"] or 0
    return max(fee - paid, 0)
