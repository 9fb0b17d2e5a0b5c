"""What the outbox holds: counts, lists, people."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from wagtail.models import Locale

from cms.contacts import queries as contacts
from cms.contacts.models import Contact
from cms.mailing.models import Delivery, Mailing, MailingApproval, Sender, Trial

State = Delivery.State


def counts(mailing: Mailing) -> dict[str, int]:
    """Return how many deliveries are in each state (all nine keys) and their ``total``."""
    found = dict.fromkeys(State.values, 0)
    found.update(mailing.deliveries.order_by().values_list("state").annotate(number=Count("pk")))
    found["total"] = sum(found.values())
    return found


def with_counts(mailings: QuerySet[Mailing]) -> QuerySet[Any]:
    """Annotate counts: `total`, `done` (sent or came back), `open_count`, `doubtful`.

    `trouble` counts what failed, came back or is in doubt.
    """
    of_mailing = Delivery.objects.filter(mailing=OuterRef("pk")).order_by().values("mailing")

    def number(condition: Q) -> Any:
        return Coalesce(
            Subquery(of_mailing.annotate(number=Count("pk", filter=condition)).values("number")), 0
        )

    return mailings.annotate(
        total=number(Q()),
        done=number(Q(state__in=[State.SENT, State.BOUNCED])),
        open_count=number(Q(state__in=[State.QUEUED, State.DEFERRED, State.SENDING])),
        trouble=number(Q(state__in=[State.FAILED, State.BOUNCED, State.UNKNOWN])),
        doubtful=number(Q(state=State.UNKNOWN)),
    )


def waiting_to_leave() -> QuerySet[Delivery]:
    """Mails that the worker has still to hand over, now or at their next attempt."""
    return Delivery.objects.filter(
        state__in=[State.QUEUED, State.DEFERRED, State.SENDING], mailing__state=Mailing.State.SENDING
    )


def failures(mailing: Mailing) -> QuerySet[Delivery, Any]:
    """Failures, returns and deferrals grouped by state and reason, the most frequent first."""
    return (
        mailing.deliveries.filter(state__in=[State.FAILED, State.BOUNCED, State.DEFERRED, State.UNKNOWN])
        .order_by()
        .values("state", "reason")
        .annotate(number=Count("pk"))
        .order_by("-number", "reason")
    )


def recipients(mailing: Mailing) -> QuerySet[Contact]:
    """The contacts a mailing goes to, each once, with `address` (never empty) and `is_suppressed`.

    People of several audiences appear once; contacts without an e-mail address, or put aside, do not.
    """
    return contacts.with_reach(everybody(mailing)).exclude(address=None)


def reached(mailing: Mailing) -> QuerySet[Contact]:
    """Those of `recipients` to whom a mail would leave."""
    return recipients(mailing).filter(is_suppressed=False)


def everybody(mailing: Mailing) -> QuerySet[Contact]:
    """All contacts of the mailing's audiences and those added by name, with or without an address."""
    chosen = Q(pk__in=mailing.contacts.order_by().values("pk"))
    for audience in mailing.audiences.all():
        chosen |= Q(pk__in=contacts.audience_contacts(audience).order_by().values("pk"))
    return Contact.objects.filter(chosen, trashed_at=None).order_by("pk")


def reach(mailing: Mailing) -> contacts.Reach:
    """Count before sending: `by_email` mails leave; `suppressed`, `by_telephone_only`, `unreachable` get none."""
    return contacts.reach(everybody(mailing))


def readers(mailing: Mailing) -> dict[str, int]:
    """How many mails of a launched mailing leave in each language."""
    queued = mailing.deliveries.filter(state=State.QUEUED).order_by()
    return dict(queued.values_list("language").annotate(number=Count("pk")))


def languages() -> list[str]:
    """The languages a mailing can be rendered in: those switched on for the site's content, French first."""
    on = set(Locale.objects.values_list("language_code", flat=True)) | {settings.LANGUAGE_CODE}
    return sorted(on, key=lambda code: (code != settings.LANGUAGE_CODE, code))


def due(now: datetime) -> QuerySet[Mailing]:
    """Mailings being sent that have something to send at `now` and are not held."""
    waiting = Delivery.objects.filter(
        mailing=OuterRef("pk"), state__in=[State.QUEUED, State.DEFERRED], next_attempt_at__lte=now
    )
    return (
        Mailing.objects.filter(state=Mailing.State.SENDING)
        .filter(Q(hold_until=None) | Q(hold_until__lte=now))
        .filter(Q(sender=None) | Q(sender__held_until=None) | Q(sender__held_until__lte=now))
        .filter(Exists(waiting))
        .order_by("pk")
    )


def troubled(now: datetime) -> QuerySet[Mailing]:
    """Mailings that wait for a person: stopped with a reason (paused, or a draft again), or with mails in doubt."""
    doubtful = Delivery.objects.filter(mailing=OuterRef("pk"), state=State.UNKNOWN)
    return Mailing.objects.filter(
        Q(state__in=[Mailing.State.PAUSED, Mailing.State.DRAFT], reason__gt="") | Exists(doubtful)
    ).select_related("sender")


def default_sender() -> Sender | None:
    """The sender used when none is chosen."""
    return Sender.objects.order_by(F("is_default").desc(), "pk").first()


def approvals_asked(user: Any) -> QuerySet[MailingApproval]:
    """Requests that wait for the word of this user, who did not ask for them; the oldest first."""
    if not user.has_perm("mailing.approve_mailing"):
        return MailingApproval.objects.none()
    asked = MailingApproval.objects.filter(
        state=MailingApproval.State.ASKED, mailing__state=Mailing.State.DRAFT
    ).exclude(asked_by=user)
    return asked.select_related("mailing", "asked_by").order_by("asked_at", "pk")


def last_approval(mailing: Mailing) -> MailingApproval | None:
    """The last request about a mailing, whatever became of it."""
    return mailing.approvals.select_related("asked_by", "decided_by").first()


def trials(mailing: Mailing, *, user: Any) -> QuerySet[Trial]:
    """The tests of a mailing that this account sent, the newest first."""
    return mailing.trials.filter(user=user).select_related("contact")


def count_mailings(start: datetime, end: datetime) -> int:
    """How many mailings were launched to audiences from `start` until before `end`."""
    launched = Mailing.objects.filter(launched_at__gte=start, launched_at__lt=end)
    return launched.exclude(kind=Mailing.Kind.OWED).exclude(state=Mailing.State.CANCELLED).count()


def count_deliveries(start: datetime, end: datetime) -> int:
    """How many mails to audiences were taken by the recipients' side from `start` until before `end`."""
    sent = Delivery.objects.filter(state=State.SENT, sent_at__gte=start, sent_at__lt=end)
    return sent.exclude(mailing__kind=Mailing.Kind.OWED).count()
