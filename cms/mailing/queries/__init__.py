"""What the outbox holds: counts, lists, people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
    prefetch_related_objects,
)
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext as _
from wagtail.models import Locale

from cms.contacts import queries as contacts
from cms.contacts.models import Audience, Contact, Frequency, Preference, Purpose
from cms.core import clock, registry
from cms.core.models import SitePage
from cms.core.policies import visible
from cms.core.reader import ANONYMOUS
from cms.mailing.models import OPEN_STATES, Delivery, Issue, Mailing, MailingApproval, Sender, Trial
from cms.plan.models import Activity

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


def failures(mailing: Mailing) -> QuerySet[Delivery, Any]:
    """Failures, returns and deferrals grouped by state and reason, the most frequent first.

    Each: `state`, `reason`, `number`, and `said`, what a server answered to one of them.
    """
    return (
        mailing.deliveries.filter(state__in=[State.FAILED, State.BOUNCED, State.DEFERRED, State.UNKNOWN])
        .order_by()
        .values("state", "reason")
        .annotate(number=Count("pk"), said=Max("smtp_text"))
        .order_by("-number", "state", "reason")
    )


#: What somebody must not have declined for a mailing of this kind. A notice has no purpose of its own.
PURPOSES = {
    Mailing.Kind.NEWSLETTER: Purpose.NEWSLETTER,
    Mailing.Kind.PRESS: Purpose.PRESS,
    Mailing.Kind.INVITATION: Purpose.INVITATIONS,
}
#: Purposes for which silence is no: an agreement must stand (docs/adr/0013).
ASKED_FOR = frozenset({Purpose.NEWSLETTER})
#: Kinds that « at most one a week » counts and holds back. A person is invited in person.
PACED = (Mailing.Kind.NEWSLETTER, Mailing.Kind.PRESS)
#: A little less than their names say: the letter of Monday at nine may leave at five to nine the next week.
SPANS = {Frequency.WEEKLY: timedelta(days=6, hours=12), Frequency.MONTHLY: timedelta(days=27, hours=12)}


@dataclass(frozen=True)
class MailingReach(contacts.Reach):
    """A reach whose `by_email` are those to whom a mail leaves; the rest of those with an address, by reason.

    `total` is the sum of all others.
    """

    no_consent: int
    declined: int
    other_topics: int
    too_often: int


def recipients(
    mailing: Mailing, *, people: QuerySet[Contact] | None = None, now: datetime | None = None
) -> QuerySet[Contact]:
    """The contacts a mailing goes to, each once, with `address` (never empty) and `withheld`.

    `withheld` is empty, or the `Delivery.Reason` for which they get none. People of several audiences appear once;
    contacts without an e-mail address, or put aside, do not. `people` as for `reach`.
    """
    drawn = everybody(mailing) if people is None else people
    found = contacts.with_reach(drawn).exclude(address=None)
    return found.annotate(withheld=_withheld(mailing, now or clock.now()))


def reached(mailing: Mailing) -> QuerySet[Contact]:
    """Those of `recipients` to whom a mail would leave."""
    return recipients(mailing).filter(withheld="")


def everybody(mailing: Mailing) -> QuerySet[Contact]:
    """All contacts of the mailing's audiences and those added by name, with or without an address.

    Who is in an audience left out is not among them, added by name or not.
    """
    return everybody_in(mailing, audiences=mailing.audiences.all(), left_out=mailing.left_out.all())


def everybody_in(
    mailing: Mailing, *, audiences: Iterable[Audience], left_out: Iterable[Audience]
) -> QuerySet[Contact]:
    """As `everybody`, for other audiences than those saved: what a form says.

    Where what it announces decides whom it concerns, they are those and nobody else.
    """
    renderer = registry.mailing_renderers.get(mailing.renderer)
    if renderer is not None and renderer.audience is not None:
        concerned: QuerySet[Contact] = renderer.audience(mailing)
        return concerned.filter(trashed_at=None).order_by("pk")
    inside, outside = list(audiences), list(left_out)
    prefetch_related_objects([*inside, *outside], "includes", "excludes")
    chosen, unwanted = Q(pk__in=mailing.contacts.order_by().values("pk")), Q(pk__in=[])
    for audience in inside:
        chosen |= Q(pk__in=contacts.audience_contacts(audience).order_by().values("pk"))
    for audience in outside:
        unwanted |= Q(pk__in=contacts.audience_contacts(audience).order_by().values("pk"))
    return Contact.objects.filter(chosen & ~unwanted, trashed_at=None).order_by("pk")


def reach(
    mailing: Mailing, *, people: QuerySet[Contact] | None = None, now: datetime | None = None
) -> MailingReach:
    """Count before sending, in one query: `by_email` mails leave, all others get none.

    `people`: others than `everybody` of the mailing, as `everybody_in` draws them.
    """
    found = contacts.with_reach(everybody(mailing) if people is None else people)
    reasons = ("suppressed", "no_consent", "declined", "other_topics", "too_often")
    return MailingReach(**contacts.counted(found, _withheld(mailing, now or clock.now()), reasons=reasons))


def _withheld(mailing: Mailing, now: datetime) -> Case:
    """Why a contact gets no mail of this mailing: the first reason that holds, or nothing. One set in SQL."""
    Reason = Delivery.Reason
    cases = [When(is_suppressed=True, then=Value(Reason.SUPPRESSED.value))]
    purpose = PURPOSES.get(Mailing.Kind(mailing.kind))
    if purpose is not None:
        cases.append(When(contacts.declined(purpose), then=Value(Reason.DECLINED.value)))
    if purpose in ASKED_FOR:
        cases.append(When(~Q(contacts.agreed(purpose)), then=Value(Reason.NO_CONSENT.value)))
    if (keys := topics_of(mailing)) and purpose is not None:
        cases.append(When(_chose_others(keys), then=Value(Reason.OTHER_TOPICS.value)))
    if mailing.kind in PACED and mailing.renderer not in _to_those_concerned():
        cases.append(When(_has_had_one(mailing, now), then=Value(Reason.TOO_OFTEN.value)))
    return Case(*cases, default=Value(""), output_field=CharField())


def topics_of(mailing: Mailing) -> list[UUID]:
    """The translation keys of the topics a mailing is about; none means of all and none in particular."""
    renderer = registry.mailing_renderers.get(mailing.renderer)
    return list(renderer.topics(mailing)) if renderer is not None and renderer.topics is not None else []


def _chose_others(keys: Iterable[UUID]) -> Q:
    chosen = Preference.topics.through.objects.filter(preference__contact=OuterRef("pk"))
    return Q(Exists(chosen)) & ~Q(Exists(chosen.filter(topic__translation_key__in=keys)))


def _to_those_concerned() -> list[str]:
    """The renderers that say themselves whom they concern: who got a wrong text is told, however seldom they read."""
    return [one.key for one in registry.mailing_renderers if one.audience is not None]


def _has_had_one(mailing: Mailing, now: datetime) -> Q:
    """Whether a paced mail left for them, or is about to, within the span they chose."""
    paced = Delivery.objects.filter(contact=OuterRef("pk"), mailing__kind__in=PACED).exclude(mailing=mailing)
    paced = paced.exclude(mailing__renderer__in=_to_those_concerned())
    waiting = Q(state__in=OPEN_STATES, mailing__state__in=[Mailing.State.SENDING, Mailing.State.PAUSED])
    counted = Q(state__in=[State.SENT, State.UNKNOWN, State.BOUNCED])
    found = Q(pk__in=[])
    for frequency, span in SPANS.items():
        recent = counted & (Q(sent_at__gt=now - span) | Q(sent_at=None, created_at__gt=now - span))
        wished = Preference.objects.filter(contact=OuterRef("pk"), frequency=frequency)
        found |= Q(Exists(wished)) & Q(Exists(paced.filter(waiting | recent)))
    return found


#: How far back "was written to" looks.
WRITTEN_WITHIN = timedelta(days=365)


def activity_choices() -> list[tuple[str, Any]]:
    """What an audience may be drawn by: who was sent something, and in which activity of the plan."""
    served = Activity.objects.filter(mailings__launched_at__isnull=False).distinct().order_by("number")
    return [
        ("written", _("Was sent a mailing within the last twelve months")),
        *((f"activity-{row.number}", _("Was sent a mailing of: %s") % row) for row in served),
    ]


def active(codes: Iterable[str]) -> QuerySet[Delivery, Any]:
    """The contacts who were sent any of these (`activity_choices`), as one column."""
    sent = Delivery.objects.filter(state=State.SENT, contact__isnull=False).exclude(
        mailing__kind=Mailing.Kind.OWED
    )
    numbers = [code.removeprefix("activity-") for code in codes if code.startswith("activity-")]
    wanted = Q(mailing__activity__number__in=[int(number) for number in numbers if number.isdecimal()])
    if "written" in codes:
        wanted |= Q(sent_at__gt=Now() - WRITTEN_WITHIN)
    return sent.filter(wanted).order_by().values("contact")


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
