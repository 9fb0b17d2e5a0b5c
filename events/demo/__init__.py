"""The demo's events, part by part; each part makes what is missing and changes nothing a second time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from events.demo import (
    abstracts,
    agenda,
    delegations,
    door,
    forms,
    guests,
    papers,
    press,
    programme,
    roads,
    series,
    stands,
)

if TYPE_CHECKING:
    from datetime import datetime

# In the order in which they need one another.
PARTS = (
    agenda,
    press,
    series,
    forms,
    guests,
    delegations,
    abstracts,
    roads,
    stands,
    door,
    programme,
    papers,
)


def build(*, now: datetime) -> None:
    """Make every part's rows as of `now`."""
    for part in PARTS:
        part.build(now=now)
