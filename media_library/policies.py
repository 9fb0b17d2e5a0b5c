"""Who may have the bytes of an asset: the one answer that pages, API, downloads and archives all ask for."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from cms.core.reader import ANONYMOUS

if TYPE_CHECKING:
    from cms.core.reader import Reader

SEE_UNRELEASED = "media_library.see_unreleased_asset"
SEE_DOWNLOADS = "media_library.view_assetdownload"


def keeps(hold: Any, *, reader: Reader = ANONYMOUS, now: datetime) -> bool:
    """Whether a hold keeps its asset from `reader` at `now`: until its very instant from everyone, then from those
    outside its audience."""
    return hold.until is None or hold.until > now or hold.audience not in reader.audiences


def is_held(asset: Any, *, reader: Reader = ANONYMOUS, now: datetime) -> bool:
    """Whether a thing keeps the asset from `reader` at `now`."""
    return any(keeps(hold, reader=reader, now=now) for hold in asset.holds.all())


def keeping(*, reader: Reader = ANONYMOUS, now: datetime) -> Q:
    """`keeps` as a condition on Hold rows."""
    return Q(until__isnull=True) | Q(until__gt=now) | ~Q(audience__in=reader.audiences)


def is_usable(asset: Any, *, now: datetime) -> bool:
    """Whether the asset is neither withdrawn nor past its last day of use, and everybody shown still agrees."""
    ends = [end for end in (asset.expires_at, asset.consent_ends_at) if end is not None]
    return asset.withdrawn_at is None and all(end > now for end in ends)


def is_under_embargo(asset: Any, *, now: datetime) -> bool:
    """Whether a thing holds the asset back from everyone at `now`."""
    return any(hold.until is None or hold.until > now for hold in asset.holds.all())


def usable(*, now: datetime) -> Q:
    """`is_usable` as a condition on Asset rows."""
    unexpired = Q(expires_at__isnull=True) | Q(expires_at__gt=now)
    agreed = Q(consent_ends_at__isnull=True) | Q(consent_ends_at__gt=now)
    return Q(withdrawn_at__isnull=True) & unexpired & agreed


def is_public(asset: Any, *, now: datetime) -> bool:
    """Whether anybody may have it at `now`: released, not held, not expired, not withdrawn, agreed."""
    return _is_open(asset, reader=ANONYMOUS, now=now)


def _is_open(asset: Any, *, reader: Reader, now: datetime) -> bool:
    released = asset.released_at is not None and asset.released_at <= now
    return (
        released
        and asset.quarantined_at is None
        and is_usable(asset, now=now)
        and not is_held(asset, reader=reader, now=now)
    )


def may_serve(asset: Any, *, reader: Reader, now: datetime) -> bool:
    """Whether `reader` may have the bytes of `asset`, in any size, at `now`.

    What is public is everybody's, what is held for an audience its readers'. Accounts with the permission
    "see_unreleased_asset" have everything. A reader with a grant for a thing that holds or held the asset has it
    before its time, unless it is withdrawn or expired, or another thing keeps it for longer; with a grant for the
    asset itself (a link that was handed out) while no embargo runs. What waits for the virus scanner is nobody's.
    Reads the asset's own row and holds (one query, none where `holds` is prefetched).
    """
    if asset.quarantined_at is not None:
        return False
    if _is_open(asset, reader=reader, now=now):
        return True
    if reader.user is not None and reader.user.has_perm(SEE_UNRELEASED):
        return True
    if reader.grants and is_usable(asset, now=now):
        if asset.uid in reader.grants and not is_under_embargo(asset, now=now):
            return True
        return _is_granted(asset.holds.all(), asset=asset, reader=reader, now=now)
    return False


def _is_granted(holds: Any, *, asset: Any, reader: Reader, now: datetime) -> bool:
    """Whether a grant for a thing that holds the asset opens it: not where another thing, which is not granted, keeps
    it longer than all that are, or for readers of whom this is none. An hour of its own is a hold of which the asset
    itself is the source: a link to the asset is no grant for it.
    """
    granted = [hold for hold in holds if hold.source_uid in reader.grants and hold.source_uid != asset.uid]
    if not granted:
        return False
    if any(hold.until is None for hold in granted):
        return True
    last = max(hold.until for hold in granted)
    readers = reader.audiences | {hold.audience for hold in granted}
    others = [hold for hold in holds if hold not in granted]
    return all(
        hold.until is not None and (hold.audience in readers if hold.until <= now else hold.until <= last)
        for hold in others
    )


def opened(*, now: datetime) -> Q:
    """`is_public` but for the holds, as a condition on Asset rows; `queries.public` adds the holds."""
    return Q(released_at__lte=now, quarantined_at__isnull=True) & usable(now=now)
