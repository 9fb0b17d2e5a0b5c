"""Bring database, static files and demo up to the code; quick when nothing changed."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from settings.services.run import PREPARED


class Command(BaseCommand):
    help = "Migrate, collect static files when they changed, and load the demo once (DEMO=1)."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--wait-until-ready",
            type=float,
            metavar="SECONDS",
            help='say "prepared", then wait until worker and scheduler live',
        )

    def handle(self, *args: Any, **options: Any) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("Making the database's tables…")
            call_command("migrate", verbosity=0, interactive=False)
        Path(settings.MEDIA_ROOT).mkdir(parents=True, exist_ok=True)
        self._collect_static()
        if settings.DEMO:
            self._load_demo()
        if options["wait_until_ready"]:
            self.stdout.write(PREPARED)
            self.stdout.flush()
            call_command("ready", wait=options["wait_until_ready"])

    def _collect_static(self) -> None:
        stamp = Path(settings.STATIC_ROOT) / ".stamp"
        mark = static_mark()
        if stamp.is_file() and stamp.read_text() == mark:
            return
        self.stdout.write("Collecting style sheets and scripts…")
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        stamp.write_text(mark)

    def _load_demo(self) -> None:
        stamp = Path(settings.VAR_DIR) / "demo-loaded"
        with connection.cursor() as cursor:
            cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
            (identity,) = cursor.fetchone()
        mark = f"{settings.DATABASES['default'].get('HOST', '')} {identity}"
        if stamp.is_file() and stamp.read_text() == mark:
            return
        self.stdout.write("Loading the TOKTEN demo…")
        call_command("demo", verbosity=0)
        stamp.write_text(mark)


def static_mark() -> str:
    """Change when a static file of any app or package is added, removed or changed."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            full = Path(storage.path(path))
            status = full.stat()
            digest.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
