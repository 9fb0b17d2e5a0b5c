"""What most tests of the press room ask for; files whose tests are transactional lay a room of their own."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.factories.press import Room


@pytest.fixture
def own_media(settings: Any, tmp_path: Path) -> None:
    """A folder of the test's own for the library's files."""
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def room(laid_room: Room, db: None) -> Room:
    """The press room, laid once for the file."""
    return deepcopy(laid_room)
