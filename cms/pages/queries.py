"""What stands around every page: menus, ancestors, versions in other languages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from cms.core.models import SitePage
from cms.core.policies import visible
from cms.core.queries import SOURCE_LANGUAGE, ancestors
from cms.pages.models import MenuItem

if TYPE_CHECKING:
    from cms.core.reader import Reader

HOME_DEPTH = 3


@dataclass(frozen=True)
class Link:
    """A link of the frame. `here` is the value of aria-current: "page", "true" (a section of it) or ""."""

    label: str
    path: str
    here: str = ""
    code: str = ""

    @property
    def absolute(self) -> str:
        return settings.PUBLIC_URL + self.path


@dataclass(frozen=True)
class FootPart:
    """A titled list of links at the foot."""

    title: str
    links: list[Link] = field(default_factory=list)


def languages() -> dict[str, str]:
    """The site's languages by code, each named in itself."""
    own = {"fr": "Français", "en": "English", "bm": "Bamanankan"}
    return {code: own.get(code, str(name)) for code, name in settings.LANGUAGES}


def menu_items(*, language: str, reader: Reader, now: datetime) -> QuerySet[MenuItem]:
    """The links of a language's menus that `reader` may follow, in order (one query when iterated)."""
    return (
        MenuItem.objects.filter(menu__locale__language_code=language)
        .filter(Q(page__isnull=True) | Q(page__in=visible(SitePage.objects.all(), reader=reader, now=now)))
        .select_related("menu", "page")
        .order_by("menu__place", "menu__order", "menu_id", "sort_order")
    )


def versions(
    page: Any, line: list[SitePage], *, reader: Reader, now: datetime
) -> tuple[dict[str, str], dict[str, str]]:
    """Where `page` stands in other languages, from its ancestors `line`: exact addresses and best ones.

    Returns ({code: path} of its visible translations, {code: path} to offer in the language switch: the
    translation, else the French text under that language, else the nearest ancestor).
    """
    keys = [one.translation_key for one in [*line, page]]
    others = list(
        visible(SitePage.objects.filter(translation_key__in=keys), reader=reader, now=now)
        .exclude(locale_id=page.locale_id)
        .select_related("locale")
        .order_by("-depth")
    )
    exact, best = {}, {}
    for other in others:
        code = other.locale.language_code
        if other.translation_key == page.translation_key:
            exact[code] = best[code] = other.public_path
        elif code not in best:
            best[code] = other.public_path
            source = next(one for one in line if one.translation_key == other.translation_key)
            if page.public_path.startswith(f"/{SOURCE_LANGUAGE}/"):
                best[code] += page.url_path.removeprefix(source.url_path)
    return exact, best


def line_of(page: Any, *, reader: Reader, now: datetime) -> list[SitePage]:
    """The visible ancestors of `page` from its language home down, without the page (one query)."""
    return [one for one in ancestors(page, reader=reader, now=now) if one.depth >= HOME_DEPTH]


def crumbs(line: list[SitePage]) -> list[Link]:
    """The way back up, the home by its plain name."""
    return [Link(gettext("Home") if one.depth == HOME_DEPTH else one.title, one.public_path) for one in line]


PAGE_SIZE = 25


def page_of(queryset: QuerySet[Any], parameters: Any, *, size: int = PAGE_SIZE) -> Page[Any]:
    """The part of a listing that `?b_start=` asks for (as in the API), for includes/pagination.html.

    Nonsense means the first part, too far the last. Two queries.
    """
    start = str(parameters.get("b_start", "0"))
    number = int(start) // size + 1 if start.isascii() and start.isdigit() and len(start) < 9 else 1
    return Paginator(queryset, size).get_page(number)
