"""Take one mail that came back, from standard input: what a mail server pipes into us."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError

from cms.core import clock
from cms.mailing import actions

#: The mail server keeps the mail and tries again (sysexits.h).
TEMPORARY_FAILURE = 75
MAX_BYTES = 2 * 1024 * 1024


class Command(BaseCommand):
    """`… manage.py mail_report --to "$recipient" < mail`"""

    stealth_options = ("stdin",)
    help = "Take a delivery report, a complaint or an automatic answer from standard input."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--to", default="", help="the address the mail came in for, where the server says it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        raw = (options.get("stdin") or sys.stdin.buffer).read(MAX_BYTES)
        try:
            found = actions.take_mail(raw, source="stdin", envelope_to=options["to"], now=clock.now())
        except DatabaseError as error:
            self.stderr.write(f"not taken: {error}")
            raise SystemExit(TEMPORARY_FAILURE) from error
        for one in found:
            self.stdout.write(f"{one.kind} {one.status} {one.address}".strip())
