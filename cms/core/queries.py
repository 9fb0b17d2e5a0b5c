"""Pages by place and language, always through `visible()`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVectorField
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Cast
from wagtail.models import Page, Site
from wagtail.permissions import page_permission_policy
from wagtail.search.models import IndexEntry

from cms.core import links, registry
from cms.core.models import SitePage
from cms.core.policies import buried, opened, tombstones, visible
from cms.core.reader import ANONYMOUS

if TYPE_CHECKING:
    from cms.core.reader import Reader

SOURCE_LANGUAGE = "fr"
SEARCH_CONFIG = "kunnafoni_fr"
FEW = 1000
P = TypeVar("P", bound=SitePage)


def site_root() -> SitePage | None:
    """The page at "/" (one query), or None before the site is set up."""
    return SitePage.objects.filter(sites_rooted_here__is_default_site=True).first()


def children(
    page: Page,
    *,
    reader: Reader,
    now: datetime,
    model: type[P] = SitePage,  # type: ignore[assignment]
) -> QuerySet[P]:
    """The visible children of `page`, in tree order."""
    found = model.objects.filter(path__startswith=page.path, depth=page.depth + 1)
    return visible(found, reader=reader, now=now).order_by("path")


def descendants(
    page: Page,
    *,
    reader: Reader,
    now: datetime,
    model: type[P] = SitePage,  # type: ignore[assignment]
) -> QuerySet[P]:
    """The visible pages below `page`, at any depth."""
    found = model.objects.filter(path__startswith=page.path, depth__gt=page.depth)
    return visible(found, reader=reader, now=now).order_by("path")


def listing(page: Page, *, model: type[P], reader: Reader, now: datetime) -> QuerySet[P]:
    """The pages of `model` that a listing page shows: its visible descendants, newest first, and, where its
    language is not French, the French ones that have no visible translation (shown with a notice)."""
    below = Q(path__startswith=page.path, depth__gt=page.depth)
    source = (
        Page.objects.filter(translation_key=page.translation_key, locale__language_code=SOURCE_LANGUAGE)
        .exclude(pk=page.pk)
        .values_list("path", "depth")
        .first()
    )
    if source:
        path, depth = source
        translated = visible(
            model.objects.filter(translation_key=OuterRef("translation_key"), locale_id=page.locale_id),
            reader=reader,
            now=now,
        )
        below |= Q(path__startswith=path, depth__gt=depth) & ~Exists(translated)  # type: ignore[assignment]
    found = visible(model.objects.filter(below), reader=reader, now=now)
    return found.select_related("locale").order_by("-public_from", "-pk")


def ancestors(page: Page, *, reader: Reader, now: datetime, inclusive: bool = False) -> QuerySet[SitePage]:
    """The visible pages above `page`, language home first (one query)."""
    steps = Page.steplen
    ends = range(2 * steps, len(page.path) + (1 if inclusive else 0), steps)
    paths = [page.path[:end] for end in ends]
    return visible(SitePage.objects.filter(path__in=paths), reader=reader, now=now).order_by("path")


def translations(page: Page, *, reader: Reader, now: datetime) -> QuerySet[SitePage]:
    """The visible versions of `page` in other languages."""
    found = SitePage.objects.filter(translation_key=page.translation_key).exclude(pk=page.pk)
    return visible(found, reader=reader, now=now).select_related("locale").order_by("locale__language_code")


def pages_by_key(keys: list[str]) -> QuerySet[Page]:
    """The pages with these keys, whoever may read them: for the officer's side, which narrows."""
    return Page.objects.filter(pk__in=keys)


def choosable(pages: Any, *, user: Any, reader: Reader, now: datetime) -> Any:
    """Narrow pages to what is offered to who chooses one: what they may read, what they may change, and the root."""
    own = page_permission_policy.instances_user_has_any_permission_for(user, {"change", "publish"})
    read = visible(SitePage.objects.all(), reader=reader, now=now)
    offered = (
        Q(depth=1) | Q(pk__in=own.values_list("pk", flat=True)) | Q(pk__in=read.values_list("pk", flat=True))
    )
    return pages.filter(offered)


def branch_in(page: SitePage, *, language: str, reader: Reader, now: datetime) -> tuple[int, str] | None:
    """Where the branch that holds `page` goes on in `language`: its depth, and the public path of its version.

    The branch is the nearest page above that is translated: what stands below it is shown below its version,
    with a notice (`resolve`). None where nothing above is translated. One query.
    """
    steps = Page.steplen
    above = SitePage.objects.filter(
        path__in=[page.path[:end] for end in range(2 * steps, len(page.path), steps)]
    )
    versions = SitePage.objects.filter(
        locale__language_code=language, translation_key__in=above.values("translation_key")
    )
    twin = above.filter(translation_key=OuterRef("translation_key"))
    nearest = (
        visible(versions, reader=reader, now=now)
        .annotate(source_depth=Subquery(twin.values("depth")[:1]))
        .order_by("-source_depth")
        .first()
    )
    return (nearest.source_depth, nearest.public_path) if nearest is not None else None


