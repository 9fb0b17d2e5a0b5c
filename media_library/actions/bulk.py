"""Rights and credits of many items at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.db import transaction
from wagtail.log_actions import log

from media_library.actions.rights import locked
from media_library.models import Asset

RIGHTS: Final = ("credit", "copyright", "rights_holder", "licence", "restriction", "place", "expires_at")


@transaction.atomic
def change_rights(
    assets: Iterable[Asset],
    *,
    values: Mapping[str, Any],
    collection: Any = None,
    tags: Sequence[str] = (),
    user: Any = None,
) -> int:
    """Give all these items the same values of `RIGHTS` (only those named in `values`), a collection, and tags beside
    those that they have; all of them, or none. Returns how many. Sizes that carry a changed credit are made again.
    """
    about = {name: value for name, value in values.items() if name in RIGHTS}
    rows = locked(assets)
    for asset in rows:
        row = asset.file
        row.asset = asset
        row.about = dict(about)
        if collection is not None:
            row.collection = collection
        row.save()
        if tags:
            row.tags.add(*tags)
        changed = sorted(
            [*about, *(["collection"] if collection is not None else []), *(["tags"] if tags else [])]
        )
        log(asset, "media_library.rights_changed", user=user, data={"changed": changed})
    return len(rows)
