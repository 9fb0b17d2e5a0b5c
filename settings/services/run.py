"""`make run`: one machine, everything: PostgreSQL, Redis, migrations, the demo once, then web, worker, scheduler.

The public port opens when the whole is ready, and Ctrl-C stops all of it. What is given in the environment
(DATABASE_URL, REDIS_URL, EMAIL_URL, …) is used instead of our own.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import NoReturn

from settings.services import catalogs, kept
from settings.services.postgres import Postgres
from settings.services.processes import Child, Refusal
from settings.services.redis import Redis
from settings.services.web import command as web_command
from settings.services.web import wait_for_http

BASE_DIR = Path(__file__).resolve().parent.parent.parent
# What `manage.py prepare` says when worker and scheduler may start.
PREPARED = "prepared"
DEMO_ACCOUNTS = ("officer", "editor", "protocol", "coordinator", "focal", "admin")


class Stop(Exception):
    """Somebody asked for the end."""


def _ask_to_stop(number: int, frame: FrameType | None) -> NoReturn:
    raise Stop


def composed(given: dict[str, str], var_dir: Path) -> dict[str, str]:
    """The environment of every process: what is given, else what is kept, else what suits one's own machine."""
    values = {
        "DEMO": "1",
        "DEBUG": "0",
        "HOST": "127.0.0.1",
        "PORT": "8000",
        "DJANGO_SETTINGS_MODULE": "settings.demo",
    }
    values |= kept.keys(var_dir) | given
    values |= {"VAR_DIR": str(var_dir), "PYTHONUNBUFFERED": "1"}
    values.setdefault("PUBLIC_URL", f"http://127.0.0.1:{values['PORT']}")
    return values


