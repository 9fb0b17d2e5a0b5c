"""The press room's doors: public pages and, for the team, the questions behind its buttons."""

from press.views.desk import (
    change_kit,
    change_release,
    create_kit,
    create_release,
    kit_values,
    release_values,
)
from press.views.formats import SUBPATHS as FORMATS
from press.views.history import corrections
from press.views.kits import KitPaths, kit, kit_index
from press.views.releases import release, release_index
from press.views.rooms import contacts, press_room

__all__ = [
    "FORMATS",
    "KitPaths",
    "change_kit",
    "change_release",
    "contacts",
    "corrections",
    "create_kit",
    "create_release",
    "kit",
    "kit_index",
    "kit_values",
    "press_room",
    "release",
    "release_index",
    "release_values",
]
