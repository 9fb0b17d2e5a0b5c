"""Objects in plone.restapi's shapes: one in full, many in short, batches of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

from django.db.models import F, QuerySet, prefetch_related_objects
from pydantic import Field
from wagtail.fields import RichTextField, StreamField

from cms.core import queries, registry
from cms.core.api import streams
from cms.core.api.protocol import SITE_DEPTH, Batch, Flag, SortOn, SortOrder, Whole
from cms.core.api.references import References, address, gathered, type_name
from cms.core.models import SitePage
from cms.core.policies import visible

if TYPE_CHECKING:
    from cms.core.registry import Context

#: Catalog columns of plone.restapi that a listing may ask for; those we have no word for are null, as there.
METADATA = {
    "id": lambda page: page.slug,
    "UID": lambda page: page.uid.hex,
    "created": lambda page: moment(page.first_published_at),
    "modified": lambda page: moment(page.last_published_at),
    "effective": lambda page: moment(page.public_from),
    "expires": lambda page: moment(page.public_until),
    "language": lambda page: page.locale.language_code,
    "Language": lambda page: page.locale.language_code,
    "Title": lambda page: page.title,
    "Description": lambda page: page.summary,
    "Type": lambda page: type_name(page),
    "portal_type": lambda page: type_name(page),
    "review_state": lambda page: "published",
    "is_folderish": lambda page: True,
    "getPath": lambda page: page.public_path.rstrip("/"),
}
PLONE_METADATA = frozenset(
    (
        "CreationDate",
        "Creator",
        "Date",
        "EffectiveDate",
        "ExpirationDate",
        "ModificationDate",
        "Subject",
        "author_name",
        "cmf_uid",
        "commentators",
        "end",
        "exclude_from_nav",
        "getIcon",
        "getId",
        "getObjSize",
        "getRemoteUrl",
        "getURL",
        "hasPreviewImage",
        "head_title",
        "image_field",
        "image_scales",
        "in_response_to",
        "is_working_copy",
        "last_comment_date",
        "listCreators",
        "location",
        "mime_type",
        "nav_title",
        "start",
        "sync_uid",
        "total_comments",
        "type_title",
    )
)
#: What plone.restapi can expand; asking for one that we do not have is not an error (clients ask for all).
PLONE_COMPONENTS = frozenset(
    (
        "actions",
        "aliases",
        "breadcrumbs",
        "contextnavigation",
        "inherit",
        "navigation",
        "navroot",
        "translations",
        "types",
        "workflow",
    )
)
ORDERINGS = {
    "getObjPositionInParent": ("path",),
    "path": ("path",),
    "id": ("slug", "path"),
    "sortable_title": ("title", "path"),
    "effective": ("public_from", "path"),
    "expires": (F("public_until").asc(nulls_last=True), "path"),
    "modified": ("last_published_at", "path"),
    "created": ("first_published_at", "path"),
}


Column = Annotated[str, Field(json_schema_extra={"enum": sorted({*METADATA, *PLONE_METADATA, "_all"})})]


class Listing(Batch):
    """Parameters of whatever answers a batch of objects."""

    metadata_fields: Annotated[
        list[Column], Field(max_length=40, description="Further columns; `_all` for all.")
    ] = []
    fullobjects: Annotated[Flag, Field(description="Items in full rather than in short.")] = False
    sort_on: SortOn | None = None
    sort_order: SortOrder | None = None


class ItemParams(Listing):
    """Parameters of an object's own address."""

    expand: Annotated[list[str], Field(max_length=20, description="Components to put into the answer.")] = []
    navigation_depth: Annotated[Whole, Field(ge=1, le=4, alias="expand.navigation.depth")] = 1
    include_items: Annotated[Flag, Field(description="0 leaves the children out.")] = True


def moment(at: datetime | None) -> str | None:
    """ISO 8601 in UTC, to the second."""
    return at.strftime("%Y-%m-%dT%H:%M:%S+00:00") if at else None


def review_state(page: Any, ctx: Context) -> str:
    """The state in Plone's words (published, internally_published), or ours for what only we have."""
    if page.public_from is None or page.public_from > ctx.now:
        return "embargoed"
    return "published" if page.audience == "public" else "internally_published"


