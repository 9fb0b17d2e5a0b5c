"""Static files under hashed names, kept also as gzip and brotli."""

from __future__ import annotations

from typing import Any

import brotli
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Brotli's last two levels take ten times as long, for some three hundredths of the size.
BROTLI_QUALITY = 9


class QuickCompressor(Compressor):
    """Gzip and brotli, without brotli's slowest levels."""

    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        compressed: bytes = brotli.compress(data, quality=BROTLI_QUALITY)
        return compressed


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """A file that a package names but does not ship is left as it is, instead of stopping the start."""

    manifest_strict = False

    def create_compressor(self, **kwargs: Any) -> Compressor:
        return QuickCompressor(**kwargs)
