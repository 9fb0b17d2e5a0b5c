"""What changes the library. Each is one transaction; none rings Celery."""

from media_library.actions.archives import ArchiveBusy, Entry, Made, build_archive
from media_library.actions.bulk import change_rights
from media_library.actions.checking import check, clean, preview
from media_library.actions.consents import note_consent, note_person, remove_person, withdraw_consent
from media_library.actions.downloads import count_download
from media_library.actions.intake import describe_image, import_file, prepare, prepare_later, rendition
from media_library.actions.publication import undescribed
from media_library.actions.recordings import prepare_recording, retry_recording, sweep_work
from media_library.actions.rights import (
    AlreadyPublic,
    NotReleasable,
    close,
    embargo,
    hold,
    is_releasable,
    lift_holds,
    make_public,
    release,
    restore,
    withdraw,
)
from media_library.actions.rooms import lay_library
from media_library.actions.shares import NotShareable, count_share, share, share_thing, unshare
from media_library.actions.sheets import LARGEST, RENDERED, draw_sheet
from media_library.actions.soundbites import (
    NotASoundBite,
    add_sound,
    change_sound,
    move_sound,
    open_sounds_of,
    remove_sound,
)
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
from media_library.actions.versions import take_back

__all__ = [
    "LARGEST",
    "RENDERED",
    "AlreadyPublic",
    "ArchiveBusy",
    "BeingWritten",
    "CaptionsNeeded",
    "Entry",
    "Made",
    "NoRoom",
    "NotASoundBite",
    "NotReleasable",
    "NotShareable",
    "TooManyUploads",
    "UploadOver",
    "WrongOffset",
    "add_sound",
    "begin_upload",
    "build_archive",
    "change_rights",
    "change_sound",
    "check",
    "clean",
    "close",
    "continue_upload",
    "count_download",
    "count_share",
    "describe_image",
    "draw_sheet",
    "drop_upload",
    "embargo",
    "finish_upload",
    "hold",
    "import_file",
    "is_releasable",
    "lay_library",
    "lift_holds",
    "make_public",
    "move_sound",
    "note_consent",
    "note_person",
    "open_sounds_of",
    "prepare",
    "prepare_later",
    "prepare_recording",
    "preview",
    "release",
    "remove_person",
    "remove_sound",
    "rendition",
    "restore",
    "retry_recording",
    "say",
    "share",
    "share_thing",
    "sweep",
    "sweep_uploads",
    "sweep_work",
    "take_back",
    "undescribed",
    "unsay",
    "unshare",
    "waive_captions",
    "withdraw",
    "withdraw_consent",
]
