"""The expandable parts of an object: breadcrumbs, navigation, translations, workflow, actions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from pydantic import Field

from cms.core import queries, registry
from cms.core.api.items import PLONE_COMPONENTS, ItemParams, address, moment, review_state, summary
from cms.core.api.problems import Problem
from cms.core.api.protocol import SITE_DEPTH, Call, Params, Whole
from cms.core.models import SitePage, ThingLog
from cms.core.policies import visible

if TYPE_CHECKING:
    from cms.core.registry import Context

HOME_DEPTH = SITE_DEPTH + 1
MAX_NAVIGATION = 300


class NavigationParams(Params):
    """`expand.navigation.depth`, as plone.restapi names it, here too."""

    depth: Annotated[Whole, Field(ge=1, le=4, alias="expand.navigation.depth")] = 1


def names() -> set[str]:
    """What `expand` takes: our components, and Plone's that we do not have (clients ask for all)."""
    return {service.name for service in registry.services if service.component is not None} | PLONE_COMPONENTS


def of(page: Any, ctx: Context, params: ItemParams) -> dict[str, Any]:
    """`@components`: the expanded ones in full, the others by address. Unknown names are a 400 naming them."""
    services = [
        service for service in registry.services if service.component is not None and service.stands_on(page)
    ]
    known = names()
    for name in params.expand:
        if name not in known:
            message = f"expand: {name} is not a component."
            loc = {"loc": ["query", "expand"], "msg": message, "code": "invalid-parameter"}
            raise Problem(400, "invalid-parameter", message, errors=[loc])
    said: dict[str, Any] = {}
    for service in services:
        url = f"{address(page)}/@{service.name}"
        said[service.name] = {"@id": url}
        if service.name in params.expand:
            expanded = NavigationParams.model_construct(depth=params.navigation_depth)
            said[service.name] |= service.component(page, ctx, expanded)
    return said


def answer(component: Any, name: str) -> Any:
    """Make a component the handler of its own service."""

    def handle(call: Call) -> dict[str, Any]:
        said: dict[str, Any] = {"@id": f"{address(call.page)}/@{name}"}
        said |= component(call.page, call.ctx, call.params)
        return said

    return handle


def breadcrumbs(page: Any, ctx: Context, params: Any) -> dict[str, Any]:
    """The way from the language home (`root`) down to the page (one query)."""
    if page.depth < HOME_DEPTH:
        return {"items": [], "root": address(page)}
    way = list(queries.ancestors(page, reader=ctx.reader, now=ctx.now, inclusive=True))
    homes = [step for step in way if step.depth == HOME_DEPTH]
    return {
        "root": address(homes[0]) if homes else address(page),
        "items": [{"@id": address(step), "title": step.title} for step in way if step.depth > HOME_DEPTH],
    }


def navigation(page: Any, ctx: Context, params: Any) -> dict[str, Any]:
    """The tree below the language home, `depth` levels; a page below one that is hidden is left out."""
    depth = getattr(params, "depth", 1)
    top = page.path[: HOME_DEPTH * SitePage.steplen]
    top_depth = len(top) // SitePage.steplen
    rows = visible(
        SitePage.objects.filter(path__startswith=top, depth__gt=top_depth, depth__lte=top_depth + depth),
        reader=ctx.reader,
        now=ctx.now,
    )
    nodes: dict[str, dict[str, Any]] = {}
    first: list[dict[str, Any]] = []
    for row in rows.select_related("content_type").order_by("depth", "path")[:MAX_NAVIGATION]:
        siblings = (
            first if row.depth == top_depth + 1 else nodes.get(row.path[: -SitePage.steplen], {}).get("items")
        )
        if siblings is None:
            continue
        nodes[row.path] = {**summary(row, ctx), "items": []}
        siblings.append(nodes[row.path])
    return {"items": first}


def translations(page: Any, ctx: Context, params: Any) -> dict[str, Any]:
    """The visible versions in other languages, and each language's home (two queries)."""
    found = queries.translations(page, reader=ctx.reader, now=ctx.now)
    homes = visible(
        SitePage.objects.filter(
            path__startswith=page.path[: SITE_DEPTH * SitePage.steplen], depth=HOME_DEPTH
        ),
        reader=ctx.reader,
        now=ctx.now,
    ).select_related("locale")
    return {
        "items": [{"@id": address(row), "language": row.locale.language_code} for row in found],
        "root": {home.locale.language_code: address(home) for home in homes.order_by("path")},
    }


def workflow(page: Any, ctx: Context, params: Any) -> dict[str, Any]:
    """The state, and, to those who work on the page, its history. Transitions belong to the administration."""
    state = review_state(page, ctx)
    with override(ctx.language):
        titles = {
            "published": _("Published"),
            "internally_published": _("Published for some"),
            "embargoed": _("Under embargo"),
        }
        said: dict[str, Any] = {
            "state": {"id": state, "title": titles[state]},
            "history": [],
            "transitions": [],
        }
    user = ctx.reader.user
    if user is None or page.depth <= SITE_DEPTH or not page.permissions_for_user(user).can_edit():
        return said
    lines = (
        ThingLog.objects.filter(thing_uid=page.thing_uid).select_related("user")[:50]
        if page.thing_uid
        else ()
    )
    said["history"] = [
        {
            "action": line.action,
            "actor": line.user.get_username() if line.user else None,
            "comments": line.reason,
            "time": moment(line.at),
        }
        for line in lines
    ]
    return said


def actions(page: Any, ctx: Context, params: Any) -> dict[str, Any]:
    """What the asking person may do here, as Plone's three lists."""
    with override(ctx.language):
        said: dict[str, Any] = {
            "object": [{"id": "view", "title": _("View"), "icon": "", "@id": address(page)}],
            "object_buttons": [],
            "user": [],
        }
        user = ctx.reader.user
        if user is None or page.depth <= SITE_DEPTH or not page.permissions_for_user(user).can_edit():
            return said
        try:
            path = reverse("wagtailadmin_pages:edit", args=[page.pk])
        except NoReverseMatch:  # a site without the administration
            return said
        from django.conf import settings

        said["object"].append(
            {"id": "edit", "title": _("Edit"), "icon": "", "@id": settings.PUBLIC_URL + path}
        )
    return said
