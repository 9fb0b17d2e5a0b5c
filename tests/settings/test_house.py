"""Health, headers, logs, cache and the ring: what holds when a server is gone or silent."""

from __future__ import annotations

import io
import json
import logging
import socket
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from celery import current_app
from django.core.cache import caches
from django.core.mail import EmailMessage
from django.test import Client, RequestFactory

from cms.core import health, registry
from cms.core import ring as bell
from cms.core.models import Heartbeat
from cms.core.tasks import heartbeat
from settings import cache as cache_module
from settings.logs import JsonFormatter, request_id, without_secrets
from settings.mail import FolderBackend

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
@pytest.mark.parametrize("kind", ["r", "i", "j", "m", "verify"])
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


# Mail in a folder ------------------------------------------------------------------------------------------------
def test_mail_is_kept_as_one_file_each(settings, tmp_path):
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    messages = [EmailMessage("Objet é", "Texte", "a@example.org", ["b@example.org"]) for _ in range(3)]
    assert FolderBackend().send_messages([*messages, EmailMessage("Nobody")]) == 3
    files = sorted((tmp_path / "mail").iterdir())
    assert [path.suffix for path in files] == [".eml"] * 3
    assert b"To: b@example.org\r\n" in files[0].read_bytes()
