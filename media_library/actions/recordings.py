"""Sounds and films are prepared: probed, measured, written anew without what they should not tell, made lighter.

The row is the queue: it waits, is claimed with a lease that the worker renews, and each version is stored in a
transaction of its own as soon as it is there, so that a worker that dies loses one version at most. One recording
is worked on at a time on the whole site, and mail does not wait behind films.
"""

from __future__ import annotations

import errno
import io
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction

from cms.core import clock
from media_library import validators
from media_library.models import (
    Asset,
    Failure,
    Kind,
    LibraryMedia,
    Preparation,
    Recording,
    RecordingVersion,
    Version,
)
from media_library.models.rows import keep
from media_library.storage import av, originals, presets, render
from media_library.storage.metadata import Credit

log = logging.getLogger(__name__)
LEASE: Final = timedelta(minutes=3)
ATTEMPTS: Final = 3
WORK_KEPT_FOR: Final = timedelta(days=1)
LOCK: Final = 0x6B617564  # an advisory lock: who may claim a recording
WEB_LINES, LIGHT_LINES = 480, 240


class _Superseded(Exception):
    """The asset has been given other bytes meanwhile."""


def prepare_recording(*, asset: Asset, now: datetime) -> Recording | None:
    """Make what is missing of a sound's or film's versions; return its row, None where there was nothing to do.

    Nothing is done where it does not wait, where somebody works on it or on another, and where ffmpeg is missing:
    it goes on waiting. A file that cannot be worked on is marked so, with the reason; five at once do it once.
    """
    if not av.is_installed():
        return None
    row = _claim(asset.pk, now=now)
    if row is None:
        return None
    try:
        with _folder() as folder:
            _Work(row, folder).run(now=now)
    except _Superseded:
        return None
    except (av.RecordingError, render.CannotRender) as error:
        log.warning("media.cannot_prepare", extra={"asset": asset.pk, "reason": str(error)[:500]})
        _fail(row, getattr(error, "code", Failure.UNREADABLE))
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        _fail(row, Failure.NO_ROOM)
    row.refresh_from_db()
    return row


@transaction.atomic
def retry_recording(*, asset: Asset, now: datetime) -> Recording:
    """Have a recording prepared again: what is missing where it failed, all of it where it is ready."""
    row = Recording.objects.select_for_update(no_key=True).get(asset=asset)
    if row.state == Preparation.READY:
        RecordingVersion.objects.filter(asset=asset).delete()
    row.state, row.failure, row.attempts, row.claimed_until = Preparation.WAITING, "", 0, None
    row.save(update_fields=["state", "failure", "attempts", "claimed_until"])
    return row


def sweep_work(*, now: datetime) -> int:
    """Remove the folders that workers left behind when they died; return how many."""
    count = 0
    for path in _root().glob("av-*"):
        if path.stat().st_mtime < (now - WORK_KEPT_FOR).timestamp():
            shutil.rmtree(path, ignore_errors=True)
            count += 1
    return count


def _root() -> Path:
    return Path(settings.MEDIA_ROOT) / "work"


@contextmanager
def _folder() -> Iterator[Path]:
    _root().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="av-", dir=_root()) as name:
        yield Path(name)


@transaction.atomic
def _claim(asset_pk: int, *, now: datetime) -> Recording | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [LOCK])
    if Recording.objects.filter(state=Preparation.WAITING, claimed_until__gt=now).exists():
        return None
    row = Recording.objects.select_for_update(no_key=True).filter(asset=asset_pk).first()
    if row is None or row.state != Preparation.WAITING:
        return None
    if row.attempts >= ATTEMPTS:
        row.state, row.failure = Preparation.FAILED, Failure.LOST
        row.save(update_fields=["state", "failure"])
        return None
    row.attempts, row.claimed_until = row.attempts + 1, now + LEASE
    row.save(update_fields=["attempts", "claimed_until"])
    return row


@transaction.atomic
def _locked(row: Recording) -> Recording:
    found = Recording.objects.select_for_update(no_key=True).filter(pk=row.pk, source=row.source).first()
    if found is None:
        raise _Superseded
    return found


@transaction.atomic
def _fail(row: Recording, code: str) -> None:
    waiting = Recording.objects.filter(pk=row.pk, source=row.source, state=Preparation.WAITING)
    waiting.update(state=Preparation.FAILED, failure=code, claimed_until=None)


