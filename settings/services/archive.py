"""The backup file: one tar with the database's dump, the media and a list of what it holds."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from settings.services.postgres import binaries

MANIFEST, DUMP, MEDIA = "manifest.json", "database.dump", "media"


class BrokenArchive(Exception):
    """The file is no backup of ours, or came apart; nothing was changed. The sentence says what."""


def program(name: str) -> str:
    """pg_dump or pg_restore: of our PostgreSQL's own folder, else of PATH."""
    folder = binaries()
    if folder is not None and (folder / name).exists():
        return str(folder / name)
    found = shutil.which(name)
    if found is None:
        raise BrokenArchive(f"{name} is not here: install postgresql-client.")
    return found


def connection_of(parameters: dict[str, Any]) -> tuple[list[str], dict[str, str]]:
    """Options and environment of PostgreSQL's programs for Django's connection parameters; no password shown."""
    options = []
    for option, name in (
        ("--dbname", "dbname"),
        ("--host", "host"),
        ("--port", "port"),
        ("--username", "user"),
    ):
        if parameters.get(name):
            options += [option, str(parameters[name])]
    environment = dict(os.environ)
    if parameters.get("password"):
        environment["PGPASSWORD"] = str(parameters["password"])
    return options, environment


def write(
    target: Path, *, database: dict[str, Any], snapshot: str, media: Path, manifest: dict[str, Any]
) -> Path:
    """Write the archive in one step, readable by its owner alone. `snapshot`: the exported one that was counted."""
    target.parent.mkdir(parents=True, exist_ok=True)
    options, environment = connection_of(database)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        dump = Path(folder) / DUMP
        command = [
            program("pg_dump"),
            "--format=custom",
            "--no-owner",
            "--no-privileges",
            f"--snapshot={snapshot}",
        ]
        _run([*command, "--file", str(dump), *options], environment)
        partial = Path(folder) / "partial.tar"
        with (
            os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as out,
            tarfile.open(fileobj=out, mode="w") as tar,
        ):
            _add(tar, MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False).encode())
            tar.add(dump, DUMP)
            if media.is_dir():
                tar.add(media, MEDIA)
        partial.replace(target)
    return target


def read_manifest(source: Path) -> dict[str, Any]:
    """What the archive says of itself. BrokenArchive when it is none, or is cut off."""
    try:
        with tarfile.open(source) as tar:
            names = tar.getnames()
            member = tar.extractfile(MANIFEST)
            if member is None or DUMP not in names:
                raise BrokenArchive(f"{source} is not a backup.")
            manifest: dict[str, Any] = json.load(member)
            return manifest
    except (tarfile.TarError, OSError, KeyError, ValueError, EOFError) as error:
        raise BrokenArchive(f"{source} cannot be read as a backup: {error}") from None


def unpack(source: Path, folder: Path) -> None:
    """Lay the archive's files in `folder`; entries that would leave it, and links, are refused.

    Written out here: Debian 12's Python 3.11.2 has no `filter="data"` yet.
    """
    try:
        with tarfile.open(source) as tar:
            for member in tar:
                _lay(tar, member, folder)
    except (tarfile.TarError, OSError, EOFError) as error:
        raise BrokenArchive(f"{source} cannot be unpacked: {error}") from None


def restore_database(dump: Path, *, database: dict[str, Any]) -> None:
    """Fill an emptied database from a dump, in one transaction."""
    options, environment = connection_of(database)
    command = [
        program("pg_restore"),
        "--no-owner",
        "--no-privileges",
        "--single-transaction",
        "--exit-on-error",
    ]
    _run([*command, *options, str(dump)], environment)


def name_for(now: datetime, reason: str = "") -> str:
    return f"kunnafoni-{now:%Y%m%d-%H%M%S}{'-' + reason if reason else ''}.tar"


def _lay(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    path = PurePosixPath(member.name)
    if path.is_absolute() or ".." in path.parts or not (member.isfile() or member.isdir()):
        raise BrokenArchive(f"{tar.name!s} holds {member.name!r}, which no backup of ours does.")
    target = folder / path
    if member.isdir():
        target.mkdir(parents=True, exist_ok=True)
        target.chmod(member.mode & 0o777 | 0o700)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    content = tar.extractfile(member)
    if content is None:
        raise BrokenArchive(f"{member.name!r} in {tar.name!s} cannot be read.")
    with content, target.open("wb") as out:
        shutil.copyfileobj(content, out, 1024 * 1024)
    target.chmod(member.mode & 0o777 | 0o600)
    os.utime(target, (member.mtime, member.mtime))


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o600
    tar.addfile(member, io.BytesIO(content))


def _run(command: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BrokenArchive(f"{Path(command[0]).name} failed: {done.stderr.strip()[-600:]}")