def summary(page: Any, ctx: Context, *, metadata: Sequence[str] = ()) -> dict[str, Any]:
    """A page in short, from the columns of SitePage alone. Give pages with locale and content type joined."""
    said: dict[str, Any] = {
        "@id": address(page),
        "@type": "Site" if page.depth == SITE_DEPTH else type_name(page),
        "UID": page.uid.hex,
        "title": page.title,
        "description": page.summary,
        "review_state": review_state(page, ctx),
    }
    for name in metadata:
        said[name] = METADATA[name](page) if name in METADATA else None
    if "review_state" in metadata:
        said["review_state"] = review_state(page, ctx)
    return said


def metadata_names(asked: Iterable[str]) -> list[str]:
    """The columns a listing adds. Raises Problem (400) naming one that neither Plone nor we know."""
    from cms.core.api.problems import Problem

    names: list[str] = []
    for name in asked:
        if name == "_all":
            names += list(METADATA)
        elif name in METADATA or name in PLONE_METADATA:
            names.append(name)
        else:
            message = f"metadata_fields: {name} is not a column."
            loc = {"loc": ["query", "metadata_fields"], "msg": message, "code": "invalid-parameter"}
            raise Problem(400, "invalid-parameter", message, errors=[loc])
    return list(dict.fromkeys(names))


def parent_of(page: Any, ctx: Context) -> dict[str, Any]:
    """The page above in short, or {} where there is none that this reader may see (one query)."""
    if page.depth <= SITE_DEPTH:
        return {}
    above = SitePage.objects.filter(path=page.path[: -SitePage.steplen]).select_related(
        "locale", "content_type"
    )
    found = visible(above, reader=ctx.reader, now=ctx.now).first()
    return summary(found, ctx) if found else {}


def full(page: Any, ctx: Context, refs: References) -> dict[str, Any]:
    """A specific page's own fields (no parent, items or components). No query once it is `loaded`."""
    said: dict[str, Any] = {
        "@id": address(page),
        "@type": "Site" if page.depth == SITE_DEPTH else type_name(page),
        "UID": page.uid.hex,
        "id": page.slug,
        "title": page.title,
        "description": page.summary or page.search_description,
        "language": page.locale.language_code,
        "review_state": review_state(page, ctx),
        "created": moment(page.first_published_at),
        "modified": moment(page.last_published_at),
        "effective": moment(page.public_from),
        "expires": moment(page.public_until),
        "is_folderish": True,
        "allow_discussion": False,
        "preview_image": _asset(page, "card_image", refs),
    }
    kind = registry.page_types.get(type(page))
    if kind is not None:
        said.update(kind.serialize(page, ctx))
    for column in page._meta.get_fields():
        if column.name in said:
            continue
        if isinstance(column, StreamField):
            raw = list(getattr(page, column.name).raw_data)
            said[column.name] = streams.say(column.stream_block, raw, refs)
        elif isinstance(column, RichTextField):
            said[column.name] = streams.say_html(getattr(page, column.name) or "", refs)
    return said


def _asset(page: Any, name: str, refs: References) -> dict[str, Any] | None:
    column = page._meta.get_field(name)
    return refs.asset(column.related_model, getattr(page, column.attname))


def load(pages: Sequence[Any]) -> list[Any]:
    """The specific pages of a batch, in its order, with all that `full` reads: a few queries per type."""
    by_model: dict[Any, list[int]] = {}
    for page in pages:
        by_model.setdefault(page.cached_content_type.model_class() or SitePage, []).append(page.pk)
    found: dict[int, Any] = {}
    for model, keys in by_model.items():
        rows = list(model._default_manager.filter(pk__in=keys).select_related("locale", "content_type"))
        prefetch(rows, model)
        found.update({row.pk: row for row in rows})
    return [found[page.pk] for page in pages if page.pk in found]


def prefetch(rows: Sequence[Any], model: Any) -> None:
    """Read the thing that pages of one model word, and what their type says it reads."""
    kind = registry.page_types.get(model)
    names = [name for name in (model.THING, *(kind.prefetch if kind else ())) if name]
    if names and rows:
        prefetch_related_objects(rows, *names)


