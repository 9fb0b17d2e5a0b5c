"""What is taken, how big it may be, and what examining a file tells."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MAX_PIXELS: Final = 40_000_000
LIMITS: Final = {
    "image": 30_000_000,
    "document": 60_000_000,
    "audio": 200_000_000,
    "video": 1_000_000_000,
}
# extension → (kind, content type)
FORMATS: Final[dict[str, tuple[str, str]]] = {
    "jpg": ("image", "image/jpeg"),
    "jpeg": ("image", "image/jpeg"),
    "png": ("image", "image/png"),
    "webp": ("image", "image/webp"),
    "gif": ("image", "image/gif"),
    "svg": ("image", "image/svg+xml"),
    "pdf": ("document", "application/pdf"),
    "docx": ("document", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xlsx": ("document", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "pptx": ("document", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    "odt": ("document", "application/vnd.oasis.opendocument.text"),
    "ods": ("document", "application/vnd.oasis.opendocument.spreadsheet"),
    "odp": ("document", "application/vnd.oasis.opendocument.presentation"),
    "txt": ("document", "text/plain; charset=utf-8"),
    "csv": ("document", "text/csv; charset=utf-8"),
    "mp3": ("audio", "audio/mpeg"),
    "wav": ("audio", "audio/wav"),
    "ogg": ("audio", "audio/ogg"),
    "opus": ("audio", "audio/ogg"),
    "m4a": ("audio", "audio/mp4"),
    "mp4": ("video", "video/mp4"),
    "webm": ("video", "video/webm"),
}


@dataclass(frozen=True)
class Facts:
    """kind, content type and canonical extension (".jpg") of the bytes; for pictures width and height upright, and
    what they look like (`storage.pixels.fingerprint`); for documents the bytes that leave in the place of these, None
    where these leave themselves."""

    kind: str
    content_type: str
    extension: str
    width: int = 0
    height: int = 0
    fingerprint: int | None = None
    clean: bytes | None = field(default=None, repr=False)


def kinds_of(extension: str) -> tuple[str, ...]:
    """The kinds that files of this extension belong to."""
    found = FORMATS.get(extension)
    return (found[0],) if found else ()


def lying(extension: str, actual: str) -> ValidationError:
    """The error for a file that is not what its name says."""
    return ValidationError(
        _("This file is named “.%(extension)s” but contains %(actual)s. Save it again in its real format.")
        % {"extension": extension, "actual": actual},
        code="lying",
    )


def damaged() -> ValidationError:
    """The error for a file that was cut off or damaged, on its way most often."""
    return ValidationError(
        _("This file is incomplete or damaged: it was probably cut off on its way. Send it again."),
        code="damaged",
    )