def path_in(page: SitePage, branch: tuple[int, str] | None) -> str:
    """The public path of `page` below its branch in another language (`branch_in`), or its own."""
    if branch is None:
        return page.public_path
    depth, path = branch
    return path + "".join(f"{slug}/" for slug in page.url_path.strip("/").split("/")[depth - 1 :])


def fresh(page: P) -> P:
    """The same page, read again."""
    return type(page)._default_manager.select_related("locale").get(pk=page.pk)


def homes(*, reader: Reader, now: datetime) -> QuerySet[SitePage]:
    """The language homes, the children of the site's root."""
    root = site_root()
    if root is None:
        return SitePage.objects.none()
    return children(root, reader=reader, now=now).select_related("locale")


@dataclass(frozen=True)
class Resolution:
    """Where a path leads: a specific page, what is left of the path, and in which state it is found."""

    page: Any
    rest: tuple[str, ...]
    withdrawn: bool = False
    fallback: bool = False
    gate: Any = None
    language: str = SOURCE_LANGUAGE


def _specific(page: SitePage) -> Any:
    """The specific page and the thing that it words (one query), keeping the language that was read with it."""
    model: Any = page.specific_class or SitePage
    rows = model._default_manager.select_related(model.THING) if model.THING else model._default_manager
    found = rows.get(pk=page.pk)
    if "locale" in page._state.fields_cache:
        found.locale = page.locale
    return found


def _pages_along(root_url_path: str, parts: list[str], *, reader: Reader, now: datetime) -> list[SitePage]:
    """All the pages on the way, deepest first, each with `.is_open` and `.is_tombstone` (one query).

    Every answer of the site begins here: no more is read than what tells the way.
    """
    prefixes = [root_url_path]
    for part in parts:
        prefixes.append(f"{prefixes[-1]}{part}/")
    along = SitePage.objects.filter(url_path__in=prefixes).select_related("locale")
    return list(
        along.annotate(
            is_open=_holds(opened(reader=reader, now=now)),
            is_tombstone=_holds(buried(reader=reader, now=now)),
        )
        .only("depth", "audience", "translation_key", "content_type_id", "locale")
        .order_by("-depth")
    )


def _holds(condition: Q) -> Case:
    """Whether a condition holds of a row, as a column: what is unknown (NULL) does not hold."""
    return Case(When(condition, then=Value(True)), default=Value(False))


def resolve(path: str, *, reader: Reader, now: datetime, gates: tuple[type, ...] = ()) -> Resolution | None:
    """Find the page of a path as `reader` sees the site at `now`; None for all that they may not see.

    The deepest page on the path is taken, whatever its state: where it is not open the answer is None, so that
    nothing below or above can be told from it. Under /en/ a path that has no page continues below the French
    original (`fallback`). `gates` are page models that guard their whole branch.
    """
    parts = [part for part in path.split("/") if part]
    roots = Site.objects.filter(is_default_site=True).order_by("pk")
    root_url_path = roots.values_list("root_page__url_path", flat=True).first()
    if root_url_path is None or len(parts) > 20 or len(path) > 2000 or "\0" in path:
        return None
    along = _pages_along(root_url_path, parts, reader=reader, now=now)
    for page in along:
        if (
            gates
            and issubclass(page.specific_class or SitePage, gates)
            and page.audience not in reader.audiences
        ):
            return Resolution(page.specific, (), gate=page, language=page.locale.language_code)
    if not along:
        return None
    deepest = along[0]
    language = deepest.locale.language_code
    rest = tuple(parts[deepest.depth - 2 :])
    if deepest.is_open:
        if (
            rest
            and language != SOURCE_LANGUAGE
            and (found := _fallback(deepest, rest, reader=reader, now=now))
        ):
            return found
        return Resolution(_specific(deepest), rest, language=language)
    if deepest.is_tombstone:
        return Resolution(_specific(deepest), rest, withdrawn=True, language=language)
    return None


def page_of_short(code: str, *, reader: Reader, now: datetime) -> SitePage | None:
    """The page of a short address that `reader` may see at `now`, or the one that was withdrawn under their eyes.

    Two pages share a code once in some millions of sites of this size; then the older one has it.
    """
    bounds = links.uids_of_short(code)
    if bounds is None:
        return None
    named = SitePage.objects.filter(uid__range=bounds).order_by("pk")
    return visible(named, reader=reader, now=now).first() or tombstones(named, reader=reader, now=now).first()


