"""What every answer carries: a request id, a line in the log, the security headers."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.db import DataError
from django.db.models import ProtectedError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.gzip import GZipMiddleware
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from modelsearch.backends.base import FilterFieldError, OrderByFieldError
from wagtail.contrib.redirects.middleware import RedirectMiddleware, get_redirect
from wagtail.contrib.redirects.models import Redirect

from cms.core import clock
from cms.core.client import LOOPBACK, is_peer_among
from cms.core.models import NotReady, SitePage
from cms.core.policies import tombstones, visible
from cms.core.reader import BadToken, Reader, reader_for
from cms.pages.views.errors import bad_request
from settings.logs import request_id

logger = logging.getLogger("kunnafoni.request")
GetResponse = Callable[[HttpRequest], HttpResponse]
_SANE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_FORWARDED = ("HTTP_X_FORWARDED_", "HTTP_FORWARDED", "HTTP_X_REAL_IP")
_NO_NUMBER = "expected a number but got"
_QUIET = ("/healthz", "/readyz", "/static/")


class RequestIdMiddleware:
    """Take a sane X-Request-ID or make one, log the request under it, and return it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        identifier = given if _SANE_ID.fullmatch(given) else secrets.token_hex(12)
        mark = request_id.set(identifier)
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = identifier
            if not request.path.startswith(_QUIET):
                self._log(request, response, (time.perf_counter() - started) * 1000)
            return response
        finally:
            request_id.reset(mark)

    def _log(self, request: HttpRequest, response: HttpResponse, milliseconds: float) -> None:
        # request.user is lazy: looking at it here must not cost a public page a query
        user = getattr(request, "_cached_user", None)
        logger.info(
            "%s %s %s",
            request.method,
            request.path,
            response.status_code,
            extra={
                "status": response.status_code,
                "milliseconds": round(milliseconds, 1),
                "user": user.pk if user is not None and user.is_authenticated else None,
            },
        )


class ForwardedMiddleware:
    """Forget what a request says of its way here, unless a proxy that we named says it.

    Without a named one, the scheme alone is taken from this machine itself: an https site whose processes speak
    http has a proxy in front, and nobody else can speak from here.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_peer_among(request, settings.TRUSTED_PROXIES):
            kept = set()
            if not settings.TRUSTED_PROXIES and is_peer_among(request, LOOPBACK):
                kept = {"HTTP_X_FORWARDED_PROTO"}
            for name in [name for name in request.META if name.startswith(_FORWARDED) and name not in kept]:
                del request.META[name]
        return self.get_response(request)


class AdminWeightMiddleware(GZipMiddleware):
    """Compress the administration's own answers, and let browsers keep its drawings.

    An editor is 200 kB of HTML, four in five of which gzip takes away. Public pages and the API are left to the
    server in front, which weakens their ETags as it compresses. Django masks CSRF tokens anew in each answer and
    pads it at random, against guessing them from sizes (BREACH).
    """

    def process_response(self, request: Any, response: Any) -> Any:
        if not request.path.startswith("/admin/"):
            return response
        if request.path == "/admin/sprite/" and request.GET.get("h") and response.status_code == 200:
            # Its address names its content.
            del response.headers["Cache-Control"]
            del response.headers["Expires"]
            patch_cache_control(response, private=True, max_age=365 * 24 * 3600, immutable=True)
        return super().process_response(request, response)


class SecurityHeadersMiddleware:
    """A strict content policy on public pages, Wagtail's needs below /admin/, and no device permissions."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        in_admin = request.path.startswith("/admin/")
        policy = settings.CSP_ADMIN if in_admin else settings.CSP_PUBLIC
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        if in_admin:
            response.headers["X-Frame-Options"] = "SAMEORIGIN"
        return response


class OddQueryMiddleware:
    """Keep what a query string may hold, and no list can be asked for, from failing as an error of ours.

    A NUL, which no text of the database holds, is dropped before anything reads it (the API names it itself, with
    its 400). Where a GET still asks for what cannot be looked for (a key that is no number, a number no column
    holds, an order or filter that the search does not know), the answer is 400, and the log keeps the reason.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if "%00" in query and not request.path.startswith("/++api++"):
            request.META["QUERY_STRING"] = query.replace("%00", "")
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if request.method not in ("GET", "HEAD") or not request.META.get("QUERY_STRING"):
            return None
        odd = isinstance(exception, DataError | FilterFieldError | OrderByFieldError) or (
            isinstance(exception, ValueError) and _NO_NUMBER in str(exception)
        )
        if not odd:
            return None
        logger.warning("%s cannot be asked that: %r", request.path, exception)
        return bad_request(request, exception)


class InUseMiddleware:
    """Say on the desk what still uses a thing that somebody wants to delete; nothing is deleted then.

    Wagtail looks at what points to the row it knows. Kits, sounds and proofs point to the asset behind a picture or
    document: there the database alone refuses.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        desk = request.path.startswith("/admin/") and request.method == "POST"
        if not desk or not isinstance(exception, ProtectedError):
            return None
        uses = sorted({f"« {one} »" for one in exception.protected_objects})
        said = ", ".join(uses[:3]) + (" …" if len(uses) > 3 else "")
        messages.error(
            request,
            _(
                "Nothing was deleted, since it is still used: %(uses)s. Take it out there first. To take it from "
                "the public at once, withdraw it."
            )
            % {"uses": said},
        )
        return HttpResponseRedirect(request.get_full_path())


class NotReadyMiddleware:
    """Say in the admin why a page was not published, on the screen where that is put right.

    The editor's button says it in its form; this is for an approval and for several pages at once, whose screens are
    Wagtail's own. Nothing of what they began was kept.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, NotReady) or not request.path.startswith("/admin/"):
            return None
        for sentence in exception.messages:
            messages.error(request, sentence)
        return HttpResponseRedirect(reverse("wagtailadmin_pages:edit", args=[exception.page_pk]))


class GuardedRedirectMiddleware(RedirectMiddleware):
    """Wagtail's redirects, to pages that this reader may see alone.

    Wagtail makes one by itself when the address of a live page changes; that of a text under embargo would name it,
    title and all, to anyone who asks for its former address.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        found: HttpResponse = super().process_response(request, response)
        if found is response:
            return response
        try:
            reader = reader_for(request)
        except BadToken:
            return response
        if not self._leads_to_what_is_seen(request, reader):
            return response
        # A browser keeps a 301 for good where nothing is said.
        found.headers["Cache-Control"] = "public, no-cache" if reader.is_anonymous else "private, no-store"
        return found

    @staticmethod
    def _leads_to_what_is_seen(request: HttpRequest, reader: Reader) -> bool:
        path = Redirect.normalise_path(request.get_full_path(), decode_unicode=False)
        row = get_redirect(request, path) or get_redirect(request, urlsplit(path).path)
        if row is None or row.redirect_page_id is None:
            return row is not None
        page, now = SitePage.objects.filter(pk=row.redirect_page_id), clock.now()
        return any(these(page, reader=reader, now=now).exists() for these in (visible, tombstones))
