"""The press room over the API: what each type says of itself, and what may be made and changed of it."""

from press.api.reading import RELEASE_PREFETCH, contacts, kit, listing, release, room
from press.api.writing import (
    KitCreate,
    KitPatch,
    ReleaseCreate,
    ReleasePatch,
    create_kit,
    create_release,
    kit_service,
    patch_release,
    patch_words,
)

__all__ = [
    "RELEASE_PREFETCH",
    "KitCreate",
    "KitPatch",
    "ReleaseCreate",
    "ReleasePatch",
    "contacts",
    "create_kit",
    "create_release",
    "kit",
    "kit_service",
    "listing",
    "patch_release",
    "patch_words",
    "release",
    "room",
]
