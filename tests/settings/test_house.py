"""Health, headers, logs, cache and the ring: what holds when a server is gone or silent."""

from __future__ import annotations

import ast
import gzip
import io
import json
import logging
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import brotli
import pytest
from celery import current_app
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.cache import caches
from django.core.mail import EmailMessage
from django.core.signals import request_started
from django.db import connection
from django.test import Client, RequestFactory

from cms.core import clock, health, registry
from cms.core import ring as bell
from cms.core.models import Heartbeat
from cms.core.tasks import heartbeat
from settings import cache as cache_module
from settings.logs import JsonFormatter, request_id, without_secrets
from settings.mail import FolderBackend
from settings.staticfiles import HashedStaticFiles

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def silent_server():
    """A server that accepts and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(50)
        kept: list[socket.socket] = []

        def accept() -> None:
            while True:
                try:
                    kept.append(listener.accept()[0])
                except OSError:
                    return

        threading.Thread(target=accept, daemon=True).start()
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
        for one in kept:
            one.close()


@pytest.fixture
def refusing_server():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return f"redis://127.0.0.1:{port}/0"


@pytest.fixture(params=["silent", "refusing"])
def broken_redis(request, settings):
    url = request.getfixturevalue(f"{request.param}_server")
    settings.REDIS_URL = url
    settings.REDIS_OPTIONS = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5, "retry": None}
    settings.CACHES = {
        "default": {
            "BACKEND": "settings.cache.LosableRedisCache",
            "LOCATION": url,
            "OPTIONS": settings.REDIS_OPTIONS,
        }
    }
    return url


# Health ----------------------------------------------------------------------------------------------------------
def test_the_process_answers_without_a_database(client):
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok"}


@pytest.mark.django_db
def test_ready_when_the_scheduler_was_heard(client, redis):
    heartbeat()
    answer = client.get("/readyz")
    assert answer.status_code == 200, answer.content
    assert set(answer.json()["checks"].values()) == {"ok"}
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_a_silent_scheduler_is_named_and_the_admin_says_so(client, redis):
    Heartbeat.objects.update_or_create(name="scheduler", defaults={"beat_at": NOW - timedelta(minutes=5)})
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["scheduler"].startswith("silent")
    banner = registry.admin_banners.get("scheduler")
    assert banner(RequestFactory().get("/admin/"), NOW)
    Heartbeat.objects.update(beat_at=NOW - timedelta(seconds=30))
    assert banner(RequestFactory().get("/admin/"), NOW) is None


@pytest.mark.django_db
def test_the_admins_home_says_that_the_scheduler_is_silent(client):
    client.force_login(get_user_model().objects.create_superuser("root", password="x"))
    words = "Le programmateur ne répond pas"
    Heartbeat.objects.update_or_create(name="scheduler", defaults={"beat_at": clock.now()})
    assert words not in client.get("/admin/").content.decode()
    Heartbeat.objects.update(beat_at=clock.now() - timedelta(minutes=5))
    assert words in client.get("/admin/").content.decode()


@pytest.mark.django_db
def test_a_migration_that_waits_is_named(client, redis):
    heartbeat()
    health._migrated.clear()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'mailing'")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert [name for name, state in answer.json()["checks"].items() if state != "ok"] == ["migrations"]


ASK = """
import time
from django.test import Client
begun, here = time.monotonic(), {"host": "localhost"}
ready, alive = Client().get("/readyz", headers=here), Client().get("/healthz", headers=here)
print("ANSWER", ready.status_code, alive.status_code, *sorted(ready.json()["checks"].items()), time.monotonic() - begun)
"""


def test_a_database_that_is_gone_is_named_and_the_process_still_answers(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", ASK],
        env=os.environ | {"DATABASE_URL": f"postgres://kunnafoni@127.0.0.1:{port}/name"},
        capture_output=True,
        text=True,
        check=False,
    )
    found = next(line for line in done.stdout.splitlines() if line.startswith("ANSWER"))
    assert found.startswith("ANSWER 503 200")
    assert "('broker', 'ok')" in found
    assert "('database', 'OperationalError')" in found
    assert float(found.split()[-1]) < 5


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_server_ended_costs_no_request(client):
    """CONN_HEALTH_CHECKS: a restarted PostgreSQL leaves dead connections in every thread."""
    assert settings.DATABASES["default"]["CONN_HEALTH_CHECKS"]
    answers = []
    for checked in (True, False):
        connection.settings_dict["CONN_HEALTH_CHECKS"] = checked
        connection.settings_dict["CONN_MAX_AGE"] = 60
        connection.close()
        connection.connect()
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
        other.close()
        request_started.send(sender=None)
        answers.append(health.database())
        connection.close()
    connection.settings_dict["CONN_HEALTH_CHECKS"] = True
    assert answers == [None, "OperationalError"], "the second, without the check, is the control"


@pytest.mark.django_db
def test_a_broker_that_is_gone_or_silent_is_named_within_two_seconds(client, broken_redis):
    heartbeat()
    started = time.monotonic()
    answer = client.get("/readyz")
    assert time.monotonic() - started < 2
    assert answer.status_code == 503
    assert [name for name, state in answer.json()["checks"].items() if state != "ok"] == ["broker"]


@pytest.mark.django_db
def test_a_folder_that_cannot_be_written_is_named(settings):
    settings.MEDIA_ROOT = "/proc/nowhere"
    ready, checks = health.readiness()
    assert not ready
    assert checks["disk"] != "ok"


# Cache and ring --------------------------------------------------------------------------------------------------
def test_a_cache_that_is_gone_costs_less_than_two_seconds(broken_redis):
    cache_module.breaker.until = 0
    cache = caches.create_connection("default")
    started = time.monotonic()
    for number in range(20):
        assert cache.get(f"key-{number}", "default") == "default"
        cache.set(f"key-{number}", 1)
    assert time.monotonic() - started < 2
    cache_module.breaker.until = 0


def test_without_the_breaker_the_same_reads_would_take_longer(silent_server, settings):
    """Control: each read alone waits its half second."""
    cache = cache_module.LosableRedisCache(
        silent_server, {"OPTIONS": {"socket_timeout": 0.3, "socket_connect_timeout": 0.3, "retry": None}}
    )
    started = time.monotonic()
    for number in range(4):
        cache_module.breaker.until = 0
        cache.get(f"key-{number}")
    assert time.monotonic() - started > 1
    cache_module.breaker.until = 0


def test_the_cache_keeps_what_redis_keeps(redis):
    cache_module.breaker.until = 0
    cache = caches["default"]
    cache.set("key", "value", 60)
    assert cache.get("key") == "value"
    assert cache.add("key", "other") is False
    assert cache.incr("count", 1) if cache.set("count", 1) else True


@pytest.mark.django_db(transaction=True)
def test_a_ring_reaches_the_broker(redis):
    from settings.celery import app

    bell._resting_until = 0
    bell.ring("cms.core.tasks.heartbeat")
    assert redis.llen("celery") == 1
    assert current_app.main == app.main


@pytest.mark.django_db(transaction=True)
def test_a_ring_makes_nobody_wait(broken_redis):
    from settings.celery import app

    bell._resting_until = 0
    before, app.conf.broker_url = app.conf.broker_url, broken_redis
    app.conf.broker_write_url = broken_redis
    try:
        started = time.monotonic()
        for _ in range(10):
            bell.ring("cms.core.tasks.heartbeat")
        assert time.monotonic() - started < 2
    finally:
        app.conf.broker_url = app.conf.broker_write_url = before
        bell._resting_until = 0


# Headers and logs ------------------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/healthz", "/absent/", "/admin/login/"])
def test_every_answer_carries_the_security_headers(client, address):
    answer = client.get(address)
    for name in (
        "X-Content-Type-Options",
        "Referrer-Policy",
        "Permissions-Policy",
        "Content-Security-Policy",
    ):
        assert answer[name], name
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "unsafe" not in answer["Content-Security-Policy"] or address.startswith("/admin/")
    assert "nonce" not in answer["Content-Security-Policy"]


@pytest.mark.django_db
def test_a_sane_request_id_is_kept_and_another_replaced(client):
    assert client.get("/healthz", headers={"X-Request-ID": "abc-123-def"})["X-Request-ID"] == "abc-123-def"
    for strange in ("short", "x" * 65, "a b c d e f g h", "<script>alert(1)"):
        assert client.get("/healthz", headers={"X-Request-ID": strange})["X-Request-ID"] != strange


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["r", "d", "i", "j", "m", "verify"])
def test_no_holders_key_reaches_the_log(kind):
    token = "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE"
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    logging.getLogger().addHandler(handler)
    try:
        Client(raise_request_exception=False).get(f"/{kind}/{token}/?next=/{kind}/{token}")
        logging.getLogger("x").error("at https://example.org/%s/%s/unsubscribe", kind, token)
    finally:
        logging.getLogger().removeHandler(handler)
    assert token not in stream.getvalue()
    assert f"/{kind}/…" in stream.getvalue()


def test_a_line_is_json_with_the_request_id_and_the_traceback():
    mark = request_id.set("abc")
    try:
        raise ValueError("Bearer abcdefghijklmnop")
    except ValueError:
        record = logging.getLogger("x").makeRecord(
            "x", 40, "f", 1, "it %s", ("broke",), __import__("sys").exc_info()
        )
    finally:
        request_id.reset(mark)
    mark = request_id.set("abc")
    line = json.loads(JsonFormatter().format(record))
    request_id.reset(mark)
    assert (line["message"], line["level"], line["request_id"]) == ("it broke", "error", "abc")
    assert "abcdefghijklmnop" not in line["traceback"]


def test_ordinary_addresses_stay_readable():
    assert without_secrets("GET /fr/presse/communiques/a/ 200") == "GET /fr/presse/communiques/a/ 200"


def test_static_files_are_named_by_their_content_and_compressed_ahead(tmp_path):
    source = Path(settings.BASE_DIR) / "cms" / "pages" / "static"
    shutil.copytree(source, tmp_path / "static")
    storage = HashedStaticFiles(location=tmp_path / "static", base_url="/static/")
    names = [str(path.relative_to(source)) for path in source.rglob("*") if path.is_file()]
    for _name, _hashed, processed in storage.post_process({name: (storage, name) for name in names}):
        assert not isinstance(processed, Exception), processed
    hashed = storage.stored_name("pages/site.css")
    assert re.fullmatch(r"pages/site\.[0-9a-f]{12}\.css", hashed)
    plain = (tmp_path / "static" / hashed).read_bytes()
    assert gzip.decompress((tmp_path / "static" / f"{hashed}.gz").read_bytes()) == plain
    assert brotli.decompress((tmp_path / "static" / f"{hashed}.br").read_bytes()) == plain


def test_nothing_of_ours_calls_another_machine_without_a_timeout():
    for package in ("cms", "events", "media_library", "press", "settings"):
        for path in (Path(settings.BASE_DIR) / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    names = [getattr(node, "module", None) or "", *[alias.name for alias in node.names]]
                    # The one fence speaks HTTP over connections of its own, which are looked at below.
                    spoken = {"http.client"} if path.match("cms/core/outgoing.py") else set()
                    others = {"requests", "httpx", "aiohttp", "http.client"} - spoken
                    assert not others & set(names), path
                called = node.func if isinstance(node, ast.Call) else None
                if getattr(called, "attr", getattr(called, "id", "")) in {"urlopen", "create_connection"}:
                    given = {keyword.arg for keyword in node.keywords}
                    assert "timeout" in given or path.name == "cache.py", f"{path}:{node.lineno}"


# Mail in a folder ------------------------------------------------------------------------------------------------
def test_mail_is_kept_as_one_file_each(settings, tmp_path):
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    messages = [EmailMessage("Objet é", "Texte", "a@example.org", ["b@example.org"]) for _ in range(3)]
    assert FolderBackend().send_messages([*messages, EmailMessage("Nobody")]) == 3
    files = sorted((tmp_path / "mail").iterdir())
    assert [path.suffix for path in files] == [".eml"] * 3
    assert b"To: b@example.org\r\n" in files[0].read_bytes()
