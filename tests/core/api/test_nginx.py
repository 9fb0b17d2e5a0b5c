"""Entity tags through the server that stands before us: nginx weakens them when it compresses."""

import shutil
import subprocess
import time
import urllib.error
import urllib.request

import pytest

from tests.conftest import free_port
from tests.core.api.conftest import token_for
from tests.factories.accounts import make_user
from tests.factories.api import make_tree

pytestmark = pytest.mark.django_db(transaction=True)

CONFIGURATION = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  gzip on; gzip_proxied any; gzip_min_length 1; gzip_types application/json;
  server {{
    listen 127.0.0.1:{port};
    location / {{ proxy_pass {upstream}; proxy_set_header Host $host; }}
  }}
}}
"""


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()


def ask(url, method="GET", body=None, **headers):
    request = urllib.request.Request(
        url,
        data=body,
        method=method,
        headers={
            "Accept-Encoding": "gzip",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return Answer(response)
    except urllib.error.HTTPError as error:
        return Answer(error)


@pytest.fixture
def nginx(live_site, tmp_path):
    """nginx on a free port before the live site, with compression on."""
    binary = shutil.which("nginx") or "/usr/sbin/nginx"
    port = free_port()
    file = tmp_path / "nginx.conf"
    file.write_text(CONFIGURATION.format(folder=tmp_path, port=port, upstream=live_site.url))
    process = subprocess.Popen([binary, "-p", str(tmp_path), "-c", str(file)])
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 20
        while True:
            try:
                if ask(f"{url}/healthz").status == 200:
                    break
            except OSError:
                assert time.monotonic() < deadline, (tmp_path / "error.log").read_text()
                time.sleep(0.05)
        yield url
    finally:
        process.terminate()
        process.wait(20)


def test_a_tag_that_nginx_weakened_still_guards_against_a_lost_update(nginx):
    make_tree()
    raw = token_for(make_user(is_superuser=True), "read", "write")
    known = {"Authorization": f"Bearer {raw}"}
    url = f"{nginx}/++api++/fr/programme/experts"

    public = ask(url)
    assert public.status == 200
    assert public.headers["Content-Encoding"] == "gzip"
    assert public.headers["ETag"].startswith('W/"'), "nginx has weakened the tag"
    assert ask(url, If_None_Match=public.headers["ETag"]).status == 304

    read = ask(url, **known)
    tag = read.headers["ETag"]
    assert tag.startswith('W/"')
    write = {"method": "PATCH", "Content_Type": "application/json", **known}
    first = ask(url, body=b'{"title": "Par nginx"}', If_Match=tag, **write)
    assert first.status == 204
    second = ask(url, body=b'{"title": "Trop tard"}', If_Match=tag, **write)
    assert second.status == 412
    assert second.headers["Content-Type"] == "application/problem+json"
    again = ask(url, body=b'{"title": "Relu"}', If_Match=ask(url, **known).headers["ETag"], **write)
    assert again.status == 204
    assert ask(url, If_None_Match=public.headers["ETag"]).status == 200

    for spelt in ("fr%2Fprogramme%2Fexperts", "fr/programme/experts/", "%66r/programme/experts"):
        assert ask(f"{nginx}/++api++/{spelt}").status == 200, spelt
    assert ask(f"{nginx}/++api++").status == 200
    assert ask(f"{nginx}/%2B%2Bapi%2B%2B/fr").status == 200
    for method in ("TRACE", "DELETE", "PROPFIND"):
        refused = ask(url, method=method)
        assert refused.status == 405, method
