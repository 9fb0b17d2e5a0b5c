"""Where bytes lie, and how the public ones are derived from the private ones."""

from media_library.storage.files import (
    ContentStorage,
    PrivateStorage,
    archives,
    originals,
    renditions,
    uploads,
)

__all__ = ["ContentStorage", "PrivateStorage", "archives", "originals", "renditions", "uploads"]
