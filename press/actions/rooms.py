"""The press room's place in the tree."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from cms.core import actions as core
from cms.pages import actions as pages
from press.models import (
    Kit,
    KitIndexPage,
    KitPage,
    PressContactsPage,
    PressRoomPage,
    Release,
    ReleaseIndexPage,
    ReleasePage,
)

# Slugs and titles of the contract, by language.
ROOM = {"fr": ("presse", "Presse"), "en": ("press", "Press")}
PARTS: tuple[tuple[type[Any], dict[str, tuple[str, str]]], ...] = (
    (ReleaseIndexPage, {"fr": ("communiques", "Communiqués"), "en": ("releases", "Releases")}),
    (KitIndexPage, {"fr": ("dossiers", "Dossiers de presse"), "en": ("kits", "Press kits")}),
    (PressContactsPage, {"fr": ("contacts", "Contacts presse"), "en": ("contacts", "Press contacts")}),
)


@transaction.atomic
def lay_press_room(home: Any, *, user: Any, now: datetime) -> PressRoomPage:
    """Make the press room below the French home, with its English translation; what exists stays as it is."""
    slug, title = ROOM["fr"]
    room = pages.ensure_page(home, PressRoomPage, slug=slug, title=title, user=user, now=now)
    slug, title = ROOM["en"]
    pages.ensure_translation(room, "en", slug=slug, title=title, user=user, now=now)
    for model, names in PARTS:
        slug, title = names["fr"]
        part = pages.ensure_page(room, model, slug=slug, title=title, user=user, now=now)
        slug, title = names["en"]
        pages.ensure_translation(part, "en", slug=slug, title=title, user=user, now=now)
    return room


@transaction.atomic
def word_release(
    release: Release,
    *,
    parent: ReleaseIndexPage,
    title: str,
    lead: str,
    user: Any,
    now: datetime,
    publish: bool = True,
    topics: Any = (),
    sectors: Any = (),
    contacts: Any = (),
    **words: Any,
) -> ReleasePage:
    """Write a release's page below a list of releases and publish it (or keep it as a draft)."""
    page = ReleasePage(release=release, title=title, lead=lead, locale=parent.locale, owner=user, **words)
    page.topics, page.sectors, page.contacts = list(topics), list(sectors), list(contacts)
    return _place(parent, page, user=user, now=now, publish=publish)


@transaction.atomic
def word_kit(
    kit: Kit,
    *,
    parent: KitIndexPage,
    title: str,
    user: Any,
    now: datetime,
    publish: bool = True,
    **words: Any,
) -> KitPage:
    """Write a kit's page below a list of kits and publish it (or keep it as a draft)."""
    topics, contacts = words.pop("topics", ()), words.pop("contacts", ())
    page = KitPage(kit=kit, title=title, locale=parent.locale, owner=user, **words)
    page.topics, page.contacts = list(topics), list(contacts)
    return _place(parent, page, user=user, now=now, publish=publish)


def _place(parent: Any, page: Any, *, user: Any, now: datetime, publish: bool) -> Any:
    fresh = type(parent).objects.get(pk=parent.pk)
    if publish:
        return core.place_page(fresh, page, user=user, now=now)
    page.live = False
    fresh.add_child(instance=page)
    page.save_revision(user=user, log_action=True)
    return page
