"""After new code has come: backup, migrate, check; back to the backup when something fails."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from cms.core import clock, health
from settings.services import archive


class Command(BaseCommand):
    help = "Back up, migrate and check; when a step fails, database and media are put back as they were."

    def handle(self, *args: Any, **options: Any) -> None:
        target = Path(settings.VAR_DIR) / "backups" / archive.name_for(clock.now(), "before-update")
        call_command("backup", file=str(target), verbosity=0, stdout=self.stdout)
        try:
            call_command("migrate", interactive=False, verbosity=0)
            call_command("collectstatic", interactive=False, verbosity=0)
            call_command("check", databases=["default"], fail_level="ERROR", stdout=self.stdout)
            for check in (health.database, health.migrations, health.disk):
                if wrong := check():
                    raise CommandError(f"{check.__name__}: {wrong}")
        except (Exception, SystemExit) as error:
            self.stderr.write(f"The update failed ({error}); going back to {target}.")
            connection.close()
            try:
                call_command("restore", str(target), stdout=self.stdout)
            except Exception as failure:
                raise CommandError(
                    f"{target} could not be put back ({failure}). Start nothing; run: make restore FILE={target}"
                ) from None
            raise CommandError("Nothing has changed: start the earlier code again.") from None
        self.stdout.write("Updated. Start web, worker and scheduler again.")
