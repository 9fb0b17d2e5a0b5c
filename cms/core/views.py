"""Small edges of the core itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, JsonResponse
from django.middleware.csrf import get_token
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from wagtail.admin.auth import require_admin_access
from wagtail.admin.views.chooser import BrowseView, ChosenMultipleView

from cms.core import clock, health, queries
from cms.core.reader import reader_for

if TYPE_CHECKING:
    from django.http import HttpRequest


def session_state(request: HttpRequest) -> JsonResponse:
    """Tell the open editor whether its session holds, with today's CSRF token (it changes at sign-in).

    Answers ``{"signed_in": bool, "csrf": str, "words": {…}}`` to anyone: an editor whose session has ended must
    be able to ask. Never stored.
    """
    signed_in = request.user.is_authenticated
    response = JsonResponse(
        {
            "signed_in": signed_in,
            "csrf": get_token(request) if signed_in else "",
            "words": {
                "title": _("Your session has ended. Nothing you typed is lost."),
                "sign_in": _("Sign in again in another tab"),
                "again": _("I have signed in: save now"),
                "offline": _(
                    "The network does not answer. Your words stay on this page; save again in a moment."
                ),
            },
        }
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _choosable(request: HttpRequest, keys: list[str]) -> list[str]:
    """Those of `keys` that name pages which this account may choose, in their order."""
    numbers = [key for key in keys if key.isdecimal() and len(key) < 19]
    found = queries.choosable(
        queries.pages_by_key(numbers), user=request.user, reader=reader_for(request), now=clock.now()
    )
    offered = {str(key) for key in found.values_list("pk", flat=True)}
    return [key for key in numbers if key in offered]


@never_cache
@require_admin_access
def choose_below(request: HttpRequest, parent_page_id: int) -> Any:
    """Wagtail's page chooser opened at a page, which it names: 404 for one that is not offered."""
    if not _choosable(request, [str(parent_page_id)]):
        raise Http404
    return BrowseView.as_view()(request, parent_page_id)


@never_cache
@require_admin_access
def chosen_pages(request: HttpRequest) -> Any:
    """Wagtail's answer with the titles of several chosen pages, without those that are not offered."""
    offered = request.GET.copy()
    offered.setlist("id", _choosable(request, request.GET.getlist("id")))
    request.GET = offered  # type: ignore[assignment]
    return ChosenMultipleView.as_view()(request)


def healthz(request: HttpRequest) -> JsonResponse:
    """Say that this process answers; asks nothing of any server."""
    return _unstored(JsonResponse({"status": "ok"}))


def readyz(request: HttpRequest) -> JsonResponse:
    """Say whether the whole can work: 200, or 503 with which of database, broker, scheduler… cannot."""
    ready, checks = health.readiness()
    return _unstored(
        JsonResponse(
            {"status": "ready" if ready else "not ready", "checks": checks}, status=200 if ready else 503
        )
    )


def _unstored(response: JsonResponse) -> JsonResponse:
    response.headers["Cache-Control"] = "no-store"
    return response
