"""The edges of the library."""

from media_library.views.counting import begins_download, counted
from media_library.views.guarded import media, nothing
from media_library.views.responding import respond_file
from media_library.views.shares import share, shared_file, shared_part

__all__ = [
    "begins_download",
    "counted",
    "media",
    "nothing",
    "respond_file",
    "share",
    "shared_file",
    "shared_part",
]
