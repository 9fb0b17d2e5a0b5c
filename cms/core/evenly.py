"""How long a public form takes tells nothing of who is known: a stranger costs more work than who is registered."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpResponse

if TYPE_CHECKING:
    from django.http import HttpRequest

View = Callable[..., HttpResponse]


def evenly(view: View) -> View:
    """Give the thanks of a form (303) no sooner than after `settings.EVEN_ANSWER_SECONDS`, whatever it cost.

    Everything else is answered at once: it depends on what was typed alone.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        begun = time.monotonic()
        response = view(request, *args, **kwargs)
        if request.method == "POST" and response.status_code == 303:
            time.sleep(max(0.0, begun + settings.EVEN_ANSWER_SECONDS - time.monotonic()))
        return response

    return answer
