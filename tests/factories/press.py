"""A press room to test with: lists in two languages, releases and kits in any state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from cms.core import clock
from cms.pages.actions import ensure_translation, lay_site
from cms.pages.models import HomePage
from press import actions
from press.models import Kit, KitIndexPage, KitPage, PressContact, Release, ReleaseIndexPage, ReleasePage

_number = count(1)


@dataclass
class Room:
    """The press room's pages in French and English."""

    home: Any
    room: Any
    releases: ReleaseIndexPage
    kits: KitIndexPage
    english_releases: ReleaseIndexPage
    english_kits: KitIndexPage


def make_room() -> Room:
    """Lay the site and its press room, public since yesterday."""
    long_ago = clock.now() - timedelta(days=1)
    lay_site(user=None, now=long_ago)
    home = HomePage.objects.get(slug="fr")
    room = actions.lay_press_room(home, user=None, now=long_ago)

    def part(model: Any, code: str) -> Any:
        return model.objects.select_related("locale").get(locale__language_code=code)

    return Room(
        home,
        room,
        part(ReleaseIndexPage, "fr"),
        part(KitIndexPage, "fr"),
        part(ReleaseIndexPage, "en"),
        part(KitIndexPage, "en"),
    )


def make_contact(**fields: Any) -> PressContact:
    from tests.factories.core import locale

    values = {
        "name": "Awa Coulibaly",
        "function": "Chargée de communication",
        "telephone": "+223 20 00 00 01",
    }
    return PressContact.objects.create(**{"locale": locale("fr"), **values, **fields})


def make_release(
    room: Room,
    *,
    title: str = "",
    until: datetime | None = None,
    now: datetime | None = None,
    publish: bool = True,
    kit: Kit | None = None,
    kind: str = "release",
    **words: Any,
) -> ReleasePage:
    """A release and its French page; published, under embargo until `until` if that is given."""
    number = next(_number)
    now = now or clock.now() - timedelta(minutes=1)
    release = actions.create_release(user=None, now=now, kind=kind, embargo_until=until, kit=kit)
    words.setdefault("body", [("paragraph", f"<p>Corps du communiqué {number}.</p>")])
    words.setdefault("slug", f"communique-{number}")
    return actions.word_release(
        release,
        parent=room.releases,
        title=title or f"Communiqué {number}",
        lead=words.pop("lead", f"Chapô {number}."),
        user=None,
        now=now,
        publish=publish,
        **words,
    )


def make_kit(
    room: Room,
    *,
    assets: Any = (),
    until: datetime | None = None,
    now: datetime | None = None,
    publish: bool = True,
    audience: str = "public",
    **words: Any,
) -> KitPage:
    """A kit with its assets and its French page."""
    number = next(_number)
    now = now or clock.now() - timedelta(minutes=1)
    kit = actions.create_kit(
        name=f"Dossier {number}", user=None, now=now, embargo_until=until, audience=audience
    )
    if assets:
        actions.set_items(kit, items=[(asset, "") for asset in assets], user=None, now=now)
    words.setdefault("slug", f"dossier-{number}")
    title = words.pop("title", f"Dossier {number}")
    return actions.word_kit(kit, parent=room.kits, title=title, user=None, now=now, publish=publish, **words)


def in_english(page: Any, **words: Any) -> Any:
    """The page's published English translation."""
    return ensure_translation(page, "en", user=None, now=clock.now() - timedelta(minutes=1), **words)


def refreshed(page: ReleasePage) -> Release:
    return Release.objects.get(pk=page.release_id)
