"""Signing up on the site: what was asked for is noted, and its confirmation owed, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from cms.contacts import actions as contacts
from cms.mailing.actions.owe import owe
from cms.mailing.mail.sign_ups import RENDERER
from cms.mailing.models import Delivery

if TYPE_CHECKING:
    from cms.core.models import Topic


@transaction.atomic
def sign_up(
    *,
    email: str,
    name: str,
    language: str,
    purposes: Sequence[str],
    frequency: str,
    topics: Iterable[Topic],
    evidence: str,
    now: datetime,
) -> Delivery | None:
    """Note the request and owe its confirmation; None where the address has had one within the day.

    The name that was typed stands in no mail: whoever typed it need not be the owner of the address.
    """
    row, due = contacts.ask_sign_up(
        email=email,
        name=name,
        language=language,
        purposes=purposes,
        frequency=frequency,
        topics=topics,
        evidence=evidence,
        now=now,
    )
    if not due:
        return None
    return owe(
        renderer=RENDERER,
        recipient_key=f"{row.uid.hex}:sign-up:{row.generation}:{int(now.timestamp())}",
        address=row.address,
        name="",
        language=language,
        values={"sign_up": row.uid.hex, "generation": row.generation},
        now=now,
    )
