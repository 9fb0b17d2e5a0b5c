"""What happens to a press kit and its archives."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from cms.core import actions as core
from cms.core.models import Audience
from media_library.models import Asset
from press.actions import holds, rules
from press.actions.archives import want_archives
from press.actions.offered import note_offered
from press.actions.releases import AlreadyPublic, EmbargoInPast, NotADraft, PressError, refuse_withdrawn
from press.models import Kit, KitItem, Tier


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


def kit_like(kit: Kit, title: str, user: Any, now: datetime) -> Kit:
    """Open another kit for the same readers, empty: its files and dates are its own."""
    return create_kit(name=title[:160], user=user, now=now, audience=kit.audience, activity=kit.activity)


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
def set_items(
    kit: Kit,
    *,
    items: Sequence[tuple[Asset, str]],
    user: Any,
    now: datetime,
    versions: Mapping[int, Collection[str]] | None = None,
) -> Kit:
    """Say what a kit holds: (asset, section) in order, each asset once. Archives are wanted anew.

    versions: the tiers in whose quality an asset is offered, by its key; of one that is not named those it had in
    the kit, else all. Where the kit is published already, files added to it open with it (PressError for a picture
    that nobody has described), and files taken out of it that nobody has had go back to the team.
    """
    row = Kit.objects.select_for_update(no_key=True).get(pk=kit.pk)
    note_offered(row, now=now)
    offered: dict[int, Collection[str]] = {item.asset_id: item.versions for item in row.items.all()}
    offered.update(versions or {})
    row.items.all().delete()
    seen: set[int] = set()
    for asset, section in items:
        if asset.pk in seen:
            continue
        seen.add(asset.pk)
        tiers = offered.get(asset.pk, Tier.values)
        KitItem.objects.create(
            kit=row,
            asset=asset,
            section=section or section_of(asset),
            sort_order=len(seen),
            **{f"in_{tier}": tier in tiers for tier in Tier.values},
        )
    if undescribed := rules.undescribed_on_show(row):
        raise PressError(" ".join(undescribed))
    changed = core.change_thing(kit, action="filled", changes={}, user=user, now=now)
    holds.settle(changed, now=now)
    want_archives(changed, now=now)
    return changed


def add_assets(kit: Kit, *, assets: Iterable[Asset], user: Any, now: datetime, section: str = "") -> Kit:
    """Add assets at the end of what the kit holds."""
    held = [(item.asset, item.section) for item in kit.items.select_related("asset")]
    return set_items(kit, items=[*held, *((asset, section) for asset in assets)], user=user, now=now)


@transaction.atomic
def set_kit_expiry(kit: Kit, *, until: datetime | None, user: Any, now: datetime) -> Kit:
    """Say until when a kit is offered, None for no end: from that instant its page and archives are gone.

    Its files keep their own last day of use. Raises PressError for an instant that has passed, or before its embargo.
    """
    row = Kit.objects.select_for_update(no_key=True).get(pk=kit.pk)
    if until == row.expires_at:
        return row
    refuse_withdrawn(row)
    if until is not None and until <= now:
        raise PressError(_("This end has passed. To take the kit back now, withdraw it."))
    if until is not None and row.embargo_until is not None and until <= row.embargo_until:
        raise PressError(_("The kit would end before its embargo lifts."))
    return core.change_thing(kit, action="expiry.set", changes={"expires_at": until}, user=user, now=now)


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
