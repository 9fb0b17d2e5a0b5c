"""What is done with bytes after they came in: looked at by the virus scanner, drawn as a preview."""

from __future__ import annotations

import io
import logging
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction

from media_library import validators
from media_library.actions.rights import locked
from media_library.models import Asset, Blob, LibraryDocument
from media_library.models.rows import keep
from media_library.storage import clamav, originals
from media_library.validators import child

log = logging.getLogger(__name__)
PREVIEW_SIDE = 1000


def check(blob: Blob, *, now: datetime) -> Blob:
    """Ask the scanner about bytes and about what they were made of, and let all their assets out of quarantine where
    it finds nothing; what it found is kept with the bytes, and they stay shut. Idempotent.

    Raises `storage.clamav.ScannerSilent`: they stay in quarantine, for another time.
    """
    finding = ""
    sources = Blob.objects.filter(cleaned=blob).exclude(pk=blob.pk).order_by("pk")
    for one in (blob, *sources) if settings.CLAMAV_URL else ():
        with originals().open(one.name) as content:
            finding = finding or clamav.scan(content, settings.CLAMAV_URL)
    with transaction.atomic():
        row = Blob.objects.select_for_update(no_key=True).get(pk=blob.pk)
        row.checked_at, row.finding = now, finding
        row.save(update_fields=["checked_at", "finding"])
        if not finding:
            Asset.objects.filter(blob=row, quarantined_at__isnull=False).update(quarantined_at=None)
    if finding:
        log.warning("media.virus", extra={"blob": row.sha256, "finding": finding})
    return row


@transaction.atomic
def clean(document: LibraryDocument) -> Asset:
    """Give a document that came in before clean copies were made its own; what was sent stays, private. Idempotent.

    One of which none can be made keeps what it has, and is not tried again. Raises OSError where its bytes are gone.
    """
    (asset,) = locked([document.asset])
    if asset.blob.cleaned_id is not None:
        return asset
    row = asset.document
    try:
        with originals().open(asset.blob.name) as content:
            row.file = File(content, name=asset.filename)
            row.save()
    except ValidationError:
        log.warning("media.cannot_clean", extra={"asset": asset.uid.hex})
        Blob.objects.filter(pk=asset.blob_id).update(cleaned=asset.blob_id)
        return asset
    return row.asset


def preview(document: LibraryDocument, *, now: datetime) -> LibraryDocument:
    """Draw the first page of a PDF, in a child with limits. One that cannot be drawn has no preview, and is not
    tried again. Idempotent."""
    try:
        with originals().open(document.asset.blob.name) as content:
            said, data = next(
                child.ask("first_page", content, side=PREVIEW_SIDE, seconds=20, memory=800_000_000)
            )
    except (child.CannotDecode, OSError):
        said, data = {}, b""
    with transaction.atomic():
        row = LibraryDocument.objects.select_for_update(of=("self",)).get(pk=document.pk)
        if row.looked_at is None and row.file.name == document.file.name:
            if data:
                row.poster = keep(io.BytesIO(data), validators.Facts("image", "image/jpeg", ".jpg"))
                row.page_count = said["pages"]
            row.looked_at = now
            row.save(update_fields=["poster", "page_count", "looked_at"])
    return row
