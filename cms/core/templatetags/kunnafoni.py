"""Words and marks shared by every public template: `{% load kunnafoni %}`."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import template
from django.template.context import Context as TemplateContext
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from cms.core import bogolan as patterns
from cms.core import clock, formats, queries

register = template.Library()


@register.filter
def long_date(value: dt.datetime | dt.date | None) -> str:
    """`{{ at|long_date }}`: "mardi 5 février 2019 à 10 h 00" in the active language."""
    return formats.long_date(value) if value else ""


@register.filter
def zoned_date(value: dt.datetime | None) -> str:
    """`{{ at|zoned_date }}`: "mardi 5 février 2019 à 10 h 00 GMT", where readers elsewhere must know the hour."""
    return formats.zoned_date(value) if value else ""


@register.filter
def day(value: dt.datetime | dt.date | None) -> str:
    """`{{ at|day }}`: "mardi 5 février 2019"."""
    return formats.day(value) if value else ""


@register.filter
def short_day(value: dt.datetime | dt.date | None) -> str:
    """`{{ at|short_day }}`: "5 février 2019"."""
    return formats.day(value, weekday=False) if value else ""


@register.filter
def clock_time(value: dt.datetime | dt.time | None) -> str:
    """`{{ at|clock_time }}`: "10 h 00"."""
    return formats.clock_time(value) if value else ""


@register.filter
def spaced(value: str) -> str:
    """`{{ title|spaced }}`: no line begins with the colon, question mark or guillemet of a French sentence."""
    return formats.french_spaces(value)


@register.filter
def number(value: float | Decimal | None) -> str:
    """`{{ n|number }}`: "10 132" with no-break spaces."""
    return "" if value is None or value == "" else formats.number(value)


@register.filter
def percent(value: float | Decimal | None) -> str:
    """`{{ rate|percent }}`: "86,63 %"."""
    return "" if value is None else formats.percent(value)


@register.filter
def fcfa(value: int | None) -> str:
    """`{{ amount|fcfa }}`: "55 700 000 FCFA"."""
    return "" if value is None else formats.fcfa(value)


@register.filter
def filesize_fr(value: int | None) -> str:
    """`{{ size|filesize_fr }}`: "2,4 Mo" (or "2.4 MB" on an English page)."""
    return "" if value is None else formats.filesize(value)


@register.filter
def playing_time(value: float | None) -> str:
    """`{{ said.duration|playing_time }}`: 13 min 05 s."""
    return formats.playing_time(value) if value else ""


@register.filter
def time_on_3g(value: int | None) -> str:
    """`{{ size|time_on_3g }}`: "environ 3 min en 3G"."""
    return "" if value is None else formats.time_on_3g(value)


@register.simple_tag
def period(start: dt.datetime, end: dt.datetime | None = None) -> str:
    """`{% period start end %}`: "mardi 5 février 2019, de 10 h 00 à 12 h 00"."""
    return formats.period(start, end)


@register.simple_tag
def time(value: dt.datetime | dt.date, style: str = "long") -> SafeString:
    """`{% time at %}`: the words in a <time datetime>; style "long", "day" or "short"."""
    words = formats.long_date(value) if style == "long" else formats.day(value, weekday=style == "day")
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), words)


@register.simple_tag
def date_leaf(value: dt.datetime | dt.date) -> SafeString:
    """`{% date_leaf at %}`: weekday, day and month as a calendar leaf, read out as one date."""
    if isinstance(value, dt.datetime):
        value = formats.local(value)
    return format_html(
        '<time class="leaf" datetime="{}"><span>{}</span> <b>{}</b> <span>{}</span></time>',
        value.isoformat() if not isinstance(value, dt.datetime) else value.date().isoformat(),
        formats.weekday_abbreviated(value),
        value.day,
        formats.month_abbreviated(value),
    )


@register.simple_tag
def bogolan(seed: str) -> SafeString:
    """`{% bogolan "press" %}`: the full-width band of a seed. Use a seed once a page."""
    return mark_safe(patterns.band_svg(str(seed)))  # noqa: S308 - digits and letters of our own


@register.simple_tag
def bogolan_stamp(seed: str) -> SafeString:
    """`{% bogolan_stamp kind %}`: one tile, for list items and cards without a photograph."""
    return mark_safe(patterns.stamp_svg(str(seed)))  # noqa: S308 - digits and letters of our own


@register.simple_tag(takes_context=True)
def page_url(context: TemplateContext, page: Any) -> str:
    """`{% page_url page %}`: the public path of a page, from its row alone.

    Where the context's `page` is of another language, a French page that has no translation is addressed in
    that language, below the nearest translated page above it: the dispatcher shows it there with a notice. One
    query for each branch of the tree that a page shows links into.
    """
    if page is None:
        return ""
    here, ctx = context.get("page"), context.get("ctx")
    if ctx is None or here is None or page.locale_id in (None, here.locale_id):
        return str(page.public_path)
    if page.locale.language_code == ctx.language or here.locale.language_code != ctx.language:
        return str(page.public_path)
    return _below_its_branch(context, page, ctx)


def _below_its_branch(context: TemplateContext, page: Any, ctx: Any) -> str:
    request = context["request"]
    known = request.__dict__.setdefault("_kunnafoni_branches", {})
    parent = page.path[: -page.steplen]
    if parent not in known:
        known[parent] = queries.branch_in(page, language=ctx.language, reader=ctx.reader, now=ctx.now)
    return queries.path_in(page, known[parent])


# Parameters of public listings that links between their parts keep; all others (utm_*) are dropped.
KEPT_PARAMETERS = (
    *("SearchableText", "q", "topic", "kind", "sector", "year", "month", "mode", "portal_type"),
    *("type", "annee", "lieu", "sort", "place", "from", "until"),
)


@register.simple_tag(takes_context=True)
def query_with(context: TemplateContext, **changes: Any) -> str:
    """`{% query_with kind="report" %}`: this page's query string with parameters set, or dropped when empty.

    The list begins again: `b_start` is kept only when given.
    """
    query = context["request"].GET.copy()
    for key in list(query):
        if key not in KEPT_PARAMETERS:
            del query[key]
    for key, value in changes.items():
        if value in (None, "", 0):
            query.pop(key, None)
        else:
            query[key] = str(value)
    words = query.urlencode()
    return f"?{words}" if words else context["request"].path


@register.simple_tag(takes_context=True)
def page_query(context: TemplateContext, page_number: int) -> str:
    """`{% page_query 3 %}`: the address of a part of the list (`b_start`, as in the API)."""
    size: int = context.get("page_size") or 25
    return query_with(context, b_start=(page_number - 1) * size)


# In the admin ------------------------------------------------------------------------------------------------
VERDICT = "data-workflow-action-name"
STEPS = ("action-publish", "action-submit", "action-send")


@register.filter
def next_steps(items: list[str]) -> dict[str, list[str]]:
    """Split an editor's rendered buttons: verdicts, else publishing and submitting, stand beside the draft."""
    verdicts = [item for item in items if VERDICT in item]
    steps = verdicts or [item for item in items if any(f'name="{name}"' in item for name in STEPS)]
    return {"steps": steps, "others": [item for item in items if item not in steps]}


@register.filter
def closed_because(page: Any) -> str:
    """Why a published page is read by nobody outside the team now; "" where it is read, or is not ours."""
    shut = page.shut_because(clock.now()) if hasattr(page, "shut_because") else ""
    if shut == "embargoed":
        return gettext("Under embargo until %(until)s") % {"until": formats.short_moment(page.public_from)}
    return {"withdrawn": gettext("Withdrawn"), "ended": gettext("No longer shown")}.get(shut, "")
