"""Ask what /readyz asks, from the command line."""

from __future__ import annotations

import sys
import time
from typing import Any

from django.core.management.base import BaseCommand

from cms.core import health


class Command(BaseCommand):
    help = "Exit with 0 when the whole can work, else 1 naming what cannot; --wait gives it some seconds."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--wait", type=float, default=0, metavar="SECONDS")

    def handle(self, *args: Any, **options: Any) -> None:
        deadline = time.monotonic() + options["wait"]
        while True:
            ready, checks = health.readiness()
            if ready or time.monotonic() >= deadline:
                break
            time.sleep(0.2)
        if not ready:
            wrong = ", ".join(f"{name} ({state})" for name, state in checks.items() if state != "ok")
            self.stderr.write(f"Not ready: {wrong}")
            sys.exit(1)
