"""What a mail about a date needs to know, as values that a delivery can keep."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import translation

from cms.core.policies import visible
from cms.core.reader import ANONYMOUS
from cms.mailing.models import Mailing
from events.models import Event, EventPage, Occurrence

_WALL = "%Y%m%dT%H%M%S"


def title_of(event: Event, *, language: str) -> tuple[str, str]:
    """The public title and absolute address of an event in `language`, else in French, else its working name."""
    pages = {
        page.locale.language_code: page for page in event.pages.filter(live=True).select_related("locale")
    }
    page = pages.get(language) or pages.get("fr") or next(iter(pages.values()), None)
    return (page.title, page.public_url) if page is not None else (event.name, "")


def public_pages_of(uid: UUID, *, now: datetime) -> dict[str, EventPage]:
    """The pages of an event that everybody may read at `now`, by language."""
    found = visible(EventPage.objects.filter(event__uid=uid), reader=ANONYMOUS, now=now)
    return {page.locale.language_code: page for page in found.select_related("locale", "event__activity")}


def next_date_of(event: Event, *, now: datetime) -> Occurrence | None:
    """The date of an event that comes next and is not called off, or None."""
    return event.occurrences.planned().coming(now).select_related("event").first()


def letter_values(row: Occurrence, *, language: str) -> dict[str, Any]:
    """JSON values for a mail about this date: words in `language`, and its calendar entry's facts.

    Instants are written without punctuation ("20261123T090000"), because values are made inert on entry.
    """
    event = row.event
    title, url = title_of(event, language=language)
    end = row.local_end
    with translation.override(language):
        return {
            "title": title,
            "event_url": url,
            "when": row.when(language),
            "place": row.place,
            "address": row.address,
            "online_url": event.online_url,
            "closes": event.has_waiting_list,
            "calendar": {
                "uid": row.identity.hex,
                "sequence": event.sequence + row.sequence,
                "start": row.local_start.strftime(_WALL),
                "end": end.strftime(_WALL) if end else "",
                "zone": event.zone,
                "whole_day": event.whole_day,
                "state": "cancelled" if row.is_cancelled else event.state,
            },
        }


def owed_queues(renderers: Iterable[str]) -> list[int]:
    """The numbers of the standing queues of these renderers of owed mail, of those there are."""
    found = Mailing.objects.filter(renderer__in=renderers, kind=Mailing.Kind.OWED)
    return list(found.values_list("pk", flat=True))
