"""What the press room's pages show beside texts: what a list may be narrowed by, logos."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count
from django.db.models.functions import ExtractYear

from press import queries
from press.models import KitItem

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from cms.core.registry import Context
    from press.models import PressRoomPage, ReleasePage


def kinds_and_years(found: QuerySet[ReleasePage]) -> dict[tuple[str, int], int]:
    """How many releases of each kind became public in each year, in UTC (one query)."""
    rows = found.order_by().annotate(year=ExtractYear("public_from"))
    said = rows.values_list("release__kind", "year").annotate(number=Count("pk"))
    return {(kind, year): number for kind, year, number in said if year}


def of_kind_and_year(found: QuerySet[ReleasePage], *, kind: str, year: str) -> QuerySet[ReleasePage]:
    """Narrow releases to a kind and to the year in which they became public; "" narrows nothing."""
    if kind:
        found = found.filter(release__kind=kind)
    return found.filter(public_from__year=int(year)) if year else found


def logos(page: PressRoomPage, ctx: Context) -> list[KitItem]:
    """The logos of the kit that the page names, as far as this reader may have them (five queries at most)."""
    if page.logos_kit is None:
        return []
    items = [item for item in queries.items_of(page.logos_kit) if item.section == KitItem.Section.LOGOS]
    return queries.open_items(items, ctx)
