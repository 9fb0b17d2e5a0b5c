"""How often files are taken."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from cms.core import formats
from media_library.models import Asset, AssetDownload


def count_download(asset: Asset, *, variant: str = "", now: datetime) -> None:
    """One more download of a file in a size on this day, of the site's time zone. A hundred at once are a hundred."""
    day = formats.local(now).date()
    row, _created = AssetDownload.objects.get_or_create(asset=asset, variant=variant, day=day)
    AssetDownload.objects.filter(pk=row.pk).update(count=F("count") + 1)
