"""Every channel the house has, walked from its own tables, and what a leak is.

The addresses come from the URL table, the registered page types with their subpaths, the services of the API and the
variants of files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, unquote

from django.test import Client
from django.urls import URLPattern, URLResolver

from cms.core import links, registry
from cms.core.models import SitePage
from cms.core.registry import page_type_of
from media_library.models import MediaLibraryPage
from media_library.models.recordings import address_of
from media_library.storage import presets
from press.models import KitArchive
from settings.urls import urlpatterns
from tests.support.embargo import CANARY, CONDITIONS, JSON, without_query


@dataclass(frozen=True)
class Channel:
    """One way to ask: `is_subject` where the answer must be that there is nothing."""

    name: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    is_subject: bool = False
    method: str = "get"


@dataclass(frozen=True)
class Hung:
    """What hangs on the embargoed release beside its words: documents, a sound, and a link to these files. Beside it, a
    kit that opens to nobody but by its link, and its file.
    """

    documents: list[Any]
    sound: Any
    link: Any
    reserved: Any
    reserved_file: Any


# The channels ------------------------------------------------------------------------------------------------
def route_of(pattern: Any) -> str:
    return str(pattern.pattern).lstrip("^").replace("\\", "")


def fixed_routes() -> list[str]:
    """The routes of the URL table without a variable part."""
    return [f"/{route_of(one).rstrip('$')}" for one in urlpatterns if not re.search(r"[<(]", route_of(one))]


def subjects(world: Any, hung: Hung) -> set[Any]:
    return {world.page.release.uid, world.kit_page.kit.uid, hung.reserved.kit.uid}


def _pages(world: Any, hung: Hung) -> Iterator[Channel]:
    """Every page there is, in each representation, with each subpath of its type and each service of the API."""
    components = "&".join(
        f"expand={one.name}" for one in registry.services if one.component is not None and not one.tail
    )
    for row in SitePage.objects.order_by("path"):
        page = row.specific
        kind = page_type_of(page)
        hidden = page.thing_uid in subjects(world, hung)
        path = page.public_path
        api = f"/++api++{path.rstrip('/')}"
        asked = "" if hidden else f"?SearchableText={CANARY}"
        yield Channel("page", f"{path}{asked}", is_subject=hidden)
        yield Channel("page as JSON", path, tuple(JSON.items()), hidden)
        yield Channel(
            "list or search as JSON", f"{path}?fullobjects=1&{components}", tuple(JSON.items()), hidden
        )
        yield Channel("API", f"{api}?fullobjects=1&metadata_fields=_all&{components}", is_subject=hidden)
        for name in kind.subpaths:
            yield Channel(f"subpath {name}", f"{path}{name}", is_subject=hidden)
        for service in registry.services:
            if service.stands_on(page) and (hidden or kind.listed_model or page.depth <= 3):
                query = f"?SearchableText={CANARY}&fullobjects=1" if service.name == "search" else ""
                yield Channel(f"API @{service.name}", f"{api}/@{service.name}{query}", is_subject=hidden)
    yield Channel("API search by date", "/++api++/@search?sort_on=effective&b_size=100&metadata_fields=_all")


def file_channels(world: Any, hung: Hung) -> Iterator[Channel]:
    """Every file of the release, in each variant; its own page in the médiathèque; behind a link to it."""
    files = [world.image.asset, *hung.documents, hung.sound]
    libraries = list(MediaLibraryPage.objects.order_by("path"))
    for asset in files:
        yield Channel("file", asset.url, is_subject=True)
        for page in libraries:
            address = f"{page.public_path}{asset.uid.hex}"
            yield Channel("asset page", address, is_subject=True)
            yield Channel("asset page as JSON", address, tuple(JSON.items()), is_subject=True)
        behind = hung.link.path + "file/" + asset.url.removeprefix("/media/")
        yield Channel("file by a link", behind, is_subject=True)
    yield Channel("link to files", hung.link.path)
    for name in ("light", "broadcast"):
        yield Channel("sound", address_of(hung.sound, name), is_subject=True)
    for row in KitArchive.objects.filter(kit=world.kit_page.kit).select_related("archive"):
        yield Channel("archive by digest", world.kit_page.public_path + row.own_name, is_subject=True)
    for variant in presets.BY_NAME.values():
        yield Channel("rendition", world.image.address(variant), is_subject=True)
    for name in ("max-165x165", "fill-99999x99999", "original"):
        address = f"/media/{world.image.asset.uid.hex}/{name}/{CANARY.lower()}.jpg"
        yield Channel("guessed rendition", address, is_subject=True)


def _reserved_files(hung: Hung) -> Iterator[Channel]:
    """What belongs to the kit by its link, at the addresses of the site."""
    page, asset = hung.reserved, hung.reserved_file
    yield Channel("file of a kit by link", asset.url, is_subject=True)
    for one in MediaLibraryPage.objects.order_by("path"):
        yield Channel("asset page of a kit by link", f"{one.public_path}{asset.uid.hex}", is_subject=True)
    for row in KitArchive.objects.filter(kit=page.kit).select_related("archive"):
        yield Channel("archive of a kit by link", page.public_path + row.own_name, is_subject=True)
    yield Channel("short address of a kit by link", f"/p/{links.short_code(page.uid)}", is_subject=True)


def admin_channels(patterns: Any, prefix: str, world: Any) -> Iterator[Channel]:
    """Every address of the admin whose variable parts are keys or words, filled with the release's."""
    values = {"int": world.page.pk, "slug": "release", "str": "release", "uuid": world.page.uid}
    for one in patterns:
        route = route_of(one)
        if re.search(r"\(|\[", route):
            continue
        filled = prefix + re.sub(
            r"<(?:(\w+):)?\w+>",
            lambda found: str(values.get(found[1] or "str", "release")),
            route.rstrip("$"),
        )
        if isinstance(one, URLResolver):
            yield from admin_channels(one.url_patterns, filled, world)
        elif isinstance(one, URLPattern):
            yield Channel("admin", filled)