def ordered(found: QuerySet[Any], sort_on: str | None, sort_order: str | None) -> QuerySet[Any]:
    """Order by one of Plone's indexes; the path decides between equals, so that batches never overlap."""
    if sort_on is None:
        return found.reverse() if sort_order in ("descending", "reverse") and found.ordered else found
    found = found.order_by(*ORDERINGS[sort_on])
    return found.reverse() if sort_order in ("descending", "reverse") else found


def batch(
    found: Any, ctx: Context, params: Any, *, url: str, query: Iterable[tuple[str, str]] = ()
) -> dict[str, Any]:
    """Plone's {items, items_total, batching}; `batching` only where one batch does not hold all.

    `found` is anything with count() and slices of SitePage rows (a queryset, search results). One or two queries
    in short; in full those of `load` and of the references, once, whatever the number of items.
    """
    metadata = metadata_names(params.metadata_fields)

    def say(rows: list[Any]) -> list[dict[str, Any]]:
        if not params.fullobjects:
            return [summary(page, ctx, metadata=metadata) for page in rows]
        pages = load(rows)
        with gathered(pages, ctx) as refs:
            return [full(page, ctx, refs) for page in pages]

    return batched(found, params, say, url=url, query=query)


def batched(
    found: Any,
    params: Batch,
    say: Callable[[list[Any]], list[dict[str, Any]]],
    *,
    url: str,
    query: Iterable[tuple[str, str]] = (),
) -> dict[str, Any]:
    """Plone's {items, items_total, batching} of rows of any kind; `say` makes the items of one batch of them."""
    total, rows = _slice(found, params.b_start, params.b_size)
    said: dict[str, Any] = {"items": say(rows), "items_total": total}
    if params.b_start or total > params.b_size:
        said["batching"] = _batching(url, list(query), params.b_start, params.b_size, total)
    return said


def _slice(found: Any, start: int, size: int) -> tuple[int, list[Any]]:
    """The number of all and the rows of one batch; a single query where the first batch holds them all."""
    if start == 0 and size:
        rows = list(found[: size + 1])
        return (len(rows), rows) if len(rows) <= size else (found.count(), rows[:size])
    total = found.count()
    return total, list(found[start : start + size]) if size and start < total else []


def _batching(url: str, query: list[tuple[str, str]], start: int, size: int, total: int) -> dict[str, str]:
    def at(first: int) -> str:
        return f"{url}?{urlencode([*query, ('b_start', str(first)), ('b_size', str(size))])}"

    said = {"@id": at(start), "first": at(0)}
    last = (total - 1) // size * size if size and total else 0
    if size and start > 0:
        said["prev"] = at(max(start - size, 0))
    if size and start + size < total:
        said["next"] = at(start + size)
    said["last"] = at(last)
    return said


def below(page: Any, ctx: Context) -> QuerySet[Any]:
    """What a page lists: its visible children, or, on a listing page, the listed pages of the branch."""
    kind = registry.page_types.get(type(page))
    if kind is not None and kind.listed_model is not None:
        listed = queries.listing(page, model=kind.listed_model, reader=ctx.reader, now=ctx.now)
        return listed.select_related("locale", "content_type")
    found = queries.children(page, reader=ctx.reader, now=ctx.now)
    return found.select_related("locale", "content_type")


def item(
    page: Any, ctx: Context, params: ItemParams, *, query: Iterable[tuple[str, str]] = ()
) -> dict[str, Any]:
    """The answer of an object's own address: the page in full, its parent, items and components."""
    from cms.core.api import components

    prefetch([page], type(page))
    with gathered([page], ctx) as refs:
        said = full(page, ctx, refs)
    said["parent"] = parent_of(page, ctx)
    if ctx.fallback:
        said["fallback"] = {"requested_language": ctx.language}
    said["@components"] = components.of(page, ctx, params)
    if params.include_items and not type(page).allowed_subpage_models():
        said |= {"items": [], "items_total": 0}
    elif params.include_items:
        found = ordered(below(page, ctx), params.sort_on, params.sort_order)
        kept = [(name, value) for name, value in query if name not in ("b_start", "b_size")]
        said.update(batch(found, ctx, params, url=address(page), query=kept))
    return said
