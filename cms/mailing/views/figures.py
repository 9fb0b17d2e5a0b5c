"""The figures of a mailing that move while it is being sent: counts, speed, time left, and a chart of minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cms.core import clock
from cms.mailing import actions, queries
from cms.mailing.models import Delivery, Mailing
from cms.mailing.queries import figures


def number(value: int) -> str:
    """A whole number with the language's separators."""
    return str(formats.number_format(value, force_grouping=True))


def state_words(mailing: Mailing) -> str:
    """The state as the list says it; the queue of owed mail is simply always open."""
    return _("Always open") if mailing.is_standing else str(mailing.get_state_display())


def hour(at: datetime) -> str:
    """An hour of today as such, of another day with its date."""
    local = timezone.localtime(at)
    today = local.date() == timezone.localtime(clock.now()).date()
    return str(formats.date_format(local, "TIME_FORMAT" if today else "SHORT_DATETIME_FORMAT"))


def span_words(span: timedelta) -> str:
    """How long something takes, as one says it: less than a minute, about 12 minutes, about 2 h 05."""
    minutes = round(span.total_seconds() / 60)
    if minutes < 1:
        return _("less than a minute")
    if minutes < 60:
        return ngettext("about %d minute", "about %d minutes", minutes) % minutes
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        return _("about %(hours)d h %(minutes)02d") % {"hours": hours, "minutes": rest}
    days = round(hours / 24)
    return ngettext("about %d day", "about %d days", days) % days


def speed_words(per_minute: float) -> str:
    """A speed that a person can picture: by minute, and by hour where it is slower than one a minute."""
    if per_minute < 1:
        hourly = max(1, round(per_minute * 60))
        return ngettext("%s mail an hour", "%s mails an hour", hourly) % number(hourly)
    each = round(per_minute)
    return ngettext("%s mail a minute", "%s mails a minute", each) % number(each)


def over_at(mailing: Mailing, found: figures.Pace, *, now: datetime) -> datetime | None:
    """When a mailing being sent will be over where its sender's quota or quiet hours decide that; else None."""
    sender = mailing.sender
    if mailing.state != Mailing.State.SENDING or mailing.is_standing or sender is None or not found.waiting:
        return None
    if not sender.daily_quota and sender.quiet_from is None:
        return None
    foreseen = actions.forecast(mailing, number=found.waiting, now=now)
    return foreseen.ends_at if foreseen is not None and (foreseen.quota or foreseen.quiet) else None


def pace_words(found: figures.Pace, *, ends_at: datetime | None = None) -> str:
    """Speed, time left and what is tried again later, in one line; empty while there is nothing to say.

    `ends_at`: when it will be over where the sender's limits decide that, and not the speed of the moment.
    """
    said = [speed_words(found.per_minute)] if found.per_minute else []
    if ends_at is not None:
        said.append(_("over on %s as far as can be foreseen") % hour(ends_at))
    elif found.left is not None:
        said.append(_("%s left") % span_words(found.left))
    if found.deferred and found.next_at is not None:
        again = ngettext(
            "%(number)s is tried again, at %(time)s",
            "%(number)s are tried again, the first at %(time)s",
            found.deferred,
        )
        said.append(again % {"number": number(found.deferred), "time": hour(found.next_at)})
    return " · ".join(said)


def progress_of(mailing: Mailing, *, now: datetime) -> dict[str, Any]:
    """The figures that move: counts by state in words, share done, the sentence above the bar, the speed below."""
    found = queries.counts(mailing)
    total = found["total"]
    over = total - found["queued"] - found["deferred"] - found["sending"]
    pace = figures.pace(mailing, now=now)
    return {
        "counts": [
            {"state": state, "label": str(label), "number": found[state], "words": number(found[state])}
            for state, label in Delivery.State.choices
        ],
        "found": found,
        "total": total,
        "over": over,
        "percent": 100 * over // total if total else 0,
        "summary": summary(over, total),
        "pace": pace_words(pace, ends_at=over_at(mailing, pace, now=now)),
        "sentence": sentence_of(mailing, waits=total > over, now=now),
        "running": mailing.state == Mailing.State.SENDING and total > over,
    }


def summary(over: int, total: int) -> str:
    """ "120 of 214 done" in words."""
    return _("%(over)s of %(total)s done") % {"over": number(over), "total": number(total)}


