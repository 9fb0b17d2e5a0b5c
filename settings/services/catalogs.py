"""Compiles every app's .po file into a .mo file with polib: no gettext tools needed."""

from __future__ import annotations

from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent.parent
FOLDERS = ("settings", "press", "events", "media_library", "cms")


def compile_all(base_dir: Path = BASE_DIR) -> list[Path]:
    """Write the .mo beside each .po that is newer; returns those written."""
    import polib

    written = []
    for folder in FOLDERS:
        for source in sorted((base_dir / folder).rglob("LC_MESSAGES/*.po")):
            target = source.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
                continue
            partial = target.with_suffix(f".mo.{id(target)}")
            polib.pofile(str(source)).save_as_mofile(str(partial))
            partial.replace(target)
            written.append(target)
    return written


if __name__ == "__main__":
    for path in compile_all():
        print(path.relative_to(BASE_DIR))
