"""Files that arrive piece by piece, over lines that break: begun, continued, finished, forgotten."""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import shutil
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from media_library import validators
from media_library.actions.intake import import_file
from media_library.models import Upload
from media_library.storage import uploads

log = logging.getLogger(__name__)
KEPT_FOR: Final = timedelta(days=3)
LISTED_FOR: Final = timedelta(days=7)
MOST_AT_ONCE: Final = 200
MOST_BYTES: Final = 5_000_000_000
ROOM_LEFT: Final = 200_000_000  # bytes that stay free on the disk
WORDS: Final = {"title": 255, "credit": 200, "copyright": 200, "place": 160, "licence": 20}


class TooManyUploads(Exception):
    """This account has more under way than it may. The message is for the officer."""


class NoRoom(Exception):
    """The disk is full. What has arrived stays. The message is for the officer."""


class WrongOffset(Exception):
    """The bytes do not continue what has arrived."""


class BeingWritten(Exception):
    """Another request is writing the same upload."""


class UploadOver(Exception):
    """The upload has ended or was forgotten."""


def begin_upload(*, user: Any, filename: str, size: int, words: dict[str, str], now: datetime) -> Upload:
    """Open an upload of `size` bytes; nothing has arrived yet.

    Raises ValidationError for what is refused by name or size alone, TooManyUploads, NoRoom.
    """
    kind = validators.announced(filename, size)
    with transaction.atomic():
        # one after the other for one account, so that the sums hold
        get_user_model().objects.select_for_update(no_key=True).get(pk=user.pk)
        under_way = Upload.objects.filter(user=user, finished_at__isnull=True, expires_at__gt=now)
        bytes_under_way = under_way.aggregate(sum=Sum("size"))["sum"] or 0
        if under_way.count() >= MOST_AT_ONCE or bytes_under_way + size > MOST_BYTES:
            raise TooManyUploads(
                _("Too many files are on their way already. Let them arrive, or remove some.")
            )
        folder = Path(uploads().location)
        folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(folder).free - size < ROOM_LEFT:
            raise NoRoom(_("The server's disk is full. Tell whoever looks after it."))
        upload = Upload.objects.create(
            user=user,
            kind=kind,
            filename=filename[-255:],
            size=size,
            words={name: str(words.get(name, ""))[:most] for name, most in WORDS.items()},
            created_at=now,
            expires_at=now + KEPT_FOR,
        )
    Path(upload.path).touch(mode=0o640)
    return upload


def continue_upload(upload: Upload, *, pieces: Iterable[bytes], offset: int, now: datetime) -> int:
    """Write what arrives at `offset`; return how many bytes have arrived in all. What arrived before a line broke
    or a disk filled up stays, whatever is raised.

    Raises UploadOver, BeingWritten, WrongOffset (also for more than was announced), NoRoom.
    """
    if upload.finished_at is not None or upload.expires_at <= now:
        raise UploadOver
    try:
        part = open(upload.path, "r+b")  # noqa: SIM115 (closed below)
    except OSError as error:
        raise UploadOver from error
    with part:
        try:
            fcntl.flock(part, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BeingWritten from error
        at = part.seek(0, os.SEEK_END)
        if at != offset:
            raise WrongOffset
        for piece in pieces:
            if at + len(piece) > upload.size:
                raise WrongOffset
            try:
                part.write(piece)
                part.flush()
            except OSError as error:
                if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                    raise NoRoom(_("The server's disk is full. Tell whoever looks after it.")) from error
                raise
            at += len(piece)
        os.fsync(part.fileno())
    Upload.objects.filter(pk=upload.pk, finished_at__isnull=True).update(expires_at=now + KEPT_FOR)
    return at


@transaction.atomic
def finish_upload(upload: Upload, *, now: datetime) -> Upload:
    """Take what has wholly arrived into the library, or note the sentence why not; its part goes either way.

    Idempotent: five at once make one asset. A full disk (OSError) leaves part and row for another time.
    """
    row = Upload.objects.select_for_update().select_related("user").get(pk=upload.pk)
    if row.finished_at is not None or row.offset != row.size:
        return row
    words = dict(row.words)
    title = words.pop("title") or os.path.splitext(row.filename)[0].replace("_", " ")
    try:
        with open(row.path, "rb") as arrived, transaction.atomic():
            row.asset = import_file(
                fileobj=arrived,
                filename=row.filename,
                title=title,
                user=row.user,
                now=now,
                **{name: said for name, said in words.items() if said},
            )
    except ValidationError as error:
        row.refused = " ".join(error.messages)
    row.finished_at = now
    row.save(update_fields=["asset", "refused", "finished_at"])
    transaction.on_commit(lambda: Path(row.path).unlink(missing_ok=True))
    return row


def drop_upload(upload: Upload) -> None:
    """Forget an upload and what arrived of it; what became of it in the library stays."""
    path = Path(upload.path)
    upload.delete()
    path.unlink(missing_ok=True)


def sweep_uploads(*, now: datetime) -> int:
    """Finish what has arrived and was never taken in, forget what was given up and what is long over; return how
    many were touched. Parts without a row go a day after they were last written."""
    touched = 0
    for row in Upload.objects.filter(finished_at__isnull=True).order_by("pk")[:500]:
        if row.offset == row.size:
            try:
                finish_upload(row, now=now)
            except OSError:
                log.exception("media.cannot_finish_upload", extra={"upload": row.uid.hex})
            touched += 1
        elif row.expires_at <= now:
            drop_upload(row)
            touched += 1
    for row in Upload.objects.filter(finished_at__lte=now - LISTED_FOR):
        drop_upload(row)
        touched += 1
    return touched + _sweep_strays(now)


def _sweep_strays(now: datetime) -> int:
    limit, count = (now - timedelta(days=1)).timestamp(), 0
    known = {uid.hex for uid in Upload.objects.values_list("uid", flat=True)}
    for part in Path(uploads().location).glob("*.part"):
        if part.stem not in known and part.stat().st_mtime < limit:
            part.unlink(missing_ok=True)
            count += 1
    return count