def row_of(mailing: Any) -> dict[str, Any]:
    """What the list shows of a mailing (with its counts)."""
    return {
        "done": mailing.done,
        "total": mailing.total,
        "words": f"{number(mailing.done)} / {number(mailing.total)}",
        "trouble": number(mailing.trouble) if mailing.trouble else "",
        "state_label": state_words(mailing),
        "running": mailing.state == Mailing.State.SENDING and mailing.open_count > 0,
    }


def sentence_of(mailing: Mailing, *, waits: bool, now: datetime) -> str:
    """Why a mailing does not go on, if it does not: its own reason, its mail server's, or its sender's limits."""
    sender = mailing.sender
    held = sender.held_until if sender is not None else None
    if mailing.reason or sender is None or not waits:
        return mailing.reason
    if held is None or held <= now:
        return actions.standstill(mailing, now=now)
    said = _("The mail server does not answer (%(said)s). Next attempt at %(time)s; nothing is lost.")
    return said % {"said": sender.held_reason, "time": hour(held)}


# The chart -------------------------------------------------------------------------------------------------------
WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 720, 200, 48, 12, 28
FEWEST_SLOTS = 24
ROOM_FOR_TWO = 320
SPAN_WORDS = {
    1: gettext_lazy("by minute"),
    5: gettext_lazy("by five minutes"),
    15: gettext_lazy("by quarter of an hour"),
    60: gettext_lazy("by hour"),
    360: gettext_lazy("by six hours"),
    1440: gettext_lazy("by day"),
    10080: gettext_lazy("by week"),
}


@dataclass(frozen=True)
class Drawn:
    """One bar: its corners in the drawing (as SVG wants them), and its words."""

    x: str
    width: str
    sent_y: str
    sent_height: str
    trouble_y: str
    trouble_height: str
    when: str
    sent: str
    trouble: str


def chart_of(mailing: Mailing, *, now: datetime) -> dict[str, Any] | None:
    """A mailing in time, ready to draw; None where nothing has happened yet."""
    found = figures.course(mailing, now=now)
    if not found.bars:
        return None
    wide = (WIDTH - LEFT) / max(len(found.bars), FEWEST_SLOTS)
    bars = _drawn(found, wide)
    busiest = max(range(len(bars)), key=lambda place: found.bars[place].sent)
    return {
        "by": SPAN_WORDS[int(found.span / timedelta(minutes=1))],
        "bars": bars,
        "rows": [bar for bar, known in zip(bars, found.bars, strict=True) if known.sent or known.trouble],
        "most": number(found.most),
        "first": bars[0],
        # Said below its bar, where there is room beside the first.
        "last": bars[-1] if len(bars) * wide > ROOM_FOR_TWO else None,
        "end": f"{LEFT + len(bars) * wide:.1f}",
        "busiest": bars[busiest],
        "sent": number(sum(bar.sent for bar in found.bars)),
        "trouble": number(sum(bar.trouble for bar in found.bars)),
        "has_trouble": any(bar.trouble for bar in found.bars),
        "width": str(WIDTH),
        "height": str(HEIGHT),
        "left": str(LEFT),
        "top": str(TOP),
        "base": str(HEIGHT - BOTTOM),
        "foot": str(HEIGHT - 8),
    }


def _drawn(found: figures.Course, wide: float) -> list[Drawn]:
    """The bars in the drawing, each in a slot so wide, what was taken below what was not."""
    high, base, form = HEIGHT - TOP - BOTTOM, HEIGHT - BOTTOM, _form(found)
    bars = []
    for place, bar in enumerate(found.bars):
        sent, trouble = high * bar.sent / found.most, high * bar.trouble / found.most
        bars.append(
            Drawn(
                x=f"{LEFT + place * wide:.1f}",
                width=f"{wide * 0.8:.1f}",
                sent_y=f"{base - sent:.1f}",
                sent_height=f"{sent:.1f}",
                trouble_y=f"{base - sent - trouble:.1f}",
                trouble_height=f"{trouble:.1f}",
                when=formats.date_format(timezone.localtime(bar.at), form),
                sent=number(bar.sent),
                trouble=number(bar.trouble),
            )
        )
    return bars


def _form(found: figures.Course) -> str:
    """How the instants of a chart are written: with their hour, their date, or both."""
    if found.span >= timedelta(days=1):
        return "SHORT_DATE_FORMAT"
    days = {timezone.localtime(bar.at).date() for bar in (found.bars[0], found.bars[-1])}
    one_day_now = days == {timezone.localtime(clock.now()).date()}
    return "TIME_FORMAT" if one_day_now or len(days) == 1 else "SHORT_DATETIME_FORMAT"
