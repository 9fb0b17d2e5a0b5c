"""A wrong or missing variable stops the start with one sentence naming it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from ast import literal_eval
from uuid import UUID

import pytest
from django.conf import settings
from django.test import override_settings

from cms.core import links

KEY = "abcdefghijklmnopqrstuvwxyz" * 3
WHOLE = {
    "DATABASE_URL": "postgres://user:secret@db.example.org:5432/name",
    "REDIS_URL": "redis://cache.example.org:6379/1",
    "SECRET_KEY": KEY,
    "LINK_KEY": KEY[::-1],
    "PUBLIC_URL": "https://www.example.org",
}


def start(tmp_path, **changes: str | None) -> subprocess.CompletedProcess[str]:
    """Import the production settings in a process that has WHOLE with `changes` (None: not set)."""
    values = {**WHOLE, "VAR_DIR": str(tmp_path), "PATH": os.environ["PATH"]} | changes
    code = "import json, settings.base as s; print(json.dumps({n: repr(getattr(s, n)) for n in dir(s) if n.isupper()}))"
    return subprocess.run(
        [sys.executable, "-c", code],
        env={name: value for name, value in values.items() if value is not None},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_whole_environment_starts(tmp_path):
    done = start(tmp_path)
    assert done.returncode == 0, done.stderr
    values = json.loads(done.stdout)
    assert values["SECURE_SSL_REDIRECT"] == values["SESSION_COOKIE_SECURE"] == "True"
    assert values["DEBUG"] == "False"


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL", "SECRET_KEY", "PUBLIC_URL"])
def test_a_missing_variable_is_named(tmp_path, name):
    done = start(tmp_path, **{name: None})
    assert done.returncode == 1
    assert done.stderr.startswith(f"{name} is not set")
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "name, value",
    [
        ("DATABASE_URL", "sqlite:///db.sqlite3"),
        ("DATABASE_URL", "mysql://user@host/name"),
        ("DATABASE_URL", "postgres://user@host:port/name"),
        ("DATABASE_URL", "postgres://user@host"),
        ("DATABASE_URL", "not an address"),
        ("REDIS_URL", "http://host/0"),
        ("REDIS_URL", "redis://host:99999/0"),
        ("REDIS_URL", "unix://relative?db=0"),
        ("EMAIL_URL", "imap://host"),
        ("EMAIL_URL", "smtp://"),
        ("EMAIL_URL", "smtp://host:many"),
        ("EMAIL_URL", "mailgun://key@"),
        ("EMAIL_URL", "brevo://"),
        ("EMAIL_URL", "mailjet://key@"),
        ("EMAIL_URL", "brevo://key@?region=eu"),
        ("PUBLIC_URL", "www.example.org"),
        ("PUBLIC_URL", "https://www.example.org/site"),
        ("PUBLIC_URL", "ftp://www.example.org"),
        ("PUBLIC_URL", "https://[bad"),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "a" * 60),
        ("SECRET_KEY_FALLBACKS", "short"),
        ("LINK_KEY", "short"),
        ("PORT", "eighty"),
        ("PORT", "0"),
        ("PORT", "70000"),
        ("DEBUG", "perhaps"),
        ("TIME_ZONE", "Africa/Nowhere"),
        ("TIME_ZONE", "../etc/passwd"),
        ("LOG_LEVEL", "LOUD"),
        ("STORAGE_URL", "s3://bucket"),
        ("SENTRY_DSN", "nonsense"),
        ("TRUSTED_PROXIES", "nginx"),
        ("DEMO", "1"),
        ("STORAGE_URL", "file:///"),
        ("STORAGE_URL", "file://[x"),
        ("EMAIL_URL", "file:///"),
        ("SENTRY_DSN", "https://[x"),
        ("PORT", "$PORT"),
        ("VAR_DIR", "v" * 400),
        ("VAR_DIR", "/dev/null"),
        ("VAR_DIR", "/dev/null/var"),
        ("HOST", "0.0.0.0:8000"),
        ("HOST", "any where"),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", "https://www.example.org"),
        ("LINK_KEY_FALLBACKS", "short"),
        ("MEDIA_ACCEL_PREFIX", "private"),
    ],
)
def test_a_wrong_variable_stops_the_start_with_one_sentence(tmp_path, name, value):
    done = start(tmp_path, **{name: value})
    assert done.returncode == 1
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith(name)
    assert lines[0].endswith(".")


def test_sqlite_is_refused_with_the_reason(tmp_path):
    assert "row locks" in start(tmp_path, DATABASE_URL="sqlite:///x").stderr


def test_the_demo_starts_on_loopback_alone(tmp_path):
    local = {"DEMO": "1", "PUBLIC_URL": "http://127.0.0.1:8000"}
    assert start(tmp_path, **local).returncode == 0
    assert start(tmp_path, **local, HOST="192.0.2.1").stderr.startswith("DEMO")


@pytest.mark.parametrize(
    "value, host, port, tls, ssl",
    [
        ("smtp://mail.example.org", "mail.example.org", "25", "False", "False"),
        ("submission://me:p%40ss@mail.example.org", "mail.example.org", "587", "True", "False"),
        ("smtps://me:pass@mail.example.org:2465", "mail.example.org", "2465", "False", "True"),
    ],
)
def test_mail_schemes(tmp_path, value, host, port, tls, ssl):
    values = json.loads(start(tmp_path, EMAIL_URL=value).stdout)
    assert (values["EMAIL_HOST"], values["EMAIL_PORT"]) == (repr(host), port)
    assert (values["EMAIL_USE_TLS"], values["EMAIL_USE_SSL"]) == (tls, ssl)
    if "%40" in value:
        assert values["EMAIL_HOST_PASSWORD"] == repr("p@ss")


@pytest.mark.parametrize(
    "value, provider, options",
    [
        ("brevo://x%2Fkey@", "brevo", {"BREVO_API_KEY": "x/key"}),
        (
            "mailgun://key@mg.example.org?api_url=https://api.eu.mailgun.net/v3",
            "mailgun",
            {
                "MAILGUN_API_KEY": "key",
                "MAILGUN_SENDER_DOMAIN": "mg.example.org",
                "MAILGUN_API_URL": "https://api.eu.mailgun.net/v3",
            },
        ),
        ("mailjet://key:secret@", "mailjet", {"MAILJET_API_KEY": "key", "MAILJET_SECRET_KEY": "secret"}),
    ],
)
def test_a_provider_is_named_with_its_key(tmp_path, value, provider, options):
    values = json.loads(start(tmp_path, EMAIL_URL=value).stdout)
    assert values["EMAIL_BACKEND"] == repr(f"anymail.backends.{provider}.EmailBackend")
    assert values["ANYMAIL"] == repr(options)


def test_what_an_installation_keeps_completes_the_environment(tmp_path):
    (tmp_path / "env").write_text(f"SECRET_KEY={KEY}\nPUBLIC_URL=https://kept.example.org\n")
    values = json.loads(start(tmp_path, SECRET_KEY=None).stdout)
    assert values["SECRET_KEY"] == repr(KEY)
    assert values["PUBLIC_URL"] == repr("https://www.example.org"), "what is given goes before what is kept"


def test_links_outlive_a_new_secret_key_where_no_link_key_is_given(tmp_path):
    """Without LINK_KEY the links are SECRET_KEY's: its fallbacks prove them too."""
    uid, older = UUID(int=7), ("older key " * 6).strip()
    with override_settings(LINK_KEY=older, LINK_KEY_FALLBACKS=[]):
        token = links.make("registration", uid)
    for changes, holds in (
        ({"SECRET_KEY_FALLBACKS": older}, True),
        ({}, False),
        ({"SECRET_KEY_FALLBACKS": older, "LINK_KEY": KEY[::-1]}, False),
        ({"LINK_KEY_FALLBACKS": older, "LINK_KEY": KEY[::-1]}, True),
    ):
        values = json.loads(start(tmp_path, **{"LINK_KEY": None, **changes}).stdout)
        found = {name: literal_eval(values[name]) for name in ("LINK_KEY", "LINK_KEY_FALLBACKS")}
        with override_settings(**found):
            assert links.verify(token, purpose="registration", uid=uid) is holds, changes


def test_a_value_that_begins_with_a_dollar_sign_is_itself(tmp_path):
    key = "$" + KEY
    assert json.loads(start(tmp_path, SECRET_KEY=key).stdout)["SECRET_KEY"] == repr(key)


def test_the_deployment_check_is_clean_under_production_settings(tmp_path):
    values = {
        **WHOLE,
        "VAR_DIR": str(tmp_path),
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "settings.base",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        env=values,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout
