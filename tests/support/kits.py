"""Kits to test with: pictures, built archives, and what is read of them."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from django.test import Client
from PIL import Image

from cms.core import clock
from media_library import actions as library
from media_library.models import Asset
from press import actions
from tests.factories.press import make_kit

BROWSER = {"user-agent": "Mozilla/5.0 (Android 9; Mobile; rv:115.0) Gecko/115.0"}


def picture(name: str = "photo", colour: tuple[int, int, int] = (90, 60, 40), **about: Any) -> Asset:
    out = io.BytesIO()
    Image.new("RGB", (1200, 800), colour).save(out, "JPEG")
    out.seek(0)
    return library.import_file(
        fileobj=out, filename=f"{name}.jpg", title=name.title(), alt=name, now=clock.now(), **about
    )


def built_kit(room: Any, *assets: Asset, **options: Any) -> Any:
    page = make_kit(room, assets=assets, **options)
    actions.build_archives(page.kit, now=clock.now())
    return page


def body_of(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def names_in(client: Client, page: Any, tier: str = "light") -> set[str] | int:
    """The files of an archive as it is served now, or the status that stands in its place."""
    response = client.get(f"{page.public_path}archive-{tier}.zip")
    if response.status_code != 200:
        return response.status_code
    with zipfile.ZipFile(io.BytesIO(body_of(response))) as package:
        return {one["title"] for one in json.loads(package.read("MANIFEST.json"))["files"]}


def own_addresses(client: Client, page: Any) -> dict[str, str]:
    said = client.get(page.public_path, headers={"accept": "application/json"}).json()
    return {
        one["tier"]: one["download_version"].removeprefix("http://localhost:8000") for one in said["archives"]
    }
