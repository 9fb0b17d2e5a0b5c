"""First step of `make run` and `make test`: the machine's packages, then the virtual environment.

Runs on a bare Python: nothing of ours is installed yet. Each part is skipped when it is done already.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VENV = BASE_DIR / ".venv"
# What a package of .ci/apt.txt is there for; one of these present makes the package unneeded.
STANDS_FOR = {
    "postgresql": ("/usr/lib/postgresql/*/bin/initdb", "initdb"),
    "redis-server": ("redis-server", "valkey-server"),
    "nginx": ("nginx", "/usr/sbin/nginx"),
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
    "gettext": ("msgfmt",),
}
POLICY = Path("/usr/sbin/policy-rc.d")
UV_ENVIRONMENT = {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1", "UV_LINK_MODE": "copy"}


def wanted_packages(purpose: str) -> list[str]:
    """The names in .ci/apt.txt; those marked "test" only for `make test`."""
    names = []
    for line in (BASE_DIR / ".ci" / "apt.txt").read_text().splitlines():
        words = line.split("#")[0].split()
        if words and (len(words) == 1 or purpose == words[1]):
            names.append(words[0])
    return names


def is_present(package: str) -> bool:
    """Is the package, or the program it stands for, on this machine?"""
    if programs := STANDS_FOR.get(package):
        return any(
            any(Path("/").glob(program.lstrip("/"))) if "/" in program else shutil.which(program)
            for program in programs
        )
    if not shutil.which("dpkg-query"):
        return package == "python3-venv"
    asked = subprocess.run(
        ["dpkg-query", "-W", "-f=${Status}", package], capture_output=True, text=True, check=False
    )
    return asked.stdout == "install ok installed"


def system(purpose: str) -> None:
    """Install what is missing as root on Debian or Ubuntu, else say the one line to type and go on."""
    missing = [name for name in wanted_packages(purpose) if not is_present(name)]
    if not missing:
        return
    line = "apt-get install -y --no-install-recommends " + " ".join(missing)
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        print(f"Missing here, if you can, type: sudo {line}", flush=True)
        return
    print(f"Installing {', '.join(missing)}…", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    with servers_left_asleep(POLICY):
        for command in (["apt-get", "update", "-qq"], line.split()):
            done = subprocess.run(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                print(
                    f"{' '.join(command)} failed; going on with what works:\n{done.stderr[-800:]}", flush=True
                )


@contextlib.contextmanager
def servers_left_asleep(policy: Path) -> Iterator[None]:
    """Packages bring servers that Debian starts at once, on 80, 5432 and 6379: ours need their programs alone.

    `policy` is Debian's own way to say so (invoke-rc.d asks it); one that an administrator wrote is left alone.
    """
    if policy.exists():
        yield
        return
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
    try:
        yield
    finally:
        policy.unlink(missing_ok=True)


def virtual_environment(purpose: str) -> None:
    """Make .venv once and bring it to the lock file (hashes required); the services' wheels only if needed."""
    locks = ["requirements-dev.lock" if purpose == "test" else "requirements.lock"]
    if missing_servers():
        locks.append("requirements-services.lock")
    texts = {name: (BASE_DIR / name).read_bytes() for name in locks}
    mark = hashlib.sha256(b"".join(texts.values()) + sys.version.encode()).hexdigest()
    stamp = VENV / f".installed-{purpose}"
    if stamp.is_file() and stamp.read_text() == mark and (VENV / "bin" / "python").exists():
        return
    print("Setting up the virtual environment…", flush=True)
    if not works(VENV / "bin" / "python"):
        shutil.rmtree(VENV, ignore_errors=True)
        made = subprocess.run(
            [sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False
        )
        if made.returncode:
            shutil.rmtree(VENV, ignore_errors=True)
            end("Python's venv module does not work here: apt-get install python3-venv")
    python = str(VENV / "bin" / "python")
    required = ["--require-hashes", "-r"]
    pip = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-input"]
    if not (VENV / "bin" / "uv").exists():
        call([*pip, *required, str(BASE_DIR / "requirements-uv.lock")])
    uv = [str(VENV / "bin" / "uv"), "pip", "install", "-q", "--python", python]
    for name in locks:
        lock = str(BASE_DIR / name)
        # pip reads the same lock: slower, but with whatever this machine's pip is set up to use
        if not call([*uv, *required, lock], quiet=True) and not call([*pip, *required, lock]):
            end(f"{name} could not be installed; what pip said is above.")
    # a later `make run` finds all it needs in what `make test` installed
    stamp.write_text(mark)


def bytecode() -> None:
    """Compile what the decoders' child imports, itself never writing bytecode: it is begun anew for each picture.

    Whatever `PYTHONDONTWRITEBYTECODE` says to the processes of the site. What is compiled already is left alone;
    where nothing may be written, the child is slower.
    """
    folders = [*VENV.glob("lib/python*/site-packages/PIL"), BASE_DIR / "media_library" / "storage"]
    call([str(VENV / "bin" / "python"), "-m", "compileall", "-q", *map(str, folders)], quiet=True)


def missing_servers() -> bool:
    """Does this machine lack PostgreSQL or Redis, while no address of one is given?"""
    return any(
        not os.environ.get(variable) and not is_present(package)
        for variable, package in (("DATABASE_URL", "postgresql"), ("REDIS_URL", "redis-server"))
    )


def works(python: Path) -> bool:
    """Can the environment's Python still run, and is it of our version?"""
    if not python.exists():
        return False
    code = "import sys, pip; print(sys.version_info[:2])"
    asked = subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=False)
    return asked.stdout.strip() == str(sys.version_info[:2])


def call(command: list[str], *, quiet: bool = False) -> bool:
    done = subprocess.run(
        command,
        env=os.environ | UV_ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE if quiet else None,
        check=False,
    )
    return done.returncode == 0


def end(sentence: str) -> None:
    print(sentence, file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    wanted = sys.argv[1] if len(sys.argv) > 1 else "run"
    system("test" if wanted == "system" else wanted)
    if wanted != "system":
        virtual_environment(wanted)
        bytecode()
