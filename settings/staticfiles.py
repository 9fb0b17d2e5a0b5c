"""Static files under hashed names, kept also as gzip and brotli."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """A file that a package names but does not ship is left as it is, instead of stopping the start."""

    manifest_strict = False
