"""Making public, holding back, withdrawing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.search import index

from cms.core import formats
from cms.core.models import Audience
from media_library import policies
from media_library.models import Asset, Hold, Kind
from media_library.models.recordings import lacks_captions


class AlreadyPublic(Exception):
    """A hold was asked for on what everybody may already have. The message is for the officer."""


class NotReleasable(Exception):
    """A release was asked for that would have no effect. The message is for the officer."""


def is_releasable(asset: Asset, *, now: datetime) -> bool:
    """Whether `release` would have an effect: what a publication passes over stays with the team."""
    return policies.is_usable(asset, now=now) and not lacks_captions(asset)


def locked(assets: Iterable[Asset]) -> list[Asset]:
    """The rows, locked in one order for everyone."""
    pks = [asset.pk for asset in assets]
    return list(Asset.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk"))


@transaction.atomic
def release(asset: Asset, now: datetime) -> Asset:
    """Make an asset public: at once, or, where something holds it, when the last hold ends. Idempotent.

    Raises NotReleasable for what is withdrawn, past its last day, or shows somebody who does not agree, and for a
    film without captions.
    """
    (row,) = locked([asset])
    if row.withdrawn_at is not None:
        raise NotReleasable(_("“%(title)s” was withdrawn: restore it first.") % {"title": row.title})
    if lacks_captions(row):
        raise NotReleasable(
            _("“%(title)s” has no captions: give it some, or say why it needs none.") % {"title": row.title}
        )
    if row.expires_at is not None and row.expires_at <= now:
        raise NotReleasable(_("The rights of “%(title)s” have run out.") % {"title": row.title})
    if row.consent_ends_at is not None and row.consent_ends_at <= now:
        raise NotReleasable(
            _("Somebody shown in “%(title)s” has not agreed, or does not agree any more.")
            % {"title": row.title}
        )
    if row.released_at is None or row.released_at > now:
        row.released_at = now
        row.save(update_fields=["released_at", "updated_at"])
        index.insert_or_update_object(row)
    asset.released_at = row.released_at
    return row


def refuse_undescribed(asset: Asset) -> None:
    """Raise NotReleasable for a picture of which nobody said what it shows, nor that it is decorative."""
    if asset.kind != Kind.IMAGE:
        return
    words = asset.texts.filter(locale__language_code=settings.LANGUAGE_CODE)
    if not words.filter(~Q(alt="") | Q(decorative=True)).exists():
        raise NotReleasable(_("Say in a few words what the picture shows, or tick “Decorative”."))


@transaction.atomic
def make_public(asset: Asset, *, now: datetime, user: Any = None) -> Asset:
    """`release` by an officer's own word, who can describe a picture first: raises NotReleasable where it is not.

    A publication does not ask for it: what its page says of the picture stands there.
    """
    refuse_undescribed(asset)
    before = asset.released_at
    row = release(asset, now)
    if row.released_at != before:
        log(row, "media_library.released", user=user)
    return row


@transaction.atomic
def withdraw(asset: Asset, *, reason: str, now: datetime, user: Any = None) -> Asset:
    """Take an asset from everyone but the staff, at once, and keep why. Idempotent: the first reason stays."""
    (row,) = locked([asset])
    if row.withdrawn_at is None:
        row.withdrawn_at, row.withdrawn_reason = now, reason.strip() or _("No reason was given.")
        row.save(update_fields=["withdrawn_at", "withdrawn_reason", "updated_at"])
        index.insert_or_update_object(row)
        log(row, "media_library.withdrawn", user=user, data={"reason": row.withdrawn_reason})
    asset.withdrawn_at, asset.withdrawn_reason = row.withdrawn_at, row.withdrawn_reason
    return row


@transaction.atomic
def restore(asset: Asset, *, now: datetime, user: Any = None) -> Asset:
    """Undo a withdrawal; the asset is unreleased until somebody releases it again."""
    (row,) = locked([asset])
    if row.withdrawn_at is not None:
        row.withdrawn_at, row.withdrawn_reason, row.released_at = None, "", None
        row.save(update_fields=["withdrawn_at", "withdrawn_reason", "released_at", "updated_at"])
        index.insert_or_update_object(row)
        log(row, "media_library.restored", user=user)
    asset.withdrawn_at, asset.withdrawn_reason, asset.released_at = None, "", row.released_at
    return row


@transaction.atomic
def embargo(asset: Asset, *, until: datetime, now: datetime, user: Any = None) -> Asset:
    """Release an asset for a coming hour, by a hold of its own (its uid is the source). Called again, it moves the
    hour. Raises AlreadyPublic for what everybody has, NotReleasable as `make_public` or for an hour that is past.
    """
    if until <= now:
        raise NotReleasable(_("This hour is past."))
    refuse_undescribed(asset)
    hold([asset], until=until, source_uid=asset.uid, now=now)
    row = release(asset, now)
    log(row, "media_library.embargoed", user=user, data={"until": formats.long_date(until)})
    return row


@transaction.atomic
def close(assets: Iterable[Asset], *, now: datetime) -> None:
    """Undo the release of assets that are held back at `now`: they wait for a new one, however their holds end.

    What is public is out, and stays as it is.
    """
    for row in locked(assets):
        if row.released_at is not None and not policies.is_public(row, now=now):
            row.released_at = None
            row.save(update_fields=["released_at", "updated_at"])
            index.insert_or_update_object(row)


@transaction.atomic
def hold(
    assets: Iterable[Asset],
    *,
    until: datetime | None,
    source_uid: UUID,
    now: datetime | None = None,
    audience: str = Audience.PUBLIC,
) -> None:
    """Keep assets from the public for the thing `source_uid`, until an instant or until lifted; from then on for
    an audience alone, where it is not everyone.

    Called again, it moves the thing's own hold. Raises AlreadyPublic, and holds none of them, where one of them
    is public at `now`: what is out cannot be called back, and the officer must know.
    """
    from cms.core import clock

    at = now if now is not None else clock.now()
    for row in locked(assets):
        if policies.is_public(row, now=at):
            raise AlreadyPublic(
                _(
                    "“%(title)s” is already public, so it cannot be kept under embargo. Withdraw it, or take it out."
                )
                % {"title": row.title}
            )
        Hold.objects.update_or_create(
            asset=row, source_uid=source_uid, defaults={"until": until, "audience": audience}
        )


@transaction.atomic
def lift_holds(source_uid: UUID, *, assets: Iterable[Asset] | None = None) -> int:
    """Remove the holds of a thing on these assets, or on all; returns how many. What is released and held by
    nothing else is public now."""
    found = Hold.objects.filter(source_uid=source_uid)
    if assets is not None:
        found = found.filter(asset__in=[asset.pk for asset in assets])
    locked(Asset.objects.filter(holds__in=found))
    removed, _rows = found.delete()
    return removed
