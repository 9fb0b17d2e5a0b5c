"""The médiathèque's place in the tree."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cms.pages import actions as pages
from cms.pages.models import HomePage
from media_library.models import Kind, MediaLibraryPage, MediaSectionPage

LIBRARY: pages.Words = {
    "fr": {"slug": "mediatheque", "title": "Médiathèque"},
    "en": {"slug": "media-library", "title": "Media library"},
}

SECTIONS: dict[Kind, pages.Words] = {
    Kind.IMAGE: {
        "fr": {"slug": "photographies", "title": "Photographies"},
        "en": {"slug": "photographs", "title": "Photographs"},
    },
    Kind.VIDEO: {"fr": {"slug": "web-tv", "title": "Web TV"}, "en": {"slug": "web-tv", "title": "Web TV"}},
    Kind.AUDIO: {"fr": {"slug": "sons", "title": "Sons"}, "en": {"slug": "sounds", "title": "Sounds"}},
    Kind.DOCUMENT: {
        "fr": {"slug": "documents", "title": "Documents"},
        "en": {"slug": "documents", "title": "Documents"},
    },
}


def lay_library(
    home: HomePage, *, user: Any, now: datetime, words: pages.Words = LIBRARY
) -> MediaLibraryPage:
    """Lay the médiathèque and its sections below the French home, with their English translations.

    What exists stays as it is; a section is looked for by its kind, not by its address.
    """
    page = pages.lay_section(home, MediaLibraryPage, words, user=user, now=now)
    for kind, said in SECTIONS.items():
        section = MediaSectionPage.objects.filter(path__startswith=page.path, kind=kind).first()
        if section is None:
            section = pages.ensure_page(page, MediaSectionPage, kind=kind, user=user, now=now, **said["fr"])
        pages.ensure_translation(section, "en", user=user, now=now, **said["en"])
    return page
