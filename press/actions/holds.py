"""Facts pushed down to the media library: which files wait for which embargo."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from wagtail.models import ReferenceIndex

from cms.core import actions as core
from cms.core.models import SitePage
from media_library import actions as library
from media_library import policies
from media_library.models import Asset
from press.models import Kit, Release

if TYPE_CHECKING:
    from collections.abc import Iterable


def files_of(page: Any) -> list[Asset]:
    """The library's assets that a page's words name: body, rich text, picture for lists (four queries)."""
    ReferenceIndex.create_or_update_for_object(page)
    wanted: dict[int, set[Any]] = defaultdict(set)
    references = ReferenceIndex.get_references_for_object(page)
    for content_type_id, object_id in references.values_list("to_content_type_id", "to_object_id"):
        wanted[content_type_id].add(object_id)
    labels = (
        settings.WAGTAILIMAGES_IMAGE_MODEL,
        settings.WAGTAILDOCS_DOCUMENT_MODEL,
        settings.WAGTAILMEDIA["MEDIA_MODEL"],
    )
    found: set[int] = set()
    for label in labels:
        model = apps.get_model(label)  # type: ignore[arg-type]
        ids = wanted.get(ContentType.objects.get_for_model(model).pk)
        if ids:
            found |= set(
                model._default_manager.filter(pk__in=ids, asset__isnull=False).values_list(
                    "asset_id", flat=True
                )
            )
    return list(Asset.objects.filter(pk__in=found))


def open_assets(assets: Iterable[Asset], *, until: datetime | None, source_uid: Any, now: datetime) -> None:
    """Release the assets that are not public yet, held until the embargo where there is one.

    What is withdrawn or past its last day stays as it is: it hinders no publication.
    """
    fresh = [
        asset
        for asset in assets
        if policies.is_usable(asset, now=now) and not policies.is_public(asset, now=now)
    ]
    if until is not None and until > now and fresh:
        library.hold(fresh, until=until, source_uid=source_uid, now=now)
    for asset in fresh:
        library.release(asset, now=now)


def open_files_of(page: Any, release: Release, *, now: datetime) -> None:
    """When a release's page goes live its files do too, at the release's hour. Public files stay public."""
    open_assets(files_of(page), until=release.embargo_until, source_uid=release.uid, now=now)


def open_files_of_kit(kit: Kit, *, now: datetime) -> None:
    """When a kit's page goes live its files do too, at the kit's hour."""
    open_assets(kit.assets.all(), until=kit.embargo_until, source_uid=kit.uid, now=now)


def _move(source_uid: Any, *, until: datetime | None, now: datetime) -> None:
    """Move the holds of a thing to its new hour, or lift them where it has come."""
    if until is None or until <= now:
        library.lift_holds(source_uid)
        return
    held = list(Asset.objects.filter(holds__source_uid=source_uid).distinct())
    if held:
        library.hold(held, until=until, source_uid=source_uid, now=now)


def move_kit(kit: Kit, *, until: datetime | None, action: str, user: Any, now: datetime, reason: str) -> Kit:
    """Change a kit's embargo with the holds on its files, in the caller's transaction."""
    changed = core.change_thing(
        kit, action=action, changes={"embargo_until": until}, user=user, now=now, reason=reason
    )
    _move(kit.uid, until=until, now=now)
    return changed


def follow_embargo(release: Release, *, before: datetime | None, user: Any, now: datetime) -> None:
    """After a release's embargo moved: its files' holds move, and its kit where it waited for the same hour."""
    _move(release.uid, until=release.embargo_until, now=now)
    kit = release.kit
    if kit is None:
        return
    if kit.embargo_until == before and before is not None:
        move_kit(
            kit,
            until=release.embargo_until,
            action="embargo.followed",
            user=user,
            now=now,
            reason=str(release),
        )
    else:
        bring_kit_under(release, user=user, now=now)


def bring_kit_under(release: Release, *, user: Any, now: datetime) -> None:
    """Put the release's kit under its embargo, unless the kit waits longer or everyone has seen it already."""
    kit, until = release.kit, release.embargo_until
    if kit is None or until is None or until <= now:
        return
    seen = SitePage.objects.filter(thing_uid=kit.uid, live=True, public_from__lte=now).exists()
    if seen or (kit.embargo_until is not None and kit.embargo_until >= until):
        return
    move_kit(kit, until=until, action="embargo.followed", user=user, now=now, reason=str(release))
