"""What the corrections of a release changed, for everybody to see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.template.response import TemplateResponse

from press.queries.history import history

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from cms.core.registry import Context
    from press.models import ReleasePage


def corrections(request: HttpRequest, page: ReleasePage, ctx: Context) -> HttpResponse:
    """`corrections`: each correction with the words before and after. 404 for a text that was never corrected."""
    found = history(page.release, language=page.locale.language_code)
    if not found:
        raise Http404
    context = {"page": page, "ctx": ctx, "changes": found, "seed": page.release.kind, "noindex": True}
    return TemplateResponse(request, "press/corrections.html", context)
