"""Making and changing releases and kits over the API: by the actions and under the permissions of the editor."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from cms.core import actions as core
from cms.core.api import Call, Operation, Problem, Service
from cms.core.models import Sector, SitePage, Topic
from cms.core.policies import visible
from cms.core.reader import Reader
from media_library import queries as library
from press import actions, queries, receivers
from press.api.reading import contents
from press.models import Kit, KitItem, KitPage, ReleaseKind
from press.views.buttons import may_publish_live

if TYPE_CHECKING:
    from cms.core.registry import Context

Audience = Literal["public", "journalists"]
MAX_ASSETS = 500


# What is sent --------------------------------------------------------------------------------------------------
class Sent(BaseModel):
    """The base of what is sent: what is not named is refused."""

    model_config = ConfigDict(extra="forbid")


class DatelineIn(Sent):
    """Where and when a release is dated."""

    place: str | None = Field(default=None, max_length=80)
    date: dt.date | None = None


class SignatoryIn(Sent):
    """Who signs."""

    name: str = Field(default="", max_length=160)
    function: str = Field(default="", max_length=200)


class TargetIn(Sent):
    """Something named by its UID."""

    UID: str = Field(pattern="^[0-9a-f]{32}$")


class AssetIn(TargetIn):
    """A file of the media library and where it stands in a kit; left empty, that follows from its kind."""

    section: KitItem.Section | None = None


class _Words(Sent):
    description: str | None = Field(default=None, max_length=600)
    topics: list[str] | None = Field(default=None, max_length=50, description="Short names of topics.")


class _ReleaseWords(_Words):
    dateline: DatelineIn | None = None
    sectors: list[str] | None = Field(default=None, max_length=50, description="Short names of sectors.")
    related_page: TargetIn | None = Field(default=None, description="The event it speaks of.")
    kind: ReleaseKind | None = None
    reference: str | None = Field(default=None, max_length=80)
    signatory: SignatoryIn | None = None
    kit: TargetIn | None = Field(default=None, description="The press kit, by the UID of a page of it.")


class ReleasePatch(_ReleaseWords):
    """A release to change. Embargo, readers and number are changed by their own buttons, with their permissions."""

    title: str | None = Field(default=None, min_length=1, max_length=255)
    lead: str | None = Field(default=None, min_length=1, max_length=900)


class KitPatch(_Words):
    """The words of a kit to change; what it holds is at `@kit`."""

    title: str | None = Field(default=None, min_length=1, max_length=255)
    lead: str | None = Field(default=None, max_length=900)


class _Made(Sent):
    title: str = Field(min_length=1, max_length=255)
    embargo_until: AwareDatetime | None = Field(
        default=None, description="An instant to come, with its zone."
    )
    audience: Audience = "public"
    publish: bool = Field(default=False, description="At once, or at the embargo's hour; else it is a draft.")


class ReleaseCreate(_ReleaseWords, _Made):
    """A release to make, with its first words. Its number is given when it is published."""

    lead: str = Field(min_length=1, max_length=900)


class KitCreate(_Words, _Made):
    """A press kit to make, with its words and what it holds, in order."""

    lead: str = Field(default="", max_length=900)
    audience: Literal["public", "journalists", "link"] = Field(  # type: ignore[assignment]
        default="public", description="link: in no list; opened by links that the team makes in the admin."
    )
    assets: list[AssetIn] = Field(default=[], max_length=MAX_ASSETS)


class KitContents(Sent):
    """Files of the media library for a kit, in order."""

    assets: list[AssetIn] = Field(max_length=MAX_ASSETS)


# What it names -------------------------------------------------------------------------------------------------
def _wrong(name: str, sentence: str) -> Problem:
    return Problem(
        400,
        "invalid-field",
        f"{name}: {sentence}",
        errors=[{"loc": ["body", name], "msg": sentence, "code": "invalid-field"}],
    )


@contextmanager
def _told() -> Iterator[None]:
    """What the press room refuses, as problems that name the field."""
    try:
        yield
    except actions.EmbargoInPast as error:
        raise _wrong("embargo_until", str(error)) from error
    except actions.PressError as error:
        raise Problem(400, "invalid-field", str(error)) from error


def _terms(model: Any, name: str, slugs: Iterable[str], language: str) -> list[Any]:
    """Topics or sectors by their short names, in the language of the page. An unknown one is refused."""
    wanted = list(dict.fromkeys(slugs))
    found = {row.slug: row for row in model.objects.filter(slug__in=wanted).select_related("locale")}
    if missing := [slug for slug in wanted if slug not in found]:
        raise _wrong(name, f"nothing is called {missing[0]!r} here.")
    return queries.in_language([found[slug] for slug in wanted], language=language) if wanted else []


def _page(name: str, target: TargetIn | None, *, reader: Reader, now: datetime) -> SitePage | None:
    """The page of a UID that this reader may see; the same refusal for one they may not as for none."""
    if target is None:
        return None
    found = visible(SitePage.objects.filter(uid=UUID(target.UID)), reader=reader, now=now).first()
    if found is None:
        raise _wrong(name, "nothing has this UID.")
    return found


def _kit(target: TargetIn | None, *, reader: Reader, now: datetime) -> Kit | None:
    page = _page("kit", target, reader=reader, now=now)
    if page is None:
        return None
    kit = Kit.objects.filter(pages=page.pk).first()
    if kit is None:
        raise _wrong("kit", "this is no press kit.")
    return kit


def _assets(given: Sequence[AssetIn], *, reader: Reader, now: datetime) -> list[tuple[Any, str]]:
    """(asset, section) of files that this reader may have, in the order given."""
    uids = [UUID(one.UID) for one in given]
    rows = {row.uid: row for row in library.visible(reader=reader, now=now).filter(uid__in=uids)}
    if any(uid not in rows for uid in uids):
        raise _wrong("assets", "nothing has this UID.")
    return [(rows[UUID(one.UID)], one.section or "") for one in given]


def _page_words(data: Any, *, language: str, reader: Reader, now: datetime) -> dict[str, Any]:
    """The given values as columns of the page."""
    given = data.model_fields_set
    found: dict[str, Any] = {name: getattr(data, name) for name in ("title", "lead") if name in given}
    if "description" in given:
        found["summary"] = data.description or ""
    for name, model in (("topics", Topic), ("sectors", Sector)):
        if name in given:
            found[name] = _terms(model, name, getattr(data, name) or (), language)
    if "related_page" in given:
        found["related_page"] = _page("related_page", data.related_page, reader=reader, now=now)
    if "dateline" in given and data.dateline is not None:
        for name in data.dateline.model_fields_set:
            found[f"dateline_{name}"] = getattr(data.dateline, name)
    return found


def _release_values(data: Any) -> dict[str, Any]:
    """The given values as columns of the release itself."""
    given = data.model_fields_set
    found = {name: getattr(data, name) or "" for name in ("reference",) if name in given}
    if "kind" in given and data.kind is not None:
        found["kind"] = data.kind
    if "signatory" in given:
        signatory = data.signatory or SignatoryIn()
        found |= {"signatory_name": signatory.name, "signatory_function": signatory.function}
    return found


# POST ----------------------------------------------------------------------------------------------------------
def create_release(parent: Any, data: ReleaseCreate, *, bodies: dict[str, Any], ctx: Context) -> Any:
    """A release and its page below a list of releases, in the list's language."""
    user, now, language = ctx.reader.user, ctx.now, parent.locale.language_code
    words = _page_words(data, language=language, reader=ctx.reader, now=now) | bodies
    kit = _kit(data.kit, reader=ctx.reader, now=now)
    _require_kit_right(kit, user)
    with _told():
        release = actions.create_release(
            user=user,
            now=now,
            embargo_until=data.embargo_until,
            audience=data.audience,
            kit=kit,
            **_release_values(data),
        )
        page = actions.word_release(release, parent=parent, user=user, now=now, publish=False, **words)
    return core.publish_page(page, user=user, now=now) if data.publish else page


