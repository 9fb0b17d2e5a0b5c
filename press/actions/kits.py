"""What happens to a press kit and its archives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from cms.core import actions as core
from cms.core.models import Audience
from media_library import actions as library
from media_library.models import Asset
from press import queries
from press.actions import holds
from press.actions.releases import AlreadyPublic, EmbargoInPast, NotADraft, PressError, refuse_withdrawn
from press.models import Kit, KitArchive, KitItem, Tier

# The first key of the advisory locks under which archives are built; the second is the kit's.
BUILD_LOCK = 0x4B17


@transaction.atomic
def create_kit(
    *,
    name: str,
    user: Any,
    now: datetime,
    embargo_until: datetime | None = None,
    expires_at: datetime | None = None,
    audience: str = Audience.PUBLIC,
    activity: Any = None,
) -> Kit:
    """Open a kit. An embargo is for an instant after `now` (EmbargoInPast)."""
    if embargo_until is not None and embargo_until <= now:
        raise EmbargoInPast(_("The embargo ends in the past. Choose a later hour, or none."))
    kit = Kit.objects.create(
        name=name,
        embargo_until=embargo_until,
        expires_at=expires_at,
        audience=audience or Audience.PUBLIC,
        activity=activity,
    )
    core.log_thing(kit, action="created", user=user, now=now)
    return kit


@transaction.atomic
def begin_kit(kit: Kit, *, values: dict[str, Any], user: Any, now: datetime) -> Kit:
    """Change the first values (name, embargo_until, audience, activity) of a kit that was never published.

    Raises NotADraft, EmbargoInPast.
    """
    row = Kit.objects.select_for_update(no_key=True).get(pk=kit.pk)
    if row.pages.filter(first_published_at__isnull=False).exists():
        raise NotADraft(_("This kit was published: change it by its buttons."))
    changes = {name: value for name, value in values.items() if getattr(row, name) != value}
    until = changes.get("embargo_until")
    if until is not None and until <= now:
        raise EmbargoInPast(_("The embargo ends in the past. Choose a later hour, or none."))
    if not changes:
        return row
    return core.change_thing(kit, action="described", changes=changes, user=user, now=now)


def section_of(asset: Asset) -> str:
    """Where an asset stands when nobody says: by its kind."""
    return {
        "image": KitItem.Section.PHOTOS,
        "audio": KitItem.Section.SOUND,
        "video": KitItem.Section.VIDEO,
    }.get(asset.kind, KitItem.Section.DOCUMENTS)


@transaction.atomic
def set_items(kit: Kit, *, items: Sequence[tuple[Asset, str]], user: Any, now: datetime) -> Kit:
    """Say what a kit holds: (asset, section) in order, each asset once. Archives are wanted anew.

    Where the kit is published already, files added to it open with it, and files taken out of it that nobody has
    had go back to the team.
    """
    row = Kit.objects.select_for_update(no_key=True).get(pk=kit.pk)
    row.items.all().delete()
    seen: set[int] = set()
    for asset, section in items:
        if asset.pk in seen:
            continue
        seen.add(asset.pk)
        KitItem.objects.create(
            kit=row, asset=asset, section=section or section_of(asset), sort_order=len(seen)
        )
    changed = core.change_thing(kit, action="filled", changes={}, user=user, now=now)
    holds.settle(changed, now=now)
    want_archives(changed, now=now)
    return changed


def add_assets(kit: Kit, *, assets: Iterable[Asset], user: Any, now: datetime, section: str = "") -> Kit:
    """Add assets at the end of what the kit holds."""
    held = [(item.asset, item.section) for item in kit.items.select_related("asset")]
    return set_items(kit, items=[*held, *((asset, section) for asset in assets)], user=user, now=now)


def publish_kit(page: Any, *, now: datetime) -> None:
    """After a page of a kit went live: its files open at the kit's hour, and its archives are wanted."""
    with transaction.atomic():
        kit = Kit.objects.select_for_update(no_key=True).get(pk=page.kit_id)
        if page.locale.language_code == settings.LANGUAGE_CODE and kit.name != page.title:
            Kit.objects.filter(pk=kit.pk).update(name=page.title[:160])
        holds.settle(kit, now=now)
        want_archives(kit, now=now)


