"""No Docker engine is needed to see that the compose file can work."""

from __future__ import annotations

import importlib.util
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands

from tests.support import nginx

ROOT = Path(settings.BASE_DIR)
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if "build" in service]


def test_the_production_shape_is_whole():
    assert {"nginx", "web", "worker", "scheduler", "postgres", "redis", "mail"} <= set(SERVICES)


@pytest.mark.parametrize("name", [name for name in SERVICES if name != "prepare"])
def test_every_service_tells_its_health(name):
    check = SERVICES[name]["healthcheck"]["test"]
    assert check[0] == "CMD"
    assert len(check) > 1


@pytest.mark.parametrize("name", OURS)
def test_every_command_of_ours_exists(name):
    for words in (SERVICES[name]["command"], SERVICES[name].get("healthcheck", {}).get("test", ["CMD"])[1:]):
        if not words:
            continue
        if words[:2] == ["python", "manage.py"]:
            assert words[2] in get_commands()
        elif words[:2] == ["python", "-m"]:
            assert importlib.util.find_spec(words[2])
        elif words[0] == "celery":
            assert words[1:3] == ["-A", "settings.celery"]
            assert words[3] in {"worker", "beat"}
            assert shutil.which("celery") or importlib.util.find_spec("celery")
        else:
            assert words[:2] == ["python", "-c"]
            compile(words[2], name, "exec")


def test_the_nginx_container_finds_its_files_where_its_command_looks():
    service = SERVICES["nginx"]
    mounts = dict(volume.split(":")[1::-1] for volume in service["volumes"] if isinstance(volume, str))
    shell, script = service["command"]
    assert shell == "sh"
    assert (ROOT / mounts[script]).is_file()
    text = (ROOT / mounts["/etc/nginx/nginx.conf"]).read_text() + (ROOT / mounts[script]).read_text()
    used = set(re.findall(r"/etc/nginx/[\w.-]+", text)) - {"/etc/nginx/mime.types"}
    assert used <= set(mounts)


def test_secrets_are_asked_for_not_written():
    text = (ROOT / "docker-compose.yml").read_text()
    for name in ("SECRET_KEY", "LINK_KEY", "POSTGRES_PASSWORD"):
        assert f"${{{name}:?" in text
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if re.search(r"KEY|PASSWORD|TOKEN", name):
                assert str(value).startswith("${"), name


def test_volumes_and_files_that_are_mounted_exist():
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            source = volume["source"] if isinstance(volume, dict) else volume.split(":")[0]
            assert source in COMPOSE["volumes"] or (ROOT / source).exists(), source


def test_the_image_is_made_of_what_the_repository_has():
    for line in (ROOT / "Dockerfile").read_text().splitlines():
        if line.startswith("COPY "):
            assert all((ROOT / source).exists() for source in line.split()[1:-1]), line


def test_the_images_pg_dump_is_as_new_as_the_server():
    """pg_dump refuses a server newer than itself: no backup, and no update, without this."""
    client = {"bookworm": 15, "trixie": 17}
    image = re.search(r"^FROM \S+-slim-(\w+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert image
    assert client[image[1]] >= int(SERVICES["postgres"]["image"].rpartition(":")[2])


def test_the_nginx_file_keeps_our_validators_and_logs_no_key():
    text = (ROOT / "settings" / "services" / "nginx.conf").read_text()
    private = text[text.index("location /-/private/") :]
    assert "internal;" in private
    assert "etag off;" in private
    assert "$upstream_http_etag" in private
    assert "$request_uri" not in text
    assert "$request " not in text


def test_nginx_accepts_its_file(tmp_path):
    values = nginx.configured(tmp_path, upstream="127.0.0.1:9", port=8080, static=tmp_path, media=tmp_path)
    tried = nginx.start(values | {"OUTER_PROXIES": "10.0.0.0/8, 192.0.2.1"}, "-t")
    _out, err = tried.communicate(timeout=10)
    assert tried.returncode == 0, err
