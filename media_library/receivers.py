"""When a row that Wagtail knows goes, its asset goes with it; the bytes wait for the sweep."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete

from media_library.models import Asset, LibraryDocument, LibraryImage, LibraryMedia


def delete_asset(instance: Any, **kwargs: Any) -> None:
    """Delete the asset of a deleted row. ProtectedError, and so the whole deletion undone, where it is in use."""
    Asset.objects.filter(pk=instance.asset_id).delete()


def connect() -> None:
    """Connect the receivers."""
    for model in (LibraryImage, LibraryDocument, LibraryMedia):
        post_delete.connect(
            delete_asset, sender=model, dispatch_uid=f"media_library.delete_asset.{model.__name__}"
        )
