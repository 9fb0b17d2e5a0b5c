"""Quotas, quiet hours, paces of domains, lateness: what a mailing waits for, and what never does."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from cms.contacts.models import Contact
from cms.mailing import actions, queries
from cms.mailing.actions import claims, limits
from cms.mailing.models import Delivery, Mailing, RecipientDomain, Sender
from tests.factories import mailing as make
from tests.factories.mailing import NOON
from tests.mailing.test_drain import Clock

pytestmark = pytest.mark.django_db(transaction=True)


def people(*domains: str) -> list[Contact]:
    return [make.contact(number, address=f"p{number}@{domain}") for number, domain in enumerate(domains)]


def to_domains(*domains: str) -> Mailing:
    """A launched mailing to one address of each of these domains, in their order."""
    if not Sender.objects.exists():
        make.sender()
    audience = make.audience(slug=f"a{Contact.objects.count()}", members=people(*domains))
    return actions.launch(make.mailing(audience), user=None, now=NOON)


def domains_of(held: claims.Claim) -> list[str]:
    return [row.address.partition("@")[2] for row in held.rows]


# Quota ---------------------------------------------------------------------------------------------------------
def test_a_quota_spreads_a_mailing_over_days_and_it_goes_on_by_itself(smtp_sink):
    make.sender(daily_quota=10)
    mailing, clock = make.launched(25), Clock()
    for day, expected in enumerate((10, 20, 25)):
        for _ring in range(2):
            actions.sweep(now=clock.now)
            actions.drain(mailing.pk, clock=clock)
        assert queries.counts(mailing)["sent"] == expected, day
        for _hour in range(13):
            clock.now += timedelta(hours=2) - timedelta(minutes=5)
            actions.sweep(now=clock.now)
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.SENT
    assert len({m["Message-ID"] for m in smtp_sink.messages}) == len(smtp_sink.received) == 25


def test_a_quota_is_one_for_all_mailings_of_a_sender_and_what_fails_leaves_its_room(smtp_sink):
    make.sender(daily_quota=6)
    first, second = make.launched(4), to_domains(*["example.net"] * 4)
    smtp_sink.reply = lambda sender, to, raw: (
        "550 5.2.1 closed" if to == ["personne0@example.org"] else "250 OK"
    )
    for mailing in (first, second):
        actions.drain(mailing.pk, clock=Clock())
    assert (queries.counts(first)["sent"], queries.counts(first)["failed"]) == (3, 1)
    assert (queries.counts(second)["sent"], queries.counts(second)["queued"]) == (3, 1)


def test_five_workers_at_once_keep_to_one_quota(smtp_sink):
    make.sender(daily_quota=12, connections=5)
    mailing = make.launched(40)

    def work() -> None:
        try:
            actions.drain(mailing.pk, clock=Clock(), connections=1)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(smtp_sink.received) == 12
    assert queries.counts(mailing)["queued"] == 28


def test_control_five_workers_who_only_look_at_the_quota_go_far_beyond_it():
    """What the quota would be worth without the lock from looking to claiming."""
    make.sender(daily_quota=12, connections=5)
    mailing, sender, together, taken = make.launched(40), Sender.objects.get(), threading.Barrier(5), []

    def work() -> None:
        try:
            room = sender.daily_quota - limits.used(sender, now=NOON)
            together.wait(30)
            taken.append(len(claims.claim(mailing.pk, now=NOON, size=room).rows))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(taken) > 12


def test_what_a_person_is_owed_waits_neither_for_the_quota_nor_for_quiet_hours(smtp_sink):
    make.sender(daily_quota=2, quiet_from=time(11), quiet_until=time(13))
    mailing = make.launched(5)
    assert actions.drain(mailing.pk, clock=Clock()).sent == 0
    owed = [make.owed(f"k{number}", address=f"k{number}@example.org") for number in range(3)]
    assert actions.drain(owed[0].mailing_id, clock=Clock()).sent == 3
    assert limits.used(Sender.objects.get(), now=NOON) == 3


def test_a_full_quota_rings_no_bell_and_says_until_when(smtp_sink):
    make.sender(daily_quota=3)
    mailing = make.launched(5)
    done = actions.drain(mailing.pk, clock=Clock())
    assert (done.sent, done.more) == (3, False)
    sentence = actions.standstill(Mailing.objects.get(pk=mailing.pk), now=NOON)
    assert "24" in sentence, "tomorrow, the 24th"
    assert limits.reopens_at(Sender.objects.get(), now=NOON) == NOON + timedelta(days=1)


# Quiet hours ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("hours", "at", "over"),
    [
        ((time(21), time(7)), datetime(2026, 11, 23, 22, tzinfo=UTC), datetime(2026, 11, 24, 7, tzinfo=UTC)),
        ((time(21), time(7)), datetime(2026, 11, 23, 3, tzinfo=UTC), datetime(2026, 11, 23, 7, tzinfo=UTC)),
        ((time(21), time(7)), datetime(2026, 11, 23, 7, tzinfo=UTC), None),
        (
            (time(12), time(14)),
            datetime(2026, 11, 23, 13, tzinfo=UTC),
            datetime(2026, 11, 23, 14, tzinfo=UTC),
        ),
        ((time(12), time(14)), datetime(2026, 11, 23, 20, tzinfo=UTC), None),
        ((None, None), datetime(2026, 11, 23, 3, tzinfo=UTC), None),
    ],
)
def test_quiet_hours_end_on_the_right_day(hours, at, over):
    assert Sender(quiet_from=hours[0], quiet_until=hours[1]).quiet_end(at) == over


def test_in_quiet_hours_nothing_leaves_but_what_may_at_any_hour(smtp_sink):
    make.sender(quiet_from=time(21), quiet_until=time(7))
    mailing, night = make.launched(2), Clock(NOON.replace(hour=23))
    actions.sweep(now=NOON + timedelta(hours=1))
    done = actions.drain(mailing.pk, clock=night)
    assert (done.sent, done.more) == (0, False)
    assert "7\xa0h\xa000" in actions.standstill(Mailing.objects.get(pk=mailing.pk), now=night.now)
    Mailing.objects.filter(pk=mailing.pk).update(swept_at=night.now, at_any_hour=True)
    assert actions.drain(mailing.pk, clock=night).sent == 2


def test_quiet_hours_have_a_beginning_and_an_end():
    with pytest.raises(IntegrityError, match="quiet_hours_begin_and_end"), transaction.atomic():
        make.sender(quiet_from=time(21))


# Domains -------------------------------------------------------------------------------------------------------
def test_a_domain_with_a_rate_lets_the_others_pass(smtp_sink):
    RecipientDomain.objects.create(domain="gmail.com", rate_per_minute=6)
    mailing = to_domains("gmail.com", "gmail.com", "gmail.com", "ml.example", "orange.example")
    held = claims.claim(mailing.pk, now=NOON, sender=Sender.objects.get())
    assert domains_of(held) == ["gmail.com", "ml.example", "orange.example"]
    claims.release(held.token)
    later = claims.claim(mailing.pk, now=NOON, sender=Sender.objects.get())
    assert domains_of(later) == ["ml.example", "orange.example"], "its turn is taken"
    empty = claims.claim(mailing.pk, now=NOON, sender=Sender.objects.get())
    assert (empty.rows, empty.again_at) == ([], NOON + timedelta(seconds=10))
    after = claims.claim(mailing.pk, now=NOON + timedelta(seconds=10), sender=Sender.objects.get())
    assert domains_of(after) == ["gmail.com"]


def test_a_quick_rate_gives_out_the_turns_of_a_second_with_one_claim(smtp_sink):
    RecipientDomain.objects.create(domain="gmail.com", rate_per_minute=240)
    mailing = to_domains(*["gmail.com"] * 12)
    held = claims.claim(mailing.pk, now=NOON, sender=Sender.objects.get())
    assert len(held.rows) == 5
    assert RecipientDomain.objects.get().next_turn_at == NOON + timedelta(seconds=1.25)


def test_a_paced_domain_gets_all_its_mails_in_one_turn_of_the_worker(smtp_sink):
    RecipientDomain.objects.create(domain="gmail.com", rate_per_minute=300)
    mailing = to_domains(*["gmail.com"] * 9)
    assert actions.drain(mailing.pk, clock=Clock()).sent == 9


def test_control_without_a_rate_one_claim_takes_all(smtp_sink):
    mailing = to_domains(*["gmail.com"] * 12)
    assert len(claims.claim(mailing.pk, now=NOON, sender=Sender.objects.get()).rows) == 12


def test_a_domain_that_asks_for_patience_is_slowed_and_the_others_are_not(smtp_sink):
    mailing = to_domains("slow.example", "slow.example", "slow.example", "ml.example", "ml.example")
    smtp_sink.reply = lambda sender, to, raw: (
        "421 4.7.0 too many messages" if to[0].endswith("@slow.example") else "250 OK"
    )
    done = actions.drain(mailing.pk, clock=Clock())
    assert (done.sent, done.deferred) == (2, 1)
    assert queries.counts(mailing)["queued"] == 2, "not even tried: the domain is left alone for a minute"
    row = RecipientDomain.objects.get()
    assert (row.domain, row.gap_ms) == ("slow.example", 1000)
    assert NOON + timedelta(seconds=45) < row.next_turn_at < NOON + timedelta(seconds=75)
    assert "too many" in row.slowed_reason


def test_each_refusal_more_doubles_the_distance_and_those_under_way_together_count_once():
    now = NOON
    for _together in range(5):
        limits.slow("slow.example", said="451", now=now)
    assert RecipientDomain.objects.get().gap_ms == 1000
    for expected in (2000, 4000, 8000, 16_000, 30_000, 30_000):
        now += timedelta(seconds=31)
        limits.slow("slow.example", said="451", now=now)
        assert RecipientDomain.objects.get().gap_ms == expected
    assert limits.gap_of(RecipientDomain.objects.get(), now=now + timedelta(minutes=11)) < timedelta(
        seconds=1
    )
    limits.slow("slow.example", said="451", now=now + timedelta(minutes=11))
    assert RecipientDomain.objects.get().gap_ms == 1000


@pytest.mark.parametrize("reply", ["452 4.2.2 mailbox full", "450 4.1.8 unknown", "450 mailbox busy"])
def test_a_refusal_that_concerns_one_box_slows_nobody(smtp_sink, reply):
    mailing = to_domains("one.example", "one.example")
    smtp_sink.reply = lambda *_: reply
    assert actions.drain(mailing.pk, clock=Clock()).deferred == 2
    assert not RecipientDomain.objects.exists()


def test_a_greylist_gets_its_first_attempts_without_growing_distance(smtp_sink):
    mailing = to_domains(*["grey.example"] * 2)
    smtp_sink.reply = lambda *_: "450 4.2.0 Greylisted, come back later"
    assert actions.drain(mailing.pk, clock=Clock()).deferred == 2
    assert RecipientDomain.objects.get().gap_ms == 1000


def test_a_server_that_puts_everybody_off_holds_the_sender(smtp_sink):
    mailing = to_domains(*[f"d{number % 30}.example" for number in range(60)])
    smtp_sink.reply = lambda *_: "451 4.3.2 system not accepting"
    done = actions.drain(mailing.pk, clock=Clock())
    assert done.deferred == 20
    assert queries.counts(mailing)["queued"] == 40
    assert Sender.objects.get().held_until > NOON


def test_a_domain_is_written_small():
    with pytest.raises(IntegrityError, match="written_small"), transaction.atomic():
        RecipientDomain.objects.create(domain="Gmail.com")


# The sender's rate ---------------------------------------------------------------------------------------------
def test_the_rate_of_a_sender_spaces_its_mails():
    sender, late = make.sender(rate_per_minute=60), NOON + timedelta(minutes=1)
    turns = [limits.turn(sender, now=NOON, until=late) for _ in range(3)]
    assert turns == [NOON, NOON + timedelta(seconds=1), NOON + timedelta(seconds=2)]


def test_a_slow_rate_never_comes_to_a_standstill(smtp_sink):
    make.sender(rate_per_minute=1)
    mailing, clock = make.launched(4), Clock()
    for _ring in range(3):
        done = actions.drain(mailing.pk, clock=clock)
        assert not done.more, "a bell that rings at once would keep a worker busy with waiting"
    assert len(smtp_sink.received) == 1
    for minute in range(1, 4):
        clock.now = NOON + timedelta(minutes=minute)
        actions.drain(mailing.pk, clock=clock)
        assert len(smtp_sink.received) == minute + 1


# Lateness ------------------------------------------------------------------------------------------------------
def test_a_mailing_left_alone_for_hours_asks_before_it_goes_on(smtp_sink):
    """The machine was off, or a backup was put back: the press release of Monday does not leave on Thursday."""
    mailing, clock = make.launched(3), Clock(NOON + timedelta(days=3))
    assert actions.drain(mailing.pk, clock=clock).sent == 0
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.PAUSED
    assert "23 novembre" in mailing.reason
    actions.resume(mailing, user=None, now=clock.now)
    assert actions.drain(mailing.pk, clock=clock).sent == 3


def test_the_sweep_of_a_service_that_was_off_stops_what_is_stale_and_not_what_is_owed(smtp_sink):
    mailing, owed = make.launched(3), make.owed()
    back = NOON + timedelta(hours=5)
    assert actions.sweep(now=back) == [owed.mailing_id]
    assert queries.counts(mailing)["queued"] == 3


def test_a_sweep_each_half_minute_keeps_a_long_mailing_going(smtp_sink):
    mailing = make.launched(3)
    for hour in range(0, 10):
        now = NOON + timedelta(hours=hour)
        assert actions.sweep(now=now) == [mailing.pk]
    assert actions.drain(mailing.pk, clock=Clock(now)).sent == 3


# Forecast ------------------------------------------------------------------------------------------------------
def test_before_confirming_the_quota_shows_when_a_mailing_will_be_over(smtp_sink):
    make.sender(daily_quota=500)
    mailing = make.mailing(make.audience(1))
    seen = actions.forecast(mailing, number=1800, now=NOON)
    assert (seen.days, seen.quota, seen.ahead) == (4, 500, 0)
    assert NOON + timedelta(days=3) < seen.ends_at < NOON + timedelta(days=3, hours=1)
    assert actions.forecast(mailing, number=300, now=NOON).days == 1


def test_a_forecast_counts_what_the_sender_has_sent_and_has_still_to_send(smtp_sink):
    make.sender(daily_quota=10)
    actions.drain(make.launched(8).pk, clock=Clock())
    waiting = to_domains(*["example.net"] * 5)
    draft = make.mailing(make.audience(1, slug="autre", members=people("x.example")))
    seen = actions.forecast(draft, number=10, now=NOON)
    assert seen.ahead == 5
    assert NOON + timedelta(days=1) <= seen.starts_at < NOON + timedelta(days=1, minutes=1)
    assert seen.days == 2, "three more that day after, seven of it the day before"
    assert queries.counts(waiting)["queued"] == 5


def test_a_forecast_keeps_quiet_hours_and_the_hour_that_was_chosen():
    make.sender(quiet_from=time(20), quiet_until=time(7), rate_per_minute=1)
    mailing = make.mailing(make.audience(1), send_at=NOON.replace(hour=22))
    seen = actions.forecast(mailing, number=30, now=NOON)
    assert seen.starts_at == datetime(2026, 11, 24, 7, tzinfo=UTC)
    assert seen.ends_at == datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
    mailing.at_any_hour = True
    assert actions.forecast(mailing, number=30, now=NOON).starts_at == NOON.replace(hour=22)


def test_limits_cost_a_claim_no_more_queries_for_many_domains(django_assert_num_queries):
    RecipientDomain.objects.bulk_create(
        RecipientDomain(domain=f"d{number}.example", rate_per_minute=60) for number in range(30)
    )
    mailing = to_domains(*["ml.example"] * 3)
    sender = Sender.objects.get()
    with django_assert_num_queries(4):
        claims.claim(mailing.pk, now=NOON, sender=sender)
    assert Delivery.objects.filter(state="sending").count() == 3
