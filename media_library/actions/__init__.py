"""What changes the library. Each is one transaction; none rings Celery."""

from media_library.actions.archives import ArchiveBusy, Entry, build_archive, manifest_of
from media_library.actions.intake import describe_image, import_file, prepare, rendition
from media_library.actions.recordings import prepare_recording, retry_recording, sweep_work
from media_library.actions.rights import (
    AlreadyPublic,
    NotReleasable,
    close,
    hold,
    is_releasable,
    lift_holds,
    release,
    restore,
    withdraw,
)
from media_library.actions.rooms import lay_library
from media_library.actions.speeches import CaptionsNeeded, say, unsay, waive_captions
from media_library.actions.sweep import sweep
from media_library.actions.uploads import (
    BeingWritten,
    NoRoom,
    TooManyUploads,
    UploadOver,
    WrongOffset,
    begin_upload,
    continue_upload,
    drop_upload,
    finish_upload,
    sweep_uploads,
)

__all__ = [
    "AlreadyPublic",
    "ArchiveBusy",
    "BeingWritten",
    "CaptionsNeeded",
    "Entry",
    "NoRoom",
    "NotReleasable",
    "TooManyUploads",
    "UploadOver",
    "WrongOffset",
    "begin_upload",
    "build_archive",
    "close",
    "continue_upload",
    "describe_image",
    "drop_upload",
    "finish_upload",
    "hold",
    "import_file",
    "is_releasable",
    "lay_library",
    "lift_holds",
    "manifest_of",
    "prepare",
    "prepare_recording",
    "release",
    "rendition",
    "restore",
    "retry_recording",
    "say",
    "sweep",
    "sweep_uploads",
    "sweep_work",
    "unsay",
    "waive_captions",
    "withdraw",
]