@transaction.atomic
def set_kit_embargo(kit: Kit, *, until: datetime, user: Any, now: datetime, reason: str = "") -> Kit:
    """Set, delay or advance a kit's embargo, with its files. Raises EmbargoInPast, AlreadyPublic."""
    row = Kit.objects.select_for_update(no_key=True).get(pk=kit.pk)
    refuse_withdrawn(row)
    if until <= now:
        raise EmbargoInPast(_("The embargo ends in the past. Choose a later hour, or lift it."))
    if holds.is_seen(row, now=now):
        raise AlreadyPublic(
            _("This kit is public already: an embargo would hide what everyone has. Withdraw it instead.")
        )
    return holds.move_kit(kit, until=until, action="embargo.set", user=user, now=now, reason=reason)


@transaction.atomic
def lift_kit_embargo(kit: Kit, *, user: Any, now: datetime, reason: str = "") -> Kit:
    """End a kit's embargo at `now`. Raises PressError while a release it belongs to is under embargo."""
    row = Kit.objects.select_for_update(no_key=True).get(pk=kit.pk)
    refuse_withdrawn(row)
    if row.embargo_until is None or row.embargo_until <= now:
        return row
    last = row.releases.filter(withdrawn_at__isnull=True).aggregate(last=Max("embargo_until"))["last"]
    if last is not None and last > now:
        raise PressError(_("A release of this kit is under embargo: lift the release's embargo."))
    return holds.move_kit(kit, until=now, action="embargo.lifted", user=user, now=now, reason=reason)


@transaction.atomic
def withdraw_kit(kit: Kit, *, reason: str, user: Any, now: datetime) -> Kit:
    """Take a kit back with its archives; a page with the reason stays where it was public.

    Files of it that nobody could have yet, and that no other published thing holds, stay with the team.
    """
    if not reason.strip():
        raise PressError(_("Say why it is withdrawn: the reason stands on the page."))
    row = Kit.objects.select_for_update(no_key=True).get(pk=kit.pk)
    if row.withdrawn_at is not None:
        return row
    changes = {"withdrawn_at": now, "withdrawn_reason": reason.strip()}
    changed = core.change_thing(
        kit, action="withdrawn", changes=changes, user=user, now=now, reason=reason.strip()
    )
    holds.settle(changed, now=now)
    return changed


# Archives ----------------------------------------------------------------------------------------------------
@transaction.atomic
def want_archives(kit: Kit, *, now: datetime) -> bool:
    """Note of which content each archive is wanted; returns whether any is to be built.

    An asset that was changed, withdrawn, or has expired makes another key: the sweep asks this for every live kit.
    """
    packed = queries.packed_items(kit, queries.items_of(kit), now=now)
    if not packed:
        KitArchive.objects.filter(kit=kit).delete()
        return False
    due = False
    for tier in Tier.values:
        key = queries.content_key(packed, tier)
        row, _created = KitArchive.objects.get_or_create(kit=kit, tier=tier)
        if row.wanted != key:
            row.wanted, row.failure = key, ""
            row.save(update_fields=["wanted", "failure"])
        due = due or not row.is_ready
    return due


def build_archives(kit: Kit, *, now: datetime) -> int:
    """Build the archives of a kit that are not what they should be; returns how many were built.

    One build of a kit at a time, by an advisory lock that dies with its connection: five tasks at once have one
    effect. A tier that fails says so in its row and hinders no other.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [BUILD_LOCK, kit.pk])
        if not cursor.fetchone()[0]:
            return 0
    try:
        built = 0
        for row in KitArchive.objects.filter(kit=kit).order_by("pk"):
            if not row.is_ready:
                built += _build(kit, row, now=now)
        return built
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [BUILD_LOCK, kit.pk])


def _build(kit: Kit, row: KitArchive, *, now: datetime) -> int:
    wanted = row.wanted
    packed = queries.packed_items(kit, queries.items_of(kit), now=now)
    entries = [library.Entry(asset=item.asset, preset=row.tier) for item in packed]
    try:
        archive = library.build_archive(entries=entries, now=now)
    except library.ArchiveBusy as error:
        KitArchive.objects.filter(pk=row.pk, wanted=wanted).update(failure=str(error)[:500])
        return 0
    # `built` names what went in, should a file have been withdrawn since it was wanted. Whoever changed the kit
    # meanwhile wants another archive: then this one is not offered.
    built = queries.content_key(packed, row.tier)
    return KitArchive.objects.filter(pk=row.pk, wanted=wanted).update(
        archive=archive, wanted=built, built=built, built_at=now, failure=""
    )
