"""What stands around every page: menus, ancestors, versions in other languages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from textwrap import wrap
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Locale

from cms.core import registry
from cms.core.models import Sector, SitePage
from cms.core.policies import visible
from cms.core.queries import SOURCE_LANGUAGE, Hits, ancestors, holding
from cms.core.reader import ANONYMOUS, Reader
from cms.pages.models import ArticlePage, HomePage, MenuItem, SiteRoot
from cms.plan.models import SectorResult

if TYPE_CHECKING:
    from cms.core.registry import Context, FeedEntry

P = TypeVar("P", bound=SitePage)
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


def homes(*, reader: Reader, now: datetime) -> dict[str, str]:
    """{language: path} of the language homes (one query)."""
    found = visible(HomePage.objects.all(), reader=reader, now=now).select_related("locale")
    return {one.locale.language_code: one.public_path for one in found}


def home_in(language: str, *, reader: Reader, now: datetime) -> HomePage | None:
    """The home of a language, with its key figures (two queries)."""
    found = visible(HomePage.objects.filter(locale__language_code=language), reader=reader, now=now)
    return found.prefetch_related("key_figures").first()


def menu_items(*, language: str, reader: Reader, now: datetime) -> QuerySet[MenuItem]:
    """The links of a language's menus that `reader` may follow, in order (one query when iterated)."""
    return (
        MenuItem.objects.filter(menu__locale__language_code=language)
        .filter(Q(page__isnull=True) | Q(page__in=visible(SitePage.objects.all(), reader=reader, now=now)))
        .select_related("menu", "page")
        .order_by("menu__place", "menu__order", "menu_id", "sort_order")
    )


def existing(items: Iterable[MenuItem]) -> list[MenuItem]:
    """Leave out links to addresses of ours where no published page stands (two queries)."""
    found = list(items)
    addresses = {one.address for one in found if one.address.startswith("/") and one.address.endswith("/")}
    root = SiteRoot.objects.values_list("url_path", flat=True).first() or "/"
    paths = {f"{root.rstrip('/')}{address}": address for address in addresses}
    there = set(SitePage.objects.filter(url_path__in=paths, live=True).values_list("url_path", flat=True))
    absent = {address for path, address in paths.items() if path not in there}
    return [one for one in found if one.address not in absent]


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


def news_path(home: HomePage, *, reader: Reader, now: datetime) -> str:
    """Where the home's own news line leads: empty where the reader may not see the page yet."""
    if home.news_page_id is None:
        return ""
    target = visible(SitePage.objects.filter(pk=home.news_page_id), reader=reader, now=now).first()
    return target.public_path if target else ""


def siblings(page: Any, *, reader: Reader, now: datetime, most: int = 12) -> list[SitePage]:
    """The visible pages beside `page` in its section, without it; none directly below a home (one query)."""
    if page.depth <= HOME_DEPTH + 1:
        return []
    beside = SitePage.objects.filter(path__startswith=page.path[: -page.steplen], depth=page.depth)
    return list(visible(beside, reader=reader, now=now).exclude(pk=page.pk).order_by("path")[:most])


def with_pictures(queryset: QuerySet[P]) -> QuerySet[P]:
    """Bring list pictures along, with what says who may have them: as many queries for one as for thirty."""
    return queryset.prefetch_related(Prefetch("card_image", queryset=_with_policy(get_image_model())))


def with_files(queryset: QuerySet[P]) -> QuerySet[P]:
    """Bring the files of document pages along, with what the library knows of their bytes and who may have them."""
    files = Prefetch("document", queryset=_with_policy(get_document_model()))
    return queryset.select_related("locale").prefetch_related(files)


def _with_policy(model: Any) -> QuerySet[Any]:
    rows = model._default_manager.all()
    prepare = getattr(registry.asset_policies.get(model), "prepare", None)
    return prepare(rows) if prepare else rows


def shown(row: Any, ctx: Context) -> Any:
    """A picture, document or recording, or None where this reader may have no trace of it."""
    if row is None:
        return None
    may_serve = registry.asset_policies.get(type(row))
    return row if may_serve is None or may_serve(row, ctx) else None


def search(words: str, *, language: str, reader: Reader, now: datetime) -> Hits:
    """Pages that hold all the words, in the language asked, and French ones that have no visible version in it.

    The queryset is narrowed by `visible()` before anything is counted.
    """
    found = visible(SitePage.objects.filter(depth__gte=HOME_DEPTH), reader=reader, now=now)
    # By key: PostgreSQL knows how many pages a key has, and nothing of those behind a join to two rows.
    keys = dict(Locale.objects.values_list("language_code", "pk"))
    wanted = Q(locale_id=keys.get(language))
    if language != SOURCE_LANGUAGE:
        translated = visible(
            SitePage.objects.filter(
                translation_key=OuterRef("translation_key"), locale_id=keys.get(language)
            ),
            reader=reader,
            now=now,
        )
        wanted = wanted | Q(Q(locale_id=keys.get(SOURCE_LANGUAGE)), ~Exists(translated))
    return holding(words, found.filter(wanted).select_related("locale"))


