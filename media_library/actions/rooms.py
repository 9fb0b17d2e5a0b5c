"""The médiathèque's place in the tree."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cms.pages import actions as pages
from cms.pages.models import HomePage
from media_library.models import MediaLibraryPage

LIBRARY: pages.Words = {
    "fr": {"slug": "mediatheque", "title": "Médiathèque"},
    "en": {"slug": "media-library", "title": "Media library"},
}


def lay_library(
    home: HomePage, *, user: Any, now: datetime, words: pages.Words = LIBRARY
) -> MediaLibraryPage:
    """Lay the médiathèque below the French home, with its English translation; what exists stays as it is."""
    return pages.lay_section(home, MediaLibraryPage, words, user=user, now=now)
