"""`make setup`, `backup`, `restore`, `update`: a management command beside our own servers, started if needed."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

from settings.services import catalogs, kept
from settings.services.processes import Refusal
from settings.services.run import BASE_DIR, Site, composed

# These replace what a running site reads and writes.
ALONE = {"restore", "update"}


def settled(values: dict[str, str], arguments: list[str]) -> dict[str, str]:
    """For `setup`: the public address is asked for first, since the settings need it."""
    flag = "--public-url"
    if flag in arguments:
        place = arguments.index(flag)
        url = arguments[place + 1] if place + 1 < len(arguments) else ""
        del arguments[place : place + 2]
    elif "PUBLIC_URL" in os.environ or "--no-input" in arguments:
        url = values["PUBLIC_URL"]
    else:
        url = input(f"Public address of the site [{values['PUBLIC_URL']}]: ").strip() or values["PUBLIC_URL"]
    return values | {"PUBLIC_URL": url, "DEMO": "0"}


def set_up(values: dict[str, str], arguments: list[str], var_dir: Path) -> int:
    """Migrate and ask; what was answered about the environment is kept once all of it has been taken."""
    values = settled(values, arguments)
    catalogs.compile_all()
    status = manage("migrate", "-v", "0", values=values) or manage(*arguments, values=values)
    if status == 0:
        answered = {name: values[name] for name in ("PUBLIC_URL", "DEMO")}
        kept.write(var_dir / "env", kept.keys(var_dir) | answered)
    return status


def main(arguments: list[str]) -> int:
    """Run one management command; its exit status."""
    var_dir = Path(os.environ.get("VAR_DIR") or BASE_DIR / "var").absolute()
    site: Site | None = None
    try:
        var_dir.mkdir(parents=True, exist_ok=True)
        values = composed(dict(os.environ), var_dir)
        with (var_dir / "run.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                if arguments[0] in ALONE:
                    raise Refusal(f"The site is running: stop it before `make {arguments[0]}`.") from None
                values |= kept.read(var_dir / "services.env")
            else:
                site = Site(values)
                site.start_servers()
            if arguments[0] == "setup":
                return set_up(values, arguments, var_dir)
            return manage(*arguments, values=values)
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except (KeyboardInterrupt, EOFError):
        print("\nNothing was changed.", file=sys.stderr)
        return 130
    finally:
        if site is not None:
            site.stop()


def manage(*arguments: str, values: dict[str, str]) -> int:
    command = [sys.executable, str(BASE_DIR / "manage.py"), *arguments]
    # each page that is laid has its line in the log: whoever types wants the last one
    return subprocess.run(
        command, env={"LOG_LEVEL": "WARNING"} | values, cwd=BASE_DIR, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
