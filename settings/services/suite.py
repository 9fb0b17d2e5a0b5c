"""`make test`: private PostgreSQL and Redis, every check, every test, the coverage; then all is stopped."""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from settings.services import catalogs
from settings.services.postgres import Postgres
from settings.services.processes import Refusal
from settings.services.redis import Redis

BASE_DIR = Path(__file__).resolve().parent.parent.parent
BIN = Path(sys.executable).parent
PACKAGES = ["cms", "events", "media_library", "press", "settings", "tests"]
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
ROOM = 4 * 1024**3
KEY = "a key of the tests " + "0123456789abcdef" * 4


def checks() -> list[tuple[str, list[str]]]:
    """What is checked without running a test: name and command."""
    python = str(BIN / "python")
    return [
        ("lint", [str(BIN / "ruff"), "check", "."]),
        ("types", [python, "-m", "mypy"]),
        ("layers", [str(BIN / "lint-imports")]),
        (
            "templates",
            [str(BIN / "djlint"), *[name for name in PACKAGES if name != "tests"], "--lint", "--quiet"],
        ),
        ("system check", [python, "manage.py", "check", "--fail-level", "WARNING"]),
        ("migrations", [python, "manage.py", "makemigrations", "--check", "--dry-run"]),
    ]


def environment(var_dir: Path) -> dict[str, str]:
    """The tests' own environment: what a developer has exported does not reach them."""
    ours = {
        "DEMO",
        "DEBUG",
        "HOST",
        "PORT",
        "EMAIL_URL",
        "SECRET_KEY_FALLBACKS",
        "LINK_KEY",
        "LINK_KEY_FALLBACKS",
    }
    ours |= {"ALLOWED_HOSTS", "TIME_ZONE", "STORAGE_URL", "SENTRY_DSN", "LOG_LEVEL", "MEDIA_ACCEL_PREFIX"}
    ours |= {"MAIL_REPORTS_URL", "MAIL_WEBHOOKS", "MAIL_SOFT_BOUNCES", "DKIM_URL", "DNS_SERVERS"}
    values = {name: value for name, value in os.environ.items() if name not in ours}
    return values | {
        "VAR_DIR": str(var_dir),
        "SECRET_KEY": KEY,
        "PUBLIC_URL": "http://localhost:8000",
        "DJANGO_SETTINGS_MODULE": "settings.test",
        "PYTHONUNBUFFERED": "1",
        "COVERAGE_FILE": str(var_dir / "coverage"),
    }


def run(name: str, command: list[str], values: dict[str, str]) -> bool:
    started = time.monotonic()
    done = subprocess.run(
        command,
        cwd=BASE_DIR,
        env=values,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    passed = done.returncode == 0
    print(f"{name:<14}{'ok' if passed else 'FAILED'}  {time.monotonic() - started:5.1f} s", flush=True)
    if not passed:
        print(done.stdout[-12_000:] + done.stderr[-6_000:], flush=True)
    return passed


def migrated(values: dict[str, str]) -> bool:
    """Migrate the tests' template database; the server is this run's own, so no older one can be taken for it."""
    return run("template", [str(BIN / "python"), "-m", "tests.support.databases"], values)


def before(values: dict[str, str]) -> bool:
    """The checks on one core while the other migrates the tests' database: neither needs the other."""
    with ThreadPoolExecutor() as pool:
        template = pool.submit(migrated, values)
        checked = [run(name, command, values) for name, command in checks()]
        return all([template.result(), *checked])


def tests(values: dict[str, str], extra: list[str]) -> bool:
    """The whole suite on two workers, with coverage of our packages."""
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-m", "not bench"]
    command += [
        "--reuse-db",
        # what a file's tests share is laid once; conftest puts the long files first
        "--dist=loadfile",
        "--no-loadscope-reorder",
        "--durations=25",
        "-rs",
        "--show-capture=no",
        *[f"--cov={name}" for name in PACKAGES if name != "tests"],
        "--cov-report=term:skip-covered",
    ]
    return session([*command, *extra], values) == 0


def session(command: list[str], values: dict[str, str]) -> int:
    """Run a command with whatever it starts; an interruption ends all of it, xdist's workers included."""
    process = subprocess.Popen(
        command, cwd=BASE_DIR, env=values, stdin=subprocess.DEVNULL, start_new_session=True
    )
    try:
        return process.wait()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def bench(values: dict[str, str], extra: list[str]) -> bool:
    """The measurements of tests/bench, which print JSON lines themselves."""
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-s", "-m", "bench", "tests/bench", *extra]
    return subprocess.run(
        command, cwd=BASE_DIR, env=values, stdin=subprocess.DEVNULL, check=False
    ).returncode in (0, 5)


def database_folder(var_dir: Path, *, memory: Path = MEMORY, room: int = ROOM) -> Path:
    """Where the tests' PostgreSQL lies: in memory where there is room, else with the run's other files.

    Each transactional test drops a database of 1,300 files and clones another. On ext4 a new file passes over
    every inode freed in the last minutes, one by one: a clone takes up to a second of CPU, in memory a tenth.
    """
    if not memory.is_dir() or not os.access(memory, os.W_OK) or shutil.disk_usage(memory).free < room:
        return var_dir
    folder = Path(tempfile.mkdtemp(prefix="kunnafoni-test-", dir=memory))
    folder.chmod(0o755)
    return folder


def main() -> int:
    """0 when everything passed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--bench", action="store_true", help="measure instead of test")
    parser.add_argument("--only-tests", action="store_true", help="leave out lint, types and layers")
    options, extra = parser.parse_known_args()
    var_dir = Path(tempfile.mkdtemp(prefix="kunnafoni-test-"))
    var_dir.chmod(0o755)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    started = time.monotonic()
    postgres, redis, database = None, Redis(var_dir), database_folder(var_dir)
    try:
        values = environment(var_dir)
        # what is measured is what an installation does: each commit on the disk
        postgres = Postgres(var_dir if options.bench else database, durable=options.bench)
        postgres.start()
        redis.start()
        values |= {"DATABASE_URL": postgres.url(), "REDIS_URL": redis.url}
        catalogs.compile_all()
        if options.bench:
            return 0 if bench(values, extra) else 1
        passed = [True if options.only_tests else before(values)]
        passed.append(tests(values, extra))
        print(f"make test took {time.monotonic() - started:.0f} s", flush=True)
        return 0 if all(passed) else 1
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        redis.stop()
        if postgres is not None:
            postgres.stop()
        for folder in {database, var_dir}:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
