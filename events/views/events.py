"""One event's page and its calendar file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.template.response import TemplateResponse

from cms.core import formats
from events import ical, queries
from events.models import EventPage
from events.policies import Desk, delegations_are_open
from events.validators import in_words
from events.views import programme
from events.views.agenda import desk_words

if TYPE_CHECKING:
    from django.http import HttpRequest

    from cms.core.registry import Context


def event(request: HttpRequest, page: EventPage, ctx: Context) -> HttpResponse:
    """What, when, where, who; one action."""
    found = page.event if page.event_id else None
    rows: list[Any] = []
    if found is not None:
        rows = list(queries.public_dates(found, now=ctx.now))
        if not rows:
            last = found.occurrences.select_related("event").counted(ctx.now).last()
            rows = [last] if last else []
    for row in rows:
        row.desk, row.desk_class = desk_words(row, ctx.now)
    context = {
        "page": page,
        "ctx": ctx,
        "event": found,
        "row": rows[0] if rows else None,
        "more": rows[1:],
        "desk": str(rows[0].desk) if rows else str(Desk.NONE),
        "rule_words": in_words(found.rule, found.starts) if found and found.starts else "",
        "register_path": queries.register_path(page),
        "takes_delegations": any(
            delegations_are_open(row.event, row, now=ctx.now) for row in rows if found is not None
        ),
        "call": _call_words(found, ctx) if found else None,
        "programme": programme.section(found, ctx),
        "seed": found.kind if found else "events",
    }
    if found is not None:
        context |= _about(found, page, ctx)
    return TemplateResponse(request, "events/event_page.html", context)


def _about(event: Any, page: EventPage, ctx: Context) -> dict[str, Any]:
    """With whom the event is held, whom to ask, what to read, and the files that stay."""
    pictures, files = queries.files_of(event, reader=ctx.reader, now=ctx.now)
    contacts = event.contacts.select_related("contact")
    return {
        "readings": queries.readings_of(event, page, reader=ctx.reader, now=ctx.now, language=ctx.language),
        "partners": queries.partners_of([event.pk])[event.pk],
        "contacts": list(contacts.prefetch_related("contact__emails", "contact__phones")),
        "pictures": pictures,
        "files": files,
    }


def _call_words(found: Any, ctx: Context) -> dict[str, Any] | None:
    """What the event's page says of its call for papers: until when it is open, where the book is; None for nothing."""
    call = queries.call_of(found)
    if call is None or not (call.book_public or call.is_open(ctx.now)):
        return None
    english = ctx.language == "en"
    return {
        "until": formats.long_date(call.closes_at) if call.is_open(ctx.now) else "",
        "form": "papers/" if english else "communications/",
        "book": ("abstracts.pdf" if english else "recueil.pdf") if call.book_public else "",
    }


def event_file(request: HttpRequest, page: EventPage, ctx: Context) -> HttpResponse:
    """`event.ics`: the event for any calendar program, without personal links."""
    rows = list(page.event.occurrences.order_by("starts_at", "pk"))
    response = HttpResponse(ical.event_calendar(page.event, rows, page), content_type=ical.CONTENT_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{page.slug[:60]}.ics"'
    return response
