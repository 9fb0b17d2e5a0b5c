"""Private places on disk: originals named by their content, renditions and archives.

All lie below `settings.MEDIA_ROOT`, which no web server may serve: bytes leave through the guarded views alone.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

CHUNK = 1 << 20


@contextmanager
def whole_file(target: Path) -> Iterator[IO[bytes]]:
    """Write a file that appears at `target` whole or not at all, in its place by an atomic rename.

    Any exception inside, a full disk for one, leaves nothing behind.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".part-")
    try:
        with os.fdopen(handle, "w+b") as part:
            yield part
            part.flush()
            os.fsync(part.fileno())
        os.chmod(name, 0o640)
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def sha256_of(content: IO[bytes]) -> tuple[str, int]:
    """Return the SHA-256 (64 hexadecimal digits) and the size of an open file, read from its beginning."""
    content.seek(0)
    digest, size = hashlib.sha256(), 0
    while piece := content.read(CHUNK):
        digest.update(piece)
        size += len(piece)
    content.seek(0)
    return digest.hexdigest(), size


class PrivateStorage(FileSystemStorage):
    """A folder below MEDIA_ROOT without addresses: `url()` of a bare file does not exist."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        super().__init__(location=None, base_url=None)

    @property
    def base_location(self) -> str:  # type: ignore[override]
        return os.path.join(settings.MEDIA_ROOT, self.folder)

    @property
    def location(self) -> str:  # type: ignore[override]
        return os.path.abspath(self.base_location)

    def url(self, name: str | None) -> str:
        """Private files have no address of their own; the row that owns the bytes has one."""
        raise ValueError("A private file has no address; ask the asset or the rendition for its own.")

    def deconstruct(self) -> tuple[str, tuple[str], dict[str, Any]]:
        return ("media_library.storage.PrivateStorage", (self.folder,), {})

    def _save(self, name: str, content: File) -> str:  # type: ignore[type-arg]
        with whole_file(Path(self.path(name))) as part:
            for piece in content.chunks():
                part.write(piece)
        return name


class ContentStorage(PrivateStorage):
    """Files named by the SHA-256 of their bytes: written once, never changed, shared by equal uploads.

    `delete()` does nothing, whoever calls it (Wagtail does when a file is replaced): the bytes belong to a
    Blob, and only the sweep of unreferenced blobs calls `remove()`.
    """

    def deconstruct(self) -> tuple[str, tuple[str], dict[str, Any]]:
        return ("media_library.storage.ContentStorage", (self.folder,), {})

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name

    def name_for(self, digest: str, extension: str) -> str:
        """The name of the bytes with this digest: "ab/ab12….jpg"."""
        return f"{digest[:2]}/{digest}{extension}"

    def _save(self, name: str, content: File) -> str:  # type: ignore[type-arg]
        digest, _ = sha256_of(content)  # type: ignore[arg-type]
        extension = os.path.splitext(name)[1].lower()
        name = self.name_for(digest, extension if extension[1:].isalnum() else "")
        if not os.path.exists(self.path(name)):
            with whole_file(Path(self.path(name))) as part:
                for piece in content.chunks(CHUNK):
                    part.write(piece)
        return name

    def delete(self, name: str) -> None:
        """Keep the file; see the class."""

    def remove(self, name: str) -> None:
        """Remove the bytes for good."""
        super().delete(name)


_originals = ContentStorage("originals")
_renditions = PrivateStorage("renditions")
_archives = PrivateStorage("archives")
_uploads = PrivateStorage("uploads")


def originals() -> ContentStorage:
    """The storage of uploaded bytes."""
    return _originals


def renditions() -> PrivateStorage:
    """The storage of derived images."""
    return _renditions


def archives() -> PrivateStorage:
    """The storage of built archives."""
    return _archives


def uploads() -> PrivateStorage:
    """The storage of what has arrived of files that are on their way in."""
    return _uploads