class _Work:
    """One recording and the folder it is worked on in."""

    def __init__(self, row: Recording, folder: Path) -> None:
        self.row, self.folder = row, folder
        asset: Any = Asset.objects.select_related("blob").get(pk=row.asset_id)
        if asset.blob.sha256 != row.source:
            raise _Superseded
        self.asset = asset
        self.path = originals().path(asset.blob.name)
        self.extension = os.path.splitext(asset.blob.name)[1]
        self.words = av.Words(asset.title, asset.credit, asset.copyright)
        self.have = set(RecordingVersion.objects.filter(asset=asset).values_list("name", flat=True))

    def renew(self) -> None:
        self.row.claimed_until = clock.now() + LEASE
        Recording.objects.filter(pk=self.row.pk, source=self.row.source).update(
            claimed_until=self.row.claimed_until
        )

    def run(self, *, now: datetime) -> None:
        found = self._probed()
        if Version.CLEAN not in self.have:
            target = self.folder / f"clean{self.extension}"
            av.clean_copy(
                self.path,
                self.extension,
                str(target),
                found=found,
                words=self.words,
                on_wait=self.renew,
            )
            self.store(Version.CLEAN, target, self.asset.blob.content_type, (found.width, found.height))
        measured = None
        if found.audio:
            measured = av.loudness_of(self.path, self.extension, on_wait=self.renew)
        if self.asset.kind == Kind.AUDIO:
            self._sounds(found, measured)
        else:
            self._poster(found)
            self._films(found, measured)
        self._finish(found, measured, now=now)

    def _probed(self) -> av.Probed:
        found = av.probe(self.path, self.extension)
        if found.seconds > av.LONGEST:
            raise av.TookTooLong(str(found.seconds))
        if not (found.audio if self.asset.kind == Kind.AUDIO else found.video):
            raise av.CannotRead(f"no {self.asset.kind} in it")
        return found

    def _sounds(self, found: av.Probed, measured: av.Loudness | None) -> None:
        if {Version.LIGHT, Version.BROADCAST} <= self.have:
            return
        targets = {name: self.folder / f"{name}.mp3" for name in ("light", "broadcast")}
        av.audio_versions(
            self.path,
            self.extension,
            {name: str(path) for name, path in targets.items()},
            found=found,
            measured=measured,
            words=self.words,
            on_wait=self.renew,
        )
        for name, path in targets.items():
            self.store(name, path, "audio/mpeg", (0, 0))

    def _films(self, found: av.Probed, measured: av.Loudness | None) -> None:
        wanted = [(Version.LIGHT, LIGHT_LINES)]
        if min(found.width, found.height) > LIGHT_LINES:
            wanted.append((Version.WEB, WEB_LINES))
        for name, lines in wanted:
            if name in self.have:
                continue
            target = self.folder / f"{name}.mp4"
            av.film_version(
                self.path,
                self.extension,
                str(target),
                short=lines,
                found=found,
                measured=measured,
                words=self.words,
                on_wait=self.renew,
            )
            self.store(name, target, "video/mp4", av.size_within(found, lines))

    def _poster(self, found: av.Probed) -> None:
        if self.row.poster_id is not None:
            return
        target = self.folder / "poster.png"
        av.poster_frame(self.path, self.extension, str(target), found=found)
        credit = Credit(credit=self.asset.credit, copyright=self.asset.copyright)
        with target.open("rb") as picture:
            variants = [presets.BY_NAME["web-1280.jpg"]]
            _variant, data, extension, _size = next(render.render(picture, variants, words=credit))
        with transaction.atomic():
            row = _locked(self.row)
            row.poster = keep(io.BytesIO(data), validators.Facts("image", "image/jpeg", extension))
            row.save(update_fields=["poster"])

    def store(self, name: str, path: Path, content_type: str, size: tuple[int, int]) -> None:
        """Keep a version that has just been written."""
        self.renew()
        with path.open("rb") as content, transaction.atomic():
            _locked(self.row)
            blob = keep(content, validators.Facts(self.asset.kind, content_type, path.suffix))
            defaults = {"blob": blob, "width": size[0], "height": size[1]}
            RecordingVersion.objects.update_or_create(asset=self.asset, name=name, defaults=defaults)
        path.unlink()

    def _finish(self, found: av.Probed, measured: av.Loudness | None, *, now: datetime) -> None:
        with transaction.atomic():
            row = _locked(self.row)
            row.state, row.failure, row.claimed_until, row.prepared_at = Preparation.READY, "", None, now
            row.seconds, row.width, row.height = found.seconds, found.width, found.height
            row.has_sound = bool(found.audio)
            row.loudness, row.peak = (measured.lufs, measured.peak) if measured else (None, None)
            row.save()
            LibraryMedia.objects.filter(asset=self.asset).update(
                duration=found.seconds, width=found.width or None, height=found.height or None
            )
