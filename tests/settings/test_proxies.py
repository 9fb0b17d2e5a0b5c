"""Behind proxies: who says where a request comes from, tried with the nginx of the production shape."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.test import Client

from cms.core.client import client_address
from settings.services.web import command, wait_for_http
from tests.conftest import free_port
from tests.support import databases, nginx

OUTER = "127.0.0.2"
SPOOFED = {
    "X-Forwarded-For": "198.51.100.66, 203.0.113.7",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.example.net",
    "X-Real-IP": "198.51.100.66",
    "Forwarded": "for=198.51.100.66;proto=https",
}


def ask(
    address: str, path: str, *, source: str, headers: dict[str, str]
) -> tuple[int, dict[str, str], bytes]:
    """One request from the address `source` of this machine."""
    host, _colon, port = address.removeprefix("http://").partition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=20, source_address=(source, 0))
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    found = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    connection.close()
    return found


@pytest.fixture
def mirror():
    """An upstream that answers with the headers it was sent."""

    class Mirror(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({name.lower(): value for name, value in self.headers.items()}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Mirror)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_named_outer_proxy_is_believed_by_nginx_and_its_client_stands_in_the_log(mirror, tmp_path):
    with nginx.serving(tmp_path, upstream=mirror, port=free_port(), outer=f"192.0.2.0/24,{OUTER}") as address:
        _status, _headers, body = ask(address, "/page/", source=OUTER, headers=SPOOFED)
    seen = json.loads(body)
    assert seen["x-forwarded-proto"] == "https"
    assert seen["x-real-ip"] == seen["x-forwarded-for"] == "203.0.113.7", (
        "the last one it did not send itself"
    )
    assert "x-forwarded-host" not in seen
    assert "forwarded" not in seen
    assert '203.0.113.7 "GET /page/"' in (tmp_path / "access.log").read_text()


def test_no_holders_key_reaches_nginxs_log(mirror, tmp_path):
    token = "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE"
    with nginx.serving(tmp_path, upstream=mirror, port=free_port()) as address:
        for path in (
            f"/{kind}/{token}/x?key={token}"
            for kind in ("a", "d", "e", "r", "i", "j", "m", "s", "verify", "new", "fr")
        ):
            ask(address, path.replace(f"/fr/{token}", "/fr"), source="127.0.0.1", headers={})
        ask(address, f"/admin/password_reset/confirm/MQ/{token}/", source="127.0.0.1", headers={})
    log = (tmp_path / "access.log").read_text()
    assert log.count("\n") >= 8
    assert token not in log
    assert '"GET /r/..."' in log


@pytest.mark.parametrize("outer", ["", OUTER])
def test_anybody_elses_forwarded_headers_are_ignored_by_nginx(mirror, tmp_path, outer):
    with nginx.serving(tmp_path, upstream=mirror, port=free_port(), outer=outer) as address:
        _status, _headers, body = ask(address, "/page/", source="127.0.0.3", headers=SPOOFED)
    seen = json.loads(body)
    assert seen["x-forwarded-proto"] == "http"
    assert seen["x-real-ip"] == seen["x-forwarded-for"] == "127.0.0.3"


@pytest.mark.parametrize("wrong", ["proxy.example.org", "10.0.0.0/8;", "$host", "10.0.0.0/8/9"])
def test_a_wrong_outer_proxy_stops_nginx_with_one_sentence(tmp_path, wrong):
    values = nginx.configured(
        tmp_path, upstream="127.0.0.1:9", port=free_port(), static=tmp_path, media=tmp_path
    )
    started = nginx.start(values | {"OUTER_PROXIES": wrong})
    _out, err = started.communicate(timeout=10)
    assert started.returncode == 1
    assert err.startswith("OUTER_PROXIES must be")
    assert len(err.strip().splitlines()) == 1


def test_an_https_site_behind_nginx_and_a_tls_proxy_answers_instead_of_redirecting_for_ever(
    transactional_db, tmp_path
):
    port = free_port()
    values = os.environ | {
        "DATABASE_URL": databases.current_url(),
        "DJANGO_SETTINGS_MODULE": "settings.base",
        "PUBLIC_URL": "https://www.example.org",
        "TRUSTED_PROXIES": "127.0.0.1",
        "VAR_DIR": str(tmp_path / "var"),
    }
    with (tmp_path / "web.log").open("wb") as out:
        web = subprocess.Popen(
            command(python=sys.executable, host="127.0.0.1", port=port, workers=1),
            env=values,
            stdout=out,
            stderr=out,
        )
    try:
        wait_for_http(f"http://127.0.0.1:{port}/healthz", web, deadline=time.monotonic() + 60)
        said = {"Host": "www.example.org", "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
        with nginx.serving(tmp_path, upstream=f"127.0.0.1:{port}", port=free_port(), outer=OUTER) as address:
            by_proxy = ask(address, "/.well-known/security.txt", source=OUTER, headers=said)
            by_anybody = ask(address, "/.well-known/security.txt", source="127.0.0.3", headers=said)
    finally:
        web.terminate()
        web.wait(20)
    assert by_proxy[0] == 200
    assert "strict-transport-security" in by_proxy[1]
    assert by_anybody[0] == 301, "control: who is not named cannot claim TLS"
    assert by_anybody[1]["location"] == "https://www.example.org/.well-known/security.txt"


# The application itself ------------------------------------------------------------------------------------------
def https(client: Client, peer: str) -> bool:
    answer = client.get("/.well-known/security.txt", headers={"X-Forwarded-Proto": "https"}, REMOTE_ADDR=peer)
    return answer.status_code != 301


@pytest.mark.django_db
def test_the_application_believes_the_scheme_of_named_proxies_alone(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    assert https(client, "10.1.2.3")
    assert not https(client, "203.0.113.7")
    assert not https(client, "127.0.0.1"), "a named proxy takes this machine's word away"
    settings.TRUSTED_PROXIES = []
    assert https(client, "127.0.0.1"), "a TLS proxy on the same machine"
    assert not https(client, "203.0.113.7")


def test_the_address_is_told_by_named_proxies_alone(rf, settings):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    headers = {"X-Real-IP": "203.0.113.7", "X-Forwarded-For": "198.51.100.66"}
    assert client_address(rf.get("/", headers=headers, REMOTE_ADDR="10.1.2.3")) == "203.0.113.7"
    assert client_address(rf.get("/", headers=headers, REMOTE_ADDR="192.0.2.1")) == "192.0.2.1"
    settings.TRUSTED_PROXIES = []
    assert client_address(rf.get("/", headers=headers, REMOTE_ADDR="127.0.0.1")) == "127.0.0.1"
