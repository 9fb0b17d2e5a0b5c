"""The words of mail that people of an event are owed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cms.core import formats, links
from cms.core.registry import Brief, Parts, Refused, Story
from events import queries
from events.models import Event, Registration
from events.policies import registration_is_open

#: Makes the calendar file of a delivery's values; given by `events.apps`, which knows mail and calendar both.
Calendar = Callable[..., bytes]


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


def link_of(values: Mapping[str, Any]) -> str:
    """The absolute address of the person's own page."""
    token = links.make(Registration.LINK_PURPOSE, UUID(values["registration"]), int(values["generation"]))
    return f"{settings.PUBLIC_URL}/r/{token}"


def _facts(values: Mapping[str, Any], *, online: bool) -> list[tuple[str, str]]:
    facts = [(_("When"), values["when"])]
    place = ", ".join(part for part in (values["place"], values["address"]) if part)
    if place:
        facts.append((_("Where"), place))
    if online and values.get("online_url"):
        facts.append((_("From afar"), values["online_url"]))
    return facts


def _parts(
    values: Mapping[str, Any],
    *,
    subject: str,
    before: list[str],
    after: list[str],
    button: str = "",
    online: bool = False,
    attachments: tuple[tuple[str, str, bytes], ...] = (),
) -> Parts:
    """Paragraphs, the facts of the date, one button: as text and as HTML, everything escaped."""
    return _letter(
        values,
        subject=subject,
        before=[_("Hello [[name]],"), *before],
        after=after,
        link=link_of(values),
        button=button,
        online=online,
        attachments=attachments,
    )


def _letter(
    values: Mapping[str, Any],
    *,
    subject: str,
    before: list[str],
    after: list[str],
    link: str,
    button: str = "",
    online: bool = False,
    attachments: tuple[tuple[str, str, bytes], ...] = (),
    headers: Mapping[str, str] | None = None,
) -> Parts:
    facts = _facts(values, online=online)
    text = [*before, values["title"] + "\n" + "\n".join(f"{name} : {said}" for name, said in facts)]
    html = [
        format_html("<h1>{}</h1>", subject),
        format_html_join("", "<p>{}</p>", ((line,) for line in before)),
        format_html("<h2>{}</h2>", values["title"]),
        format_html(
            "<p>{}</p>",
            format_html_join(
                SafeString("<br>"), "<strong>{}</strong>{} {}", ((name, " :", said) for name, said in facts)
            ),
        ),
    ]
    if button:
        text.append(f"{button} :\n{link}")
        html.append(_button(link, button))
    html.append(format_html_join("", "<p>{}</p>", ((line,) for line in after)))
    return Parts(subject, "\n\n".join([*text, *after]), "\n".join(map(str, html)), attachments, headers or {})


def _button(link: str, label: str) -> SafeString:
    return format_html('<p><a class="button" href="{}">{}</a></p>', link, label)


def _reason(values: Mapping[str, Any]) -> list[str]:
    return [values["reason"]] if values.get("reason") else []


def _title(values: Mapping[str, Any]) -> str:
    # One line and not too long: it stands in a subject.
    title = " ".join(str(values["title"]).split())
    return title if len(title) <= 90 else title[:89] + "…"


def _file(
    values: Mapping[str, Any], calendar: Calendar, stamp: datetime
) -> tuple[tuple[str, str, bytes], ...]:
    return (("event.ics", "text/calendar; charset=utf-8", calendar(values, stamp=stamp)),)


def confirm_address(delivery: Any, language: str, now: datetime) -> Parts:
    """Asks the person to confirm that the address is theirs."""
    values = delivery.values
    return _parts(
        values,
        subject=_("Confirm your registration: %(title)s") % {"title": _title(values)},
        before=[
            _(
                "Someone, probably you, registered with this address. Confirm it, and your registration counts."
            )
        ],
        button=_("Confirm my registration"),
        after=[
            _(
                "A seat is kept for you for one hour where there is one; after that it goes to whoever confirms first."
            ),
            _("If it was not you, do nothing: you will get no other mail."),
        ],
    )


def requested(delivery: Any, language: str, now: datetime) -> Parts:
    """Says that the registration awaits approval."""
    values = delivery.values
    return _parts(
        values,
        subject=_("Registration received: %(title)s") % {"title": _title(values)},
        before=[
            _("Your address is confirmed. The organisers answer each request; you will have word by mail.")
        ],
        button=_("See my registration"),
        after=[],
    )


