"""A request that meets a long lock, or a database that restarts under it: told so, nothing lost, nothing twice."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.db import close_old_connections, connection
from django.test import Client
from django.utils import timezone
from psycopg import sql

from events.models import EventPage, Registration
from settings.waits import LOCK_WAIT, bound_waits
from tests.factories.events import make_event, make_event_page

pytestmark = pytest.mark.django_db(transaction=True)

NAME = 'Awa "Keïta" <b>'
WAITING = "SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = %s"


@pytest.fixture
def page() -> EventPage:
    start = (timezone.now() + timedelta(days=7)).date()
    return make_event_page(make_event(start_date=start, now=timezone.now()))


@pytest.fixture
def held(page: EventPage) -> Iterator[Any]:
    """Another connection, which holds the lock of the event's date until it is rolled back."""
    other = connection.copy()
    other.inc_thread_sharing()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("SELECT id FROM events_occurrence FOR UPDATE")
    yield other
    other.close()


def typed(page: EventPage) -> dict[str, str]:
    return {
        "occurrence": page.event.occurrences.get().uid.hex,
        "name": NAME,
        "email": "awa@example.org",
        "key": str(uuid4()),
        "step": "send",
    }


def post(page: EventPage, said: dict[str, str]) -> Any:
    """As a browser posts it, with what Django does between two requests of a process."""
    close_old_connections()
    client = Client(raise_request_exception=False)
    return client.post(f"{page.public_path}inscription/", said)


def kept_in(html: str) -> dict[str, str]:
    """The hidden fields of a page."""
    return {
        name: unescape(value)
        for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', html)
    }


def is_handed_back_and_goes_through(answer: Any, page: EventPage, said: dict[str, str]) -> None:
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "5", "no-store")
    assert "Réessayez dans un instant" in answer.content.decode()
    assert kept_in(answer.content.decode()) == said
    assert not Registration.objects.exists()
    again = [post(page, kept_in(answer.content.decode())).status_code for _time in range(2)]
    assert again == [303, 303]
    assert Registration.objects.get().name == NAME


def test_who_meets_a_long_lock_is_told_in_time_and_sends_again_what_the_page_kept(
    page: EventPage, held: Any
) -> None:
    said = typed(page)
    bound_waits(None, connection, wait="100ms")
    answer = post(page, said)
    held.rollback()
    is_handed_back_and_goes_through(answer, page, said)


def test_a_database_that_ends_the_request_halfway_costs_nobody_what_they_wrote(
    page: EventPage, held: Any
) -> None:
    bound_waits(None, connection, wait="30s")
    said, pid = typed(page), connection.connection.info.backend_pid

    def end() -> None:
        """As a restart does, once the request waits in the middle of its transaction."""
        until = time.monotonic() + 30
        with held.cursor() as cursor:
            while time.monotonic() < until:
                cursor.execute("SELECT pg_stat_clear_snapshot()")
                cursor.execute(WAITING, [pid])
                if cursor.fetchone() == (True,):
                    break
                time.sleep(0.01)
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        held.rollback()

    ender = threading.Thread(target=end)
    ender.start()
    answer = post(page, said)
    ender.join()
    is_handed_back_and_goes_through(answer, page, said)


def test_where_postgresql_takes_no_connection_more_the_form_is_handed_back_and_readyz_is_red(
    page: EventPage,
) -> None:
    said = typed(page)
    with connections_taken():
        answer = post(page, said)
        ready = Client().get("/readyz")
    assert (ready.status_code, ready.json()["checks"]["database"]) == (503, "OperationalError")
    is_handed_back_and_goes_through(answer, page, said)


@contextmanager
def connections_taken() -> Iterator[None]:
    """The database takes no new connection, and there is none: as with all of them in use."""
    name = sql.Identifier(connection.settings_dict["NAME"])
    statement = sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS {}")
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement.format(name, sql.SQL("false")).as_string(None))
    try:
        yield
    finally:
        with connection._nodb_cursor() as cursor:
            cursor.execute(statement.format(name, sql.SQL("true")).as_string(None))


def test_the_web_process_waits_no_longer_than_it_says() -> None:
    bound_waits(None, connection)
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == (LOCK_WAIT,)


def test_a_password_is_never_handed_back_in_a_page(page: EventPage, held: Any) -> None:
    bound_waits(None, connection, wait="100ms")
    answer = post(page, {**typed(page), "password": "secret"})
    assert answer.status_code == 503
    assert "secret" not in answer.content.decode()
    assert not kept_in(answer.content.decode())
    assert "rechargez cette page" in answer.content.decode()
