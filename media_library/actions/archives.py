"""Archives: the same bytes whenever the same things are packed, so that a download can be resumed."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from media_library import policies
from media_library.actions.intake import CannotRender, rendition
from media_library.documents import Cell, contact_sheet
from media_library.models import Archive, Asset, Kind, Licence
from media_library.models.recordings import file_for
from media_library.storage import archives, originals, presets
from media_library.storage.files import CHUNK, whole_file

EPOCH: Final = (1980, 1, 1, 0, 0, 0)
LOCK: Final = 0x6B756E6E  # a namespace of advisory locks for building archives
SHEET: Final = "PLANCHE-CONTACT.pdf"
THUMBNAIL: Final = presets.BY_NAME["web-320.jpg"]
Progress = Callable[[int, int], None]


class ArchiveBusy(Exception):
    """The archive cannot be built now: no room on the disk, or a file that cannot be read. The message is for
    whoever asked."""


@dataclass(frozen=True)
class Entry:
    """An asset to pack, in a preset ("light", "press", "print"; no matter for what is no picture).

    folder: where it lies in the archive ("2-photographies"), "" for its top.
    """

    asset: Asset
    preset: str = "press"
    folder: str = ""


@dataclass(frozen=True)
class Made:
    """A file that was made for the archive, not taken from the library: a release as PDF."""

    name: str
    data: bytes
    title: str
    folder: str = ""


@dataclass(frozen=True)
class _Member:
    name: str
    sha256: str
    size: int
    title: str
    credit: str = ""
    copyright: str = ""
    licence: str = ""
    restriction: str = ""
    caption: str = ""
    uid: str = ""
    path: str = ""
    data: bytes = b""
    thumbnail: str = ""
    pixels: tuple[int, int] = (0, 0)

    def pour(self, write: Callable[[bytes], Any]) -> None:
        """Write all its bytes, a piece at a time."""
        if not self.path:
            write(self.data)
            return
        with open(self.path, "rb") as file:
            while piece := file.read(CHUNK):
                write(piece)


def build_archive(
    *,
    entries: Iterable[Entry],
    now: datetime,
    made: Iterable[Made] = (),
    title: str = "",
    progress: Progress = lambda done, total: None,
    replaced: Callable[[Archive, str], None] = lambda archive, digest: None,
) -> Archive:
    """Return the archive of these assets and made files, built once however many ask at once.

    A STORED ZIP with fixed times and sorted UTF-8 names, MANIFEST.json, SHA256SUMS, CREDITS.txt and a contact
    sheet under `title`: the same entries give the same bytes. What is withdrawn or expired at `now` is left out,
    and any change of bytes, credit or caption makes another manifest and so another archive. Whether a reader may
    have it is not decided here. progress(done, total) is told of each file made ready; replaced(archive, digest) of the
    former digest, where an archive whose file is gone is built again and its bytes are others. Raises ArchiveBusy where
    the disk is full or a file cannot be read: no half file and no row is left.
    """
    members = _members(list(entries), list(made), now=now, progress=progress)
    manifest = _digest(title, members)
    with transaction.atomic():
        build_alone(manifest)
        found = Archive.objects.filter(manifest=manifest).first()
        if found is not None and Path(found.path).exists():
            Archive.objects.filter(pk=found.pk).update(last_used_at=now)
            return found
        archive = _built(manifest, title, members, now=now)
        if found is not None and found.digest != archive.digest:
            replaced(archive, found.digest)
        return archive


def build_alone(manifest: str) -> None:
    """Wait until nobody else builds or removes the archive of this manifest, and keep them out to the end of the
    transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, int(manifest[:8], 16) - 0x80000000])


def _built(manifest: str, title: str, members: list[_Member], *, now: datetime) -> Archive:
    """Write the archive whole, and then its row; ArchiveBusy leaves neither."""
    name = f"{manifest[:2]}/{manifest}.zip"
    target = Path(archives().path(name))
    try:
        with whole_file(target) as part:
            _write(part, title, members)
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


def _members(entries: list[Entry], made: list[Made], *, now: datetime, progress: Progress) -> list[_Member]:
    found: dict[str, _Member] = {}
    ordered = sorted(entries, key=lambda one: (one.asset.filename, one.asset.uid.hex))
    everything: list[Entry | Made] = [*made, *ordered]
    for done, entry in enumerate(everything, 1):
        member = _member(entry, now=now)
        if member is not None:
            name, number = member.name, 2
            while member.name in found:
                stem, dot, extension = name.rpartition(".")
                member = replace(member, name=f"{stem}-{number}{dot}{extension}")
                number += 1
            found[member.name] = member
        progress(done, len(everything))
    return [found[name] for name in sorted(found)]