def _fallback(page: SitePage, rest: tuple[str, ...], *, reader: Reader, now: datetime) -> Resolution | None:
    """The French page of a path that has no page in `page`'s language, unless it is translated after all."""
    source = translations(page, reader=reader, now=now).filter(locale__language_code=SOURCE_LANGUAGE).first()
    if source is None:
        return None
    for used in range(len(rest), 0, -1):
        url_path = source.url_path + "/".join(rest[:used]) + "/"
        original = (
            visible(SitePage.objects.filter(url_path=url_path), reader=reader, now=now)
            .select_related("locale")
            .first()
        )
        if original is not None:
            translated = translations(original, reader=reader, now=now).filter(locale_id=page.locale_id)
            if translated.exists():
                return None
            return Resolution(
                _specific(original), rest[used:], fallback=True, language=page.locale.language_code
            )
    return None


@dataclass(frozen=True)
class Found:
    """What an address of the site would show to everybody: `shut` is "" where it opens, else why it does not.

    "missing", "unpublished", "withdrawn", "embargoed" (until `until`), "ended" or "reserved". For the officer's side:
    a reader is told nothing of what they may not see.
    """

    shut: str
    until: datetime | None = None


def found_at(path: str, *, now: datetime) -> Found:
    """What anybody finds at `now` under a public path, and where they find nothing, why."""
    found = resolve(path, reader=ANONYMOUS, now=now)
    if found is not None and not found.withdrawn:
        paths = registry.page_type_of(found.page).subpaths
        return Found("" if not found.rest or paths.get("/".join(found.rest)) else "missing")
    root = site_root()
    parts = [part for part in path.split("/") if part]
    if root is None or "\0" in path or len(parts) > 20:
        return Found("missing")
    paths_along = [
        root.url_path + "".join(f"{part}/" for part in parts[:end]) for end in range(len(parts) + 1)
    ]
    page = SitePage.objects.filter(url_path__in=paths_along).order_by("-depth").first()
    if page is None or page.depth <= root.depth:
        return Found("missing")
    if page.withdrawn_at is None and not page.live:
        return Found("unpublished")
    shut = page.shut_because(now) or "reserved"
    return Found(shut, page.public_from if shut == "embargoed" else None)


@dataclass(frozen=True)
class Hits:
    """Pages that hold words, best first and the younger of equals first: what paginators and batches slice.

    `pages` alone are counted and ranked; `entries` are those of the index, with their rank and the `page_id`.
    """

    pages: QuerySet[SitePage]
    entries: QuerySet[IndexEntry]

    def within(self, *, kind: int | None = None, year: int | None = None) -> Hits:
        """Those of a content type, and of a year (UTC) in which they became public."""
        pages = self.pages
        if kind is not None:
            pages = pages.filter(content_type_id=kind)
        if year is not None:
            pages = pages.filter(public_from__year=year)
        return Hits(pages, self.entries)

    def count(self) -> int:
        return self.pages.order_by().count()

    def __getitem__(self, part: slice) -> list[SitePage]:
        seen = self.entries.filter(page_id__in=self.pages.order_by().values("pk"))
        keys = list(seen.order_by("-rank", "-page_id").values_list("page_id", flat=True)[part])
        rows = self.pages.in_bulk(keys)
        return [rows[key] for key in keys if key in rows]


def holding(words: str, pages: QuerySet[SitePage]) -> Hits:
    """The pages of a queryset that hold all the words (French stems, accents folded, "quoted phrases", -without).

    The index over title and body together is asked first, and the pages after it. Where it names few, their keys
    go into the queries that follow: otherwise each of them would read all pages of the language.
    """
    question = SearchQuery(words, search_type="websearch", config=SEARCH_CONFIG)
    kinds = ContentType.objects.get_for_models(*[kind.model for kind in registry.page_types])
    entries = (
        IndexEntry.objects.filter(content_type__in=[kind.pk for kind in kinds.values()])
        .alias(words=CombinedExpression(F("title"), "||", F("body"), output_field=SearchVectorField()))
        .filter(words=question)
        .annotate(
            page_id=Cast("object_id", IntegerField()),
            rank=SearchRank(F("title"), question) * 4 + SearchRank(F("body"), question),
        )
    )
    few = list(entries.values_list("page_id", flat=True)[: FEW + 1])
    if len(few) > FEW:
        return Hits(pages.filter(pk__in=entries.values("page_id")), entries)
    return Hits(pages.filter(pk__in=few), entries.filter(object_id__in=[str(key) for key in few]))
