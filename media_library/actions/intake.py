"""Bytes come in; sizes are made of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from typing import IO, Any

from django.conf import settings
from django.core.files.base import File
from django.db import transaction

from media_library import validators
from media_library.actions.rights import release
from media_library.models import (
    Asset,
    Kind,
    LibraryDocument,
    LibraryImage,
    LibraryMedia,
    LibraryRendition,
    Licence,
)
from media_library.storage import presets, render
from media_library.validators.facts import kinds_of


@transaction.atomic
def import_file(
    *,
    fileobj: IO[bytes],
    filename: str,
    title: str,
    alt: str = "",
    credit: str = "",
    user: Any = None,
    now: datetime,
    released: bool = False,
    caption: str = "",
    decorative: bool = False,
    language: str = settings.LANGUAGE_CODE,
    copyright: str = "",
    licence: str = Licence.PRESS,
    taken_at: datetime | None = None,
    place: str = "",
    expires_at: datetime | None = None,
    duration: float = 0,
    thumbnail: IO[bytes] | None = None,
    translations: Mapping[str, dict[str, str]] | None = None,
) -> Asset:
    """Take a file into the library and return its asset; `released` makes it public at once.

    alt and caption are in `language`; `translations` holds {"en": {"alt": …, "caption": …}}.
    What it is follows from its bytes and must agree with the name's extension. Raises ValidationError, with a
    sentence under "file" (or "thumbnail"), for whatever `validators.examine` refuses; nothing is kept then.
    """
    extension = os.path.splitext(filename)[1].lower().lstrip(".")
    kinds = kinds_of(extension)
    if not kinds:
        validators.examine(fileobj, filename)
    kind = Kind(kinds[0])
    row: LibraryImage | LibraryDocument | LibraryMedia
    if kind == Kind.IMAGE:
        row = LibraryImage(description=alt[:255])
    elif kind == Kind.DOCUMENT:
        row = LibraryDocument()
    else:
        row = LibraryMedia(type=kind.value, duration=duration)
        if thumbnail is not None:
            row.thumbnail = File(thumbnail, name=os.path.basename(getattr(thumbnail, "name", "poster.jpg")))
    row.title = title[:255]
    row.uploaded_by_user = user if user is not None and user.pk else None
    row.file = File(fileobj, name=os.path.basename(filename.replace("\0", "")))
    row.about = {
        "credit": credit,
        "copyright": copyright,
        "licence": licence,
        "taken_at": taken_at,
        "place": place,
        "expires_at": expires_at,
        "released_at": now if released and kind != Kind.VIDEO else None,
    }
    if alt or caption or decorative:
        row.words = {
            language: {"alt": "" if decorative else alt, "caption": caption, "decorative": decorative}
        }
    if translations:
        row.words = {**(row.words or {}), **{code: dict(said) for code, said in translations.items()}}
    if isinstance(row, (LibraryImage, LibraryDocument)):
        _note_size(row)
    row.save()
    return release(row.asset, now) if released and kind == Kind.VIDEO else row.asset


def _note_size(row: LibraryImage | LibraryDocument) -> None:
    if isinstance(row, LibraryImage):
        row._set_image_file_metadata()
    else:
        row._set_document_file_metadata()


@transaction.atomic
def describe_image(
    image: LibraryImage,
    *,
    title: str,
    alt: str,
    decorative: bool,
    caption: str,
    language: str = settings.LANGUAGE_CODE,
) -> None:
    """Say of a picture what it shows, in `language`; a decorative one has no alternative text."""
    image.title = title[:255]
    image.words = {language: {"alt": "" if decorative else alt, "caption": caption, "decorative": decorative}}
    image.save()


def prepare(image: LibraryImage, *, now: datetime) -> None:
    """Render all public sizes and those of the admin's lists ahead, with one decode. Raises CannotRender.

    Running it five times at once leaves one row and one file per size.
    """
    wanted = [*presets.PUBLIC, "max-165x165", "max-800x600"]
    image.create_renditions(*wanted)
    # not where they were thrown away again since: then it is still to be done
    kept = LibraryImage.objects.filter(pk=image.pk, prepared_at__isnull=True, renditions__isnull=False)
    kept.update(prepared_at=now)


def prepare_later(image: LibraryImage, *, now: datetime) -> None:
    """Render the sizes in AVIF, and offer them from now on. Raises CannotRender. Idempotent, as `prepare` is."""
    image.create_renditions(*presets.LATER)
    kept = LibraryImage.objects.filter(pk=image.pk, avif_at__isnull=True, renditions__isnull=False)
    kept.update(avif_at=now)


def rendition(image: LibraryImage, variant: presets.Variant) -> LibraryRendition:
    """The rendition of a picture in a variant, rendered now where it never was or its file is gone.

    Raises `storage.render.CannotRender` where the source is unreadable.
    """
    row = image.create_rendition(variant)
    if not row.file.storage.exists(row.file.name):
        row.delete()
        row = image.create_rendition(variant)
    return row


CannotRender = render.CannotRender