def channels(world: Any, hung: Hung) -> list[Channel]:
    """Every channel, with the conditions of HTTP on what must not be there."""
    plain = [Channel("fixed address", route) for route in fixed_routes()]
    plain += [*_pages(world, hung), *file_channels(world, hung), *_reserved_files(hung)]
    plain.append(Channel("short address", f"/p/{links.short_code(world.page.uid)}", is_subject=True))
    found = []
    whole = (world.page.public_path, world.kit_page.public_path, "/p/", "/media/", "/++api++")
    seen: set[str] = set()
    for one in plain:
        found.append(one)
        # One of each kind is enough: what answers a condition does not know which page it stands before.
        if not one.is_subject or one.name in seen or not one.path.startswith(whole):
            continue
        seen.add(one.name)
        for method in ("get", "head"):
            for condition in CONDITIONS[1:] if method == "get" else CONDITIONS:
                headers = (*one.headers, *condition.items())
                label = " ".join([one.name, method.upper(), *condition])
                found.append(replace(one, name=label, headers=headers, method=method))
    return found


# What is a leak ----------------------------------------------------------------------------------------------
def answer_of(client: Client, one: Channel) -> tuple[int, str]:
    """Status, and all that is said in body and headers but for what was asked."""
    response = getattr(client, one.method)(one.path, headers=dict(one.headers))
    body = b"".join(response.streaming_content) if response.streaming else response.content
    said = body.decode(errors="replace") + "\n" + "\n".join(f"{k}: {v}" for k, v in response.headers.items())
    said = without_query(said)
    asked = one.path.partition("?")[0]
    bare = asked.removeprefix("/++api++").rstrip("/")
    for echo in {asked, bare, quote(asked), unquote(asked), quote(asked, safe=""), quote(bare, safe="")} - {
        ""
    }:
        said = said.replace(echo, "")
    return response.status_code, said


def is_leak(client: Client, one: Channel) -> bool:
    """Whether the canary sings, or something answers where nothing must be."""
    status, said = answer_of(client, one)
    if one.is_subject and status != 404:
        return True
    return CANARY.lower() in said.lower().replace(f"searchabletext={CANARY.lower()}", "")


def crawl(client: Client, found: list[Channel]) -> list[str]:
    """Ask all of it; print how many channels were tried, and name those that leak."""
    leaks = [f"{one.name}: {one.path}" for one in found if is_leak(client, one)]
    kinds = {re.sub(r" (GET|HEAD).*", "", one.name) for one in found}
    print(f"embargo crawl: {len(found)} requests over {len(kinds)} kinds of channel, {len(leaks)} leaks")
    return leaks
