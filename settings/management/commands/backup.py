"""Database and media in one archive."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from cms.core import clock
from settings.services import archive


def counts(cursor: Any) -> dict[str, int]:
    """The number of rows of every table."""
    found = {}
    for table in sorted(connection.introspection.table_names(cursor)):
        cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608
        found[table] = cursor.fetchone()[0]
    return found


def files(folder: Path) -> dict[str, int]:
    """Number and bytes of the files below a folder."""
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return {"files": len(sizes), "bytes": sum(sizes)}


class Command(BaseCommand):
    help = "Write database and media to one archive (VAR_DIR/backups by default); keys are not in it."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--file", help="the archive to write")
        parser.add_argument("--reason", default="", help="a word for the archive's name")

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        name = archive.name_for(now, options["reason"])
        target = Path(options["file"] or Path(settings.VAR_DIR) / "backups" / name).absolute()
        media = Path(settings.MEDIA_ROOT)
        try:
            # what is counted and what is dumped is one and the same state
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                cursor.execute("SELECT pg_export_snapshot()")
                (snapshot,) = cursor.fetchone()
                manifest = {"made_at": now.isoformat(), "rows": counts(cursor), "media": files(media)}
                archive.write(
                    target,
                    database=connection.get_connection_params(),
                    snapshot=snapshot,
                    media=media,
                    manifest=manifest,
                )
        except archive.BrokenArchive as error:
            raise CommandError(str(error)) from None
        self.stdout.write(str(target))
