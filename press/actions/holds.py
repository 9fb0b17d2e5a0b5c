"""Facts pushed down to the media library: which files wait for which embargo, or are for which readers.

A thing claims files: those that its published pages name, and those it holds itself (a kit's content, a release's
signed document and annexes). `settle()` brings the
library in line with what a thing is now; every verb that changes a thing, its pages or its files ends with it.

Everybody locks in one order, or two verbs at once wait for each other for ever: the release, its kit, and then,
by their keys, all the files that the transaction settles. Locks are NO KEY: a row that merely points at one of
them (an item of a kit, a page) holds up nobody and needs no stronger lock later.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from wagtail.models import ReferenceIndex

from cms.core import actions as core
from cms.core.models import Audience, SitePage
from media_library import actions as library
from media_library import policies
from media_library.models import Asset, SoundBite
from press.models import Attachment, Kit, KitItem, KitPage, Release, ReleasePage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import Model


def _file_models() -> list[type[Model]]:
    """The models that Wagtail's choosers know of the library's assets."""
    labels: list[str] = [
        settings.WAGTAILIMAGES_IMAGE_MODEL,
        settings.WAGTAILDOCS_DOCUMENT_MODEL,
        str(settings.WAGTAILMEDIA["MEDIA_MODEL"]),
    ]
    return [apps.get_model(label) for label in labels]


def files_of(page: Any) -> list[Asset]:
    """The library's assets that a page's words name: body, rich text, picture for lists (four queries)."""
    ReferenceIndex.create_or_update_for_object(page)
    wanted: dict[int, set[Any]] = defaultdict(set)
    references = ReferenceIndex.get_references_for_object(page)
    for content_type_id, object_id in references.values_list("to_content_type_id", "to_object_id"):
        wanted[content_type_id].add(object_id)
    found: set[int] = set()
    for model in _file_models():
        ids = wanted.get(ContentType.objects.get_for_model(model).pk)
        if ids:
            rows = model._default_manager.filter(pk__in=ids, asset__isnull=False)
            found |= set(rows.values_list("asset_id", flat=True))
    return list(Asset.objects.filter(pk__in=found))


def _claims(thing: Release | Kit) -> set[int]:
    """The keys of the assets that a thing opens: nothing while it is withdrawn or no page of it is published."""
    if thing.withdrawn_at is not None:
        return set()
    pages = list(thing.pages.filter(live=True))
    found = {asset.pk for page in pages for asset in files_of(page)}
    if pages:
        found |= set(SoundBite.objects.filter(thing_uid=thing.uid).values_list("asset_id", flat=True))
    if pages and isinstance(thing, Kit):
        found |= set(thing.items.values_list("asset_id", flat=True))
    if pages and isinstance(thing, Release):
        found |= set(thing.attachments.values_list("asset_id", flat=True))
        found |= {thing.signed_scan_id} - {None}  # type: ignore[arg-type]
    return found


def _claimed_by_others(assets: Iterable[Asset], thing: Release | Kit) -> set[int]:
    """The keys of those assets that another published thing opens too (eight queries, whatever their number)."""
    keys = [asset.pk for asset in assets]
    kits = KitItem.objects.filter(asset__in=keys, kit__withdrawn_at__isnull=True, kit__pages__live=True)
    found = set(kits.exclude(kit__uid=thing.uid).values_list("asset_id", flat=True))
    releases = Release.objects.filter(withdrawn_at__isnull=True, pages__live=True).exclude(uid=thing.uid)
    found |= set(
        Attachment.objects.filter(asset__in=keys, release__in=releases).values_list("asset_id", flat=True)
    )
    found |= set(releases.filter(signed_scan__in=keys).values_list("signed_scan_id", flat=True))  # type: ignore[arg-type]
    sounds = SoundBite.objects.filter(asset__in=keys).exclude(thing_uid=thing.uid)
    told = SitePage.objects.filter(live=True, withdrawn_at__isnull=True).values("thing_uid")
    found |= set(sounds.filter(thing_uid__in=told).values_list("asset_id", flat=True))
    ours = ContentType.objects.get_for_models(ReleasePage, KitPage).values()
    standing = SitePage.objects.filter(live=True, withdrawn_at__isnull=True).exclude(thing_uid=thing.uid)
    for model in _file_models():
        asset_of = {
            str(pk): asset_id
            for pk, asset_id in model._default_manager.filter(asset__in=keys).values_list("pk", "asset_id")
        }
        references = ReferenceIndex.objects.filter(
            to_content_type=ContentType.objects.get_for_model(model),
            to_object_id__in=asset_of,
            content_type__in=list(ours),
        ).values_list("object_id", "to_object_id")
        pairs = {(int(page), asset_of[file]) for page, file in references}
        live = set(standing.filter(pk__in=[page for page, _asset in pairs]).values_list("pk", flat=True))
        found |= {asset for page, asset in pairs if page in live}
    return found


def settle(*things: Release | Kit, now: datetime) -> None:
    """Open the files that things claim, at their hour and for their readers; take back those claimed no longer.

    What is public already stays public. A file let go before anybody could have it, which no other published
    thing claims, is as if it had never been released: it waits for an officer or for the next publication. Where
    two things claim a file the stricter decides. Called once, last, in the transaction that changed the things,
    by who holds their rows.
    """
    claimed = [(thing, _claims(thing)) for thing in things]
    held = Asset.objects.filter(holds__source_uid__in=[thing.uid for thing in things])
    keys = set(held.values_list("pk", flat=True)).union(*(claims for _thing, claims in claimed))
    # Locked before others' claims are read: of two things settled at once the second sees what the first did.
    list(Asset.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").values_list("pk"))
    for thing, claims in claimed:
        _settle(thing, claims, now=now)


def _settle(thing: Release | Kit, claims: set[int], *, now: datetime) -> None:
    """Settle one thing, whose files are locked."""
    held = set(Asset.objects.filter(holds__source_uid=thing.uid).values_list("pk", flat=True))
    rows = list(Asset.objects.filter(pk__in=claims | held).order_by("pk").prefetch_related("holds"))
    let_go = [row for row in rows if row.pk not in claims]
    if let_go:
        elsewhere = _claimed_by_others(let_go, thing)
        library.close([row for row in let_go if row.pk not in elsewhere], now=now)
        library.lift_holds(thing.uid, assets=let_go)
    fresh = [row for row in rows if row.pk in claims and not policies.is_public(row, now=now)]
    if thing.is_embargoed(now) or thing.audience != Audience.PUBLIC:
        until = thing.embargo_until if thing.is_embargoed(now) else now
        library.hold(fresh, until=until, audience=thing.audience, source_uid=thing.uid, now=now)
    else:
        library.lift_holds(thing.uid, assets=fresh)
    for row in fresh:
        # What is withdrawn, past its last day or without captions stays as it is: it hinders no publication.
        if library.is_releasable(row, now=now):
            library.release(row, now=now)


def is_seen(kit: Kit, *, now: datetime) -> bool:
    """Whether readers outside have the kit already."""
    return SitePage.objects.filter(thing_uid=kit.uid, live=True, public_from__lte=now).exists()


def move_kit(
    kit: Kit, *, until: datetime | None, action: str, user: Any, now: datetime, reason: str = ""
) -> Kit:
    """Change a kit's embargo with the holds on its files, in the caller's transaction."""
    changed = core.change_thing(
        kit, action=action, changes={"embargo_until": until}, user=user, now=now, reason=reason
    )
    settle(changed, now=now)
    return changed


def kit_of(release: Release) -> Kit | None:
    """The release's kit as it is now, its row held until the transaction ends; the release's is held already."""
    if release.kit_id is None:
        return None
    return Kit.objects.select_for_update(no_key=True).get(pk=release.kit_id)


def follow_embargo(release: Release, *, before: datetime | None, user: Any, now: datetime) -> None:
    """After a release's embargo moved: its files move, and its kit where it waited for the same hour.

    A kit of several releases opens with the last of them; one that is open already stays open.
    """
    kit = kit_of(release)
    moved = None
    if kit is not None and kit.withdrawn_at is None and not is_seen(kit, now=now):
        until = _hour_of(kit, release, before=before, now=now)
        if until != kit.embargo_until:
            moved = _follow(kit, release, until=until, user=user, now=now)
    settle(release, *([moved] if moved is not None else []), now=now)


def _hour_of(kit: Kit, release: Release, *, before: datetime | None, now: datetime) -> datetime | None:
    """Until when a kit that nobody has seen waits, after its release's embargo moved from `before`."""
    if kit.embargo_until is None or kit.embargo_until != before:
        return _later(kit, release, now=now)
    others = kit.releases.filter(withdrawn_at__isnull=True, embargo_until__gt=now).exclude(pk=release.pk)
    hours = [*others.values_list("embargo_until", flat=True), release.embargo_until]
    return max((hour for hour in hours if hour is not None), default=None)


def _later(kit: Kit, release: Release, *, now: datetime) -> datetime | None:
    """The later of a kit's hour and its release's, where that is still to come."""
    until = release.embargo_until
    if until is None or until <= now:
        return kit.embargo_until
    return until if kit.embargo_until is None else max(kit.embargo_until, until)


def _follow(kit: Kit, release: Release, *, until: datetime | None, user: Any, now: datetime) -> Kit:
    changes = {"embargo_until": until}
    return core.change_thing(
        kit, action="embargo.followed", changes=changes, user=user, now=now, reason=str(release)
    )


def bring_kit_under(release: Release, kit: Kit, *, user: Any, now: datetime) -> None:
    """Put the release's kit, whose row is held, under its embargo, unless it waits longer or readers have it."""
    until = _later(kit, release, now=now)
    if until != kit.embargo_until and not is_seen(kit, now=now):
        settle(_follow(kit, release, until=until, user=user, now=now), now=now)
