"""Forgetting to whom owed mail went, once the person's data is erased; that a mail went out stays counted."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Func, JSONField, QuerySet, Value
from django.db.models.functions import Left

from cms.mailing.models import Delivery, DeliveryEvent, Mailing

#: RFC 2606: an address of nobody, to which nothing is ever sent.
NOBODY = "erased@erased.invalid"
#: What a person typed, among the values that the renderers of owed mail keep.
TYPED = {"name": "", "organisation": "", "reason": "", "number": ""}
_HEX = 32  # a recipient_key begins with the uid of what the mail is about
_AT_ONCE = 1000


@transaction.atomic
def forget_owed(*, owners: Collection[str], now: datetime) -> int:
    """Blank address, name and typed words of the owed mails about `owners` (uids in hex); returns how many.

    What still waits to be sent is not sent any more; what a worker holds at this instant is left to the next call.
    """
    wanted, number = sorted(owners), 0
    for first in range(0, len(wanted), _AT_ONCE):
        number += _forget(wanted[first : first + _AT_ONCE])
    return number


def _forget(owners: list[str]) -> int:
    rows: QuerySet[Delivery, Any] = (
        Delivery.objects.annotate(owner=Left("recipient_key", _HEX))
        .filter(mailing__kind=Mailing.Kind.OWED, owner__in=owners)
        .exclude(state=Delivery.State.SENDING)
        .exclude(address=NOBODY)
    )
    keys = list(rows.values_list("pk", flat=True))
    found = Delivery.objects.filter(pk__in=keys)
    found.filter(state__in=[Delivery.State.QUEUED, Delivery.State.DEFERRED]).update(
        state=Delivery.State.CANCELLED, reason=Delivery.Reason.BY_OFFICER
    )
    blank = Func(
        F("values"),
        Value(TYPED, output_field=JSONField()),
        template="(%(expressions)s)",
        arg_joiner=" || ",
        output_field=JSONField(),
    )
    found.update(address=NOBODY, contact=None, smtp_text="", values=blank)
    DeliveryEvent.objects.filter(delivery__in=keys).exclude(detail="").update(detail="")
    return len(keys)
