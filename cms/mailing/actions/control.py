"""What an officer, or a recipient, does to a mailing once it exists."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from cms.contacts import actions as contacts
from cms.contacts.models import SuppressionReason
from cms.mailing.actions.errors import MailingError, WrongState
from cms.mailing.actions.fitness import ensure_approved, ensure_fit
from cms.mailing.actions.waiting import bind
from cms.mailing.models import Delivery, DeliveryEvent, Mailing

State = Mailing.State


def _locked(mailing: Mailing, *states: str) -> Mailing:
    row = Mailing.objects.select_for_update(of=("self",)).get(pk=mailing.pk)
    if row.state not in states or row.is_standing:
        raise WrongState
    return row


def _move(
    row: Mailing, state: str, *, user: Any, action: str, now: datetime | None = None, reason: str = ""
) -> Mailing:
    row.state, row.reason, row.hold_until = state, reason[:500], None
    row.swept_at = now or row.swept_at
    row.version += 1
    row.save()
    log(row, action, user=user)
    return row


@transaction.atomic
def schedule(mailing: Mailing, *, send_at: datetime, user: Any, now: datetime) -> Mailing:
    """Let a draft go by itself at `send_at`, which lies ahead. The audience is frozen at that hour.

    What is under embargo at that hour leaves when it lifts. Raises MailingError with the renderer's sentence
    where it will refuse for another reason, NotFit and NeedsApproval as `launch` does: both are asked again then.
    """
    row = _locked(mailing, State.DRAFT, State.SCHEDULED)
    if send_at <= now:
        raise MailingError(_("Choose an hour that lies ahead."))
    row.send_at, row.launched_by = send_at, user
    ensure_approved(row, now=now)
    ensure_fit(row, now=now)
    _move(row, State.SCHEDULED, user=user, action="mailing.schedule")
    bind(row, now=now)
    return row


@transaction.atomic
def unschedule(mailing: Mailing, *, user: Any, now: datetime) -> Mailing:
    """Make a scheduled mailing a draft again."""
    row = _locked(mailing, State.SCHEDULED)
    return _move(row, State.DRAFT, user=user, action="mailing.unschedule")


@transaction.atomic
def pause(mailing: Mailing, *, user: Any, now: datetime, reason: str = "") -> Mailing:
    """Stop sending; a worker stops before its next mail. `reason` is shown to the officer."""
    row = _locked(mailing, State.SENDING)
    return _move(row, State.PAUSED, user=user, action="mailing.pause", reason=reason)


@transaction.atomic
def resume(mailing: Mailing, *, user: Any, now: datetime) -> Mailing:
    """Go on with what is still queued, at once or when its embargo lifts.

    Raises MailingError with the renderer's sentence when it refuses for good.
    """
    row = _locked(mailing, State.PAUSED)
    if row.sender is not None and row.sender.held_until is not None:
        type(row.sender).objects.filter(pk=row.sender.pk).update(held_until=None, held_reason="", faults=0)
    _move(row, State.SENDING, user=user, action="mailing.resume", now=now)
    bind(row, now=now)
    return row


@transaction.atomic
def cancel(mailing: Mailing, *, user: Any, now: datetime) -> Mailing:
    """End a mailing: what has not been handed over never leaves. What a worker holds right now is counted later."""
    row = _locked(mailing, State.DRAFT, State.SCHEDULED, State.SENDING, State.PAUSED)
    row.deliveries.filter(state__in=["queued", "deferred"]).update(state="cancelled", reason="by_officer")
    row.deliveries.filter(state="sending", handed_at=None).update(
        state="cancelled", reason="by_officer", claim_token=None, lease_until=None
    )
    row.finished_at = now
    return _move(row, State.CANCELLED, user=user, action="mailing.cancel")


def keep_cancelled(**of: Any) -> int:
    """Cancel what a worker had in hand as its mailing was cancelled, and could not hand over; return how many."""
    left = Delivery.objects.filter(mailing__state=State.CANCELLED, state__in=["queued", "deferred"], **of)
    return left.update(state="cancelled", reason="by_officer")


@transaction.atomic
def retry_failed(mailing: Mailing, *, user: Any, now: datetime) -> int:
    """Queue every failed delivery again, same mail, and send it; return how many. Suppressed ones stay so."""
    row = Mailing.objects.select_for_update(of=("self",)).get(pk=mailing.pk)
    if row.state not in (State.SENDING, State.PAUSED, State.SENT):
        raise WrongState
    number = requeue(
        row.deliveries.filter(state="failed"), user=user, now=now, detail=_("Tried again by an officer")
    )
    if number and row.state == State.SENT:
        row.finished_at = None
        _move(row, State.SENDING, user=user, action="mailing.retry", now=now)
    return number


@transaction.atomic
def resolve_unknown(
    mailing: Mailing, *, arrived: bool, user: Any, now: datetime, delivery: Any = None
) -> int:
    """Settle the deliveries in doubt (or the one given): they arrived, or the same mail is sent once more.

    A second mail carries the same Message-ID and the same bytes. Returns how many were settled.
    """
    row = Mailing.objects.select_for_update(of=("self",)).get(pk=mailing.pk)
    doubtful = row.deliveries.filter(state="unknown")
    if delivery is not None:
        doubtful = doubtful.filter(pk=delivery.pk)
    if not arrived:
        if row.state == State.CANCELLED:
            raise WrongState
        number = requeue(doubtful, user=user, now=now, detail=_("Sent again by an officer"))
        if number and row.state == State.SENT:
            row.finished_at = None
            _move(row, State.SENDING, user=user, action="mailing.retry", now=now)
        return number
    keys = list(doubtful.select_for_update().values_list("pk", flat=True))
    Delivery.objects.filter(pk__in=keys).update(
        state="sent", sent_at=now, reason="by_officer", claim_token=None, lease_until=None
    )
    note(keys, state="sent", reason="by_officer", detail=_("Arrived, says an officer"), user=user, now=now)
    return len(keys)


def requeue(deliveries: Any, *, user: Any, now: datetime, detail: str) -> int:
    """Put deliveries back in the queue under their own Message-ID; call inside a transaction."""
    keys = list(deliveries.select_for_update(of=("self",)).values_list("pk", flat=True))
    Delivery.objects.filter(pk__in=keys).update(
        state="queued",
        reason="",
        attempts=0,
        next_attempt_at=now,
        handed_at=None,
        claim_token=None,
        lease_until=None,
    )
    note(keys, state="queued", reason="", detail=detail, user=user, now=now)
    return len(keys)


def note(keys: list[int], *, state: str, reason: str, detail: str, now: datetime, user: Any = None) -> None:
    """Add one event to the timeline of each delivery."""
    DeliveryEvent.objects.bulk_create(
        DeliveryEvent(delivery_id=key, at=now, state=state, reason=reason, detail=detail[:500], user=user)
        for key in keys
    )


@transaction.atomic
def unsubscribe(delivery: Delivery, *, now: datetime) -> None:
    """Take the address of a delivery off every mailing, now and for what is already queued; twice is once."""
    contacts.suppress(
        address=delivery.address,
        reason=SuppressionReason.UNSUBSCRIBED,
        note=delivery.mailing.title[:200],
        now=now,
    )
    Delivery.objects.filter(address=delivery.address, state__in=["queued", "deferred"]).exclude(
        mailing__kind=Mailing.Kind.OWED
    ).update(state="suppressed", reason="suppressed")


def finish(mailing_id: int, *, now: datetime) -> bool:
    """Close a mailing that has nothing left to send; deliveries in doubt do not keep it open."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE mailing_mailing SET state = 'sent', finished_at = %s, reason = '', version = version + 1
               WHERE id = %s AND state = 'sending' AND kind <> 'owed' AND NOT EXISTS (
                   SELECT 1 FROM mailing_delivery WHERE mailing_id = %s
                   AND state IN ('queued', 'deferred', 'sending'))""",
            [now, mailing_id, mailing_id],
        )
        return bool(cursor.rowcount)
