"""Short addresses, `/p/<code>`: on posters, in text messages, behind QR codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from cms.core import api, clock
from cms.core.queries import page_of_short
from cms.core.reader import BadToken, reader_for

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_safe
def short(request: HttpRequest, code: str) -> HttpResponse:
    """Lead to the page that a code names, or to the page that says it was withdrawn.

    What this reader may not see yet is not there: the one 404. The address is the page's own at the moment, never
    remembered by anybody between (a page may move).
    """
    try:
        reader = reader_for(request)
    except BadToken:
        return api.error_response(request, 401)
    page = page_of_short(code, reader=reader, now=clock.now())
    if page is None:
        raise Http404
    response = HttpResponseRedirect(page.public_path)
    response.headers["Cache-Control"] = "public, no-cache" if reader.is_anonymous else "private, no-store"
    return response
