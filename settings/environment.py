"""Reads and checks environment variables: a wrong one stops the start with one sentence that names it."""

from __future__ import annotations

import ipaddress
import logging
import os
import re
import zoneinfo
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import environ

from settings.services.kept import read

LOOPBACK = {"127.0.0.1", "::1", "localhost"}
#: Providers that django-anymail speaks to: their settings for the key, and for a second one.
PROVIDERS = {
    "brevo": ("BREVO_API_KEY", ""),
    "mailersend": ("MAILERSEND_API_TOKEN", ""),
    "mailgun": ("MAILGUN_API_KEY", ""),
    "mailjet": ("MAILJET_API_KEY", "MAILJET_SECRET_KEY"),
    "postmark": ("POSTMARK_SERVER_TOKEN", ""),
    "resend": ("RESEND_API_KEY", ""),
    "scaleway": ("SCALEWAY_SECRET_KEY", "SCALEWAY_PROJECT_ID"),
    "sendgrid": ("SENDGRID_API_KEY", ""),
    "sparkpost": ("SPARKPOST_API_KEY", ""),
}
_HOST = re.compile(r"(?!-)[a-zA-Z0-9_-]{1,63}(\.[a-zA-Z0-9_-]{1,63}){0,10}")
REDIS_SCHEMES = {"redis", "rediss", "unix", "redis+socket"}


def stop(name: str, sentence: str) -> NoReturn:
    """End the process with one sentence about the variable `name`, without a traceback."""
    raise SystemExit(f"{name} {sentence}")


