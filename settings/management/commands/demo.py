"""Load the TOKTEN demo, each app through its own actions."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from cms.core import clock

# Each builds on those before it.
MODULES = (
    "cms.accounts.demo",
    "cms.contacts.demo",
    "cms.plan.demo",
    "media_library.demo",
    "cms.pages.demo",
    "cms.mailing.demo",  # names the sender of what press and events will owe; at the end, sends it
    "press.demo",
    "events.demo",
    "settings.newsroom.demo",
    "cms.mailing.demo",
    "press.demo.archives",
)


class Command(BaseCommand):
    help = "Load the demo; a second time changes nothing. Only with DEMO=1: its passwords are public."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo's passwords are public: it is loaded with DEMO=1 alone.")
        now = clock.now()
        for name in MODULES:
            if importlib.util.find_spec(name) is None:
                continue
            with transaction.atomic():
                importlib.import_module(name).build(now=now)
            if options["verbosity"] > 1:
                self.stdout.write(name)
