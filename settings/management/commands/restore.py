"""Database and media back from an archive, and proof that all of it is back."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from settings.management.commands.backup import counts, files
from settings.services import archive


class Command(BaseCommand):
    help = "Replace database and media by those of a backup. Stop web, worker and scheduler first."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file")

    def handle(self, *args: Any, **options: Any) -> None:
        source = Path(options["file"]).absolute()
        media = Path(settings.MEDIA_ROOT)
        media.parent.mkdir(parents=True, exist_ok=True)
        try:
            manifest = archive.read_manifest(source)
            # beside the media, so that putting them in place is a rename
            with tempfile.TemporaryDirectory(dir=media.parent, prefix=".restore-") as folder:
                archive.unpack(source, Path(folder))
                self._replace_database(Path(folder) / archive.DUMP)
                self._replace_media(Path(folder) / archive.MEDIA, media)
        except archive.BrokenArchive as error:
            raise CommandError(str(error)) from None
        with connection.cursor() as cursor:
            rows = counts(cursor)
        wrong = [
            name
            for name in rows.keys() | manifest["rows"].keys()
            if rows.get(name) != manifest["rows"].get(name)
        ]
        if wrong or files(media) != manifest["media"]:
            raise CommandError(f"Not all of it is back: {', '.join(sorted(wrong)) or 'media files'}.")
        self.stdout.write(
            f"{sum(rows.values())} rows of {len(rows)} tables and {manifest['media']['files']} files are back, "
            f"as of {manifest['made_at']}."
        )

    def _replace_database(self, dump: Path) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
        connection.close()
        archive.restore_database(dump, database=connection.get_connection_params())

    def _replace_media(self, found: Path, media: Path) -> None:
        media.mkdir(parents=True, exist_ok=True)
        found.mkdir(exist_ok=True)
        # entry by entry: the folder itself may be a mounted volume
        for old in list(media.iterdir()):
            shutil.rmtree(old) if old.is_dir() and not old.is_symlink() else old.unlink()
        for new in list(found.iterdir()):
            shutil.move(new, media / new.name)
