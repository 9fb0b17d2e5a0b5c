"""The press at an event, at short notice: the list by which newsrooms are called or written to on their telephones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe
from wagtail.admin import messages

from cms.core import clock
from cms.core.exports import stream_csv
from events import queries
from events.models import Event
from events.queries.press import guests_out_of_mail, out_of_mail, to_telephone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

    from events.models import Invitation, Occurrence

EXPORT = "events.export_registration"


@require_safe
def phones_csv(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """Name, newsroom, telephone (E.164) and a text ready to send; those without an e-mail first.

    `?moved` is for a new date or place (`&date=`: of one date): those alone whom no mail tells, with what holds now.
    """
    if not request.user.has_perm(EXPORT):
        raise PermissionDenied
    event = get_object_or_404(Event, pk=pk)
    headings = (_("Name"), _("Organisation"), _("Telephone"), _("E-mail"), _("Text to send"))
    lines = _moved_lines(event, request.GET.get("date", "")) if "moved" in request.GET else _off_lines(event)
    response = StreamingHttpResponse(stream_csv(headings, lines), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="telephones-{event.pk}.csv"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _off_lines(event: Event) -> Iterator[list[str]]:
    prepared = event.ready_texts.filter(key="cancelled").first()
    standard = _("[titre], [date], will not take place then. We shall tell you what follows.")
    text = " ".join(queries.filled(prepared.body if prepared else standard, event).split())
    now = clock.now()
    for one in to_telephone(event, now=now).iterator(500):
        yield [one.name, one.organisation, one.phone, one.email, text]
    for guest in guests_out_of_mail(event, now=now).iterator(500):
        yield _guest_line(guest, text)


def _guest_line(guest: Invitation, text: str) -> list[str]:
    """A guest invited on paper: without a telephone in the address book too, for they are written to."""
    contact = guest.contact
    organisation = contact.organisation.name if contact.organisation else ""
    return [contact.name, organisation, contact.primary_phone or "", "", text]


def _moved_lines(event: Event, date: str) -> Iterator[list[str]]:
    row = event.occurrences.filter(recurrence_id=date[:15].replace("\x00", "")).first() if date else None
    title = queries.title_of(event, language="fr")[0]
    now = clock.now()
    for one in out_of_mail(event, row=row, now=now).iterator(500):
        yield [one.name, one.organisation, one.phone, one.email, _moved_text(title, one.occurrence)]
    for guest in guests_out_of_mail(event, row=row, now=now).iterator(500):
        yield _guest_line(guest, _moved_text(title, guest.occurrence))


def _moved_text(title: str, row: Occurrence) -> str:
    when = ", ".join(filter(None, (row.when("fr"), row.place)))
    return _("%(title)s: what holds now is %(when)s.") % {"title": title, "when": when}


def say_whom_to_call(request: HttpRequest, number: int, event: Event, *, query: str = "") -> None:
    """Say after a change how many of its people no mail reaches, with the list by which they are called."""
    if not number:
        return
    words = ngettext(
        "No mail reaches %(n)s person (a telephone alone, or invited on paper): call or write to them.",
        "No mail reaches %(n)s people (a telephone alone, or invited on paper): call or write to them.",
        number,
    )
    buttons = []
    if request.user.has_perm(EXPORT):
        address = reverse("events_phones", args=[event.pk]) + query
        buttons.append(messages.button(address, _("List of telephones, with a text (CSV)")))
    messages.warning(request, words % {"n": number}, buttons=buttons)