def check_port(host: str, port: str) -> None:
    """Refusal unless `port` can be listened on."""
    if not port.isdigit() or not 1 <= int(port) <= 65535:
        raise Refusal(f"PORT must be a whole number from 1 to 65535, not {port!r}.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError as error:
            raise Refusal(
                f"PORT {port} on {host} cannot be used ({error.strerror}): stop what uses it, or name another "
                "one: PORT=8001 make run."
            ) from None


class Site:
    """Starts the parts in order and stops them in the opposite one."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self.var_dir = Path(environment["VAR_DIR"])
        self.servers: list[Postgres | Redis] = []
        self.children: list[Child] = []
        self.parts = self.var_dir / "services.env"

    def start(self) -> None:
        self.start_servers()
        catalogs.compile_all()
        self._prepare_and_wait()
        host, port = self.environment["HOST"], int(self.environment["PORT"])
        web = Child(
            "web",
            web_command(python=sys.executable, host=host, port=port),
            log=self.var_dir / "log" / "web.log",
            environment=self.environment,
            cwd=BASE_DIR,
        )
        self.children.append(web.start())
        assert web.process is not None
        try:
            wait_for_http(f"http://{host}:{port}/readyz", web.process, deadline=time.monotonic() + 60)
        except RuntimeError as error:
            raise Refusal(f"web: {error}\n{web.last_words()}") from None

    def watch(self) -> NoReturn:
        """Start again what ends by itself; give up on what ends five times in a minute."""
        while True:
            for child in self.children:
                if child.is_running:
                    continue
                now = time.monotonic()
                child.restarts = [at for at in child.restarts if now - at < 60] + [now]
                if len(child.restarts) > 5:
                    raise Refusal(f"{child.name} ends again and again:\n{child.last_words()}")
                print(f"{child.name} ended and is started again; its words are in {child.log}", flush=True)
                child.start()
            for server in self.servers:
                if server.child is not None and not server.child.is_running:
                    raise Refusal(f"{server.child.name} ended:\n{server.child.last_words()}")
            time.sleep(1)

    def stop(self) -> None:
        for child in reversed(self.children):
            steps = [(signal.SIGTERM, 10.0), (signal.SIGQUIT, 5.0)] if child.name == "worker" else []
            child.stop(*steps)
        for server in reversed(self.servers):
            server.stop()
        self.parts.unlink(missing_ok=True)

    # Parts ---------------------------------------------------------------------------------------------------
    def start_servers(self) -> None:
        if not self.environment.get("DATABASE_URL"):
            postgres = Postgres(self.var_dir)
            self.servers.append(postgres)
            postgres.start()
            self.environment["DATABASE_URL"] = postgres.url()
        if not self.environment.get("REDIS_URL"):
            redis = Redis(self.var_dir)
            self.servers.append(redis)
            redis.start()
            self.environment["REDIS_URL"] = redis.url
        # so that `manage.py shell` beside a running site finds the same servers
        names = ("DATABASE_URL", "REDIS_URL", "PUBLIC_URL")
        kept.write(self.parts, {name: self.environment[name] for name in names})

    def _prepare_and_wait(self) -> None:
        """One Django process prepares, lets worker and scheduler start, and returns when the whole is ready."""
        # A busy small machine needs more than a minute before its worker has read all modules.
        command = [sys.executable, str(BASE_DIR / "manage.py"), "prepare", "--wait-until-ready", "240"]
        quiet = {"LOG_LEVEL": "WARNING"} | self.environment
        with subprocess.Popen(command, env=quiet, cwd=BASE_DIR, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for line in process.stdout:
                if line.strip() == PREPARED:
                    self._start_workers()
                else:
                    print(line, end="", flush=True)
        if process.returncode:
            raise Refusal("")

    def _start_workers(self) -> None:
        worker = self._child(
            "worker", "-m", "celery", "-A", "settings.celery", "worker", *self._worker_options()
        )
        schedule = str(self.var_dir / "beat-schedule")
        scheduler = self._child("scheduler", "-m", "celery", "-A", "settings.celery", "beat", "-s", schedule)
        self.children = [worker.start(), scheduler.start()]

    def _child(self, name: str, *arguments: str) -> Child:
        return Child(
            name,
            [sys.executable, *arguments],
            log=self.var_dir / "log" / f"{name}.log",
            environment=self.environment,
            cwd=BASE_DIR,
        )

    def _worker_options(self) -> list[str]:
        return ["--concurrency", "2", "--without-gossip", "--without-mingle"]


def announce(environment: dict[str, str], seconds: float) -> None:
    """Say where everything is."""
    url, var_dir = environment["PUBLIC_URL"], environment["VAR_DIR"]
    print(f"\nKunnafoni is ready after {seconds:.0f} s.")
    print(f"  site      {url}/fr/")
    print(f"  admin     {url}/admin/")
    print(f"  API       {url}/++api++/@docs")
    if not environment.get("EMAIL_URL"):
        print(f"  mail      kept as files in {var_dir}/mail, to be read at {url}/admin/mail-folder/")
    print(f"  logs      {var_dir}/log/")
    if environment["DEMO"] == "1":
        print("  accounts  " + ", ".join(f"{name} / demo-{name}" for name in DEMO_ACCOUNTS))
    print("Ctrl-C stops everything.", flush=True)


def main() -> int:
    """Run until Ctrl-C; 0 after a clean stop, 1 after one sentence saying what is wrong."""
    started = time.monotonic()
    var_dir = Path(os.environ.get("VAR_DIR") or BASE_DIR / "var").absolute()
    site: Site | None = None
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _ask_to_stop)
    try:
        var_dir.mkdir(parents=True, exist_ok=True)
        with (var_dir / "run.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise Refusal(f"VAR_DIR {var_dir} is in use by another `make run`.") from None
            environment = composed(dict(os.environ), var_dir)
            check_port(environment["HOST"], environment["PORT"])
            site = Site(environment)
            site.start()
            announce(environment, time.monotonic() - started)
            site.watch()
    except Stop:
        print("\nStopping…", flush=True)
        return 0
    except Refusal as refusal:
        if str(refusal):
            print(refusal, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"VAR_DIR {var_dir}: {error}", file=sys.stderr)
        return 1
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        if site is not None:
            with contextlib.suppress(OSError):
                site.stop()


if __name__ == "__main__":
    sys.exit(main())
