"""A real installation: first account, organisation, logo, sender, the site's tree, reference data; no fiction."""

from __future__ import annotations

import getpass
import hashlib
import os
import sys
from datetime import datetime
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
from cms.core.models import Audience, SitePage
from cms.mailing.models import Sender
from cms.pages import actions as pages
from cms.pages.models import HomePage, IntranetPage, Menu, Organisation
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
MENU_TITLES = {
    "main": {"fr": "Rubriques", "en": "Sections"},
    "foot": {"fr": "Suivre et trouver", "en": "Follow and find"},
}


class Command(BaseCommand):
    help = (
        "Make the first account, the organisation, the sender, the site's pages and the reference data. Asks for "
        "what no option gives; with --no-input nothing is asked, and the password is read from standard input. "
        "A second time, the same answers change nothing."
    )

    def add_arguments(self, parser: Any) -> None:
        for name, words, _default in QUESTIONS:
            parser.add_argument("--" + name.replace("_", "-"), help=words)
        parser.add_argument("--no-input", action="store_true", help="ask nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        self._refuse_the_demo()
        present = self._present()
        answers = {
            name: self._answer(name, words, present.get(name) or default, default is None, options)
            for name, words, default in QUESTIONS
        }
        now = clock.now()
        try:
            validate_email(answers["email"])
            validate_email(answers["sender_email"])
            if answers["logo"] and not Path(answers["logo"]).is_file():
                raise ValidationError(f"There is no file {answers['logo']}.")
            found = get_user_model()._default_manager.filter(username__iexact=answers["username"]).first()
            password = self._password(found, options)
            with transaction.atomic():
                user = found or self._first_account(answers, password)
                self._site(answers, user=user, now=now)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(f"Set up. Sign in as {user.get_username()} at {settings.PUBLIC_URL}/admin/")

    # Questions -----------------------------------------------------------------------------------------------
    def _refuse_the_demo(self) -> None:
        """CommandError where a demo account still opens with its public password."""
        names = [username for username, *_words in ACCOUNTS]
        for user in get_user_model()._default_manager.filter(username__in=names):
            if user.check_password(f"demo-{user.get_username()}"):
                raise CommandError(
                    "This database holds the demo and its public passwords: use an empty VAR_DIR."
                )

    def _present(self) -> dict[str, str]:
        """What an earlier setup, or somebody in the admin, has answered."""
        organisation = Organisation.objects.first()
        sender = Sender.objects.filter(is_default=True).first()
        found = {}
        if organisation is not None:
            found |= {"organisation": organisation.name, "full_name": organisation.full_name}
        if sender is not None:
            found |= {"sender_name": sender.name, "sender_email": sender.address}
        return found

    def _answer(
        self, name: str, words: str, default: str | None, may_be_empty: bool, options: dict[str, Any]
    ) -> str:
        given: str | None = options[name]
        if given is None and not options["no_input"]:
            given = input(f"{words}{f' [{default}]' if default else ''}: ").strip()
        value = given or default or ""
        if not value and not may_be_empty:
            raise CommandError(f"--{name.replace('_', '-')} is needed: {words}.")
        return value

    def _password(self, found: Any, options: dict[str, Any]) -> str:
        """The new account's password. An account that exists keeps its own, and only where that is wanted."""
        if found is not None:
            return self._keep(found, options)
        if options["no_input"]:
            return sys.stdin.readline().rstrip("\n")
        password = getpass.getpass("Password of the first account: ")
        if password != getpass.getpass("Once more: "):
            raise CommandError("The two passwords are not the same.")
        return password

    def _keep(self, found: Any, options: dict[str, Any]) -> str:
        name = found.get_username()
        if not (found.is_active and found.is_superuser):
            raise CommandError(
                f"The account {name} exists and is no administrator: name another one (--username)."
            )
        if options["no_input"]:
            # a script that runs twice gives the same password twice; anything else is a mistake to be told
            if not found.check_password(sys.stdin.readline().rstrip("\n")):
                raise CommandError(
                    f"The account {name} exists with another password: give that one, or another --username."
                )
        elif input(f"The account {name} exists and keeps its password. Go on with it? [y/N] ").lower() != "y":
            raise CommandError("Nothing was changed.")
        self.stdout.write(f"The account {name} is kept as it is, with its password.")
        return ""

    # What is laid --------------------------------------------------------------------------------------------
    def _first_account(self, answers: dict[str, str], password: str) -> Any:
        user = get_user_model()(username=answers["username"], email=answers["email"])
        validate_password(password, user)
        user.set_password(password)
        user.full_clean()
        user.save()
        accounts.assign_role(user, Role.ADMIN)
        return user

    def _site(self, answers: dict[str, str], *, user: Any, now: datetime) -> None:
        address = settings.PUBLIC_URL.partition("://")[2]
        host, _colon, port = address.partition(":")
        default_port = 443 if settings.HTTPS else 80
        pages.lay_site(user=user, now=now, hostname=host, port=int(port or default_port))
        plan.load_reference()
        self._sections(user=user, now=now)
        organisation, _new = Organisation.objects.get_or_create(site=Site.objects.get(is_default_site=True))
        organisation.name, organisation.full_name = answers["organisation"], answers["full_name"]
        organisation.sender_name, organisation.sender_email = answers["sender_name"], answers["sender_email"]
        if answers["logo"]:
            organisation.logo = self._logo(organisation, answers, user=user, now=now)
        organisation.full_clean(exclude=["logo"])
        organisation.save()
        sender = Sender.objects.filter(is_default=True).first() or Sender(is_default=True)
        sender.name, sender.address = answers["sender_name"], answers["sender_email"]
        sender.full_clean()
        sender.save()

    def _sections(self, *, user: Any, now: datetime) -> None:
        """The contract's public addresses in French and English, each laid by its own app, and menus to them."""
        from events import actions as events
        from media_library import actions as library
        from press import actions as press

        home = HomePage.objects.get(locale__language_code="fr")
        room = press.lay_press_room(home, user=user, now=now)
        agenda = events.lay_agenda(home, user=user, now=now)
        assets = library.lay_library(home, user=user, now=now)
        results = pages.lay_results(home, user=user, now=now)
        documents = pages.lay_documents(home, user=user, now=now)
        intranet = IntranetPage.objects.get(path__startswith=home.path, depth=home.depth + 1)
        self._menu("main", [room, agenda, assets, results, documents])
        parts = SitePage.objects.filter(path__startswith=room.path, depth=room.depth + 1).order_by("path")
        self._menu("foot", [*parts, intranet])

    def _menu(self, place: str, links: list[Any]) -> None:
        """One menu a language, unless somebody has made one for this place already."""
        for language, title in MENU_TITLES[place].items():
            if Menu.objects.filter(locale__language_code=language, place=place).exists():
                continue
            keys = [page.translation_key for page in links]
            found = {
                page.translation_key: page
                for page in SitePage.objects.filter(translation_key__in=keys, locale__language_code=language)
            }
            targets: list[tuple[str, str | SitePage]] = []
            for page in (found[key] for key in keys if key in found):
                # a menu hides the page that its reader may not see, and this one is a door for everybody
                is_door = page.audience != Audience.PUBLIC
                targets.append((page.title, f"/{language}/{page.slug}/" if is_door else page))
            pages.ensure_menu(language=language, place=place, title=title, order=0, links=targets)

    def _logo(self, organisation: Organisation, answers: dict[str, str], *, user: Any, now: datetime) -> Any:
        """The library's picture of this file; the one that is the logo already stays it."""
        from media_library import actions as library
        from media_library.models import LibraryImage

        path = answers["logo"]
        with open(path, "rb") as file:
            mark = hashlib.file_digest(file, "sha256").hexdigest()
            present = LibraryImage.objects.filter(pk=organisation.logo_id, asset__blob__sha256=mark).first()
            if present is not None:
                return present
            file.seek(0)
            asset = library.import_file(
                fileobj=file,
                filename=os.path.basename(path),
                title=answers["organisation"],
                alt=answers["organisation"],
                user=user,
                now=now,
                released=True,
            )
        image = LibraryImage.objects.filter(asset=asset).first()
        if image is None:
            raise ValidationError(f"{path} is no picture.")
        return image
