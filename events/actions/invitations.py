"""Inviting to an event: a mailing of the outbox that an officer looks at before it leaves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cms.core.actions import log_thing
from cms.mailing import actions as mailing
from cms.mailing.models import Mailing
from events import queries
from events.actions.errors import EventsError
from events.mail import INVITATION, why_not_invite
from events.models import Event


class NotInvitable(EventsError):
    """Nobody can be invited to this event; `str()` is the sentence for the officer."""


@transaction.atomic
def prepare_invitation(
    *, event: Event, audiences: Iterable[Any], extra_contacts: Iterable[Any] = (), user: Any, now: datetime
) -> Mailing:
    """Write the draft of an invitation to audiences and single contacts; it is launched from its own screen.

    An event that is not public yet may be prepared: the mailing then waits. Raises NotInvitable for one that is
    cancelled, over, without a date or without a published page.
    """
    row = Event.objects.select_for_update(no_key=True).get(pk=event.pk)
    refused = why_not_invite(row, now=now)
    if refused is not None and refused.until is None:
        raise NotInvitable(str(refused))
    title, _url = queries.title_of(row, language="fr")
    prepared = mailing.create(
        renderer=INVITATION,
        kind="invitation",
        source_uid=row.uid,
        title=_("Invitation – %s") % title,
        audiences=list(audiences),
        extra_contacts=list(extra_contacts),
        user=user,
        activity=row.activity,
        now=now,
    )
    log_thing(row, action="event.invited", user=user, now=now, changes={"mailing": prepared.pk})
    return prepared
