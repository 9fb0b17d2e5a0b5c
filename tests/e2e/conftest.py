"""A whole site for journeys: the demo's people and rooms, a web process, a worker, a mail sink."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.support import journeys

# A server, a worker, a browser and a second test share two cores: a state is waited for, however long it takes.
expect.set_options(timeout=20_000)


@dataclass(frozen=True)
class Newsroom:
    """The site's address, and what of its tree a journey begins with."""

    url: str
    releases: Any
    agenda: Any


@pytest.fixture
def people(transactional_db: None, settings: Any) -> None:
    """The demo's accounts, contacts, plan, pages, press room and agenda, without their content."""
    journeys.lay_newsroom(settings)


@pytest.fixture
def newsroom(smtp_sink: Any, people: None, live_site: Any) -> Newsroom:
    """The running site (before it starts, its people are there)."""
    from events.models import AgendaPage
    from press.models import ReleaseIndexPage

    return Newsroom(
        url=live_site.url,
        releases=ReleaseIndexPage.objects.get(locale__language_code="fr"),
        agenda=AgendaPage.objects.get(locale__language_code="fr"),
    )


@pytest.fixture
def worker(newsroom: Newsroom, live_site: Any, redis: Any, tmp_path: Path) -> Iterator[None]:
    """The real Celery worker with its scheduler, as production runs them, on this test's database."""
    log = (tmp_path / "worker.log").open("wb")
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "celery", "-A", "settings.celery", "worker", "--beat"),
            *("--schedule", str(tmp_path / "beat"), "--concurrency", "1", "--loglevel", "info"),
        ],
        env=live_site.environment,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    yield
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
    log.close()


@pytest.fixture
def officer(live_server: Any, browser_page: Any) -> Any:
    """A page on which an officer is signed in to the admin of `live_server`, in French."""
    from django.contrib.auth.models import Group

    from cms.accounts.models import User

    user = User.objects.create_user("kadiatou", password="right-password")
    user.groups.add(Group.objects.get(name="officer"))
    page = browser_page
    page.goto(f"{live_server.url}/admin/login/")
    page.fill("[name=username]", "kadiatou")
    page.fill("[name=password]", "right-password")
    page.click("[type=submit]")
    page.wait_for_url(f"{live_server.url}/admin/")
    return page
