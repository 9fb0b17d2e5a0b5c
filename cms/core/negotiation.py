"""Content negotiation by the Accept header (RFC 9110, section 12.5.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpRequest

HTML = "text/html"
JSON = "application/json"


def _ranges(header: str) -> list[tuple[str, float]]:
    found = []
    for part in header.split(",")[:40]:
        name, *parameters = (piece.strip() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip().lower() == "q":
                try:
                    quality = min(max(float(value), 0.0), 1.0)
                except ValueError:
                    quality = 0.0
        found.append((name.lower(), quality))
    return found


def _preference(ranges: list[tuple[str, float]], media_type: str) -> tuple[float, int]:
    """The quality of a media type, and how exactly it was named (2 whole, 1 by kind, 0 by ``*/*``)."""
    kind = media_type.split("/")[0]
    for exactness, wanted in ((2, media_type), (1, f"{kind}/*"), (0, "*/*")):
        for name, quality in ranges:
            if name == wanted:  # the most specific range decides
                return quality, exactness if quality else 0
    return 0.0, 0


def wants_json(request: HttpRequest) -> bool:
    """Whether the client prefers JSON to HTML: by quality, then by which one it names.

    ``*/*``, a full tie and a missing header mean HTML.
    """
    header = request.headers.get("Accept", "")
    if "json" not in header.lower() and "application/*" not in header:
        return False
    ranges = _ranges(header)
    return _preference(ranges, JSON) > _preference(ranges, HTML)
