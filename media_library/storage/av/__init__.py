"""Sounds and films through ffmpeg: what they are, how loud, and the versions made of them."""

from media_library.storage.av.child import (
    CannotRead,
    NoRoom,
    RecordingError,
    TookTooLong,
    ToolMissing,
    is_installed,
)
from media_library.storage.av.encode import (
    BROADCAST_LUFS,
    LISTENING_LUFS,
    Words,
    audio_versions,
    clean_copy,
    film_version,
    poster_frame,
    size_within,
)
from media_library.storage.av.probe import LONGEST, Loudness, Probed, is_plain, loudness_of, probe

__all__ = [
    "BROADCAST_LUFS",
    "LISTENING_LUFS",
    "LONGEST",
    "CannotRead",
    "Loudness",
    "NoRoom",
    "Probed",
    "RecordingError",
    "TookTooLong",
    "ToolMissing",
    "Words",
    "audio_versions",
    "clean_copy",
    "film_version",
    "is_installed",
    "is_plain",
    "loudness_of",
    "poster_frame",
    "probe",
    "size_within",
]
