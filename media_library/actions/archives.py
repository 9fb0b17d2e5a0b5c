"""Archives: the same bytes whenever the same things are packed, so that a download can be resumed."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from media_library import policies
from media_library.actions.intake import rendition
from media_library.models import Archive, Asset, Kind
from media_library.models.recordings import file_for
from media_library.storage import archives, originals, presets
from media_library.storage.files import CHUNK, whole_file

VERSION: Final = 1
EPOCH: Final = (1980, 1, 1, 0, 0, 0)
LOCK: Final = 0x6B756E6E  # a namespace of advisory locks for building archives


class ArchiveBusy(Exception):
    """The disk has no room for the archive. The message is for whoever asked."""


@dataclass(frozen=True)
class Entry:
    """An asset to pack, in a preset ("light", "press", "print"; no matter for what is no picture)."""

    asset: Asset
    preset: str = "press"


@dataclass(frozen=True)
class _Member:
    name: str
    sha256: str
    size: int
    path: str
    title: str
    credit: str
    copyright: str
    licence: str
    caption: str
    uid: str


def manifest_of(entries: Iterable[Entry], *, now: datetime) -> str:
    """The digest of the manifest that `build_archive` would pack; sizes that were never rendered are rendered."""
    return _digest(_members(entries, now=now))


def build_archive(*, entries: Iterable[Entry], now: datetime) -> Archive:
    """Return the archive of these assets, built once however many ask at once.

    A STORED ZIP with fixed times and sorted UTF-8 names, MANIFEST.json, SHA256SUMS and CREDITS.txt: the same
    entries give the same bytes. What is withdrawn or expired at `now` is left out, and any change of bytes,
    credit or caption makes another manifest and so another archive. Whether a reader may have it is not
    decided here. Raises ArchiveBusy where the disk is full: no half file and no row is left.
    """
    members = _members(entries, now=now)
    manifest = _digest(members)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, int(manifest[:8], 16) - 0x80000000])
        found = Archive.objects.filter(manifest=manifest).first()
        if found is not None and Path(found.path).exists():
            Archive.objects.filter(pk=found.pk).update(last_used_at=now)
            return found
        name = f"{manifest[:2]}/{manifest}.zip"
        target = Path(archives().path(name))
        try:
            with whole_file(target) as part:
                _write(part, members)
        except OSError as error:
            raise ArchiveBusy(_("The archive cannot be made just now. Take the files one by one.")) from error
        digest, size = _file_digest(target)
        archive, _created = Archive.objects.update_or_create(
            manifest=manifest,
            defaults={
                "digest": digest,
                "size": size,
                "name": name,
                "entry_count": len(members),
                "built_at": now,
                "last_used_at": now,
            },
        )
        return archive


def _file_digest(path: Path) -> tuple[str, int]:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size


def _members(entries: Iterable[Entry], *, now: datetime) -> list[_Member]:
    found: dict[str, _Member] = {}
    for entry in sorted(entries, key=lambda one: (one.asset.filename, one.asset.uid.hex)):
        if not policies.is_usable(entry.asset, now=now):
            continue
        member = _member(entry)
        if member is None:
            continue
        name, number = member.name, 2
        while member.name in found:
            stem, dot, extension = name.rpartition(".")
            member = _Member(**{**member.__dict__, "name": f"{stem}-{number}{dot}{extension}"})
            number += 1
        found[member.name] = member
    return [found[name] for name in sorted(found)]


def _member(entry: Entry) -> _Member | None:
    """None for a sound or film of which nothing may leave yet."""
    asset = entry.asset
    words = asset.text_in(settings.LANGUAGE_CODE)
    shared: dict[str, Any] = {
        "title": asset.title,
        "credit": asset.credit,
        "copyright": asset.copyright,
        "licence": asset.licence,
        "caption": words.caption if words else "",
        "uid": asset.uid.hex,
    }
    if asset.kind == Kind.IMAGE:
        image = asset.image
        variant = presets.PRESETS[entry.preset][0][-1]
        row = rendition(image, variant)
        name = image.name_of(variant)
        return _Member(name=name, sha256=row.sha256, size=row.file_size, path=row.file.path, **shared)
    if asset.kind in (Kind.AUDIO, Kind.VIDEO):
        found = file_for(asset, entry.preset)
        if found is None:
            return None
        blob, name = found
    else:
        blob, name = asset.blob, asset.filename
    path = originals().path(blob.name)
    return _Member(name=name, sha256=blob.sha256, size=blob.size, path=path, **shared)


def _described(members: list[_Member]) -> list[dict[str, Any]]:
    kept = ("name", "sha256", "size", "title", "credit", "copyright", "licence", "caption", "uid")
    return [{key: getattr(member, key) for key in kept} for member in members]


def _digest(members: list[_Member]) -> str:
    described = json.dumps(
        {"version": VERSION, "files": _described(members)}, ensure_ascii=False, sort_keys=True
    )
    return hashlib.sha256(described.encode()).hexdigest()


def _write(part: IO[bytes], members: list[_Member]) -> None:
    manifest = json.dumps(
        {"version": VERSION, "files": _described(members)}, ensure_ascii=False, indent=1, sort_keys=True
    )
    texts = {
        "CREDITS.txt": _credits(members),
        "MANIFEST.json": manifest + "\n",
        "SHA256SUMS": "".join(f"{member.sha256}  {member.name}\n" for member in members),
    }
    with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED, allowZip64=True) as package:
        for name, text in texts.items():
            data = text.encode()
            _store(package, name, len(data), lambda write, data=data: write(data))  # type: ignore[misc]
        for member in members:
            _store(package, member.name, member.size, lambda write, path=member.path: _copy(path, write))  # type: ignore[misc]


def _store(
    package: zipfile.ZipFile, name: str, size: int, fill: Callable[[Callable[[bytes], Any]], None]
) -> None:
    """One stored member with its sizes and CRC in the local header: no data descriptor (flag bit 3), which old
    Java and Android readers refuse for stored members; UTF-8 names (flag bit 11)."""
    info = zipfile.ZipInfo(name, date_time=EPOCH)
    info.compress_type = zipfile.ZIP_STORED
    info.external_attr = 0o644 << 16
    info.create_system = 3
    info.file_size = size
    with package.open(info, "w", force_zip64=size > zipfile.ZIP64_LIMIT) as member:
        fill(member.write)


def _copy(path: str, write: Callable[[bytes], Any]) -> None:
    with open(path, "rb") as file:
        while piece := file.read(CHUNK):
            write(piece)


def _credits(members: list[_Member]) -> str:
    """Who is to be credited for what, in French: the archive is one file for readers of any language."""
    from media_library.models import Licence

    with override(settings.LANGUAGE_CODE):
        parts = [str(_("Credits to print with these files")) + "\n"]
        for member in members:
            lines = [member.name, f"  {member.title}"]
            if member.caption:
                lines.append(f"  {member.caption}")
            lines.append(f"  {_('Credit')} : {member.credit or '–'}")
            if member.copyright:
                lines.append(f"  © {member.copyright}")
            lines.append(f"  {_('Licence')} : {Licence(member.licence).label}")
            parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)
