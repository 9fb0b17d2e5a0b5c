"""What there is to read and write: types, vocabularies, and the site itself."""

from __future__ import annotations

from typing import Annotated, Any

from django.conf import settings
from pydantic import Field

from cms.core import registry
from cms.core.api.items import ItemParams, address, item
from cms.core.api.problems import not_found
from cms.core.api.protocol import SITE_DEPTH, Batch, Call
from cms.core.api.schemas import item_model, patch_model
from cms.core.models import Sector, SitePage, Topic

VOCABULARIES: dict[str, tuple[Any, str]] = {
    "topics": (Topic, "Topics"),
    "sectors": (Sector, "Sectors"),
}
TITLE_FIELDS = ("title", "description")


class TermsParams(Batch):
    """Plone's filters of a vocabulary: `title` contains (whatever the case), `token` is."""

    title: Annotated[str, Field(max_length=200)] | None = None
    token: Annotated[list[str], Field(max_length=100)] = []


def site_url() -> str:
    return str(settings.PUBLIC_URL)


def get_item(call: Call) -> dict[str, Any]:
    """The object itself."""
    params: ItemParams = call.params
    query = [(name, value) for name, values in call.request.GET.lists() for value in values]
    return item(call.page, call.ctx, params, query=query)


# @types ----------------------------------------------------------------------------------------------------------
def type_names() -> list[str]:
    return [kind.type_name for kind in registry.page_types]


def types(call: Call) -> Any:
    """All types, each with the address of its schema; or the JSON Schema of one."""
    if call.tail:
        return type_schema(call.tail)
    allowed = set(type(call.page).allowed_subpage_models()) if call.page.depth > 1 else set()
    may_add = call.user is not None and call.page.permissions_for_user(call.user).can_add_subpage()
    return [
        {
            "@id": f"{address(call.page)}/@types/{kind.type_name}",
            "id": kind.type_name,
            "title": str(kind.model._meta.verbose_name).capitalize(),
            "addable": bool(may_add and kind.model.is_creatable and kind.model in allowed),
        }
        for kind in registry.page_types
    ]


def type_schema(name: str) -> dict[str, Any]:
    """What PATCH takes for a type, as JSON Schema with Plone's `fieldsets`. Raises Problem (404)."""
    kind = next((kind for kind in registry.page_types if kind.type_name == name), None)
    if kind is None:
        raise not_found()
    schema = patch_model(kind.model).model_json_schema(ref_template="#/$defs/{model}")  # type: ignore[arg-type]
    own = [field for field in schema.get("properties", {}) if field not in TITLE_FIELDS]
    words = [field for field in TITLE_FIELDS if field in schema.get("properties", {})]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": str(kind.model._meta.verbose_name).capitalize(),
        "required": schema.get("required", []),
        "fieldsets": [
            {"id": "default", "title": "Default", "fields": words, "behavior": "plone"},
            *([{"id": "own", "title": name, "fields": own, "behavior": "plone"}] if own else []),
        ],
        "layouts": ["view"],
        "read": item_model(kind.model).model_json_schema(ref_template="#/read/$defs/{model}"),  # type: ignore[arg-type]
    }


# @vocabularies ---------------------------------------------------------------------------------------------------
def vocabularies(call: Call) -> Any:
    """All vocabularies, or the terms of one in the language of the object."""
    base = f"{address(call.page)}/@vocabularies"
    if not call.tail:
        return [{"@id": f"{base}/{name}", "title": title} for name, (_model, title) in VOCABULARIES.items()]
    if call.tail not in VOCABULARIES:
        raise not_found()
    model, _title = VOCABULARIES[call.tail]
    params: TermsParams = call.params
    found = model.objects.filter(locale__language_code=call.ctx.language).order_by("name", "slug")
    if params.title:
        found = found.filter(name__icontains=params.title)
    if params.token:
        found = found.filter(slug__in=params.token)
    rows = found[params.b_start : params.b_start + params.b_size] if params.b_size else []
    return {
        "@id": f"{base}/{call.tail}",
        "items": [{"token": row.slug, "title": row.name} for row in rows],
        "items_total": found.count(),
    }


# @site -----------------------------------------------------------------------------------------------------------
def site(call: Call) -> dict[str, Any]:
    """What a front end needs before anything else, under Plone's names."""
    languages = (
        SitePage.objects.filter(
            depth=SITE_DEPTH + 1, path__startswith=call.page.path[: SITE_DEPTH * SitePage.steplen]
        )
        .order_by("path")
        .values_list("locale__language_code", flat=True)
    )
    return {
        "@id": f"{site_url()}/@site",
        "plone.site_title": str(settings.WAGTAIL_SITE_NAME),
        "plone.site_logo": None,
        "plone.robots_txt": f"{site_url()}/robots.txt",
        "plone.default_language": settings.LANGUAGE_CODE,
        "plone.available_languages": list(dict.fromkeys(languages)),
        "features": {"openapi": f"{site_url()}/++api++/@openapi", "docs": f"{site_url()}/++api++/@docs"},
    }
