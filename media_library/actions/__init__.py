"""What changes the library. Each is one transaction; none rings Celery."""

from media_library.actions.archives import ArchiveBusy, Entry, build_archive, manifest_of
from media_library.actions.intake import import_file, prepare, rendition
from media_library.actions.rights import (
    AlreadyPublic,
    NotReleasable,
    close,
    hold,
    lift_holds,
    release,
    restore,
    withdraw,
)
from media_library.actions.rooms import lay_library
from media_library.actions.sweep import sweep

__all__ = [
    "AlreadyPublic",
    "ArchiveBusy",
    "Entry",
    "NotReleasable",
    "build_archive",
    "close",
    "hold",
    "import_file",
    "lay_library",
    "lift_holds",
    "manifest_of",
    "prepare",
    "release",
    "rendition",
    "restore",
    "sweep",
    "withdraw",
]
