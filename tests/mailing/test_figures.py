"""How fast, how long still, minute by minute; what the outbox holds; the life of one mail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from cms.mailing import queries
from cms.mailing.models import Delivery, DeliveryEvent, Mailing, Sender
from cms.mailing.queries import figures
from cms.mailing.queries.timelines import timeline
from cms.mailing.views import figures as words
from tests.factories import mailing as make
from tests.factories.mailing import NOON

pytestmark = pytest.mark.django_db

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def taken(mailing: Mailing, number: int, *, first: object = NOON, every: timedelta = SECOND) -> None:
    """Have the next `number` queued mails taken by a server, one after the other."""
    for place, row in enumerate(mailing.deliveries.filter(state="queued").order_by("pk")[:number]):
        Delivery.objects.filter(pk=row.pk).update(state="sent", sent_at=first + every * place)


def met(mailing: Mailing, number: int, state: str, reason: str, *, at: object = NOON, said: str = "") -> None:
    """Have the next `number` queued mails meet trouble."""
    for row in mailing.deliveries.filter(state="queued").order_by("pk")[:number]:
        Delivery.objects.filter(pk=row.pk).update(
            state=state, reason=reason, smtp_text=said, next_attempt_at=NOON + 15 * MINUTE
        )
        DeliveryEvent.objects.create(delivery=row, at=at, state=state, reason=reason, detail=said)


def test_the_speed_is_that_of_the_last_minutes_and_says_how_long_the_rest_takes():
    mailing = make.launched(12)
    taken(mailing, 4, first=NOON, every=2 * MINUTE)
    found = figures.pace(mailing, now=NOON + 7 * MINUTE)
    # After noon + 2 min: those of minutes 4 and 6 (and none of 2, which is five minutes ago): two in three minutes.
    assert found.per_minute == pytest.approx(2 / 3)
    assert found.left == timedelta(minutes=12)
    assert figures.pace(mailing, now=NOON + timedelta(hours=1)).left is None, (
        "nothing moves: nothing is promised"
    )


def test_a_mailing_that_is_over_has_the_speed_of_the_whole_and_nothing_left():
    mailing = make.launched(4)
    taken(mailing, 4, every=timedelta(seconds=20))
    Mailing.objects.update(state="sent")
    mailing.refresh_from_db()
    found = figures.pace(mailing, now=NOON + timedelta(days=2))
    assert found.per_minute == pytest.approx(4)
    assert found.left is None


def test_what_is_tried_again_later_is_told_apart_from_what_goes_now():
    mailing = make.launched(6)
    taken(mailing, 3)
    met(mailing, 1, "deferred", "greylisted")
    found = figures.pace(mailing, now=NOON + 4 * SECOND)
    assert (found.deferred, found.next_at) == (1, NOON + 15 * MINUTE)
    with translation.override("fr"):
        said = words.pace_words(found)
    assert said.startswith("45 courriels par minute · encore moins d’une minute · 1 sera réessayé, à ")


def test_where_a_quota_decides_the_end_the_speed_of_the_moment_promises_nothing():
    mailing = make.launched(12)
    taken(mailing, 4)
    Sender.objects.update(daily_quota=5)
    mailing.refresh_from_db()
    now = NOON + 4 * SECOND
    found = figures.pace(mailing, now=now)
    assert found.left is not None
    ends_at = words.over_at(mailing, found, now=now)
    assert ends_at is not None
    assert ends_at > NOON + timedelta(days=1), "one more today, the others on the days after"
    with translation.override("fr"):
        said = words.pace_words(found, ends_at=ends_at)
    assert "fin prévue\u00a0: " in said
    assert "encore" not in said
    Sender.objects.update(daily_quota=5000)
    mailing.refresh_from_db()
    assert words.over_at(mailing, found, now=now) is None, (
        "the control: a quota that suffices decides nothing"
    )


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(seconds=20), "moins d’une minute"),
        (timedelta(seconds=80), "environ 1 minute"),
        (timedelta(minutes=12), "environ 12 minutes"),
        (timedelta(minutes=125), "environ 2\u00a0h\u00a005"),
        (timedelta(days=3), "environ 3 jours"),
    ],
)
def test_time_left_is_said_as_people_say_it(span, said):
    with translation.override("fr"):
        assert words.span_words(span) == said


def test_a_slow_speed_is_said_by_the_hour():
    with translation.override("fr"):
        assert words.speed_words(0.2) == "12 courriels par heure"
        assert words.speed_words(1500) == "1\xa0500 courriels par minute"


def test_the_chart_has_each_minute_the_empty_ones_too():
    mailing = make.launched(10)
    taken(mailing, 3, first=NOON + 10 * SECOND)
    taken(mailing, 2, first=NOON + 3 * MINUTE)
    met(mailing, 2, "failed", "no_such_box", at=NOON + 3 * MINUTE + SECOND)
    found = figures.course(mailing, now=NOON + 10 * MINUTE)
    assert found.span == MINUTE
    assert [(bar.at, bar.sent, bar.trouble) for bar in found.bars] == [
        (NOON, 3, 0),
        (NOON + MINUTE, 0, 0),
        (NOON + 2 * MINUTE, 0, 0),
        (NOON + 3 * MINUTE, 2, 2),
    ]
    assert found.most == 4


@pytest.mark.parametrize(
    ("apart", "span"),
    [
        (MINUTE, MINUTE),
        (94 * MINUTE, MINUTE),
        (3 * 60 * MINUTE, 5 * MINUTE),
        (timedelta(days=3), timedelta(hours=1)),
        (timedelta(days=40), timedelta(days=1)),
        (timedelta(days=4000), timedelta(days=7)),
    ],
)
def test_a_mailing_of_days_is_drawn_in_at_most_96_bars_and_loses_no_mail(apart, span):
    mailing = make.launched(2)
    taken(mailing, 2, every=apart)
    found = figures.course(mailing, now=NOON + timedelta(days=5000))
    assert found.span == span
    assert len(found.bars) <= figures.MOST_BARS
    if span < timedelta(days=7):
        assert sum(bar.sent for bar in found.bars) == 2


def test_of_a_queue_that_never_ends_the_last_day_is_drawn():
    row = make.owed()
    Delivery.objects.update(state="sent", sent_at=NOON)
    assert figures.course(row.mailing, now=NOON + timedelta(hours=23)).bars
    assert not figures.course(row.mailing, now=NOON + timedelta(hours=25)).bars


def test_the_figures_cost_the_same_queries_for_one_mail_and_thirty():
    def asked(mailing: Mailing) -> int:
        with CaptureQueriesContext(connection) as found:
            figures.pace(mailing, now=NOON)
            figures.course(mailing, now=NOON)
            list(queries.failures(mailing))
        return len(found)

    make.sender()
    one, thirty = (make.mailing(make.audience(slug=str(size), members=people(size))) for size in (1, 30))
    for mailing, size in ((one, 1), (thirty, 30)):
        launch(mailing)
        met(mailing, size, "failed", "box_full")
    assert asked(one) == asked(thirty)


def people(size: int) -> list[object]:
    return [make.contact(size * 100 + number) for number in range(size)]


def launch(mailing: Mailing) -> None:
    from cms.mailing import actions

    actions.launch(mailing, user=None, now=NOON)


def test_failures_are_grouped_by_reason_with_what_a_server_said():
    mailing = make.launched(6)
    met(mailing, 3, "failed", "no_such_box", said="550 5.1.1 inconnu")
    met(mailing, 1, "failed", "box_full", said="552 5.2.2 pleine")
    met(mailing, 1, "deferred", "greylisted", said="451 4.7.1 plus tard")
    assert [
        (one["state"], one["reason"], one["number"], one["said"]) for one in queries.failures(mailing)
    ] == [
        ("failed", "no_such_box", 3, "550 5.1.1 inconnu"),
        ("deferred", "greylisted", 1, "451 4.7.1 plus tard"),
        ("failed", "box_full", 1, "552 5.2.2 pleine"),
    ]


def test_the_outbox_says_what_waits_since_when_and_what_is_tried_again():
    mailing = make.launched(5)
    taken(mailing, 1)
    met(mailing, 1, "deferred", "greylisted")
    found = figures.outbox(NOON + 2 * MINUTE)
    assert (found.due, found.oldest_at, found.later, found.next_at) == (3, NOON, 1, NOON + 15 * MINUTE)
    Mailing.objects.update(hold_until=NOON + timedelta(hours=1))
    assert figures.outbox(NOON + 2 * MINUTE).due == 0, "what an embargo keeps is not the machinery's fault"
    Mailing.objects.update(hold_until=None, state="paused")
    assert figures.outbox(NOON + 2 * MINUTE).due == 0


def test_senders_that_are_held_say_whether_mail_waits_for_them():
    mailing = make.launched(1)
    idle = make.sender(is_default=False, name="Autre", address="autre@tokten.example.org")
    Sender.objects.update(held_until=NOON + MINUTE, held_reason="421 plus tard")
    found = {row.pk: row.waits for row in figures.held_senders(NOON)}
    assert found == {mailing.sender_id: True, idle.pk: False}
    assert not figures.held_senders(NOON + 2 * MINUTE)


def test_a_mail_to_a_person_is_found_by_card_and_by_address_and_no_other():
    mailing = make.launched(2)
    first, second = mailing.deliveries.order_by("pk")
    owed = make.owed(address=first.address)
    found = figures.sent_to(first.contact_id, [first.address])
    assert {row.pk for row in found} == {first.pk, owed.pk}
    assert second.pk not in {row.pk for row in found}


def test_a_timeline_is_in_the_order_of_time_and_says_what_came_after_the_server_took_it():
    mailing = make.launched(1)
    row = mailing.deliveries.get()
    for minute, state, reason in ((1, "deferred", "greylisted"), (90, "bounced", "no_such_box")):
        DeliveryEvent.objects.create(
            delivery=row, at=NOON + minute * MINUTE, state=state, reason=reason, detail="vu"
        )
    Delivery.objects.update(
        state="bounced",
        sent_at=NOON + 20 * MINUTE,
        dated_at=NOON,
        handed_at=NOON + 19 * MINUTE,
        smtp_text="250 OK",
    )
    row = Delivery.objects.prefetch_related("events__user").get()
    assert [(step.key, step.state) for step in timeline(row)] == [
        ("queued", "queued"),
        ("changed", "deferred"),
        ("handed", "sending"),
        ("taken", "sent"),
        ("changed", "bounced"),
    ]
    with translation.override("fr"):
        assert timeline(row)[1].words == "Sera réessayé – Le serveur demande de réessayer plus tard"
    Delivery.objects.update(state="deferred", sent_at=None, handed_at=None)
    assert timeline(Delivery.objects.get())[-1].key == "next"


def test_a_mail_that_the_launch_set_aside_never_stood_in_the_queue():
    mailing = make.launched(2)
    aside, queued = mailing.deliveries.order_by("pk")
    mailing.deliveries.filter(pk=aside.pk).update(state="suppressed", reason="no_consent")
    [step] = timeline(mailing.deliveries.get(pk=aside.pk))
    assert (step.at, step.key, step.state, step.reason) == (NOON, "changed", "suppressed", "no_consent")
    assert [step.key for step in timeline(queued)] == ["queued"]
