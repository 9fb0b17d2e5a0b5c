"""An event told in other mail: the invitation to audiences, a newsletter's lines, a messaging app."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from cms.core import formats
from cms.core.registry import Brief, Parts, Refused, Story
from events import queries
from events.mail.letters import Calendar, calendar_file, letter, title_in
from events.models import Event
from events.policies import registration_is_open


def brief(uid: UUID, language: str, now: datetime) -> Brief:
    """An event in a few lines, for a messaging app. Raises Refused for one that not everybody may read."""
    pages = queries.public_pages_of(uid, now=now)
    page = pages.get(language) or pages.get("fr") or next(iter(pages.values()), None)
    if page is None:
        raise Refused(_("Not everybody may read this text now: there is nothing to hand on."))
    date = queries.next_date_of(page.event, now=now)
    facts = [date.when(language), date.place] if date is not None else []
    return Brief(
        title=page.title, text=page.summary, url=page.public_url, facts=facts, activity=page.event.activity
    )


# Inviting: a mailing to audiences, the same words for all who read a language ------------------------------------
INVITATION = "events.invitation"


def why_not_invite(event: Event | None, *, now: datetime) -> Refused | None:
    """Why an invitation may not leave at `now`: for good, or until the event is public."""
    if event is None:
        return Refused(_("The event of this mailing does not exist any more."))
    if event.is_cancelled:
        return Refused(_("The event is cancelled: nobody is invited to it."))
    if event.is_withdrawn:
        return Refused(_("The event was withdrawn: nobody is invited to it."))
    if queries.next_date(event, now=now) is None:
        if event.starts is None:
            return Refused(_("The date is not fixed yet: give it before you invite."))
        return Refused(_("The event has begun or is over: nobody is invited to it any more."))
    if queries.public_pages_of(event.uid, now=now):
        return None
    pages = [page for page in queries.pages_of(event) if page.live]
    if not pages:
        return Refused(_("The page of the event is not published: publish it before you invite."))
    coming = [
        page.public_from
        for page in pages
        if page.audience == "public" and page.shut_because(now) == "embargoed" and page.public_from
    ]
    if not coming:
        return Refused(_("The page of the event is not open to everybody: people would find nothing."))
    at = min(coming)
    return Refused(
        _("It leaves when the event is made public, on %(until)s.") % {"until": formats.long_date(at)},
        until=at,
    )


def recheck_invitation(mailing: Any, now: datetime) -> None:
    """Refuse an invitation to what is cancelled, over, withdrawn or not public (yet)."""
    refused = why_not_invite(queries.event_of_uid(mailing.source_uid), now=now)
    if refused is not None:
        raise refused


def place_of_invitation(mailing: Any) -> str:
    """Where the words of an invitation are changed: the editor of the event's page."""
    event = queries.event_of_uid(mailing.source_uid)
    pages = queries.pages_of(event) if event is not None else []
    return reverse("wagtailadmin_pages:edit", args=[pages[0].pk]) if pages else ""


def invitation(mailing: Any, language: str, now: datetime, *, calendar: Calendar) -> Parts:
    """The invitation to an event's next date, in `language` or else in French, with its calendar file.

    Raises Refused where there is nothing to invite to.
    """
    event = queries.event_of_uid(mailing.source_uid)
    row = queries.next_date(event, now=now) if event is not None else None
    pages = queries.public_pages_of(event.uid, now=now) if event is not None else {}
    page = pages.get(language) or pages.get("fr") or next(iter(pages.values()), None)
    if event is None or row is None or page is None:
        raise Refused(_("There is nothing to invite to: look at the event."))
    code = page.locale.language_code
    with translation.override(code):
        values = queries.letter_values(row, language=code) | {
            "title": page.title,
            "event_url": page.public_url,
        }
        opens = registration_is_open(event, row, now=now)
        return letter(
            values,
            subject=_("Invitation: %(title)s") % {"title": title_in(values)},
            before=["[[greeting]]", _("We have the pleasure of inviting you.")],
            after=[
                *filter(None, (page.summary, _organiser(page))),
                *_how_to_come(event, opens=opens, now=now),
            ],
            link=f"{settings.PUBLIC_URL}{queries.register_path(page)}" if opens else page.public_url,
            button=_("Register") if opens else _("See the event"),
            attachments=calendar_file(values, calendar, max(event.updated_at, row.updated_at)),
            headers={"Content-Language": code},
        )


def _organiser(page: Any) -> str:
    return _("Organised by %s.") % page.organiser.rstrip(".") if page.organiser else ""


def _how_to_come(event: Event, *, opens: bool, now: datetime) -> list[str]:
    """Until when one registers, and what the attached file is."""
    said = []
    closes, begins = event.registration_closes_at, event.registration_opens_at
    if opens and closes is not None:
        said.append(_("Please register before %s.") % formats.long_date(closes))
    elif event.takes_registrations and begins is not None and begins > now:
        said.append(_("Registration opens on %s.") % formats.long_date(begins))
    said.append(_("The attached file puts the date in your calendar."))
    return said


# In a newsletter --------------------------------------------------------------------------------------------------
def tell(pages: Iterable[Any], *, language: str, now: datetime) -> dict[int, Story]:
    """What a newsletter says of events beside title and summary: kind, when and where, and whether it is cancelled."""
    dates = {row.event_id: row for row in queries.dates_of_events({page.event_id for page in pages}, now=now)}
    told = {}
    for page in pages:
        row = dates.get(page.event_id)
        if row is None:
            told[page.pk] = Story()
            continue
        facts = [_("Cancelled") if row.is_cancelled else "", row.when(language), row.place]
        told[page.pk] = Story(
            kicker=str(row.event.get_kind_display()), facts=[fact for fact in facts if fact]
        )
    return told


def news(since: datetime, now: datetime, language: str) -> list[Any]:
    """The events to come that a new issue of a newsletter begins with, soonest first."""
    return queries.coming_pages(language=language, now=now, limit=4)
