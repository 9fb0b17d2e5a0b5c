"""A real installation: first account, organisation, logo, sender, reference data; no fiction."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from wagtail.models import Site

from cms.accounts import actions as accounts
from cms.accounts.demo import ACCOUNTS
from cms.accounts.models import Role
from cms.core import clock
from cms.mailing.models import Sender
from cms.pages import actions as pages
from cms.pages.models import HomePage, Organisation
from cms.plan import actions as plan

QUESTIONS = (
    ("username", "Name of the first account (an administrator)", "admin"),
    ("email", "Its e-mail address", ""),
    ("organisation", "Organisation, as the masthead says it", "TOKTEN-Mali"),
    ("full_name", "Its full name (may be empty)", None),
    ("logo", "Picture file of the logo (may be empty)", None),
    ("sender_name", "Sender's name in mails", "TOKTEN-Mali"),
    ("sender_email", "Sender's e-mail address", ""),
)


class Command(BaseCommand):
    help = (
        "Make the first account, the organisation, the sender and the reference data. Asks for what no option "
        "gives; with --no-input nothing is asked, and the password is read from standard input."
    )

    def add_arguments(self, parser: Any) -> None:
        for name, words, _default in QUESTIONS:
            parser.add_argument("--" + name.replace("_", "-"), help=words)
        parser.add_argument("--no-input", action="store_true", help="ask nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        self._refuse_the_demo()
        answers = {name: self._answer(name, words, default, options) for name, words, default in QUESTIONS}
        password = self._password(options)
        now = clock.now()
        try:
            validate_email(answers["email"])
            validate_email(answers["sender_email"])
            if answers["logo"] and not Path(answers["logo"]).is_file():
                raise ValidationError(f"There is no file {answers['logo']}.")
            with transaction.atomic():
                user = self._first_account(answers, password)
                self._site(answers, user=user, now=now)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(f"Set up. Sign in as {user.get_username()} at {settings.PUBLIC_URL}/admin/")

    def _refuse_the_demo(self) -> None:
        """CommandError where a demo account still opens with its public password."""
        names = [username for username, *_words in ACCOUNTS]
        for user in get_user_model()._default_manager.filter(username__in=names):
            if user.check_password(f"demo-{user.get_username()}"):
                raise CommandError(
                    "This database holds the demo and its public passwords: use an empty VAR_DIR."
                )

    def _answer(self, name: str, words: str, default: str | None, options: dict[str, Any]) -> str:
        given: str | None = options[name]
        if given is None and not options["no_input"]:
            given = input(f"{words}{f' [{default}]' if default else ''}: ").strip()
        value = given or default or ""
        if not value and default is not None:
            raise CommandError(f"--{name.replace('_', '-')} is needed: {words}.")
        return value

    def _password(self, options: dict[str, Any]) -> str:
        if options["no_input"]:
            return sys.stdin.readline().rstrip("\n")
        password = getpass.getpass("Password of the first account: ")
        if password != getpass.getpass("Once more: "):
            raise CommandError("The two passwords are not the same.")
        return password

    def _first_account(self, answers: dict[str, str], password: str) -> Any:
        model = get_user_model()
        found = model.objects.filter(username=answers["username"]).first()
        if found is not None:
            return found
        user = model(username=answers["username"], email=answers["email"])
        validate_password(password, user)
        user.set_password(password)
        user.full_clean()
        user.save()
        accounts.assign_role(user, Role.ADMIN)
        return user

    def _site(self, answers: dict[str, str], *, user: Any, now: Any) -> None:
        address = settings.PUBLIC_URL.partition("://")[2]
        host, _colon, port = address.partition(":")
        default_port = 443 if settings.HTTPS else 80
        root = pages.lay_site(user=user, now=now, hostname=host, port=int(port or default_port))
        accounts.grant_page_permissions(root.get_parent())
        self._sections(user=user, now=now)
        plan.load_reference()
        organisation, _new = Organisation.objects.get_or_create(site=Site.objects.get(is_default_site=True))
        organisation.name, organisation.full_name = answers["organisation"], answers["full_name"]
        organisation.sender_name, organisation.sender_email = answers["sender_name"], answers["sender_email"]
        if answers["logo"]:
            organisation.logo = self._logo(answers["logo"], answers["organisation"], user=user, now=now)
        organisation.full_clean(exclude=["logo"])
        organisation.save()
        sender = Sender.objects.filter(is_default=True).first() or Sender(is_default=True)
        sender.name, sender.address = answers["sender_name"], answers["sender_email"]
        sender.full_clean()
        sender.save()

    def _sections(self, *, user: Any, now: Any) -> None:
        """The press room and what other apps lay below the French home, where they have an action for it."""
        from press import actions as press

        press.lay_press_room(HomePage.objects.get(locale__language_code="fr"), user=user, now=now)

    def _logo(self, path: str, title: str, *, user: Any, now: Any) -> Any:
        from media_library import actions as library
        from media_library.models import LibraryImage

        with open(path, "rb") as file:
            asset = library.import_file(
                fileobj=file,
                filename=os.path.basename(path),
                title=title,
                alt=title,
                user=user,
                now=now,
                released=True,
            )
        return LibraryImage.objects.get(asset=asset)