@dataclass(frozen=True)
class SitemapEntry:
    """A line of the sitemap; `alternates` are (language, address), this one's own included."""

    address: str
    changed_at: datetime
    alternates: list[tuple[str, str]]


def sitemap(*, now: datetime) -> list[SitemapEntry]:
    """All that a visitor may read at `now` (one query). No date tells of work done under embargo."""
    rows = list(
        visible(SitePage.objects.filter(depth__gte=HOME_DEPTH), reader=ANONYMOUS, now=now)
        .filter(audience="public")
        .exclude(content_type__app_label="pages", content_type__model="searchpage")
        .select_related("locale")
        .only("url_path", "translation_key", "public_from", "last_published_at", "locale")
        .order_by("path")[:50_000]
    )
    versions_of: dict[Any, list[tuple[str, str]]] = {}
    for row in rows:
        versions_of.setdefault(row.translation_key, []).append((row.locale.language_code, row.public_url))
    found = []
    for row in rows:
        others = versions_of[row.translation_key]
        changed_at = max(at for at in (row.public_from, row.last_published_at) if at is not None)
        found.append(SitemapEntry(row.public_url, changed_at, others if len(others) > 1 else []))
    return found


def news(*, now: datetime, since: datetime) -> list[FeedEntry]:
    """What feed sources marked as news published since `since`, newest first."""
    found: list[FeedEntry] = []
    for source in registry.feed_sources:
        if not source.news:
            continue
        for page in visible(source.model.objects.all(), reader=ANONYMOUS, now=now).select_related("locale"):
            ctx = registry.Context(reader=ANONYMOUS, now=now, language=page.locale.language_code)
            found += [one for one in source.entries(page, ctx, None) if one.published_at >= since]
    seen: dict[Any, FeedEntry] = {one.uid: one for one in found}
    return sorted(seen.values(), key=lambda one: one.published_at, reverse=True)


@dataclass(frozen=True)
class ResultRow:
    """A sector's line, with what the drawing needs: widths in percent of the widest bar, its top in pixels."""

    name: str
    planned: int
    done: int
    trained: int
    top: int = 0
    widest: int = 0

    @property
    def lines(self) -> list[str]:
        """The name in lines that a telephone shows whole: a drawing does not wrap its words."""
        return wrap(self.name, NAME_WIDTH) or [""]

    @property
    def drop(self) -> int:
        """How far the bars stand lower below a name of several lines."""
        return LINE_HEIGHT * (len(self.lines) - 1)

    @property
    def rate(self) -> float | None:
        return round(100 * self.done / self.planned, 2) if self.planned else None

    @property
    def planned_width(self) -> str:
        return f"{100 * self.planned / self.widest:.1f}" if self.widest else "0"

    @property
    def done_width(self) -> str:
        return f"{100 * self.done / self.widest:.1f}" if self.widest else "0"


@dataclass(frozen=True)
class Results:
    """The lines of the latest period, their sum, and the period in years."""

    rows: list[ResultRow]
    total: ResultRow
    first_year: int
    last_year: int
    source: str

    @property
    def height(self) -> int:
        last = self.rows[-1]
        return last.top + last.drop + ROW_HEIGHT


ROW_HEIGHT, LINE_HEIGHT, NAME_WIDTH = 68, 18, 32


def results(*, language: str) -> Results | None:
    """Results by sector of the latest period, sectors named in `language`; None before any is known.

    Two queries.
    """
    found = list(SectorResult.objects.select_related("sector"))
    if not found:
        return None
    latest = found[0]
    found = [one for one in found if (one.first_year, one.last_year) == (latest.first_year, latest.last_year)]
    names = dict(
        Sector.objects.filter(
            translation_key__in=[one.sector.translation_key for one in found], locale__language_code=language
        ).values_list("translation_key", "name")
    )
    widest = max(max(one.planned, one.done) for one in found)
    rows: list[ResultRow] = []
    top = 0
    for one in found:
        name = names.get(one.sector.translation_key, one.sector.name)
        row = ResultRow(name, one.planned, one.done, one.trained, top=top, widest=widest)
        rows.append(row)
        top += ROW_HEIGHT + row.drop
    total = ResultRow(
        "",
        sum(one.planned for one in found),
        sum(one.done for one in found),
        sum(one.trained for one in found),
    )
    return Results(rows, total, latest.first_year, latest.last_year, latest.source)


PAGE_SIZE = 25


def page_of(queryset: QuerySet[Any] | Hits, parameters: Any, *, size: int = PAGE_SIZE) -> Page[Any]:
    """The part of a listing that `?b_start=` asks for (as in the API), for includes/pagination.html.

    Nonsense means the first part, too far the last. Two queries.
    """
    start = str(parameters.get("b_start", "0"))
    number = int(start) // size + 1 if start.isascii() and start.isdigit() and len(start) < 9 else 1
    countable: Any = queryset
    return Paginator(countable, size).get_page(number)


def articles_since(since: datetime, now: datetime, language: str) -> list[ArticlePage]:
    """The articles that became readable to everybody from `since` on: what a new issue of a newsletter begins with."""
    public = visible(ArticlePage.objects.filter(locale__language_code=language), reader=ANONYMOUS, now=now)
    return list(public.filter(public_from__gte=since).order_by("-public_from", "-pk")[:2])
