"""Send a private file: whole, in part, or not again. Shared by media, renditions, posters and archives.

RFC 9110 (conditional requests, ranges), RFC 9530 (Repr-Digest), RFC 6266 (Content-Disposition).

Behind nginx (`settings.MEDIA_ACCEL_PREFIX`) the bytes are nginx's affair; its location must keep our validators,
or a rebuilt server breaks resumed downloads (measured):

    location /<prefix>/ {
        internal; alias <MEDIA_ROOT>/; etag off;
        add_header ETag $upstream_http_etag;
        add_header Repr-Digest $upstream_http_repr_digest;
        add_header Content-Security-Policy $upstream_http_content_security_policy;
        add_header X-Content-Type-Options nosniff;
    }
"""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Final
from urllib.parse import quote

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseNotAllowed, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header, parse_etags

if TYPE_CHECKING:
    from django.http import HttpRequest

# Measured, of 32 kB to 4 MB: less is asked for too often, more leaves the processor's cache before it is sent.
CHUNK: Final = 128 * 1024
_RANGE: Final = re.compile(r"^bytes=(\d{0,18})-(\d{0,18})$")
# Nothing of what people upload may run as a page of ours.
CSP: Final = "default-src 'none'; sandbox"
# A drawing has its colours in a style sheet of its own.
CSP_DRAWING: Final = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


def respond_file(
    request: HttpRequest,
    *,
    path: str,
    size: int,
    content_type: str,
    digest: str,
    filename: str,
    public: bool,
    inline: bool = False,
) -> HttpResponseBase:
    """Answer GET or HEAD with the file at `path`, once the caller has decided that the reader may have it.

    size: its bytes. digest: the SHA-256 of all of them, 64 hexadecimal digits: the strong ETag and Repr-Digest
    follow from it, so that a download begun on one server is resumed on another. One range is answered (206, or
    416), several give the whole; If-Range, If-Match and If-None-Match are honoured. public: whether caches may
    keep it (always asking again); otherwise nothing is stored. inline: shown in the browser, not saved.
    Raises Http404 where the file is gone.
    """
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    etag = f'"{digest[:32]}"'
    headers = {
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Cache-Control": "public, no-cache" if public else "private, no-store",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": CSP_DRAWING if content_type == "image/svg+xml" else CSP,
        "Repr-Digest": f"sha-256=:{base64.b64encode(bytes.fromhex(digest)).decode()}:",
        "Content-Disposition": content_disposition_header(not inline, filename) or "attachment",
    }
    if not _matches(request, etag):
        return HttpResponse(status=412, headers=headers)
    if _is_known(request, etag):
        return HttpResponse(status=304, headers={name: headers[name] for name in ("ETag", "Cache-Control")})
    if settings.MEDIA_ACCEL_PREFIX:
        return _accelerated(path, content_type, headers)
    part = _part(request, size, etag)
    if part is None:
        return HttpResponse(status=416, headers=headers | {"Content-Range": f"bytes */{size}"})
    start, end = part
    partial = end - start != size
    headers["Content-Length"] = str(end - start)
    if partial:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    status = 206 if partial else 200
    if request.method == "HEAD":
        if not os.path.exists(path):
            raise Http404
        return HttpResponse(status=status, content_type=content_type, headers=headers)
    try:
        file = open(path, "rb", buffering=0)  # noqa: SIM115 (closed by the stream)
    except OSError as error:
        raise Http404 from error
    return StreamingHttpResponse(
        _stream(file, start, end), status=status, content_type=content_type, headers=headers
    )


def _accelerated(path: str, content_type: str, headers: dict[str, str]) -> HttpResponse:
    inside = os.path.relpath(path, settings.MEDIA_ROOT)
    if inside.startswith(".."):
        raise Http404
    headers["X-Accel-Redirect"] = f"{settings.MEDIA_ACCEL_PREFIX.rstrip('/')}/{quote(inside)}"
    return HttpResponse(content_type=content_type, headers=headers)


def _matches(request: HttpRequest, etag: str) -> bool:
    """If-Match, by strong comparison."""
    asked = request.headers.get("If-Match")
    return asked is None or asked.strip() == "*" or etag in parse_etags(asked)


def _is_known(request: HttpRequest, etag: str) -> bool:
    """If-None-Match, by weak comparison: nginx weakens what it compresses."""
    asked = request.headers.get("If-None-Match")
    if asked is None:
        return False
    return asked.strip() == "*" or etag in [tag.removeprefix("W/") for tag in parse_etags(asked)]


def _part(request: HttpRequest, size: int, etag: str) -> tuple[int, int] | None:
    """The half-open slice asked for; the whole where Range does not apply; None where it cannot be satisfied.

    Range belongs to GET alone; an If-Range that is not this very ETag (a date, a weak tag) gives the whole.
    """
    asked = request.headers.get("Range", "").strip().lower()
    condition = request.headers.get("If-Range")
    if request.method != "GET" or not asked or (condition is not None and condition.strip() != etag):
        return 0, size
    found = _RANGE.match(asked.replace(" ", ""))
    if found is None or not (found[1] or found[2]):
        return 0, size
    if not found[1]:
        suffix = int(found[2])
        return (max(0, size - suffix), size) if suffix and size else None
    start = int(found[1])
    end = min(int(found[2]) + 1, size) if found[2] else size
    if found[2] and int(found[2]) < start:
        return 0, size
    return (start, end) if start < size else None


def _stream(file: IO[bytes], start: int, end: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        left = end - start
        while left > 0:
            piece = file.read(min(CHUNK, left))
            if not piece:
                return
            left -= len(piece)
            yield piece
