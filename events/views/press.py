"""The press at an event, at short notice: the list by which newsrooms are called or written to on their telephones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms.core import clock
from cms.core.exports import stream_csv
from events import queries
from events.models import Event
from events.queries.press import to_telephone

if TYPE_CHECKING:
    from django.http import HttpRequest

EXPORT = "events.export_registration"


@require_safe
def phones_csv(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """Name, newsroom, telephone (E.164) and a text ready to send; those without an e-mail first."""
    if not request.user.has_perm(EXPORT):
        raise PermissionDenied
    event = get_object_or_404(Event, pk=pk)
    prepared = event.ready_texts.filter(key="cancelled").first()
    standard = _("[titre], [date], will not take place then. We shall tell you what follows.")
    text = " ".join(queries.filled(prepared.body if prepared else standard, event).split())
    headings = (_("Name"), _("Organisation"), _("Telephone"), _("E-mail"), _("Text to send"))
    people = to_telephone(event, now=clock.now())
    lines = ([one.name, one.organisation, one.phone, one.email, text] for one in people.iterator(500))
    response = StreamingHttpResponse(stream_csv(headings, lines), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="telephones-{event.pk}.csv"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