def _member(entry: Entry | Made, *, now: datetime) -> _Member | None:
    """What stands for an entry in the archive; None for what may not be used any more, and for a sound or
    film of which nothing may leave yet."""
    folder = f"{entry.folder}/" if entry.folder else ""
    if isinstance(entry, Made):
        digest = hashlib.sha256(entry.data).hexdigest()
        return _Member(f"{folder}{entry.name}", digest, len(entry.data), entry.title, data=entry.data)
    if entry.asset.quarantined_at is not None or not policies.is_usable(entry.asset, now=now):
        return None
    asset = entry.asset
    words = asset.text_in(settings.LANGUAGE_CODE)
    shared: dict[str, Any] = {
        "title": asset.title,
        "credit": asset.credit,
        "copyright": asset.copyright,
        "licence": asset.licence,
        "restriction": asset.restriction,
        "caption": words.caption if words else "",
        "uid": asset.uid.hex,
    }
    if asset.kind == Kind.IMAGE:
        return _picture(asset, entry.preset, folder, shared)
    found = file_for(asset, entry.preset) if asset.kind in (Kind.AUDIO, Kind.VIDEO) else None
    if found is None and asset.kind != Kind.DOCUMENT:
        return None
    blob, name = found or (asset.blob, asset.filename)
    path = originals().path(blob.name)
    return _Member(name=folder + name, sha256=blob.sha256, size=blob.size, path=path, **shared)


def _picture(asset: Asset, preset: str, folder: str, shared: dict[str, Any]) -> _Member:
    image = asset.image
    variant = presets.PRESETS[preset][0][-1]
    try:
        if image.is_svg():  # the sheet shows a frame in its place
            row = rendition(image, variant)
            return _Member(
                folder + image.name_of(variant), row.sha256, row.file_size, path=row.file.path, **shared
            )
        image.create_renditions(variant, THUMBNAIL)  # what is missing of both, by one decode
        row, small = rendition(image, variant), rendition(image, THUMBNAIL)
    except (CannotRender, OSError) as error:
        said = _("“%(title)s” cannot be read: take it out, or upload it again.") % {"title": asset.title}
        raise ArchiveBusy(said) from error
    return _Member(
        name=folder + image.name_of(variant),
        sha256=row.sha256,
        size=row.file_size,
        path=row.file.path,
        thumbnail=small.file.path,
        pixels=(small.width, small.height),
        **shared,
    )


def _manifest(title: str, members: list[_Member]) -> dict[str, Any]:
    kept = (
        "name",
        "sha256",
        "size",
        "title",
        "credit",
        "copyright",
        "licence",
        "restriction",
        "caption",
        "uid",
    )
    files = [{key: getattr(member, key) for key in kept} for member in members]
    return {"version": Archive.LAYOUT, "title": title, "files": files}


def _digest(title: str, members: list[_Member]) -> str:
    described = json.dumps(_manifest(title, members), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(described.encode()).hexdigest()


def _write(part: IO[bytes], title: str, members: list[_Member]) -> None:
    said = json.dumps(_manifest(title, members), ensure_ascii=False, indent=1, sort_keys=True)
    own = {
        "CREDITS.txt": _credits(members).encode(),
        "MANIFEST.json": f"{said}\n".encode(),
        SHEET: _sheet(title, members),
    }
    sums = [(hashlib.sha256(data).hexdigest(), name) for name, data in own.items()]
    sums += [(member.sha256, member.name) for member in members]
    own["SHA256SUMS"] = "".join(f"{digest}  {name}\n" for digest, name in sums).encode()
    with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED, allowZip64=True) as package:
        for name, data in own.items():
            _store(package, name, len(data), lambda write, data=data: write(data))  # type: ignore[misc]
        for member in members:
            _store(package, member.name, member.size, member.pour)


def _sheet(title: str, members: list[_Member]) -> bytes:
    """The contact sheet, in French as the credits: the archive is one file for readers of any language."""
    with override(settings.LANGUAGE_CODE):
        return contact_sheet([*_cells(members)], title=title or str(_("Files of the library")))


def _cells(members: list[_Member]) -> Iterator[Cell]:
    for member in members:
        credit = f"{_('Credit')} : {member.credit}" if member.credit else ""
        yield Cell(
            name=member.name.rpartition("/")[2],
            words=[words for words in (member.title, credit) if words],
            picture=Path(member.thumbnail).read_bytes() if member.thumbnail else None,
            size=member.pixels,
            kind=member.name.rpartition(".")[2].upper(),
        )


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


def _credits(members: list[_Member]) -> str:
    """Who is to be credited for what, in French: the archive is one file for readers of any language."""
    with override(settings.LANGUAGE_CODE):
        parts = [str(_("Credits to print with these files")) + "\n"]
        for member in members:
            lines = [member.name, f"  {member.title}"]
            if member.caption:
                lines.append(f"  {member.caption}")
            if member.uid:
                lines.append(f"  {_('Credit')} : {member.credit or '–'}")
            if member.copyright:
                lines.append(f"  © {member.copyright}")
            if member.licence:
                lines.append(f"  {_('Licence')} : {Licence(member.licence).label}")
            if member.restriction:
                lines.append(f"  {_('Restriction of use')} : {member.restriction}")
            parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)
