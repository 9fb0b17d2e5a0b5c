"""What comes back is written down once, then acted upon once: returns, complaints, answers of machines.

Taking writes rows and nothing else; applying locks a row that has not been applied, and its delivery. A report
that comes while a worker still holds the mail waits for the worker's word; whatever is lost in between, the next
sweep finds the row.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from cms.contacts import actions as contacts
from cms.contacts.models import SuppressionReason
from cms.contacts.validators import normalise_email
from cms.mailing.actions.control import note
from cms.mailing.mail.reports import Finding, is_dead, read
from cms.mailing.models import OPEN_STATES, Delivery, Report

Kind, State, Reason = Report.Kind, Delivery.State, Delivery.Reason
#: Reasons that speak of the address and not of this mail or of our server: these returns are counted.
COUNTED = (
    Reason.NO_SUCH_BOX,
    Reason.BOX_CLOSED,
    Reason.BOX_FULL,
    Reason.NO_SUCH_DOMAIN,
    Reason.TOO_LONG,
    Reason.REFUSED,
)
WITHIN = timedelta(days=90)
#: A mail from which nothing came back for so long counts as arrived.
SILENCE = timedelta(days=5)
#: A worker that held a mail for longer than this has lost it: the report does not wait any more.
PATIENCE = timedelta(hours=1)
WEBHOOK = "webhook:"


def take_mail(raw: bytes, *, source: str, envelope_to: str = "", now: datetime) -> list[Finding]:
    """Write down what a mail that came back says, and act on it; the second time changes nothing."""
    findings = read(raw, envelope_to=envelope_to)
    take(findings, source=source, now=now)
    apply_reports(now=now)
    return findings


def take(findings: Iterable[Finding], *, source: str, now: datetime) -> int:
    """Write one row per statement that was not known; return how many were new."""
    rows = []
    for one in findings:
        delivery = delivery_of(one, source=source, now=now)
        if one.kind == Kind.DELIVERED and (delivery is None or delivery.state == State.SENT):
            continue  # says nothing that is not known
        rows.append(
            Report(
                key=one.key,
                kind=one.kind,
                delivery=delivery,
                address=one.address or (delivery.address if delivery is not None else ""),
                status=one.status,
                reason=one.reason,
                detail=one.detail,
                source=source[:40],
                received_at=now,
            )
        )
    before = Report.objects.filter(key__in=[row.key for row in rows]).count()
    Report.objects.bulk_create(rows, ignore_conflicts=True)
    return len({row.key for row in rows}) - before


def delivery_of(one: Finding, *, source: str, now: datetime) -> Delivery | None:
    """The mail a statement is about.

    Its own return path proves it. A Message-ID is known to all who were ever shown the mail: where the sender has
    return paths, it does not make a return of one. A provider that signed its word may name the address alone.
    """
    rows = Delivery.objects.select_related("mailing__sender")
    if one.uid is not None:
        return rows.filter(uid=one.uid).first()
    signed = source.startswith(WEBHOOK)
    if one.message_id:
        found = rows.filter(message_id=one.message_id).first()
        if found is not None:
            sender = found.mailing.sender
            proved_otherwise = bool(sender is not None and sender.bounce_address)
            return found if signed or not proved_otherwise or one.kind != Kind.BOUNCE else None
    if signed and one.address:
        lately = Q(sent_at__gt=now - timedelta(days=14)) | Q(state=State.UNKNOWN)
        return rows.filter(lately, address=one.address).order_by("-pk").first()
    return None


def apply_reports(*, now: datetime, limit: int = 500) -> int:
    """Act on what was taken and not yet acted upon; any number of calls at once have the effect of one."""
    keys = Report.objects.filter(applied_at=None).order_by("pk").values_list("pk", flat=True)[:limit]
    return sum(_apply(key, now=now) for key in list(keys))


@transaction.atomic
def _apply(key: int, *, now: datetime) -> bool:
    report = Report.objects.select_for_update(skip_locked=True).filter(pk=key, applied_at=None).first()
    if report is None:
        return False
    row = None
    if report.delivery_id is not None:
        row = Delivery.objects.select_for_update().get(pk=report.delivery_id)
        in_hand = row.state in OPEN_STATES and row.handed_at is not None
        if in_hand and now - report.received_at < PATIENCE:
            return False
    if row is not None:
        _mark(row, report)
    address = row.address if row is not None else _signed_address(report)
    if address:
        _spare(address, report, now=now)
    report.applied_at = now
    report.save(update_fields=["applied_at"])
    return True


def _signed_address(report: Report) -> str:
    """The address alone, where a provider vouches for it."""
    if not report.source.startswith(WEBHOOK) or not report.address:
        return ""
    try:
        return normalise_email(report.address)
    except ValidationError:
        return ""


def _mark(row: Delivery, report: Report) -> None:
    """Write on the mail what is now known of it, and a line in its life."""
    left = row.state in (State.SENT, State.UNKNOWN, State.BOUNCED) or row.resends > 0
    changes: dict[str, Any] = {}
    if report.kind == Kind.OTHER or not left:
        pass
    elif report.kind == Kind.BOUNCE:
        if row.state != State.BOUNCED:
            changes = {"state": State.BOUNCED, "reason": report.reason}
    elif row.state not in (State.SENT, State.BOUNCED):
        changes = {"state": State.SENT, "reason": ""}  # in doubt until now: whoever speaks of a mail has it
    if report.kind == Kind.COMPLAINT and left and row.state != State.BOUNCED:
        changes["reason"] = Reason.COMPLAINT
    if changes:
        if "state" in changes:
            at = row.sent_at or row.handed_at or row.dated_at or report.received_at
            changes |= {"sent_at": at, "claim_token": None, "lease_until": None}
        Delivery.objects.filter(pk=row.pk).update(**changes)
    if report.kind != Kind.OTHER:
        state = changes.get("state", row.state)
        note([row.pk], state=state, reason=report.reason, detail=_said(report), now=report.received_at)


def _said(report: Report) -> str:
    return f"{report.status} {report.detail}".strip() if report.status not in report.detail else report.detail


def _spare(address: str, report: Report, *, now: datetime) -> None:
    """Put an address on the suppression list where the report is a reason to."""
    if report.kind == Kind.COMPLAINT:
        reason, said = SuppressionReason.COMPLAINT, report.detail
    elif report.kind == Kind.UNSUBSCRIBED:
        reason, said = SuppressionReason.UNSUBSCRIBED, report.source.removeprefix(WEBHOOK)
    elif report.kind != Kind.BOUNCE:
        return
    elif is_dead(report.status, report.reason, report.detail):
        reason, said = SuppressionReason.HARD_BOUNCE, _said(report)
    else:
        number = returns_in_a_row(address, report, now=now)
        if number < settings.MAILING_SOFT_BOUNCES:
            return
        reason = SuppressionReason.SOFT_BOUNCE
        said = _("%(number)s returns in a row, lastly: %(said)s") % {"number": number, "said": _said(report)}
    contacts.suppress(address=address, reason=reason, note=said[:200], now=now)


def returns_in_a_row(address: str, report: Report | None = None, *, now: datetime) -> int:
    """On how many days of the last 90 a mail came back from an address since one last arrived.

    Returns that speak of our server (policy) or of one mail (its size) are not counted, nor two of one day.
    """
    arrived = Delivery.objects.filter(
        address=address, state=State.SENT, sent_at__gt=now - WITHIN, sent_at__lt=now - SILENCE
    ).aggregate(last=Max("sent_at"))["last"]
    counted = Report.objects.filter(
        Q(delivery__address=address) | Q(delivery=None, source__startswith=WEBHOOK, address=address),
        kind=Kind.BOUNCE,
        reason__in=COUNTED,
        received_at__gt=now - WITHIN,
    ).filter(Q(applied_at__isnull=False) | Q(pk=report.pk if report is not None else 0))
    if arrived is not None:
        counted = counted.filter(Q(delivery=None, received_at__gt=arrived) | Q(delivery__sent_at__gt=arrived))
    return counted.order_by().values("received_at__date").distinct().count()
