"""What officers watch: how fast a mailing goes and how long it still takes, by minute, and what the outbox holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, DateTimeField, Exists, F, Func, Max, Min, OuterRef, Q, QuerySet, Value
from django.db.models.fields.json import KT
from django.utils import timezone

from cms.mailing.models import Delivery, DeliveryEvent, Mailing, Sender

State = Delivery.State
#: How far back the present speed is measured.
RECENT = timedelta(minutes=5)
#: The spans one bar of the chart may stand for; a mailing of days does not become a chart of ten thousand bars.
SPANS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 360, 1440, 10080))
MOST_BARS = 96
#: Of a standing queue, which never ends, only the last day is drawn.
STANDING = timedelta(days=1)
#: What befell a mail other than being taken.
TROUBLE = (State.FAILED, State.BOUNCED, State.DEFERRED, State.UNKNOWN)


@dataclass(frozen=True)
class Pace:
    """`per_minute` mails taken now, or over the whole mailing once it is done; None while nothing can be said.

    `left` is how long what waits (`waiting`) takes at that speed; mails that are tried again later (`deferred`) are
    not in it, the next of them is due at `next_at`.
    """

    per_minute: float | None
    left: timedelta | None
    waiting: int
    deferred: int
    next_at: datetime | None


def pace(mailing: Mailing, *, now: datetime) -> Pace:
    """How fast the mails of a mailing are taken, and how long the rest takes (one query)."""
    taken, again = Q(sent_at__isnull=False), Q(state=State.DEFERRED)
    recent = taken & Q(sent_at__gt=now - RECENT, sent_at__lte=now)
    found = mailing.deliveries.order_by().aggregate(
        waiting=Count("pk", filter=Q(state__in=[State.QUEUED, State.SENDING])),
        deferred=Count("pk", filter=again),
        next_at=Min("next_attempt_at", filter=again),
        sent=Count("pk", filter=taken),
        first=Min("sent_at"),
        last=Max("sent_at"),
        recent=Count("pk", filter=recent),
        recent_first=Min("sent_at", filter=recent),
    )
    waiting, speed = found["waiting"], None
    if mailing.state == Mailing.State.SENDING and waiting:
        speed = _speed(found["recent"], found["recent_first"], now)
    elif mailing.state != Mailing.State.SENDING and not mailing.is_standing:
        speed = _speed(found["sent"], found["first"], found["last"])
    running = mailing.state == Mailing.State.SENDING and waiting and speed
    left = timedelta(minutes=waiting / speed) if running and speed else None
    return Pace(speed, left, waiting, found["deferred"], found["next_at"])


def _speed(number: int, first: datetime | None, last: datetime | None) -> float | None:
    """Mails a minute between two instants; a span shorter than a second says nothing of a speed."""
    if number < 2 or first is None or last is None:
        return None
    seconds = (last - first).total_seconds()
    return 60 * number / seconds if seconds >= 1 else None


@dataclass(frozen=True)
class Bar:
    """What happened from `at` on, for one span: mails taken, and mails that met trouble."""

    at: datetime
    sent: int
    trouble: int


@dataclass(frozen=True)
class Course:
    """A mailing in time: bars of one `span` each, the empty ones between them too."""

    span: timedelta
    bars: list[Bar]

    @property
    def most(self) -> int:
        return max((bar.sent + bar.trouble for bar in self.bars), default=0)


def course(mailing: Mailing, *, now: datetime) -> Course:
    """The mails of a mailing minute by minute, or by the shortest span that draws at most 96 bars (3 queries)."""
    sent = mailing.deliveries.filter(sent_at__isnull=False).order_by()
    trouble = DeliveryEvent.objects.filter(delivery__mailing=mailing, state__in=TROUBLE).order_by()
    if mailing.is_standing:
        sent, trouble = sent.filter(sent_at__gt=now - STANDING), trouble.filter(at__gt=now - STANDING)
    ends = [
        *sent.aggregate(first=Min("sent_at"), last=Max("sent_at")).values(),
        *trouble.aggregate(first=Min("at"), last=Max("at")).values(),
    ]
    known = [at for at in ends if at is not None]
    if not known:
        return Course(SPANS[0], [])
    first, last = min(known), max(known)
    # Days begin at the installation's midnight.
    origin = timezone.localtime(first).replace(hour=0, minute=0, second=0, microsecond=0)
    span = next((one for one in SPANS if (last - first) / one < MOST_BARS - 1), SPANS[-1])
    taken, met = _by_span(sent, "sent_at", span, origin), _by_span(trouble, "at", span, origin)
    begin = min((*taken, *met))
    number = int((max((*taken, *met)) - begin) / span) + 1
    instants = [begin + span * step for step in range(number)][-MOST_BARS:]
    return Course(span, [Bar(at, taken[at], met[at]) for at in instants])


def _by_span(rows: QuerySet[Any], column: str, span: timedelta, origin: datetime) -> Counter[datetime]:
    bin_of = Func(Value(span), F(column), Value(origin), function="date_bin", output_field=DateTimeField())
    return Counter(dict(rows.annotate(bin=bin_of).values_list("bin").annotate(number=Count("pk"))))


def reasons(mailing: Mailing) -> QuerySet[Delivery, Any]:
    """The reasons that occur in a mailing, each once."""
    return (
        mailing.deliveries.exclude(reason="").order_by("reason").values_list("reason", flat=True).distinct()
    )


def narrowed(
    rows: QuerySet[Delivery], *, states: Iterable[str] = (), reasons: Iterable[str] = (), text: str = ""
) -> QuerySet[Delivery]:
    """Those in one of the states, for one of the reasons, with these words in name or address; each if asked."""
    if states := [state for state in states if state]:
        rows = rows.filter(state__in=states)
    if reasons := [reason for reason in reasons if reason]:
        rows = rows.filter(reason__in=reasons)
    if text:
        rows = rows.annotate(said_name=KT("values__name"))
        rows = rows.filter(Q(address__icontains=text) | Q(said_name__unaccent__icontains=text))
    return rows


@dataclass(frozen=True)
class Outbox:
    """All that waits to leave: `due` now (the oldest since `oldest_at`), `later` (tried again, the next at `next_at`).

    What an embargo, an hour or a pause keeps is not waiting for the machinery, and not counted.
    """

    due: int
    oldest_at: datetime | None
    later: int
    next_at: datetime | None


def outbox(now: datetime) -> Outbox:
    """What waits for the worker in all mailings that are being sent (one query)."""
    waits = Q(next_attempt_at__lte=now) | Q(state=State.SENDING)
    rows = Delivery.objects.filter(
        Q(mailing__hold_until=None) | Q(mailing__hold_until__lte=now),
        state__in=[State.QUEUED, State.DEFERRED, State.SENDING],
        mailing__state=Mailing.State.SENDING,
    )
    found = rows.order_by().aggregate(
        due=Count("pk", filter=waits),
        oldest_at=Min("next_attempt_at", filter=waits),
        later=Count("pk", filter=~waits),
        next_at=Min("next_attempt_at", filter=~waits),
    )
    return Outbox(**found)


def sent_since(at: datetime) -> bool:
    """Whether any mail was taken after `at`."""
    return Delivery.objects.filter(sent_at__gt=at).exists()


def held_senders(now: datetime) -> QuerySet[Any]:
    """Senders whose server does not answer, the next to be tried again first; `waits` says that mail waits there."""
    waiting = Delivery.objects.filter(
        mailing__sender=OuterRef("pk"),
        mailing__state=Mailing.State.SENDING,
        state__in=[State.QUEUED, State.DEFERRED, State.SENDING],
    )
    return (
        Sender.objects.filter(held_until__gt=now).annotate(waits=Exists(waiting)).order_by("held_until", "pk")
    )


def sent_to(contact_pk: int, addresses: Iterable[str]) -> QuerySet[Delivery]:
    """Every mail to a person, by card or by one of the addresses, the newest first."""
    theirs = Q(contact=contact_pk) | Q(address__in=list(addresses))
    return Delivery.objects.filter(theirs).select_related("mailing").order_by("-created_at", "-pk")
