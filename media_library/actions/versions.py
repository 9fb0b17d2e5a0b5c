"""A former file becomes the present one again."""

from __future__ import annotations

from typing import Any

from django.core.files.base import File
from django.db import transaction

from media_library.actions.rights import locked
from media_library.models import Asset, AssetVersion
from media_library.storage import originals


@transaction.atomic
def take_back(version: AssetVersion, *, user: Any = None) -> Asset:
    """Give an item the file that it had before; what it has now becomes a former file in its turn. Idempotent.

    The bytes pass the same examination as an upload. Raises ValidationError where they no longer pass it, and
    FileNotFoundError where they are gone; nothing has changed then.
    """
    (asset,) = locked([version.asset])
    if asset.blob_id in (version.blob_id, version.blob.cleaned_id):
        return asset
    row = asset.file
    with originals().open(version.blob.name) as content:
        row.replaced_by = user
        row.file = File(content, name=version.filename)
        row.save()
    return row.asset
