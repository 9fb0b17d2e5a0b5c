"""Two clicks on « Save », or a post that a bad line sends again, make one thing."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, HttpResponseRedirect

from cms.core import clock
from events import actions

if TYPE_CHECKING:
    from django.http import HttpRequest

View = Callable[..., HttpResponse]
TOKEN = "csrfmiddlewaretoken"  # noqa: S105


def once(view: View) -> View:
    """Do each post of a view that makes something once; posted again, it is answered as the first was.

    A form has a token of its own each time that it is shown (Django masks it anew): the same token with the same
    words is the same post. Gone back to and written anew, it is another one.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST" or not request.POST.get(TOKEN):
            return view(request, *args, **kwargs)

        def make() -> tuple[HttpResponse, str]:
            made = view(request, *args, **kwargs)
            return made, made.headers.get("Location", "") if made.status_code in (302, 303) else ""

        made, leads_to = actions.do_once(mark=_mark(request), make=make, now=clock.now())
        return made if made is not None else HttpResponseRedirect(leads_to)

    return answer


def _mark(request: HttpRequest) -> str:
    files = sorted((name, one.name, one.size) for name, some in request.FILES.lists() for one in some)
    said = (request.user.pk, request.get_full_path(), sorted(request.POST.lists()), files)
    return sha256(repr(said).encode(errors="surrogatepass")).hexdigest()
