"""The agenda's place in the tree."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cms.pages import actions as pages
from cms.pages.models import HomePage
from events.models import AgendaPage

AGENDA: pages.Words = {
    "fr": {"slug": "agenda", "title": "Agenda", "show_in_menus": True},
    "en": {"slug": "agenda", "title": "Agenda", "show_in_menus": True},
}


def lay_agenda(home: HomePage, *, user: Any, now: datetime, words: pages.Words = AGENDA) -> AgendaPage:
    """Lay the agenda below the French home, with its English translation; what exists stays as it is."""
    return pages.lay_section(home, AgendaPage, words, user=user, now=now)
