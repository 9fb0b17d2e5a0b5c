"""What may come in: bytes are examined by their content, without decoding what could be a bomb.

`examine()` is called wherever bytes enter. It believes neither the name nor the browser's content type.
"""

from __future__ import annotations

import os
from typing import IO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from media_library.validators.documents import examine_document
from media_library.validators.drawings import examine_drawing
from media_library.validators.facts import FORMATS, LIMITS, Facts, kinds_of
from media_library.validators.images import examine_image
from media_library.validators.names import safe_name
from media_library.validators.sounds import examine_recording

__all__ = ["FORMATS", "LIMITS", "Facts", "announced", "examine", "safe_name"]


def examine(content: IO[bytes], filename: str, *, kind: str | None = None) -> Facts:
    """Return what a file is, read from its own bytes; leaves it at its beginning.

    kind: "image", "document", "audio", "video", or None for any. Raises ValidationError, a sentence for the
    officer, for what is empty, too big, of a kind not taken here, truncated, corrupt, over 40 megapixels
    (refused from its header alone), or not what its name says.
    """
    extension = extension_of(filename)
    kind = kind_of(extension, kind)
    content.seek(0, os.SEEK_END)
    size = content.tell()
    content.seek(0)
    _check_size(size, kind)
    try:
        if kind == "image" and extension == "svg":
            facts = examine_drawing(content, size)
        elif kind == "image":
            facts = examine_image(content, extension, size)
        elif kind == "document":
            facts = examine_document(content, extension, size)
        else:
            facts = examine_recording(content, extension, size, kind)
    finally:
        content.seek(0)
    return facts


def extension_of(filename: str) -> str:
    """The extension of a file name, in small letters, without its dot."""
    return os.path.splitext(filename)[1].lower().lstrip(".")


def announced(filename: str, size: int) -> str:
    """The kind of a file that is still to come, by its name and size. Raises ValidationError for what would be
    refused anyway: nobody sends a gigabyte to read so at its end."""
    kind = kind_of(extension_of(filename), None)
    _check_size(size, kind)
    return kind


def kind_of(extension: str, kind: str | None) -> str:
    """The kind of files of this extension, `kind` being the one that is wanted. Raises ValidationError."""
    kinds = kinds_of(extension)
    if extension in ("heic", "heif"):
        raise ValidationError(
            _("HEIC pictures are not accepted: few browsers show them. Save it as JPEG."), code="heic"
        )
    if not kinds or (kind is not None and kind not in kinds):
        wanted = sorted(known for known, (of, _type) in FORMATS.items() if kind is None or of == kind)
        raise ValidationError(
            _("Files of the type “.%(extension)s” are not accepted here. Accepted: %(wanted)s.")
            % {"extension": extension or "?", "wanted": ", ".join(wanted)},
            code="extension",
        )
    return kind or kinds[0]


def _check_size(size: int, kind: str) -> None:
    if size <= 0:
        raise ValidationError(_("This file is empty. Send it again."), code="empty")
    if size > LIMITS[kind]:
        raise ValidationError(
            _("This file is too big (%(size)s MB). The limit is %(limit)s MB.")
            % {"size": -(-size // 1_000_000), "limit": LIMITS[kind] // 1_000_000},
            code="size",
        )
