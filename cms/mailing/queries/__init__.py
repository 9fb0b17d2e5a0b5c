"""What the outbox holds: counts, lists, people."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from wagtail.models import Locale

from cms.contacts import queries as contacts
from cms.contacts.models import Contact
from cms.core import registry
from cms.core.models import SitePage
from cms.core.policies import visible
from cms.core.reader import ANONYMOUS
from cms.mailing.models import Delivery, Issue, Mailing, MailingApproval, Sender, Trial

State = Delivery.State
#: A first issue begins with the news of so long.
LOOK_BACK = timedelta(days=60)


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


# Issues ----------------------------------------------------------------------------------------------------------
def issue_versions(key: Any) -> dict[str, Issue]:
    """The rows of an issue by language, French first."""
    rows = Issue.objects.filter(translation_key=key).select_related("locale", "activity")
    return {row.language: row for row in sorted(rows, key=lambda row: row.language != settings.LANGUAGE_CODE)}


def mailings_of_issue(issue: Issue) -> QuerySet[Mailing]:
    """The mailings that carry an issue, in whatever language they were begun, the newest first."""
    return Mailing.objects.filter(issue_sending__issue__translation_key=issue.translation_key).order_by("-pk")


def pages_told(keys: set[int], *, language: str, now: datetime) -> dict[int, Any]:
    """What an issue tells of, by the key of the page that was chosen: its version in `language`, else itself.

    Pages that everybody may read at `now`, specific, each with its locale.
    """
    public = visible(SitePage.objects.all(), reader=ANONYMOUS, now=now).select_related("locale")
    chosen = {page.pk: page for page in public.filter(pk__in=keys)}
    twins = public.filter(
        translation_key__in=[page.translation_key for page in chosen.values()], locale__language_code=language
    )
    versions = {page.translation_key: page for page in twins}
    told = {pk: versions.get(page.translation_key, page) for pk, page in chosen.items()}
    locales = {page.pk: page.locale for page in told.values()}
    specific = {page.pk: page for page in SitePage.objects.filter(pk__in=locales).specific()}
    for pk, page in specific.items():
        page.locale = locales[pk]
    return {pk: specific[page.pk] for pk, page in told.items()}


def pages_withheld(keys: set[int], *, now: datetime) -> list[SitePage | None]:
    """Of the pages an issue names, those that not everybody may read at `now`; None for one that is gone."""
    rows = {page.pk: page for page in SitePage.objects.filter(pk__in=keys)}
    read = set(
        visible(SitePage.objects.filter(pk__in=keys), reader=ANONYMOUS, now=now).values_list("pk", flat=True)
    )
    return [rows.get(pk) for pk in sorted(keys - read)]


def last_issue_date(series: str) -> Any:
    """The date of the newest issue of a series, or None."""
    return (
        Issue.objects.filter(series=series)
        .order_by("-issue_date")
        .values_list("issue_date", flat=True)
        .first()
    )


def next_number(series: str) -> int:
    """The number after the highest one of a series."""
    newest = Issue.objects.filter(series=series, number__isnull=False).order_by("-number").first()
    return (newest.number or 0) + 1 if newest is not None else 1


def news_since_last(series: str, *, language: str, now: datetime) -> list[Any]:
    """The pages that became news since the last issue of a series, source by source: what a new one begins with."""
    last = last_issue_date(series)
    since = datetime.combine(last, time(), tzinfo=ZoneInfo(settings.TIME_ZONE)) if last else now - LOOK_BACK
    return [page for source in registry.story_sources for page in source.news(since, now, language)]
