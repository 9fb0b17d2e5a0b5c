"""File names that are safe anywhere and still readable in French, Bambara and N'Ko."""

from __future__ import annotations

import os
import unicodedata
from typing import Final

MAX_BYTES: Final = 120
_KEPT: Final = {"L", "M", "N"}
_RESERVED: Final = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"com{n}" for n in range(10)),
    *(f"lpt{n}" for n in range(10)),
}


def safe_name(filename: str, extension: str) -> str:
    """Return a file name with the given extension (".jpg") from whatever a browser sent.

    Letters, marks and digits of all scripts stay, joined by "-"; folders, controls, bidirectional overrides,
    and further extensions go. At most 120 bytes in UTF-8 before the extension; "fichier" where nothing is left.
    """
    last = filename.replace("\\", "/").rsplit("/", 1)[-1]
    stem = unicodedata.normalize("NFC", os.path.splitext(last)[0])
    kept = "".join(
        char if unicodedata.category(char)[0] in _KEPT or char == "_" else "-"
        for char in stem
        if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )
    stem = "-".join(part for part in kept.split("-") if part)
    stem = stem.encode()[:MAX_BYTES].decode(errors="ignore").strip("-_")
    while stem and unicodedata.category(stem[0])[0] == "M":
        stem = stem[1:]
    if not stem or stem.lower() in _RESERVED:
        stem = f"fichier-{stem}".rstrip("-")
    return stem + extension
