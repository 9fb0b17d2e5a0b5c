"""Bytes, what they are, who may have them."""

from media_library.models.archives import Archive
from media_library.models.assets import Asset, AssetText, Hold, Kind, Licence
from media_library.models.blobs import Blob
from media_library.models.downloads import AssetDownload
from media_library.models.files import LibraryDocument, LibraryMedia
from media_library.models.images import LibraryImage, LibraryRendition
from media_library.models.pages import MediaLibraryPage, MediaSectionPage
from media_library.models.people import Basis, Consent, Person
from media_library.models.recordings import (
    Failure,
    Preparation,
    Recording,
    RecordingVersion,
    SoundBite,
    Speech,
    Version,
)
from media_library.models.shares import ShareLink
from media_library.models.uploads import Upload
from media_library.models.versions import AssetVersion

__all__ = [
    "Archive",
    "Asset",
    "AssetDownload",
    "AssetText",
    "AssetVersion",
    "Basis",
    "Blob",
    "Consent",
    "Failure",
    "Hold",
    "Kind",
    "LibraryDocument",
    "LibraryImage",
    "LibraryMedia",
    "LibraryRendition",
    "Licence",
    "MediaLibraryPage",
    "MediaSectionPage",
    "Person",
    "Preparation",
    "Recording",
    "RecordingVersion",
    "ShareLink",
    "SoundBite",
    "Speech",
    "Upload",
    "Version",
]
