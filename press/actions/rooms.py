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
ROOM: pages.Words = {
    "fr": {"slug": "presse", "title": "Presse"},
    "en": {"slug": "press", "title": "Press"},
}
PARTS: tuple[tuple[type[Any], pages.Words], ...] = (
    (
        ReleaseIndexPage,
        {
            "fr": {"slug": "communiques", "title": "Communiqués"},
            "en": {"slug": "releases", "title": "Releases"},
        },
    ),
    (
        KitIndexPage,
        {
            "fr": {"slug": "dossiers", "title": "Dossiers de presse"},
            "en": {"slug": "kits", "title": "Press kits"},
        },
    ),
    (
        PressContactsPage,
        {
            "fr": {"slug": "contacts", "title": "Contacts presse"},
            "en": {"slug": "contacts", "title": "Press contacts"},
        },
    ),
)


@transaction.atomic
def lay_press_room(home: Any, *, user: Any, now: datetime) -> PressRoomPage:
    """Make the press room below the French home, with its English translation; what exists stays as it is."""
    room = pages.lay_section(home, PressRoomPage, ROOM, user=user, now=now)
    for model, words in PARTS:
        pages.lay_section(room, model, words, user=user, now=now)
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
