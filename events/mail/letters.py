"""How a letter about an event is made: paragraphs, the facts of the date, one button; as text and as HTML."""

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
from cms.core.registry import Parts
from events.models import Registration

#: Makes the calendar file of a delivery's values; given by `events.apps`, which knows mail and calendar both.
Calendar = Callable[..., bytes]


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


def parts(
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
    return letter(
        values,
        subject=subject,
        before=[_("Hello [[name]],"), *before],
        after=after,
        link=link_of(values),
        button=button,
        online=online,
        attachments=attachments,
    )


def letter(
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
        html.append(button_of(link, button))
    html.append(format_html_join("", "<p>{}</p>", ((line,) for line in after)))
    return Parts(subject, "\n\n".join([*text, *after]), "\n".join(map(str, html)), attachments, headers or {})


def button_of(link: str, label: str) -> SafeString:
    return format_html('<p><a class="button" href="{}">{}</a></p>', link, label)


def reason(values: Mapping[str, Any]) -> list[str]:
    return [values["reason"]] if values.get("reason") else []


def title_in(values: Mapping[str, Any]) -> str:
    # One line and not too long: it stands in a subject.
    title = " ".join(str(values["title"]).split())
    return title if len(title) <= 90 else title[:89] + "…"


def calendar_file(
    values: Mapping[str, Any], calendar: Calendar, stamp: datetime
) -> tuple[tuple[str, str, bytes], ...]:
    return (("event.ics", "text/calendar; charset=utf-8", calendar(values, stamp=stamp)),)


def calendar_request(
    delivery: Any, calendar: Calendar, *, method: str = "REQUEST", answer: str = "NEEDS-ACTION"
) -> tuple[tuple[str, str, bytes], ...]:
    """The same file as a word to the person's calendar (iMIP, RFC 6047), from the sender's address.

    The number of the change is that of the event and its date; what is sent later has a later DTSTAMP, by which
    calendars know which of two with one number holds (RFC 5546, 2.1.5).
    """
    sender = delivery.mailing.sender
    if sender is None:
        return calendar_file(delivery.values, calendar, delivery.created_at)
    asks = {
        "method": method,
        "organizer": (sender.name, sender.replies_to),
        "attendee": (str(delivery.values.get("name", "")), delivery.address),
        "answer": answer,
    }
    body = calendar(delivery.values, stamp=delivery.created_at, asks=asks)
    return (("event.ics", f"text/calendar; charset=utf-8; method={method}", body),)


def address_of(values: Mapping[str, Any]) -> list[str]:
    return [values["event_url"]] if values.get("event_url") else []
