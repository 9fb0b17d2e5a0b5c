"""What every test may ask for: a database of its own, Redis, a mail sink, a browser.

Run with DATABASE_URL and REDIS_URL of real servers (`make test` starts private ones). The database is migrated
once into a template; each xdist worker, and each transactional test, works on a clone of it.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from redis import Redis

# Playwright keeps an event loop on the test's thread; the ORM calls beside it are still plain calls.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


# Keys of a test run protect nothing; where the site stands is a test's own affair.
os.environ.setdefault("SECRET_KEY", "a key of the tests " + "0123456789abcdef" * 4)
os.environ.setdefault("PUBLIC_URL", "http://localhost:8000")
os.environ.setdefault("VAR_DIR", str(Path(tempfile.gettempdir()) / f"kunnafoni-tests-{os.getuid()}"))


def pytest_configure(config: pytest.Config) -> None:
    """Compile the catalogs that changed, once and not in each worker."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        from settings.services.catalogs import compile_all

        for written in compile_all():
            from django.utils.translation.reloader import translation_file_changed

            # Setting Django up has read the old one; this is how runserver forgets it.
            translation_file_changed(None, written)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files of journeys: one of them as the last would leave the other worker idle."""
    long = {item.path for item in items if item.get_closest_marker("e2e")}
    items.sort(key=lambda item: item.path not in long)


CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# The database --------------------------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: Any,
    django_db_keepdb: bool,
    django_db_createdb: bool,
) -> Iterator[None]:
    """Migrate a template once, clone it for this worker; `--reuse-db` keeps the template while migrations match."""
    from tests.support import databases

    with django_db_blocker.unblock():
        template = databases.template(
            reuse=django_db_keepdb and not django_db_createdb,
            run=getattr(request.config, "workerinput", {}).get("testrunuid", str(os.getpid())),
        )
        databases.use_clone(template, os.environ.get("PYTEST_XDIST_WORKER", ""))
    yield
    with django_db_blocker.unblock():
        databases.drop_clone()


@pytest.fixture(scope="module")
def laid_room(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """A site with its press room, laid once for a file without transactional tests: take `room`-like copies."""
    from tests.factories.press import make_room
    from tests.support.shared import laid

    with laid(django_db_blocker):
        yield make_room()


@pytest.fixture(scope="module")
def stocked_room(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """A site with its press room, in the database that each transactional test of the file gets: take copies."""
    from tests.factories.press import make_room
    from tests.support import databases

    with django_db_blocker.unblock(), databases.stocked(make_room) as room:
        yield room


@pytest.fixture
def redis() -> Iterator[Redis]:
    """An emptied database of the real Redis at REDIS_URL, also used by cache and broker."""
    from django.conf import settings
    from redis import Redis

    client = Redis.from_url(settings.REDIS_URL, socket_timeout=5)
    client.flushdb()
    yield client
    client.flushdb()
    client.close()


# Mail ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Received:
    """One message as the sink took it: envelope and raw bytes."""

    mail_from: str
    rcpt_tos: list[str]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        parsed = message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed


@dataclass
class SmtpSink:
    """A real SMTP server. Set `reply(mail_from, rcpt_tos, raw)` to answer another line than 250."""

    host: str
    port: int
    received: list[Received] = field(default_factory=list)
    reply: Callable[[str, list[str], bytes], str] | None = None

    @property
    def messages(self) -> list[EmailMessage]:
        return [item.message for item in self.received]

    @property
    def url(self) -> str:
        return f"smtp://{self.host}:{self.port}"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        raw = bytes(envelope.original_content)
        answer = self.reply(envelope.mail_from, envelope.rcpt_tos, raw) if self.reply else "250 OK"
        if answer.startswith("2"):
            self.received.append(Received(envelope.mail_from, list(envelope.rcpt_tos), raw))
        return answer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def smtp_sink(settings: Any) -> Iterator[SmtpSink]:
    """A real SMTP server on a free port, and the project's mail settings pointed at it."""
    from aiosmtpd.controller import Controller

    sink = SmtpSink("127.0.0.1", free_port())
    controller = Controller(sink, hostname=sink.host, port=sink.port, data_size_limit=50_000_000)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = sink.host, sink.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    yield sink
    controller.stop()


# Browser -------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the session; CHROMIUM names another binary."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=CHROMIUM_FLAGS
        )
        yield chromium
        chromium.close()


@pytest.fixture
def browser_page(browser: Browser) -> Iterator[Page]:
    """A page of a fresh browser profile, in French, 1280 px wide; errors of its scripts fail the test."""
    context = browser.new_context(
        locale="fr-FR", timezone_id="Africa/Bamako", viewport={"width": 1280, "height": 900}
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    yield page
    context.close()
    assert not failures, f"errors in the page's scripts: {failures}"


@dataclass(frozen=True)
class Site:
    """A running server process on the test's own database."""

    url: str
    log: Path
    environment: dict[str, str]

    def __str__(self) -> str:
        return self.url


@pytest.fixture
def live_site(transactional_db: None, tmp_path: Path, settings: Any) -> Iterator[Site]:
    """The real server process (as `make run` starts it) on this test's database, on a free port.

    Slower than `live_server`: for journeys, ranges, headers and clocks rather than for page contents.
    """
    from settings.services.web import command, wait_for_http
    from tests.support import databases

    port = free_port()
    environment = os.environ | {
        "DATABASE_URL": databases.current_url(),
        "DJANGO_SETTINGS_MODULE": "settings.test",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "VAR_DIR": str(settings.VAR_DIR),
        "EMAIL_URL": f"smtp://{settings.EMAIL_HOST}:{settings.EMAIL_PORT}",
    }
    log = tmp_path / "web.log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            command(python=sys.executable, host="127.0.0.1", port=port),
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for_http(f"http://127.0.0.1:{port}/healthz", server, deadline=time.monotonic() + 60)
        yield Site(f"http://127.0.0.1:{port}", log, environment)
    finally:
        server.terminate()
        server.wait(20)
