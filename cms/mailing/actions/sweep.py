"""Finding what a ring lost: leases of dead workers, scheduled mailings, queues with work."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from cms.contacts import actions as contacts
from cms.core import registry
from cms.mailing import queries
from cms.mailing.actions.control import finish, keep_cancelled, note
from cms.mailing.actions.errors import MailingError
from cms.mailing.actions.launch import launch
from cms.mailing.actions.outcomes import resend_owed
from cms.mailing.actions.owe import owe
from cms.mailing.actions.waiting import MAX_LATENESS, ask_if_late, recheck
from cms.mailing.models import Delivery, Mailing

logger = logging.getLogger(__name__)


def sweep(*, now: datetime) -> list[int]:
    """Free leases, take what other apps owe, launch what is due, close what is done; return the mailings to ring.

    Any number of sweeps at once have the effect of one.
    """
    free_expired(now=now)
    look_after(now=now)
    take_owed(now=now)
    contacts.forget_sign_ups(now=now)
    launch_due(now=now)
    recheck_held(now=now)
    for key in Mailing.objects.filter(state="sending").exclude(kind="owed").values_list("pk", flat=True):
        finish(key, now=now)
    return list(queries.due(now).values_list("pk", flat=True))


def look_after(*, now: datetime) -> None:
    """Stop mailings that stood still for hours, and note of the others that the engine is there."""
    running = Mailing.objects.filter(state="sending").exclude(kind="owed")
    for mailing in running.filter(swept_at__lt=now - MAX_LATENESS):
        ask_if_late(mailing, now=now)
    running.update(swept_at=now)


@transaction.atomic
def free_expired(*, now: datetime) -> tuple[int, int]:
    """Take rows back from workers whose lease ran out; return (queued again, in doubt).

    Only the row a worker had begun to hand over is in doubt. What a person is owed goes out once more, same mail;
    the rest waits for an officer.
    """
    expired = Delivery.objects.filter(state="sending", lease_until__lte=now)
    rows = list(expired.select_for_update(skip_locked=True).values_list("pk", "handed_at"))
    safe = [key for key, handed in rows if handed is None]
    doubtful = [key for key, handed in rows if handed is not None]
    Delivery.objects.filter(pk__in=safe).update(state="queued", claim_token=None, lease_until=None)
    keep_cancelled()
    if doubtful:
        Delivery.objects.filter(pk__in=doubtful).update(
            state="unknown", reason="worker_lost", lease_until=None
        )
        note(
            doubtful,
            state="unknown",
            reason="worker_lost",
            detail=_("The worker stopped while handing this mail over"),
            now=now,
        )
        resend_owed(doubtful, now=now)
    return len(safe), len(doubtful)


def take_owed(*, now: datetime) -> None:
    """Write the mail that apps below the outbox owe; a source that fails leaves the others alone."""
    for source in registry.owed_mail:
        try:
            with transaction.atomic():
                for mail in source(now):
                    owe(**vars(mail), now=now)
        except Exception:
            logger.exception("owed mail cannot be taken from %r", source)


def launch_due(*, now: datetime) -> None:
    """Launch scheduled mailings whose hour has come; one that fails leaves the others alone.

    Those that wait for an embargo are asked about at every sweep, so that one lifted early is not waited for.
    """
    due = Mailing.objects.filter(state="scheduled", send_at__lte=now).select_related("launched_by")
    for mailing in due:
        due_at = mailing.leaves_at
        try:
            if not recheck(mailing, now=now):
                continue
            if due_at is not None and now - due_at > MAX_LATENESS:
                hour = formats.date_format(timezone.localtime(due_at), "DATETIME_FORMAT")
                _ask(mailing, _("It should have gone on %s and did not. Send it now?") % hour, now=now)
            else:
                launch(mailing, user=mailing.launched_by, now=now)
        except MailingError as error:
            _ask(mailing, str(error), now=now)
        except Exception as error:
            logger.exception("mailing %s cannot be launched", mailing.pk)
            _ask(mailing, repr(error), now=now)


def recheck_held(*, now: datetime) -> None:
    """Ask again about mailings that an embargo stopped on their way: it may have been lifted, or delayed."""
    for mailing in Mailing.objects.filter(state="sending").exclude(hold_until=None):
        recheck(mailing, now=now)


def _ask(mailing: Mailing, sentence: str, *, now: datetime) -> None:
    """Make a scheduled mailing a draft again that says why it did not go."""
    Mailing.objects.filter(pk=mailing.pk, state="scheduled").update(
        state=Mailing.State.DRAFT, reason=sentence[:500], hold_until=None, updated_at=now
    )