def create_kit(parent: Any, data: KitCreate, *, bodies: dict[str, Any], ctx: Context) -> Any:
    """A kit, what it holds and its page below a list of kits, in the list's language."""
    user, now, language = ctx.reader.user, ctx.now, parent.locale.language_code
    words = _page_words(data, language=language, reader=ctx.reader, now=now) | bodies
    items = _assets(data.assets, reader=ctx.reader, now=now)
    if items and not user.has_perm("press.fill_kit"):
        raise Problem(403, "forbidden", "Your account may not choose what a kit holds.")
    with _told():
        kit = actions.create_kit(
            name=data.title[:160],
            user=user,
            now=now,
            embargo_until=data.embargo_until,
            audience=data.audience,
        )
        if items:
            actions.set_items(kit, items=items, user=user, now=now)
        page = actions.word_kit(kit, parent=parent, user=user, now=now, publish=False, **words)
    return core.publish_page(page, user=user, now=now) if data.publish else page


# PATCH ---------------------------------------------------------------------------------------------------------
def _reader_of(user: Any) -> Reader:
    return Reader(user=user, roles=frozenset(user.groups.values_list("name", flat=True)))


def _require_kit_right(kit: Kit | None, user: Any) -> None:
    if kit is not None and not user.has_perm("press.change_release"):
        raise Problem(403, "forbidden", "Your account may not join a press kit to a release.")


