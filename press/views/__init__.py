"""The press room's doors: public pages and, for the team, the questions behind its buttons."""

from press.views.desk import create_kit, create_release
from press.views.kits import archive_view, kit, kit_index
from press.views.releases import as_plain_text, release, release_index
from press.views.rooms import contacts, press_room

__all__ = [
    "archive_view",
    "as_plain_text",
    "contacts",
    "create_kit",
    "create_release",
    "kit",
    "kit_index",
    "press_room",
    "release",
    "release_index",
]
