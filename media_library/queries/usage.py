"""Where an item is used: shown by something, or pointed to by what must not lose it."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.contenttypes.models import ContentType
from django.db.models import ProtectedError, RestrictedError
from django.db.models.deletion import Collector
from wagtail.models import ReferenceIndex

from media_library.models import (
    Asset,
    AssetText,
    AssetVersion,
    Consent,
    Hold,
    LibraryDocument,
    LibraryImage,
    LibraryMedia,
    LibraryRendition,
)

#: So many names of what keeps an item are said; more would be read by nobody.
NAMED: Final = 5


def uses(asset: Asset) -> list[tuple[Any, str]]:
    """Where an item is shown: (object, its kind in words), each once; pages, snippets, and the things of other apps.

    From Wagtail's index of references, which is written when such an object is saved. At most 100.
    """
    own = {ContentType.objects.get_for_model(model).pk for model in (Asset, *_OWN)}
    found: dict[tuple[int, str], tuple[Any, str]] = {}
    for target in (asset, asset.file):
        references = ReferenceIndex.get_references_to(target).exclude(base_content_type__in=own)
        for reference in references.select_related("base_content_type")[:300]:
            key = (reference.base_content_type_id, reference.object_id)
            if key in found or len(found) >= 100:
                continue
            model = reference.base_content_type.model_class()
            shown = model._default_manager.filter(pk=reference.object_id).first() if model else None
            if shown is not None:
                shown = getattr(shown, "specific", shown)
                found[key] = (shown, str(shown._meta.verbose_name))
    return sorted(found.values(), key=lambda use: (use[1], str(use[0])))


_OWN = (AssetText, Hold, Consent, AssetVersion, LibraryImage, LibraryDocument, LibraryMedia, LibraryRendition)


def kept_by(asset: Asset) -> list[str]:
    """The names of what keeps an item from being deleted, at most `NAMED`; none where it may go. Deletes nothing."""
    try:
        Collector(using="default", origin=asset).collect([asset])
    except (ProtectedError, RestrictedError) as error:
        held = error.protected_objects if isinstance(error, ProtectedError) else error.restricted_objects
        return sorted({f"« {one} »" for one in held})[:NAMED]
    return []