def confirmed(delivery: Any, language: str, now: datetime, *, calendar: Calendar) -> Parts:
    """Says that the seat is theirs, with the calendar file and the personal link."""
    values = delivery.values
    return _parts(
        values,
        subject=_("Registration confirmed: %(title)s") % {"title": _title(values)},
        before=[_("Your registration is confirmed: a seat is kept for you.")],
        button=_("See my ticket, or cancel"),
        after=[
            _("Show the ticket's square code at the door, on your telephone or printed."),
            _("If you cannot come, cancel: somebody else will get the seat. This link is yours alone."),
        ],
        online=True,
        attachments=_file(values, calendar, delivery.created_at),
    )


def promoted(delivery: Any, language: str, now: datetime, *, calendar: Calendar) -> Parts:
    """Says that a seat came free and is theirs."""
    values = delivery.values
    return _parts(
        values,
        subject=_("A seat has come free for you: %(title)s") % {"title": _title(values)},
        before=[_("You were on the waiting list: a seat has come free, and it is yours.")],
        button=_("See my ticket, or cancel"),
        after=[_("If you cannot come any more, cancel: the seat goes to the next person at once.")],
        online=True,
        attachments=_file(values, calendar, delivery.created_at),
    )


def waiting(delivery: Any, language: str, now: datetime) -> Parts:
    """Says that the hall is full and that they are on the list."""
    values = delivery.values
    return _parts(
        values,
        subject=_("You are on the waiting list: %(title)s") % {"title": _title(values)},
        before=[
            _(
                "All seats are taken. You are on the waiting list; as soon as a seat comes free you get it, and a mail."
            )
        ],
        button=_("See my registration, or cancel"),
        after=[],
    )


def refused(delivery: Any, language: str, now: datetime) -> Parts:
    """Says that there is no seat for them, and why."""
    values = delivery.values
    why = _("All seats were taken when you confirmed.") if values.get("full") else ""
    return _parts(
        values,
        subject=_("Your registration could not be kept: %(title)s") % {"title": _title(values)},
        before=[
            _("We are sorry: your registration could not be kept."),
            *([why] if why else []),
            *_reason(values),
        ],
        after=[],
    )


def cancelled(delivery: Any, language: str, now: datetime) -> Parts:
    """Confirms that the registration is cancelled."""
    values = delivery.values
    return _parts(
        values,
        subject=_("Registration cancelled: %(title)s") % {"title": _title(values)},
        before=[_("Your registration is cancelled."), *_reason(values)],
        after=[_("If this was a mistake, register again on the event's page."), *_address(values)],
    )


def _address(values: Mapping[str, Any]) -> list[str]:
    return [values["event_url"]] if values.get("event_url") else []


def changed(delivery: Any, language: str, now: datetime, *, calendar: Calendar) -> Parts:
    """Tells of a new date or place."""
    values = delivery.values
    return _parts(
        values,
        subject=_("New date or place: %(title)s") % {"title": _title(values)},
        before=[_("The date or the place has changed. Here is what holds now."), *_reason(values)],
        button=_("See my registration, or cancel"),
        after=[_("Your registration stays as it is. The attached file corrects your calendar.")],
        attachments=_file(values, calendar, delivery.created_at),
    )


def called_off(delivery: Any, language: str, now: datetime, *, calendar: Calendar) -> Parts:
    """Tells that the date does not take place."""
    values = delivery.values
    return _parts(
        values,
        subject=_("Cancelled: %(title)s") % {"title": _title(values)},
        before=[_("This date is cancelled."), *_reason(values)],
        after=[_("The attached file takes it out of your calendar."), *_address(values)],
        attachments=_file(values, calendar, delivery.created_at),
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
        return _letter(
            values,
            subject=_("Invitation: %(title)s") % {"title": _title(values)},
            before=["[[greeting]]", _("We have the pleasure of inviting you.")],
            after=[
                *filter(None, (page.summary, _organiser(page))),
                *_how_to_come(event, opens=opens, now=now),
            ],
            link=f"{settings.PUBLIC_URL}{queries.register_path(page)}" if opens else page.public_url,
            button=_("Register") if opens else _("See the event"),
            attachments=_file(values, calendar, max(event.updated_at, row.updated_at)),
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
