"""A site with one live release and one under embargo, in whose every place a canary stands, and where it would sing."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.test import Client
from PIL import Image

from cms.core import clock
from cms.core.actions import place_page
from cms.pages.models import ArticlePage
from media_library import actions as library
from press.models import ReleasePage
from tests.factories.press import Room, in_english, make_contact, make_kit, make_release

CANARY = "Zorglubien"
JSON = {"accept": "application/json"}
#: The conditions of HTTP that must not tell what is there from what is not.
CONDITIONS: tuple[dict[str, str], ...] = (
    {},
    {"if-none-match": "*"},
    {"if-none-match": 'W/"1.abc"'},
    {"if-modified-since": "Mon, 01 Jan 2035 00:00:00 GMT"},
    {"range": "bytes=0-10"},
    {"if-match": "*"},
)


@dataclass
class World:
    """One live release, one under embargo with all that hangs on it."""

    room: Room
    page: ReleasePage
    english: ReleasePage
    alias: ReleasePage
    kit_page: Any
    article: Any
    image: Any
    paths: list[str] = field(default_factory=list)


def _picture() -> io.BytesIO:
    exif = Image.Exif()
    exif[0x013B] = f"{CANARY} photographe"
    out = io.BytesIO()
    Image.new("RGB", (640, 426), (90, 60, 40)).save(out, "JPEG", exif=exif)
    out.seek(0)
    return out


def lay_world(room: Room) -> World:
    now = clock.now()
    library.lay_library(room.home, user=None, now=now - timedelta(days=1))
    make_contact()
    make_release(room, title="Vingt ans de missions", slug="vingt-ans")
    asset = library.import_file(
        fileobj=_picture(), filename=f"{CANARY.lower()}.jpg", title=f"{CANARY} photo", alt=CANARY, now=now
    )
    kit_page = make_kit(
        room, assets=[asset], title=f"{CANARY} dossier", slug=f"{CANARY.lower()}-d", publish=False
    )
    page = make_release(
        room,
        title=f"{CANARY} titre",
        slug=CANARY.lower(),
        lead=f"{CANARY} chapô",
        body=[
            ("paragraph", f"<p>{CANARY} corps.</p>"),
            ("image", {"image": asset.image, "caption": f"{CANARY} légende", "decorative": False}),
        ],
        until=now + timedelta(days=1),
        kit=kit_page.kit,
    )
    kit_page.get_latest_revision().publish()
    english = in_english(page, slug=f"{CANARY.lower()}-en", title=f"{CANARY} title", lead=f"{CANARY} lead")
    alias = page.create_alias(parent=room.releases, update_slug=f"{CANARY.lower()}-alias")
    article = place_page(
        type(room.home).objects.get(pk=room.home.pk),
        ArticlePage(
            title="Article public",
            slug="article",
            locale=room.home.locale,
            body=[("paragraph", f'<p>Voir <a linktype="page" id="{page.pk}">ce texte</a>.</p>')],
        ),
        user=None,
        now=now - timedelta(minutes=1),
    )
    found = World(room, page, english, alias, kit_page, article, asset.image)
    asset.refresh_from_db()
    variant_paths = [
        asset.url,
        *(
            row.url
            for row in asset.image.get_renditions(
                "width-320|format-webp", "max-1920x1920|format-jpeg"
            ).values()
        ),
    ]
    found.paths = [
        page.public_path,
        f"{page.public_path}text.txt",
        english.public_path,
        alias.public_path,
        kit_page.public_path,
        f"{kit_page.public_path}archive-light.zip",
        f"/++api++{page.public_path.rstrip('/')}",
        f"/++api++{kit_page.public_path.rstrip('/')}",
        *variant_paths,
    ]
    return found


def lists(world: World) -> list[tuple[str, dict[str, str]]]:
    """Every address that speaks of releases without being one, with its headers."""
    html = [
        "/fr/",
        "/en/",
        "/fr/presse/",
        "/en/press/",
        "/fr/presse/communiques/",
        "/en/press/releases/",
        "/fr/presse/dossiers/",
        "/fr/presse/contacts/",
        "/fr/presse/communiques/atom.xml",
        "/fr/presse/communiques/rss.xml",
        "/fr/presse/communiques/feed.json",
        "/en/press/releases/atom.xml",
        "/fr/presse/dossiers/atom.xml",
        f"/fr/recherche/?SearchableText={CANARY}",
        f"/en/search/?SearchableText={CANARY}",
        "/sitemap.xml",
        "/sitemap-news.xml",
        "/fr/mediatheque/",
        "/en/media-library/",
        f"/fr/mediatheque/?SearchableText={CANARY}",
        world.article.public_path,
    ]
    json = [
        "/fr/",
        "/fr/presse/",
        "/fr/presse/communiques/?fullobjects=1&metadata_fields=_all",
        "/en/press/releases/?fullobjects=1",
        "/fr/presse/dossiers/?fullobjects=1",
        "/++api++/fr/presse/communiques?fullobjects=1&expand=breadcrumbs&expand=navigation&expand=translations",
        f"/++api++/@search?SearchableText={CANARY}",
        f"/++api++/@search?SearchableText={CANARY}&fullobjects=1",
        "/++api++/@search?sort_on=effective&b_size=100",
        "/++api++/@search?portal_type=PressRelease",
        "/fr/mediatheque/",
        world.article.public_path,
    ]
    return [(path, {}) for path in html] + [(path, JSON) for path in json]


def without_query(text: str) -> str:
    """A search page says the words one asked for: they are ours, not its finding."""
    return re.sub(rf'(SearchableText=|value="|[«“]\s?){CANARY}', r"\1", text)


def leaks(client: Client, world: World) -> list[str]:
    """The channels in which the canary sings."""
    found = []
    for path, headers in lists(world):
        response: Any = client.get(path, headers=headers)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        if CANARY.lower() in without_query(body.decode(errors="replace")).lower().replace(
            f"searchabletext={CANARY.lower()}", ""
        ):
            found.append(f"{headers.get('accept', 'html')} {path}")
    return found


def counts(client: Client) -> list[int]:
    """The totals that lists and searches tell."""
    paths = (
        "/++api++/@search?portal_type=PressRelease",
        "/++api++/@search",
        "/++api++/fr/presse/communiques",
        "/++api++/fr/presse/dossiers",
    )
    return [client.get(path).json()["items_total"] for path in paths]
