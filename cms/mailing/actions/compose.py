"""Making a mailing and choosing whom it goes to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from cms.core import registry
from cms.mailing import queries
from cms.mailing.actions.errors import MailingError, WrongState
from cms.mailing.actions.fitness import NeedsApproval, ensure_approved
from cms.mailing.actions.waiting import bind
from cms.mailing.models import Mailing, Sender

if TYPE_CHECKING:
    from cms.contacts.models import Audience, Contact

EDITABLE = (Mailing.State.DRAFT, Mailing.State.SCHEDULED)


@transaction.atomic
def create(
    *,
    renderer: str,
    source_uid: UUID | None,
    title: str,
    audiences: Iterable[Audience],
    extra_contacts: Iterable[Contact] = (),
    user: Any,
    activity: Any = None,
    send_at: datetime | None = None,
    kind: str = "",
    sender: Sender | None = None,
    now: datetime,
) -> Mailing:
    """Write a draft mailing of what `renderer` makes of `source_uid`. Nothing leaves before `launch`.

    `kind` is one of `Mailing.Kind` other than owed; without it the first word of the renderer's key is tried
    ("press.release" is a press mailing), else it is a notice. `send_at` is only kept: `schedule` binds it.
    Raises MailingError for an unknown renderer or one of owed mail.
    """
    found = registry.mailing_renderers.get(renderer)
    if found is None or found.owed:
        raise MailingError(_("Nothing in this installation writes mails of the kind “%s”.") % renderer)
    guess = renderer.partition(".")[0]
    kinds = set(Mailing.Kind.values) - {Mailing.Kind.OWED}
    mailing = Mailing(
        renderer=renderer,
        kind=kind if kind in kinds else guess if guess in kinds else Mailing.Kind.NOTICE,
        source_uid=source_uid,
        title=" ".join(title.split())[:255],
        sender=sender or queries.default_sender(),
        activity=activity,
        send_at=send_at,
        created_by=user,
    )
    mailing.save()
    mailing.audiences.set(audiences)
    mailing.contacts.set(extra_contacts)
    log(mailing, "wagtail.create", user=user)
    return mailing


@transaction.atomic
def edit(mailing: Mailing, *, changes: dict[str, Any], user: Any, now: datetime) -> Mailing:
    """Change title, sender, activity, hours, counting, audiences or contacts of a mailing that has not been launched.

    A scheduled one without an hour is a draft again, unless it waits for an embargo: then it leaves when that lifts.
    One that was approved is a draft again, with the reason, where what would leave is not what was approved.
    """
    row = Mailing.objects.select_for_update().get(pk=mailing.pk)
    if row.state not in EDITABLE:
        raise WrongState
    for name in ("title", "sender", "activity", "send_at", "at_any_hour", "counts_clicks"):
        if name in changes:
            setattr(row, name, changes[name])
    if row.state == Mailing.State.SCHEDULED and row.send_at is None:
        if row.hold_until is not None:
            row.send_at = now
        else:
            row.state = Mailing.State.DRAFT
    row.version += 1
    row.save()
    if row.state == Mailing.State.SCHEDULED:
        bind(row, now=now)
    if "audiences" in changes:
        row.audiences.set(changes["audiences"])
    if "left_out" in changes:
        row.left_out.set(changes["left_out"])
    if "contacts" in changes:
        row.contacts.set(changes["contacts"])
    if row.state == Mailing.State.SCHEDULED:
        _approved_still(row, now=now)
    log(row, "wagtail.edit", user=user)
    return row


def _approved_still(row: Mailing, *, now: datetime) -> None:
    try:
        ensure_approved(row, now=now)
    except NeedsApproval as reason:
        row.state, row.reason, row.hold_until = Mailing.State.DRAFT, str(reason), None
        row.save(update_fields=["state", "reason", "hold_until", "updated_at"])
