"""Keys that sign mails: make one, publish it, use it, and after a while throw the former away."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cms.core import clock
from cms.mailing.mail import domains, signing


class Command(BaseCommand):
    """`… manage.py dkim new|use|list|forget DOMAIN [SELECTOR]`"""

    help = "Keys that sign mails (DKIM): new, use, list, forget."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("verb", choices=["new", "use", "list", "forget"])
        parser.add_argument("domain")
        parser.add_argument("selector", nargs="?", default="")
        parser.add_argument("--unchecked", action="store_true", help="use it without asking the DNS")

    def handle(self, *args: Any, **options: Any) -> None:
        domain, selector = options["domain"].lower(), options["selector"].lower()
        try:
            if options["verb"] == "new":
                self.new(domain, selector or f"k{clock.now():%Y%m%d}")
            elif options["verb"] == "list":
                self.list(domain)
            elif not selector:
                raise CommandError("Which key? Give its selector.")
            elif options["verb"] == "use":
                self.use(domain, selector, checked=not options["unchecked"])
            else:
                self.forget(domain, selector)
        except signing.KeyFault as fault:
            raise CommandError(str(fault)) from fault

    def new(self, domain: str, selector: str) -> None:
        """Make a key of 2,048 bits; nothing is signed with it yet."""
        file = signing.key_file(domain, selector)
        if file.exists():
            raise CommandError(f"There is a key {selector} already.")
        openssl = shutil.which("openssl")
        if openssl is None:
            raise CommandError("openssl is not installed: it makes the key.")
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = subprocess.run(
            [openssl, "genrsa", "-traditional", "2048"], capture_output=True, check=False, timeout=60
        )
        if made.returncode:
            raise CommandError(made.stderr.decode(errors="replace").strip())
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(made.stdout)
        self.say_record(signing.load(domain, selector))
        self.stdout.write(f"Then: manage.py dkim use {domain} {selector}")

    def say_record(self, key: signing.Key) -> None:
        self.stdout.write(
            f"Publish this text record at {key.selector}._domainkey.{key.domain}:\n{key.record}"
        )

    def use(self, domain: str, selector: str, *, checked: bool) -> None:
        """Sign with it from now on, once the DNS shows its public half."""
        key = signing.load(domain, selector)
        if checked:
            try:
                found = domains.dkim(domain, selector, signing.public_half(key.pem), domains.SystemDns())
            except domains.Silent as error:
                raise CommandError("The DNS does not answer. Try again, or give --unchecked.") from error
            if found.level not in (domains.OK, domains.WARNING):
                self.say_record(key)
                raise CommandError(found.sentence)
        before = signing.current(domain)
        signing.use(domain, selector)
        self.stdout.write(f"Mails of {domain} are signed with {selector} from the next connection on.")
        if before is not None and before.selector != selector:
            self.stdout.write(
                f"Leave the record of {before.selector} for a week, for mails on their way; then take it away and "
                f"run: manage.py dkim forget {domain} {before.selector}"
            )

    def list(self, domain: str) -> None:
        now = signing.current(domain)
        for file in sorted(signing.folder_of(domain).glob("*.pem")):
            self.stdout.write(
                f"{file.stem}{' (in use)' if now is not None and now.selector == file.stem else ''}"
            )

    def forget(self, domain: str, selector: str) -> None:
        """Throw a key away that is not in use."""
        now = signing.current(domain)
        if now is not None and now.selector == selector:
            raise CommandError("This key is in use: use another first.")
        signing.load(domain, selector)
        signing.key_file(domain, selector).unlink()
        self.stdout.write(f"{selector} is gone.")
