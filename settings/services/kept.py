"""What one installation keeps between starts: its keys, in VAR_DIR/env, readable by its owner alone."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path


def read(path: Path) -> dict[str, str]:
    """The NAME=value lines of a file; {} where there is none."""
    if not path.is_file():
        return {}
    pairs = (line.split("=", 1) for line in path.read_text().splitlines() if "=" in line and line[:1] != "#")
    return {name.strip(): value.strip().strip("\"'") for name, value in pairs}


def write(path: Path, values: Mapping[str, str]) -> None:
    """Replace the file in one step, mode 0600."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.writelines(f"{name}={value}\n" for name, value in values.items())
    partial.replace(path)


def keys(var_dir: Path) -> dict[str, str]:
    """The kept values, with SECRET_KEY and LINK_KEY made on the first call and never again."""
    path = var_dir / "env"
    values = read(path)
    missing = [name for name in ("SECRET_KEY", "LINK_KEY") if name not in values]
    if missing:
        values |= {name: secrets.token_urlsafe(48) for name in missing}
        write(path, values)
    return values
