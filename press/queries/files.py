"""The files that go with a release, as far as a reader may have them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import prefetch_related_objects

from media_library.policies import may_serve
from press.models import Release

if TYPE_CHECKING:
    from cms.core.registry import Context
    from media_library.models import Asset

#: What `files_of` reads of a release: named where many releases are read at once.
PREFETCH = (
    "signed_scan__blob",
    "signed_scan__holds",
    "attachments__asset__blob",
    "attachments__asset__holds",
)


@dataclass(frozen=True)
class ReleaseFile:
    """A file beside a release's text: its words, and the asset; `is_signed` for the signed document."""

    label: str
    asset: Asset
    is_signed: bool = False


def files_of(release: Release, ctx: Context) -> list[ReleaseFile]:
    """The signed document and the attachments that this reader may have, in order (eight queries, none prefetched)."""
    prefetch_related_objects([release], *PREFETCH)
    found = []
    if release.signed_scan is not None:
        found.append(ReleaseFile("", release.signed_scan, is_signed=True))
    found += [ReleaseFile(one.label or one.asset.title, one.asset) for one in release.attachments.all()]
    return [one for one in found if may_serve(one.asset, reader=ctx.reader, now=ctx.now)]
