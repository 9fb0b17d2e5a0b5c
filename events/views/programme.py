"""The programme for the public: its page, its calendar, its paper."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.utils import translation
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from cms.core import formats
from cms.mailing.documents import PaperUnavailable
from events import ical
from events.actions.papers import PapersBusy, kept_file
from events.documents.letterhead import letterhead
from events.documents.programme import programme_pdf
from events.ical.programme import programme_calendar
from events.queries.clashes import change_words
from events.queries.programme import Programme, first_day, published_programme, tell_programme, versions_of

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpRequest

    from cms.core.registry import Context
    from events.models import Event, EventPage, ProgrammeVersion

#: Up to so many sessions the event's own page tells them all.
FEW = 12


def day_name(number: int, first: date | None, language: str | None = None) -> str:
    """The nth day as it is written: its date, or "Day 2" while the date is to be fixed."""
    if first is None:
        return _("Day %(n)s") % {"n": number}
    return formats.day(first + timedelta(days=number - 1), language)


def edition(version: ProgrammeVersion) -> str:
    """Which version this is, in words."""
    return _("Version %(number)s, published on %(day)s") % {
        "number": version.number,
        "day": formats.long_date(version.published_at),
    }


def history(event: Event, *, first: date | None, language: str) -> list[dict[str, Any]]:
    """What was published, latest first, each with its changes as sentences in the active language."""
    return [
        {
            "version": version,
            "edition": edition(version),
            "changes": [
                change_words(
                    one, language=language, day_words=lambda number: day_name(number, first, language)
                )
                for one in version.changes
            ],
        }
        for version in versions_of(event)
    ]


def _published(page: EventPage, ctx: Context) -> tuple[ProgrammeVersion, Programme, date | None]:
    """The programme as the public has it. Raises Http404 where nothing was published."""
    version = published_programme(page.event) if page.event_id else None
    if version is None:
        raise Http404
    first = first_day(page.event, now=ctx.now)
    return version, told(version, first=first, language=ctx.language), first


def told(version: ProgrammeVersion, *, first: date | None, language: str) -> Programme:
    """A published version in words, with what changed in it marked."""
    return tell_programme(version.content, first=first, language=language, changes=version.changes)


def programme(request: HttpRequest, page: EventPage, ctx: Context) -> HttpResponse:
    """`programme/`: days, sessions, who speaks, what changed since."""
    version, said, first = _published(page, ctx)
    context = {
        "page": page,
        "ctx": ctx,
        "event": page.event,
        "told": said,
        "edition": edition(version),
        "version": version,
        "subpath": "programme/",
        "history": [
            one
            for one in history(page.event, first=first, language=ctx.language)
            if one["changes"] or one["version"].note
        ],
    }
    return TemplateResponse(request, "events/programme/page.html", context)


def programme_file(request: HttpRequest, page: EventPage, ctx: Context) -> HttpResponse:
    """`programme.ics`, or one session of it by `?session=`; 404 for one that never was published."""
    version, _said, first = _published(page, ctx)
    only = request.GET.get("session", "")[:32]
    known = {row["uid"] for kind in ("sessions", "gone") for row in version.content[kind]}
    if first is None or (only and only not in known):
        raise Http404
    body = programme_calendar(page.event, version, page, first=first, language=ctx.language, only=only)
    response = HttpResponse(body, content_type=ical.CONTENT_TYPE)
    name = f"{page.slug[:60]}{'-session' if only else '-programme'}.ics"
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def paper_facts(event: Event, *, when: str, edition_words: str) -> dict[str, Any]:
    """What stands above and below a programme on paper."""
    place = ", ".join(part for part in (event.place_name, event.address) if part)
    return {"when": when, "place": place, "edition": edition_words}


def programme_paper(request: HttpRequest, page: EventPage, ctx: Context) -> HttpResponse:
    """`programme.pdf`: made once for what it says; 503 where others are being made or the machine makes none."""
    version, said, first = _published(page, ctx)
    row = page.event.occurrences.select_related("event").coming(ctx.now).first()
    row = row or page.event.occurrences.select_related("event").last()
    facts = paper_facts(
        page.event, when=row.when(ctx.language) if row else "", edition_words=edition(version)
    )
    own = letterhead()
    parts = [
        "programme",
        1,
        ctx.language,
        page.title,
        version.pk,
        first,
        facts,
        own["letterhead"],
        own["full_name"],
    ]
    try:
        data = kept_file(
            parts, lambda: programme_pdf(said, title=page.title, language=ctx.language, facts=facts)
        )
    except (PapersBusy, PaperUnavailable):
        response = HttpResponse(
            _("This file is being made. Please ask again in a moment."), status=503, content_type="text/plain"
        )
        response.headers["Retry-After"] = "10"
        response.headers["Cache-Control"] = "no-store"
        return response
    return pdf_response(data, f"{page.slug[:60]}-programme.pdf")


def pdf_response(data: bytes, name: str, *, private: bool = False) -> HttpResponse:
    """A PDF that opens in the browser under `name`."""
    response = HttpResponse(data, content_type="application/pdf")
    response.headers["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    response.headers["X-Content-Type-Options"] = "nosniff"
    if private:
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["X-Robots-Tag"] = "noindex"
    return response


def section(event: Event | None, ctx: Context) -> dict[str, Any] | None:
    """The programme on the event's own page: all of a short one, the days of a long one; None where there is none."""
    version = published_programme(event) if event is not None else None
    if event is None or version is None:
        return None
    with translation.override(ctx.language):
        said = told(version, first=first_day(event, now=ctx.now), language=ctx.language)
    return {"told": said, "is_short": len(said.slots) <= FEW, "count": len(said.slots)}


SUBPATHS = {"programme": programme, "programme.ics": programme_file, "programme.pdf": programme_paper}
