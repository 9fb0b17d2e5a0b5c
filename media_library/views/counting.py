"""Counting downloads: a number for each day, of nobody (ADR on counted downloads)."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from django.db import DatabaseError, transaction

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

log = logging.getLogger(__name__)

# What reads files for no person: it says so in its User-Agent, or says nothing.
_ROBOT: Final = re.compile(
    r"^\s*$|bot\b|bot/|crawl|spider|slurp|archiver|preview|monitor|uptime|facebookexternalhit|whatsapp|headless",
    re.IGNORECASE,
)
_FROM_THE_START: Final = re.compile(r"^bytes=0-(\d*)$")
# Players first ask for a few bytes to see whether ranges are answered (Safari for two).
PROBE: Final = 1024


def begins_download(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether this answer of `respond_file` is the first of a download by a person.

    One count per whole file, however often the line drops: a part counts only where it holds the first byte, and a
    later part where If-Range makes it the whole of another version. HEAD, 304, 412, 416, what is fetched ahead and
    robots count nothing. That the file arrived whole is not known (nginx sends it).
    """
    if request.method != "GET" or response.status_code not in (200, 206):
        return False
    if "prefetch" in request.headers.get("Sec-Purpose", request.headers.get("Purpose", "")):
        return False
    if _ROBOT.search(request.headers.get("User-Agent", "")):
        return False
    asked = request.headers.get("Range", "").replace(" ", "").lower()
    condition = request.headers.get("If-Range", "").strip()
    if not asked.startswith("bytes=") or (condition and condition != response.headers.get("ETag")):
        return True
    found = _FROM_THE_START.match(asked)
    return found is not None and (not found[1] or int(found[1]) + 1 >= PROBE)


def counted(count: Callable[[], None]) -> None:
    """Count; where that fails the reader has the file all the same."""
    try:
        with transaction.atomic():
            count()
    except DatabaseError:
        log.exception("media.download_not_counted")