def patch_words(page: Any, data: BaseModel, user: Any, now: datetime, bodies: dict[str, Any]) -> Any:
    """Change a page's words as the editor does; published where the user may publish it."""
    reader = _reader_of(user)
    changes = _page_words(data, language=page.locale.language_code, reader=reader, now=now) | bodies
    if not changes:
        return page
    publish = page.permissions_for_user(user).can_publish() and not page.has_unpublished_changes
    return core.edit_page(page, changes=changes, user=user, now=now, publish=publish)


def patch_release(page: Any, data: ReleasePatch, user: Any, now: datetime, bodies: dict[str, Any]) -> Any:
    """Change a release: its own columns and its kit at once, in every language, its words as the editor does."""
    values, release = _release_values(data), page.release
    values = {name: value for name, value in values.items() if getattr(release, name) != value}
    joins = "kit" in data.model_fields_set
    kit = _kit(data.kit, reader=_reader_of(user), now=now) if joins else None
    joins = joins and kit != release.kit
    if (values or joins) and not (
        user.has_perm("press.change_release") and may_publish_live("release", release, user)
    ):
        raise Problem(403, "forbidden", "Your account may not change what readers have of this release.")
    with _told():
        if values:
            actions.describe(release, user=user, now=now, **values)
        if joins:
            actions.attach_kit(release, kit=kit, user=user, now=now)
    return patch_words(page, data, user, now, bodies)


# @kit ----------------------------------------------------------------------------------------------------------
def _contents(call: Call) -> dict[str, Any]:
    """What a kit holds for this reader, and its archives that are ready."""
    shelf = queries.shelf_of(call.page.kit, now=call.ctx.now)
    return {"@id": f"{call.page.public_url.rstrip('/')}/@kit", **contents(call.page, shelf, call.ctx)}


def _require_fill(call: Call) -> None:
    """As the editor's screen: the permission, an open page, and the right to publish where the kit is published."""
    user, page = call.user, call.page
    if not (
        user.has_perm("press.fill_kit")
        and page.permissions_for_user(user).can_edit()
        and may_publish_live("kit", page.kit, user)
    ):
        raise Problem(403, "forbidden", "Your account may not choose what this kit holds.")


def _fill(call: Call) -> dict[str, Any]:
    """POST: files at the end of what the kit holds; one that it holds already stays where it is."""
    _require_fill(call)
    items = _assets(call.body.assets, reader=call.ctx.reader, now=call.ctx.now)
    held = [(item.asset, item.section) for item in call.page.kit.items.select_related("asset")]
    return _set(call, [*held, *items])


def _refill(call: Call) -> dict[str, Any]:
    """PATCH: all that the kit holds, in its new order. Files left out go."""
    _require_fill(call)
    return _set(call, _assets(call.body.assets, reader=call.ctx.reader, now=call.ctx.now))


def _set(call: Call, items: Sequence[tuple[Any, str]]) -> dict[str, Any]:
    with _told():
        actions.set_items(call.page.kit, items=items, user=call.user, now=call.ctx.now)
    receivers.ring_for_archives(call.page.kit.pk)
    return _contents(call)


kit_service = Service(
    "kit",
    {
        "GET": Operation(_contents, "What a press kit holds", answer={"type": "object"}),
        "POST": Operation(_fill, "Add files to a press kit", body=KitContents, answer={"type": "object"}),
        "PATCH": Operation(
            _refill, "Say all that a press kit holds, in order", body=KitContents, answer={"type": "object"}
        ),
    },
    on=(KitPage,),
    order=60,
)
