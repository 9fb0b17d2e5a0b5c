"""A second person's word on a mailing to many: asked, given, refused, taken back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.log_actions import log

from cms.mailing import queries
from cms.mailing.actions.control import schedule
from cms.mailing.actions.errors import MailingError, NobodyToWriteTo, WrongState
from cms.mailing.actions.fitness import ensure_fit, leaving
from cms.mailing.actions.launch import launch
from cms.mailing.models import Mailing, MailingApproval

Said = MailingApproval.State


class OwnRequest(MailingError):
    """Whoever asked gives a reason to approve their own request."""

    message = gettext_lazy("You asked for this yourself: give the reason why nobody else can approve it.")


class ChangedMeanwhile(MailingError):
    """The text, the sender or the people are not those that the approver saw."""

    message = gettext_lazy("The text or the recipients have changed while you were reading: read them again.")


def _locked(mailing_id: int) -> Mailing:
    row = Mailing.objects.select_for_update(of=("self",)).select_related("sender").get(pk=mailing_id)
    if row.state != Mailing.State.DRAFT:
        raise WrongState
    return row


@transaction.atomic
def ask_approval(mailing: Mailing, *, user: Any, now: datetime, note: str = "") -> MailingApproval:
    """Ask a second person to let a draft leave, to as many people as it would reach now.

    Raises WrongState where it was asked already or is no draft, NotFit where it must be mended first.
    """
    row = _locked(mailing.pk)
    if row.approvals.filter(state=Said.ASKED).exists():
        raise WrongState
    number = queries.reach(row).by_email
    if not number:
        raise NobodyToWriteTo
    ensure_fit(row, now=now)
    asked = MailingApproval.objects.create(
        mailing=row, asked_by=user, asked_at=now, note=" ".join(note.split())[:500], number=number
    )
    Mailing.objects.filter(pk=row.pk).update(reason="")
    log(row, "mailing.ask_approval", user=user, data={"number": number})
    return asked


def _open(asked: MailingApproval) -> tuple[Mailing, MailingApproval]:
    """The request and its mailing under their locks, in the order every action takes them."""
    row = _locked(asked.mailing_id)
    found = (
        MailingApproval.objects.select_for_update(of=("self",)).select_related("asked_by").get(pk=asked.pk)
    )
    if found.state != Said.ASKED:
        raise WrongState
    return row, found


def _decide(
    found: MailingApproval, state: str, *, user: Any, reason: str, now: datetime, **values: Any
) -> None:
    found.state, found.decided_by, found.decided_at = state, user, now
    found.reason = reason
    for name, value in values.items():
        setattr(found, name, value)
    found.save()


@transaction.atomic
def approve(asked: MailingApproval, *, seen: str, user: Any, now: datetime, reason: str = "") -> Mailing:
    """Let a mailing leave as it was asked for: at once, at its hour, or when its embargo lifts.

    `seen` is the `Leaving.token` of what the approver read. In one transaction with the launch or the schedule: where
    that is refused, nothing was approved. Raises OwnRequest, ChangedMeanwhile, WrongState, or what `launch` raises.
    """
    row, found = _open(asked)
    why = " ".join(reason.split())[:500]
    own = found.asked_by_id == user.pk
    if own and not why:
        raise OwnRequest
    if not found.asked_by.has_perm("mailing.send_mailing"):
        raise MailingError(_("Whoever asked for this may not send any more: nothing leaves in their name."))
    wanted = leaving(row, now=now)
    if seen != wanted.token:
        raise ChangedMeanwhile
    _decide(
        found,
        Said.GIVEN,
        user=user,
        reason=why,
        now=now,
        words=wanted.words,
        people=list(wanted.people),
    )
    log(row, "mailing.approve_own" if own else "mailing.approve", user=user, data={"reason": why})
    if row.send_at is not None and row.send_at > now:
        return schedule(row, send_at=row.send_at, user=found.asked_by, now=now)
    return launch(row, user=found.asked_by, now=now)


@transaction.atomic
def refuse(asked: MailingApproval, *, reason: str, user: Any, now: datetime) -> Mailing:
    """Say no, with the reason: the mailing stays a draft that says so. Raises MailingError without a reason."""
    row, found = _open(asked)
    why = " ".join(reason.split())[:500]
    if not why:
        raise MailingError(_("Say why, so that it can be mended."))
    _decide(found, Said.REFUSED, user=user, reason=why, now=now)
    row.reason = (_("Not approved: %s") % why)[:500]
    row.save(update_fields=["reason", "updated_at"])
    log(row, "mailing.refuse", user=user, data={"reason": why})
    return row


@transaction.atomic
def take_back(asked: MailingApproval, *, user: Any, now: datetime) -> None:
    """Withdraw a request: nobody has to answer it any more."""
    row, found = _open(asked)
    _decide(found, Said.TAKEN_BACK, user=user, reason="", now=now)
    log(row, "mailing.take_back", user=user)
