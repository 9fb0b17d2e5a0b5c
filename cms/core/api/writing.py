"""POST and PATCH: the same actions as the administration's, under the page's lock and the user's own permissions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from wagtail import blocks
from wagtail.admin.rich_text.converters.editor_html import EditorHTMLConverter
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from cms.core import actions, registry
from cms.core.api.items import ItemParams, item
from cms.core.api.problems import Problem, forbidden, method_not_allowed
from cms.core.api.references import address, target_of
from cms.core.api.schemas import body_names, made_below
from cms.core.models import SitePage
from cms.core.policies import visible

if TYPE_CHECKING:
    from cms.core.api.protocol import Call
    from cms.core.registry import Context

RICH_TEXT = ["h3", "bold", "italic", "superscript", "link", "ol", "ul", "document-link"]


def change(call: Call) -> Any:
    """Change the words of a page; returns the page as it now is. The dispatcher holds the row's lock.

    Publishes where the user may publish; else leaves a draft for those who may. Raises Problem: 403 without the
    permission to edit, 423 where the page is locked for this user (by somebody, by a review under way, by a
    publication that waits for its hour), 409 where a publisher would publish another's draft.
    """
    page, user = call.page, call.user
    permissions = page.permissions_for_user(user)
    if permissions.page_locked():
        raise Problem(423, "locked", "This page is locked: by somebody, or by a review under way.")
    if not permissions.can_edit():
        raise forbidden("Your account may not change this page.")
    publish = permissions.can_publish()
    if publish and page.has_unpublished_changes:
        raise Problem(
            409,
            "draft-pending",
            "The page has a draft that is not published. Publish or discard it first, in the administration.",
        )
    try:
        return _written(call, publish=publish)
    except ValidationError as error:
        raise invalid(error) from error
    except PermissionError as error:
        raise forbidden(str(error) or "You may not do this.") from error


def _written(call: Call, *, publish: bool) -> Any:
    """Hand the words to the type's own action, else to the editor's."""
    page, user, now = call.page, call.user, call.ctx.now
    given = call.body.model_dump(exclude_unset=True)
    kind = registry.page_types.get(type(page))
    if kind is not None and kind.patch is not None and kind.patch_schema is not None:
        bodies = words(
            page, {name: given[name] for name in given if name in body_names(type(page))}, call.ctx
        )
        return kind.patch(page, call.body, user=user, now=now, bodies=bodies) or page
    changes = words(page, given, call.ctx)
    return actions.edit_page(page, changes=changes, user=user, now=now, publish=publish) if changes else page


def create(call: Call) -> HttpResponse:
    """Make an object below the page; 201 with its address and the object. The dispatcher holds the parent's lock.

    A draft, unless `publish` is true. Raises Problem: 403 without the permission to add or to publish here.
    """
    parent, user = call.page, call.user
    kind = made_below(type(parent))
    if kind is None or kind.create is None:
        raise method_not_allowed(("GET", "HEAD", "PATCH", "OPTIONS"))
    permissions = parent.permissions_for_user(user)
    if not permissions.can_add_subpage():
        raise forbidden("Your account may not add anything here.")
    if call.body.publish and not permissions.can_publish_subpage():
        raise forbidden("Your account may not publish here: leave `publish` out, and it waits as a draft.")
    given = call.body.model_dump(exclude_unset=True)
    try:
        bodies = words(
            kind.model(), {name: given[name] for name in given if name in body_names(kind.model)}, call.ctx
        )
        page = kind.create(parent, call.body, bodies=bodies, ctx=call.ctx)
    except ValidationError as error:
        raise invalid(error) from error
    said = item(page, call.ctx, ItemParams(), query=[])
    response = HttpResponse(json.dumps(said, ensure_ascii=False), status=201, content_type="application/json")
    response.headers["Location"] = address(page)
    return response


def words(page: Any, given: dict[str, Any], ctx: Context) -> dict[str, Any]:
    """Turn a validated body into values of the page's fields."""
    changes: dict[str, Any] = {}
    for name, value in given.items():
        field_name = "summary" if name == "description" else name
        column = page._meta.get_field(field_name)
        if isinstance(column, StreamField):
            value = stream_value(column, value, ctx, name=name)
        elif isinstance(column, RichTextField):
            value = stored_html(value, getattr(column, "features", None) or RICH_TEXT)
        changes[field_name] = value
    return changes