class Environment:
    """The process environment, completed by the file that `make run` and `make setup` keep in VAR_DIR.

    Each method takes a variable's name and returns its checked value; None or "" as default makes it required.
    """

    def __init__(self, base_dir: Path) -> None:
        self.var_dir = Path(os.environ.get("VAR_DIR", "").strip() or base_dir / "var").absolute()
        # the nearest folder that exists must be one, or nothing can be kept below it
        try:
            nearest = next(path for path in (self.var_dir, *self.var_dir.parents) if path.exists())
        except OSError:
            nearest = None
        if nearest is None or not nearest.is_dir():
            stop("VAR_DIR", f"must be a folder, not {str(self.var_dir)[:100]!r}.")
        # Read here and not by django-environ, for which a value that begins with $ names another variable.
        self.values: dict[str, str] = {}
        # services.env is there while `make run` serves: which servers it started
        for kept in (self.var_dir / "env", self.var_dir / "services.env"):
            self.values |= {name: value for name, value in read(kept).items() if name not in self.values}
        self.values |= os.environ

    def text(self, name: str, default: str | None = None) -> str:
        value = self.values.get(name, "").strip() or (default or "")
        if not value and default is None:
            stop(name, "is not set; `make run` and `make setup` choose one, otherwise give it.")
        return value

    def flag(self, name: str) -> bool:
        value = self.text(name, "").lower()
        if value not in {"", "0", "1", "true", "false", "yes", "no", "on", "off"}:
            stop(name, f"must be 1 or 0, not {value!r}.")
        return value in {"1", "true", "yes", "on"}

    def number(self, name: str, default: int, least: int, most: int) -> int:
        value = self.text(name, str(default))
        if not re.fullmatch(r"\d{1,9}", value) or not least <= int(value) <= most:
            stop(name, f"must be a whole number from {least} to {most}, not {value!r}.")
        return int(value)

    def words(self, name: str) -> list[str]:
        return [word.strip() for word in self.text(name, "").split(",") if word.strip()]

    def host(self, name: str, default: str) -> str:
        """An address or a name to listen on."""
        value = self.text(name, default)
        if not _HOST.fullmatch(value) and not self._is_address(value):
            stop(name, f"must be an address such as 127.0.0.1 or a host's name, not {value!r}.")
        return value

    def hosts(self, name: str) -> list[str]:
        """Names of hosts; one that begins with a dot stands for all below it."""
        values = self.words(name)
        for value in values:
            if not _HOST.fullmatch(value.removeprefix(".")) and not self._is_address(value.strip("[]")):
                stop(name, f"must be host names such as www.example.org, with commas, not {value!r}.")
        return values

    def prefix(self, name: str) -> str:
        """The beginning of a path, such as /-/private/; empty where it is not given."""
        value = self.text(name, "")
        if value and not re.fullmatch(r"(/[\w.~-]+)+/", value):
            stop(name, f"must be a path that begins and ends with a slash, not {value!r}.")
        return value

    @staticmethod
    def _is_address(value: str) -> bool:
        try:
            ipaddress.ip_address(value)
        except ValueError:
            return False
        return True

    def networks(self, name: str) -> list[str]:
        values = self.words(name)
        for value in values:
            try:
                ipaddress.ip_network(value, strict=False)
            except ValueError:
                stop(name, f"must be addresses or networks such as 10.0.0.0/8, not {value!r}.")
        return values

    def key(self, name: str, default: str | None = None) -> str:
        value = self.text(name, default)
        if len(value) < 50 or len(set(value)) < 5 or value.startswith("django-insecure-"):
            stop(name, "must be a random text of at least 50 characters.")
        return value

    def keys(self, name: str) -> list[str]:
        values = self.words(name)
        if any(len(value) < 50 for value in values):
            stop(name, "must hold earlier keys of at least 50 characters, with commas between them.")
        return values

    def choice(self, name: str, default: str, choices: list[str]) -> str:
        value = self.text(name, default).upper()
        if value not in choices:
            stop(name, f"must be one of {', '.join(choices)}, not {value!r}.")
        return value

    def zone(self, name: str, default: str) -> str:
        value = self.text(name, default)
        try:
            zoneinfo.ZoneInfo(value)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            stop(name, f"must be a time zone such as Africa/Bamako, not {value!r}.")
        return value

    def address(self, name: str) -> str:
        """A web address without path: scheme, host and perhaps a port; returned without a final slash."""
        value = self.text(name)
        form = "must be a web address without path, such as https://www.example.org, not"
        try:
            parts = urlsplit(value)
            port = parts.port
        except ValueError:
            stop(name, f"{form} {value!r}.")
        if (
            parts.scheme not in {"http", "https"}
            or not parts.hostname
            or port == 0
            or parts.path not in {"", "/"}
            or parts.query
            or parts.fragment
            or parts.username
            or re.search(r"\s", value)
        ):
            stop(name, f"{form} {value!r}.")
        return value.rstrip("/")

    def database(self, name: str) -> dict[str, Any]:
        """The settings of a PostgreSQL database; SQLite is refused."""
        value = self.text(name)
        form = "must be an address such as postgres://user:password@host:5432/name."
        scheme = value.partition(":")[0].lower()
        if scheme.startswith("sqlite"):
            stop(name, "names SQLite, which has neither row locks nor French search; give postgres://….")
        if scheme not in {"postgres", "postgresql"}:
            stop(name, form)
        try:
            urlsplit(value).port  # noqa: B018  (raises on a bad port)
            settings: dict[str, Any] = environ.Env.db_url_config(value)
        except ValueError:
            stop(name, form)
        if not settings.get("NAME"):
            stop(name, "names no database; " + form)
        return settings

    def redis(self, name: str) -> tuple[str, str]:
        """The same Redis as redis-py and as kombu want it written."""
        value = self.text(name)
        form = "must be an address such as redis://host:6379/0 or unix:///path/redis.sock?db=0."
        try:
            parts = urlsplit(value)
            port = parts.port
        except ValueError:
            stop(name, form)
        options = dict(parse_qsl(parts.query))
        if parts.scheme in {"unix", "redis+socket"}:
            database = options.get("db") or options.get("virtual_host") or "0"
            if not parts.path.startswith("/") or not database.isdigit():
                stop(name, form)
            return (
                f"unix://{parts.path}?db={database}",
                f"redis+socket://{parts.path}?virtual_host={database}",
            )
        database = parts.path.strip("/") or "0"
        if parts.scheme not in REDIS_SCHEMES or not parts.hostname or port == 0 or not database.isdigit():
            stop(name, form)
        plain = f"{parts.scheme}://{parts.netloc}/{database}"
        return plain, plain

    def scanner(self, name: str) -> str:
        """Where a clamd listens; empty where it is not given."""
        value = self.text(name, "")
        form = "must be an address such as unix:///run/clamav/clamd.ctl or tcp://host:3310."
        if not value:
            return ""
        try:
            parts = urlsplit(value)
            port = parts.port
        except ValueError:
            stop(name, form)
        here = parts.scheme == "unix" and parts.path.startswith("/")
        there = parts.scheme == "tcp" and parts.hostname and port and parts.path in {"", "/"}
        if not here and not there:
            stop(name, form)
        return value

    def mail(self, name: str, folder: Path) -> dict[str, Any]:
        """Django's EMAIL_* settings. Schemes: file, smtp, submission (STARTTLS), smtps (TLS), or a provider's name."""
        value = self.text(name, folder.as_uri())
        form = (
            "must be file:///folder, smtp://host:25, submission://user:password@host:587, "
            "smtps://user:password@host:465, or a provider and its key such as mailgun://key@mg.example.org "
            f"({', '.join(sorted(PROVIDERS))})."
        )
        try:
            parts = urlsplit(value)
            port = parts.port
        except ValueError:
            stop(name, form)
        if (kept := self._file(value)) is not None:
            return {"EMAIL_BACKEND": "settings.mail.FolderBackend", "EMAIL_FILE_PATH": str(kept)}
        if parts.scheme in PROVIDERS:
            return self._provider(parts) or stop(name, form)
        ports = {"smtp": 25, "submission": 587, "smtps": 465}
        if parts.scheme not in ports or not parts.hostname or port == 0 or parts.path not in {"", "/"}:
            stop(name, form)
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": parts.hostname,
            "EMAIL_PORT": port or ports[parts.scheme],
            "EMAIL_HOST_USER": unquote(parts.username or ""),
            "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
            "EMAIL_USE_TLS": parts.scheme == "submission",
            "EMAIL_USE_SSL": parts.scheme == "smtps",
        }

    @staticmethod
    def _provider(parts: SplitResult) -> dict[str, Any] | None:
        """django-anymail's settings of ``provider://key[:second key]@[domain][?api_url=…]``; None when incomplete."""
        first, second = PROVIDERS[parts.scheme]
        key, more = unquote(parts.username or ""), unquote(parts.password or "")
        if not key or bool(second) != bool(more) or (parts.scheme == "mailgun" and not parts.hostname):
            return None
        options = dict(parse_qsl(parts.query))
        anymail = {first: key} | ({second: more} if second else {})
        if parts.scheme == "mailgun":
            anymail["MAILGUN_SENDER_DOMAIN"] = parts.hostname or ""
        if address := options.pop("api_url", ""):
            anymail[f"{parts.scheme.upper()}_API_URL"] = address
        backend = f"anymail.backends.{parts.scheme}.EmailBackend"
        return None if options else {"EMAIL_BACKEND": backend, "ANYMAIL": anymail}

    def mailbox(self, name: str) -> dict[str, Any] | None:
        """Where reports on mails arrive: the arguments of `cms.mailing.mail.mailbox.Place`; None for nowhere."""
        value = self.text(name, "")
        if not value:
            return None
        form = (
            "must be imaps://user:password@host:993/INBOX, imap://…, pop3s://user:password@host:995 or pop3://…, "
            "with %40 for an @ in the name."
        )
        ports = {"imap": 143, "imaps": 993, "pop3": 110, "pop3s": 995}
        try:
            parts = urlsplit(value)
            port = parts.port
        except ValueError:
            stop(name, form)
        if parts.scheme not in ports or not parts.hostname or port == 0 or not parts.username:
            stop(name, form)
        return {
            "scheme": parts.scheme,
            "host": parts.hostname,
            "port": port or ports[parts.scheme],
            "user": unquote(parts.username),
            "password": unquote(parts.password or ""),
            "folder": unquote(parts.path.strip("/")) or "INBOX",
        }

    def secrets_by_name(self, name: str, known: set[str]) -> dict[str, str]:
        """``name:secret`` pairs with commas between them; each secret has 16 characters or more."""
        found = {}
        for word in self.words(name):
            key, _colon, secret = word.partition(":")
            if key not in known or len(secret) < 16:
                stop(
                    name,
                    "must be provider:secret with commas between them, of secrets of at least 16 characters and of "
                    f"the providers {', '.join(sorted(known))}.",
                )
            found[key] = secret
        return found

    def folder(self, name: str, default: Path) -> Path:
        value = self.text(name, default.as_uri())
        folder = self._file(value)
        if folder is None:
            stop(name, f"must be a folder written file:///absolute/path, not {value!r}.")
        return folder

    @staticmethod
    def _file(value: str) -> Path | None:
        """The folder of a file:/// address; None for anything else, and for the root of the machine."""
        try:
            parts = urlsplit(value)
        except ValueError:
            return None
        path = Path(unquote(parts.path) or ".")
        is_one = parts.scheme == "file" and not parts.netloc and path.is_absolute() and path != Path("/")
        return path if is_one else None

    def sentry(self, name: str) -> str:
        value = self.text(name, "")
        if value:
            from sentry_sdk.utils import BadDsn, Dsn

            try:
                Dsn(value)
            except (BadDsn, ValueError):
                stop(name, "must be an address such as https://key@sentry.example.org/1.")
        return value

    def level(self, name: str) -> str:
        return self.choice(name, "INFO", [n for n in logging.getLevelNamesMapping() if n != "NOTSET"])
