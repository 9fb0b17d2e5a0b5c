"""The contact sheet of a selection: small pictures with their names, credits and licences, to look at or to print."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from textwrap import shorten
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from cms.core import formats
from media_library import policies
from media_library.actions.intake import CannotRender, rendition
from media_library.documents import LETTERS, Cell, contact_sheet
from media_library.models import Asset, Kind, LibraryRendition
from media_library.storage import presets

LARGEST: Final = 120  # items on one sheet: ten pages
RENDERED: Final = 12  # small pictures made while somebody waits, where the worker has not made them yet
THUMBNAIL: Final = presets.BY_NAME["web-320.jpg"]


def draw_sheet(assets: Iterable[Asset], *, now: datetime) -> bytes:
    """The contact sheet of these items, in their order, as a PDF in French: the name of each file, its title, credit,
    licence, and whether it is public at `now`.

    Reads what `queries.whole` brings along. A frame stands for what is no picture, what cannot be read, what waits
    for the virus scanner, and for all but the first `RENDERED` of those whose small size is still to be made.
    """
    left = RENDERED
    cells = []
    with override(settings.LANGUAGE_CODE):
        for asset in assets:
            small = _made(asset)
            if small is None and left and _may_be_drawn(asset):
                left -= 1
                small = _now(asset)
            cells.append(_cell(asset, small, now=now))
        return contact_sheet(
            cells, title=_("Media library, %(day)s") % {"day": formats.day(now, "fr", weekday=False)}
        )


def _may_be_drawn(asset: Asset) -> bool:
    return asset.kind == Kind.IMAGE and asset.quarantined_at is None and not asset.image.is_svg()


def _made(asset: Asset) -> LibraryRendition | None:
    """The small size where the worker has made it, its file too."""
    if not _may_be_drawn(asset):
        return None
    for row in asset.image.renditions.all():
        if row.filter_spec == THUMBNAIL.spec and row.focal_point_key == asset.image.focus_key:
            return row if Path(row.file.path).is_file() else None
    return None


def _now(asset: Asset) -> LibraryRendition | None:
    try:
        return rendition(asset.image, THUMBNAIL)
    except (CannotRender, OSError):
        return None


def _cell(asset: Asset, small: LibraryRendition | None, *, now: datetime) -> Cell:
    words = [shorten(asset.title, LETTERS, placeholder="…")]
    words.append(f"{_('Credit')} : {asset.credit}" if asset.credit else _("Without credit"))
    words.append(asset.get_licence_display())
    if not policies.is_public(asset, now=now):
        words.append(_("Not public"))
    return Cell(
        name=asset.filename,
        words=words,
        picture=Path(small.file.path).read_bytes() if small is not None else None,
        size=(small.width, small.height) if small is not None else (0, 0),
        kind=asset.filename.rpartition(".")[2].upper(),
    )
