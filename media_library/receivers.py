"""What follows from a row that Wagtail knows: its sizes are rendered; when it goes, its asset goes with it."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save
from wagtail import signals as wagtail_signals

from cms.core import clock
from cms.core.models import SitePage
from cms.core.ring import ring
from media_library.actions.publication import open_files_of
from media_library.models import Asset, LibraryDocument, LibraryImage, LibraryMedia


def delete_asset(instance: Any, **kwargs: Any) -> None:
    """Delete the asset of a deleted row. ProtectedError, and so the whole deletion undone, where it is in use."""
    Asset.objects.filter(pk=instance.asset_id).delete()


def ring_for_sizes(instance: LibraryImage, raw: bool = False, **kwargs: Any) -> None:
    """Wake a worker to render a new picture's sizes; without one they are rendered when first asked for."""
    if instance.prepared_at is None and not raw:
        ring("media_library.tasks.prepare", instance.pk)


def ring_for_versions(instance: LibraryMedia, raw: bool = False, **kwargs: Any) -> None:
    """Wake a worker to prepare a sound or film; the sweep finds what a ring lost."""
    if not raw:
        ring("media_library.tasks.prepare_recording", instance.asset_id)


def ring_for_looks(instance: Any, raw: bool = False, **kwargs: Any) -> None:
    """Wake a worker for what waits for the scanner, and for the first page of a document."""
    if not raw and (instance.asset.quarantined_at is not None or isinstance(instance, LibraryDocument)):
        ring("media_library.tasks.look", instance.asset_id)


def page_published(instance: Any, **kwargs: Any) -> None:
    """Open the files of a page that has just gone public; the things of press and events see to their own."""
    if isinstance(instance, SitePage):
        open_files_of(instance, now=clock.now())


def connect() -> None:
    """Connect the receivers."""
    for model in (LibraryImage, LibraryDocument, LibraryMedia):
        post_delete.connect(
            delete_asset, sender=model, dispatch_uid=f"media_library.delete_asset.{model.__name__}"
        )
        post_save.connect(
            ring_for_looks, sender=model, dispatch_uid=f"media_library.ring_for_looks.{model.__name__}"
        )
    wagtail_signals.page_published.connect(page_published, dispatch_uid="media_library.page_published")
    post_save.connect(ring_for_sizes, sender=LibraryImage, dispatch_uid="media_library.ring_for_sizes")
    post_save.connect(ring_for_versions, sender=LibraryMedia, dispatch_uid="media_library.ring_for_versions")
