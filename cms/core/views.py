"""Small edges of the core itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.utils.translation import gettext as _

from cms.core import health

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
