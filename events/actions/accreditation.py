"""Accrediting somebody for one event: the row is shared with the press room, which knows journalists."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from cms.contacts import actions as contacts
from cms.contacts.models import Accreditation
from cms.core.actions import log_thing
from events.actions.errors import AlreadyOver, NotTaken
from events.models import Registration

#: So long after the event the accreditation holds still: what was filmed is told of, and files are asked for.
HOLDS_AFTER = timedelta(days=7)


def accredit(*, registration: Registration, reason: str, user: Any, now: datetime) -> Accreditation:
    """Accredit a registered journalist for this event alone, until a week after it; twice prolongs the one there is.

    Raises NotTaken for a registration without a person, AlreadyOver once that time is past.
    """
    row = registration.occurrence
    if registration.contact is None or not registration.is_active:
        raise NotTaken
    until = (row.ends_at or row.starts_at) + HOLDS_AFTER
    if until <= now:
        raise AlreadyOver
    given = contacts.grant_accreditation(
        contact=registration.contact,
        scope_uid=row.event.uid,
        valid_until=until,
        reason=reason,
        user=user if user is not None and user.pk else None,
        now=now,
    )
    changes = {"registration": registration.uid.hex}
    log_thing(row.event, action="registration.accredited", user=user, now=now, changes=changes)
    return given
