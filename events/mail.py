"""The words of mail that people of an event are owed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cms.core import links
from cms.core.registry import Brief, Parts, Refused
from events import queries
from events.models import Registration

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
    link = link_of(values)
    facts = _facts(values, online=online)
    hello = _("Hello [[name]],")
    text = [hello, *before, values["title"] + "\n" + "\n".join(f"{name} : {said}" for name, said in facts)]
    if button:
        text.append(f"{button} :\n{link}")
    text += after
    paragraph = "<p>{}</p>"
    html = [
        format_html("<h1>{}</h1>", subject),
        format_html_join("", paragraph, ((line,) for line in (hello, *before))),
        format_html("<h2>{}</h2>", values["title"]),
        format_html(
            "<p>{}</p>",
            format_html_join(
                SafeString("<br>"), "<strong>{}</strong>{} {}", ((name, " :", said) for name, said in facts)
            ),
        ),
    ]
    if button:
        html.append(
            format_html(
                '<p><a href="{}" style="display:inline-block;background:#1d3f72;color:#fbf7f0;padding:14px 22px;'
                'font-weight:600;text-decoration:none;border-radius:2px;">{}</a></p>',
                link,
                button,
            )
        )
    html.append(format_html_join("", paragraph, ((line,) for line in after)))
    return Parts(subject, "\n\n".join(text), "\n".join(map(str, html)), attachments)


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
