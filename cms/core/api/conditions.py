"""Entity tags ``"<state>.<representation>"`` and the requests made conditional upon them (RFC 9110, section 13).

The state half is the page's lock version: it alone is compared by If-Match, so that a reader of any language,
expansion or role may write what they read. The representation half is a hash of the very bytes: If-None-Match
compares the whole, so that a listing whose children changed, or an answer made for another reader, is never 304.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING

from cms.core.api.problems import Problem

if TYPE_CHECKING:
    from django.http import HttpRequest

_TAG = re.compile(r'(?:W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
# Servers that compress rename tags: nginx weakens them (W/), Apache appends -gzip or -br inside the quotes.
_COMPRESSED = re.compile(r"[-;](?:gzip|br|zstd|deflate)$")


def etag(state: int, body: bytes) -> str:
    """Return the entity tag of `body`, said of an object in `state`."""
    return f'"{state}.{sha256(body).hexdigest()[:24]}"'


def _tags(header: str) -> list[str]:
    return [_COMPRESSED.sub("", tag) for tag in _TAG.findall(header)]


def not_modified(request: HttpRequest, tag: str) -> bool:
    """Whether If-None-Match names `tag` (weak comparison, whole)."""
    header = request.headers.get("If-None-Match", "")
    if not header:
        return False
    return header.strip() == "*" or tag.strip('"') in _tags(header)


def require_state(request: HttpRequest, state: int) -> None:
    """Raise Problem (412) where If-Match names another state than this one. No header, no condition."""
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return
    states = [tag.split(".", 1)[0] for tag in _tags(header)]
    if str(state) not in states:
        raise Problem(
            412,
            "precondition-failed",
            "The object has changed since you read it. Read it again, then repeat your change.",
        )
