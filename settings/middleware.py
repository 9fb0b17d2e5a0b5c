"""What every answer carries: a request id, a line in the log, the security headers."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from cms.core.client import LOOPBACK, is_peer_among
from settings.logs import request_id

logger = logging.getLogger("kunnafoni.request")
GetResponse = Callable[[HttpRequest], HttpResponse]
_SANE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_FORWARDED = ("HTTP_X_FORWARDED_", "HTTP_FORWARDED", "HTTP_X_REAL_IP")
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
