"""Small edges of the core itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.utils.translation import gettext as _

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
