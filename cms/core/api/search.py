"""`@search`: full text, type, place, language and ranges of dates, always through `visible()`."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from pydantic import Field

from cms.core import registry
from cms.core.api.items import Listing, address, batch, ordered
from cms.core.api.problems import Problem
from cms.core.api.protocol import SITE_DEPTH, Call, Whole
from cms.core.models import SitePage
from cms.core.policies import visible

Range = Literal["min", "max", "min:max", "minmax"]
Moment = Annotated[str, Field(json_schema_extra={"anyOf": [{"format": "date"}, {"format": "date-time"}]})]
Moments = Annotated[list[Moment], Field(max_length=10, description="ISO 8601; without an offset, UTC.")]
Hex = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
DATES = {
    "created": "first_published_at",
    "modified": "last_published_at",
    "effective": "public_from",
    "expires": "public_until",
}
MAX_TEXT = 200
MAX_MATCHES = 5000  # of a text sorted by something else than its relevance


class SearchParams(Listing):
    """Parameters of `@search`, named as Plone's indexes."""

    SearchableText: Annotated[str, Field(max_length=MAX_TEXT)] | None = None
    portal_type: Annotated[list[str], Field(max_length=20)] = []
    path: Annotated[str | None, Field(max_length=1000)] = None
    path_query: Annotated[str | None, Field(max_length=1000, alias="path.query")] = None
    path_depth: Annotated[Whole | None, Field(ge=0, le=20, alias="path.depth")] = None
    Language: Annotated[str, Field(max_length=10)] | None = None
    UID: Annotated[list[Hex], Field(max_length=100)] = []
    review_state: Annotated[list[str], Field(max_length=10)] = []
    created_query: Annotated[Moments, Field(alias="created.query")] = []
    created_range: Annotated[Range | None, Field(alias="created.range")] = None
    modified_query: Annotated[Moments, Field(alias="modified.query")] = []
    modified_range: Annotated[Range | None, Field(alias="modified.range")] = None
    effective_query: Annotated[Moments, Field(alias="effective.query")] = []
    effective_range: Annotated[Range | None, Field(alias="effective.range")] = None
    expires_query: Annotated[Moments, Field(alias="expires.query")] = []
    expires_range: Annotated[Range | None, Field(alias="expires.range")] = None


def wrong(name: str, message: str) -> Problem:
    loc = {"loc": ["query", name], "msg": message, "code": "invalid-parameter"}
    return Problem(400, "invalid-parameter", f"{name}: {message}", errors=[loc])


def instant(text: str, name: str) -> datetime:
    """An ISO 8601 date or time as an aware datetime; without an offset it is UTC, which is Bamako's."""
    try:
        if len(text) == len("2019-02-05"):
            return datetime.combine(date.fromisoformat(text), time(), tzinfo=UTC)
        # A "+" of the offset that was not percent-encoded arrives as a blank.
        found = datetime.fromisoformat(
            text.replace(" ", "+") if text.count(" ") == 1 and "T" in text else text
        )
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        return found.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise wrong(name, "should be a date or time, as in 2019-02-05T10:00:00Z") from error


def dates(params: SearchParams) -> Q:
    """Conditions on dates, as Plone's catalog reads them: at any of the moments; from the earliest (min), until
    the latest (max), or between the two (min:max). A range without a moment is no condition."""
    condition = Q()
    for name, column in DATES.items():
        at = [instant(text, f"{name}.query") for text in getattr(params, f"{name}_query")]
        kind = getattr(params, f"{name}_range")
        if not at:
            continue
        if kind is None:
            condition &= Q(**{f"{column}__in": at})
        if kind in ("min", "min:max", "minmax"):
            condition &= Q(**{f"{column}__gte": min(at)})
        if kind in ("max", "min:max", "minmax"):
            condition &= Q(**{f"{column}__lte": max(at)})
    return condition


def place(call: Call) -> Q:
    """The branch searched: the object asked, narrowed by `path.query` and `path.depth`."""
    params = call.params
    depth = params.path_depth
    here = call.page
    condition = Q(path__startswith=here.path)
    asked = params.path_query or params.path
    if asked:
        parts = [part for part in urlsplit(asked).path.split("/") if part]
        root = "/" + here.url_path.split("/")[1] + "/"
        url_path = root + "".join(f"{part}/" for part in parts)
        found = visible(
            SitePage.objects.filter(url_path=url_path), reader=call.ctx.reader, now=call.ctx.now
        ).first()
        if found is None:
            return Q(pk__in=[])  # an unknown place holds nothing, and tells nothing
        here = found
        condition &= Q(path__startswith=here.path)
    if depth is not None:
        # As Plone: 0 is the object alone, n what lies 1 to n levels below it.
        lowest = here.depth + min(depth, 1)
        condition &= Q(depth__gte=lowest, depth__lte=here.depth + depth)
    return condition


def types(names: list[str]) -> Q:
    """Pages of these `@type`s; one that does not exist matches nothing, as in Plone's catalog."""
    condition = Q()
    if names:
        wanted = [kind.model for kind in registry.page_types if kind.type_name in names]
        kinds = ContentType.objects.get_for_models(*wanted).values() if wanted else ()
        condition = Q(content_type_id__in=[kind.pk for kind in kinds])
    return condition


def search(call: Call) -> dict[str, Any]:
    """Objects below the one asked (and itself), in short or in full; by relevance where a text is searched."""
    params: SearchParams = call.params
    condition = place(call) & types(params.portal_type) & dates(params)
    condition &= Q(depth__gt=SITE_DEPTH)
    if params.UID:
        condition &= Q(uid__in=[UUID(text) for text in params.UID])
    if params.Language:
        locale_ids = [key for key, code in _locales().items() if code == params.Language]
        condition &= Q(locale_id__in=locale_ids)
    if params.review_state and not {"published", "internally_published"} & set(params.review_state):
        condition &= Q(pk__in=[])
    found: Any = visible(SitePage.objects.filter(condition), reader=call.ctx.reader, now=call.ctx.now)
    found = found.select_related("locale", "content_type")
    text = (params.SearchableText or "").replace("*", " ").strip()
    if text:
        keys = visible(SitePage.objects.filter(condition), reader=call.ctx.reader, now=call.ctx.now)
        if params.sort_on:
            matched = keys.order_by("path").search(text, order_by_relevance=False)
            found = found.filter(pk__in=[row.pk for row in matched[:MAX_MATCHES]])
            found = ordered(found, params.sort_on, params.sort_order)
        else:
            found = found.order_by("path").search(text)
    else:
        found = ordered(found.order_by("path"), params.sort_on, params.sort_order)
    said = {"@id": f"{address(call.page)}/@search"}
    query = [(name, value) for name, values in call.request.GET.lists() for value in values]
    kept = [(name, value) for name, value in query if name not in ("b_start", "b_size")]
    said |= batch(found, call.ctx, params, url=said["@id"], query=kept)
    return said


def _locales() -> dict[int, str]:
    from wagtail.models import Locale

    return {locale.pk: locale.language_code for locale in Locale.objects.all()}
