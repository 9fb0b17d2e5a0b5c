"""When a mailing will be over, and what it waits for, by the limits of its sender."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from cms.core import formats
from cms.mailing import queries
from cms.mailing.actions import limits
from cms.mailing.models import Delivery, Mailing, Sender

#: What one connection does in a second over a line of 40 ms, of which a mail takes a few: measured, rounded down.
PER_CONNECTION = 5
_STEPS = 5000


@dataclass(frozen=True)
class Forecast:
    """From when until when a mailing's mails leave, if nothing goes wrong; `number` its own, `ahead` those before it.

    `quota` and `quiet` say that the account's quota or its quiet hours make it last.
    """

    number: int
    ahead: int
    starts_at: datetime
    ends_at: datetime
    quota: int = 0
    quiet: bool = False

    @property
    def days(self) -> int:
        """On how many calendar days something leaves; 1 for what is over on the day it begins."""
        first, last = (timezone.localtime(at).date() for at in (self.starts_at, self.ends_at))
        return (last - first).days + 1


def forecast(mailing: Mailing, *, number: int, now: datetime) -> Forecast | None:
    """Foresee `number` mails of a mailing that has not left, after what its sender has still to send.

    None where there is no sender yet. Never too early by much: what of the quota is used comes back a day later.
    """
    sender = mailing.sender or queries.default_sender()
    if sender is None:
        return None
    ahead = Delivery.objects.filter(
        mailing__sender=sender, mailing__state="sending", state__in=["queued", "deferred"]
    ).exclude(mailing=mailing)
    before = ahead.exclude(mailing__kind="owed").count()
    days = _Days(sender, now=max(now, mailing.leaves_at or now), at_any_hour=mailing.at_any_hour)
    days.send(before)
    starts_at = days.opening()
    days.send(number)
    return Forecast(
        number, before, starts_at, days.at, quota=sender.daily_quota if days.full else 0, quiet=days.waited
    )


class _Days:
    """A calendar that is filled with mails: quiet hours skipped, a quota in each 24 hours, a speed."""

    def __init__(self, sender: Sender, *, now: datetime, at_any_hour: bool) -> None:
        self.sender, self.at, self.at_any_hour = sender, now, at_any_hour
        self.quota, self.full, self.waited = sender.daily_quota, False, False
        self.room = max(0, self.quota - limits.used(sender, now=now)) if self.quota else 0
        self.renewed_at = now + limits.DAY
        if self.quota and not self.room:
            self.renewed_at = limits.reopens_at(sender, now=now)
        per_minute = sender.rate_per_minute or sender.connections * PER_CONNECTION * 60
        self.gap = timedelta(minutes=1) / per_minute

    def opening(self) -> datetime:
        """The next moment at which something may leave; the calendar goes on from there."""
        for _step in range(_STEPS):
            quiet_end = None if self.at_any_hour else self.sender.quiet_end(self.at)
            if quiet_end is not None:
                self.at, self.waited = quiet_end, True
            elif self.quota and self.at >= self.renewed_at:
                self.room, self.renewed_at = self.quota, self.at + limits.DAY
            elif self.quota and not self.room:
                self.at, self.full = self.renewed_at, True
            else:
                break
        return self.at

    def send(self, number: int) -> None:
        """Fill the calendar with `number` mails."""
        for _step in range(_STEPS):
            if number <= 0:
                return
            self.opening()
            batch = min(number, self.room) if self.quota else number
            if (quiet := self.quiet_start()) is not None:
                batch = min(batch, max(1, (quiet - self.at) // self.gap))
            self.at += batch * self.gap
            self.room -= batch
            number -= batch

    def quiet_start(self) -> datetime | None:
        if self.sender.quiet_from is None or self.at_any_hour:
            return None
        zone = timezone.get_default_timezone()
        today = self.at.astimezone(zone).date()
        start = datetime.combine(today, self.sender.quiet_from, tzinfo=zone)
        return start if start > self.at else start + timedelta(days=1)


def standstill(mailing: Mailing, *, now: datetime) -> str:
    """A sentence that says why a mailing being sent does not move although nothing is wrong; empty when it moves."""
    sender = mailing.sender
    if mailing.state != Mailing.State.SENDING or mailing.is_standing or sender is None:
        return ""
    until = None if mailing.at_any_hour else sender.quiet_end(now)
    if until is not None:
        return _("Quiet hours of the sender: the sending goes on at %s.") % formats.clock_time(until)
    if sender.daily_quota and limits.used(sender, now=now) >= sender.daily_quota:
        until = limits.reopens_at(sender, now=now)
        said = _(
            "The account has sent its %(quota)s mails of the day: the sending goes on by itself on %(date)s."
        )
        quota = number_format(sender.daily_quota, force_grouping=True)
        return said % {"quota": quota, "date": formats.long_date(until)}
    return ""