def stream_value(column: Any, value: Any, ctx: Context, *, name: str) -> Any:
    """Return the StreamField value of typed blocks, cleaned by the blocks' own rules. Raises Problem (400)."""
    raw = [
        {
            "type": child["type"],
            "value": _raw(
                column.stream_block.child_blocks[child["type"]], child["value"], ctx, [name, index]
            ),
            **({"id": child["id"]} if child.get("id") else {}),
        }
        for index, child in enumerate(value)
    ]
    block = column.stream_block
    try:
        return block.clean(block.to_python(raw))
    except ValidationError as error:
        raise Problem(
            400,
            "invalid-field",
            f"{name}: its blocks break a rule.",
            errors=[{"loc": ["body", name], "msg": text, "code": "invalid-field"} for text in _texts(error)],
        ) from error


def _texts(error: Any) -> list[str]:
    """The sentences of a block's error, however deep they lie."""
    found: list[str] = []
    inner = list((getattr(error, "block_errors", None) or {}).values())
    inner += [getattr(error, "non_block_errors", None)]
    for child in inner:
        if child is not None:
            found += _texts(child)
    if not found:
        found = [str(text) for text in getattr(error, "messages", [error])]
    return found[:20]


def _raw(block: Any, value: Any, ctx: Context, loc: list[Any]) -> Any:
    """The stored form of one written value."""
    if isinstance(block, blocks.StreamBlock):
        return [
            {
                "type": child["type"],
                "value": _raw(block.child_blocks[child["type"]], child["value"], ctx, loc),
            }
            for child in value
        ]
    if isinstance(block, blocks.StructBlock):
        return {
            name: _raw(block.child_blocks[name], inner, ctx, [*loc, name]) for name, inner in value.items()
        }
    if isinstance(block, blocks.ListBlock):
        return [_raw(block.child_block, inner, ctx, loc) for inner in value]
    if isinstance(block, blocks.ChooserBlock):
        return _key(target_of(block), value, ctx, loc)
    if isinstance(block, blocks.RichTextBlock):
        return stored_html(value, block.features or RICH_TEXT)
    return value


def _key(model: Any, value: dict[str, str] | None, ctx: Context, loc: list[Any]) -> int | None:
    """The key of what a UID names, if this reader may see it; else the same 400 as for what does not exist."""
    if value is None:
        return None
    uid = UUID(value["UID"])
    found: Any
    if issubclass(model, Page):
        found = visible(SitePage.objects.filter(uid=uid), reader=ctx.reader, now=ctx.now).first()
    else:
        names = {column.name for column in model._meta.get_fields()}
        lookup = {"asset__uid": uid} if "asset" in names else {"uid": uid} if "uid" in names else None
        found = model._default_manager.filter(**lookup).first() if lookup else None
    if found is None:
        where = [str(part) for part in loc]
        raise Problem(
            400,
            "invalid-field",
            f"{'.'.join(where)}: nothing has this UID.",
            errors=[
                {"loc": ["body", *where, "UID"], "msg": "Nothing has this UID.", "code": "invalid-field"}
            ],
        )
    return int(found.pk)


def stored_html(source: str, features: list[str]) -> str:
    """Clean written HTML down to what the editor itself allows: no script, no style, no foreign markup."""
    return str(EditorHTMLConverter(features=features).to_database_format(source))


def invalid(error: ValidationError) -> Problem:
    """A model's own refusal as a 400 that names the fields."""
    by_name = error.message_dict if hasattr(error, "error_dict") else {"__all__": error.messages}
    errors = [
        {
            "loc": ["body", "description" if name == "summary" else name],
            "msg": str(text),
            "code": "invalid-field",
        }
        for name, texts in by_name.items()
        for text in texts
    ]
    first = errors[0]
    return Problem(400, "invalid-field", f"{first['loc'][1]}: {first['msg']}", errors=errors)
