"""The only door through which bytes leave: `/media/<uid>/<name>` and `/media/<uid>/<size>/<name>`."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import Http404, HttpResponseNotAllowed
from django.http.response import HttpResponseBase

from cms.core import clock, registry
from cms.core.reader import reader_for
from media_library import actions, policies
from media_library.models import Asset, Kind
from media_library.storage import originals, presets, render
from media_library.views.counting import begins_download, counted
from media_library.views.recordings import recorded
from media_library.views.responding import respond_file

if TYPE_CHECKING:
    from django.http import HttpRequest

    from cms.core.reader import Reader

log = logging.getLogger(__name__)


def media(request: HttpRequest, uid: str, name: str, variant: str = "") -> HttpResponseBase:
    """Answer with the public bytes of an asset: a picture in one of the closed list of sizes (its full size
    without `variant`), a document as an attachment, a sound, a film, or the poster of one.

    Unknown, not yet released, held, expired, withdrawn, misnamed: one and the same 404, before any validator
    or range is looked at.
    """
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    now = clock.now()
    asset = (
        Asset.objects.select_related(
            "blob", "image", "document__poster", "media__poster", "recording__poster"
        )
        .prefetch_related("holds")
        .filter(uid=UUID(uid))
        .first()
    )
    # A public asset is answered without asking who reads: no session is opened, no cookie varies the answer. For
    # what does not exist the reader is asked as for what is held back: the headers must not tell them apart.
    public = asset is not None and policies.is_public(asset, now=now)
    reader = None if public else reader_for(request)
    if asset is None or (reader is not None and not policies.may_serve(asset, reader=reader, now=now)):
        raise Http404
    for note in registry.private_bytes if reader is not None else ():
        note(request, asset, variant, reader, now)
    response = send_bytes(request, asset, variant, name, reader)
    if public and variant in TAKEN and begins_download(request, response):
        # what the team looks at before is no download, and journalists' doors keep a log of their own
        counted(partial(actions.count_download, asset, variant=variant, now=now))
    return response


# Sizes that are taken away, not looked at in a page; of sounds and films every version is.
TAKEN = frozenset({"", "light.jpg", "press.jpg", "print", "light", "web", "broadcast"})


def send_bytes(
    request: HttpRequest, asset: Asset, variant: str, name: str, reader: Reader | None
) -> HttpResponseBase:
    """The answer for who may have the asset (`reader` is None: anybody may)."""
    if asset.kind in (Kind.VIDEO, Kind.AUDIO):
        return recorded(request, asset, variant, name, reader)
    show = _picture if asset.kind == Kind.IMAGE else _document
    return show(request, asset, name, variant, reader is None)


def _picture(request: HttpRequest, asset: Asset, name: str, variant: str, public: bool) -> HttpResponseBase:
    found = presets.BY_NAME.get(variant or "print")
    image = asset.image
    if found is not None and found.spec in presets.LATER and image.avif_at is None:
        found = None  # not made yet, and too dear to be made for whoever asks
    if found is None or name != (image.name_of(found) if variant else asset.filename):
        raise Http404
    image.asset = asset
    try:
        row = actions.rendition(image, found)
    except (render.CannotRender, OSError) as error:
        log.exception("media.cannot_render", extra={"asset": asset.uid.hex, "variant": found.name})
        raise Http404 from error
    return respond_file(
        request,
        path=row.file.path,
        size=row.file_size,
        content_type=_type_of(row.file.name),
        digest=row.sha256,
        filename=name,
        public=public,
        inline=True,
    )


def _document(request: HttpRequest, asset: Asset, name: str, variant: str, public: bool) -> HttpResponseBase:
    """A document, to be saved; its first page, to be shown."""
    poster = asset.document.poster if variant == "poster" and name == "poster.jpg" else None
    if poster is None and (variant or name != asset.filename):
        raise Http404
    blob = poster or asset.blob
    return respond_file(
        request,
        path=originals().path(blob.name),
        size=blob.size,
        content_type=blob.content_type,
        digest=blob.sha256,
        filename=name,
        public=public,
        inline=poster is not None,
    )


def _type_of(name: str) -> str:
    extension = name.rpartition(".")[2]
    return {"jpg": "image/jpeg", "svg": "image/svg+xml"}.get(extension, f"image/{extension}")


def nothing(request: HttpRequest, **kwargs: object) -> HttpResponseBase:
    """The 404 in the place of Wagtail's views that render any size asked for."""
    raise Http404
