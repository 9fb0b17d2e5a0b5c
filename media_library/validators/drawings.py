"""Drawings: taken in where they can be cleaned, which is tried in the child; what was sent stays as it was, private."""

from __future__ import annotations

from typing import IO, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from media_library.validators import child
from media_library.validators.facts import FORMATS, Facts

LIMIT: Final = 3_000_000


def examine_drawing(content: IO[bytes], size: int) -> Facts:
    """See `examine`. Width and height are nominal (`storage.drawings.SIDE`): a drawing is sharp in any size."""
    if size > LIMIT:
        raise _unclean()
    try:
        said = next(child.ask("drawing", content))[0]
    except child.CannotDecode as error:
        raise (_raster() if error.code == "raster" else _unclean()) from error
    return Facts("image", FORMATS["svg"][1], ".svg", *said["size"])


def _unclean() -> ValidationError:
    return ValidationError(
        _(
            "This SVG drawing cannot be cleaned: it is damaged, has no size, or draws too much. Save it again as "
            "plain SVG, or as PNG."
        ),
        code="svg",
    )


def _raster() -> ValidationError:
    return ValidationError(
        _("This SVG drawing holds a photograph. Save it as PNG, or draw without the photograph."), code="svg"
    )
