"""The bytes of sounds and films: the whole of one, its lighter versions, its poster, its captions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import prefetch_related_objects
from django.http import Http404

from media_library import policies
from media_library.models import Asset, Blob
from media_library.models.recordings import name_of, public_blob, versions_of
from media_library.storage import originals
from media_library.views.responding import respond_file

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase


def recorded(
    request: HttpRequest, asset: Asset, variant: str, name: str, reader: Any | None
) -> HttpResponseBase:
    """Answer with the bytes of a sound or film that the reader may have (None: anybody may).

    The whole is the copy without anything but sound and picture; the original where it holds nothing else, and for
    accounts that see what is not public. Raises Http404 for anything else.
    """
    prefetch_related_objects([asset], "recordings__blob", "speeches__captions")
    found = _found(asset, variant, name, reader)
    if found is None:
        raise Http404
    return respond_file(
        request,
        path=originals().path(found.name),
        size=found.size,
        content_type=found.content_type,
        digest=found.sha256,
        filename=name,
        public=reader is None,
        inline=True,
    )


def _found(asset: Asset, variant: str, name: str, reader: Any | None) -> Blob | None:
    if variant == "":
        if name != asset.filename:
            return None
        is_staff = reader is not None and reader.user is not None
        sees_all = is_staff and reader.user.has_perm(policies.SEE_UNRELEASED)  # type: ignore[union-attr]
        return public_blob(asset) or (asset.blob if sees_all else None)
    if variant == "poster":
        asset.media.asset = asset
        return asset.media.shown_poster if name == "poster.jpg" else None
    if variant == "captions":
        spoken = {f"{one.language}.vtt": one.captions for one in asset.speeches.all()}
        return spoken.get(name)
    version = versions_of(asset).get(variant)
    return version.blob if version is not None and name == name_of(asset, version) else None
