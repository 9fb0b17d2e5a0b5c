"""Assets and the médiathèque as JSON, in the shapes of plone.restapi (`image.scales`, `@@download`-less)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db.models import Prefetch, QuerySet

from cms.core.api import once, served
from cms.core.api.streams import stream
from media_library import policies, queries
from media_library.models import (
    Asset,
    AssetText,
    Hold,
    Kind,
    LibraryDocument,
    LibraryImage,
    LibraryMedia,
    RecordingVersion,
)
from media_library.models.recordings import Version, address_of, public_blob, recording_of, versions_of
from media_library.storage import presets

if TYPE_CHECKING:
    from cms.core.registry import Context
    from media_library.models import MediaLibraryPage, MediaSectionPage

SCALES = (
    "web-320.jpg",
    "web-480.jpg",
    "web-720.jpg",
    "web-1280.jpg",
    "light.jpg",
    "press.jpg",
    "print",
    "social.jpg",
    "square.jpg",
)
# The same in WebP; a drawing is one file in all sizes.
LIGHTER = (*(variant.name for variant in presets.PRESETS["web"][1]), "square.webp")


RIGHTS = ("credit", "copyright", "rights_holder", "licence", "restriction")


def asset(row: Asset, ctx: Context) -> dict[str, Any] | None:
    """One asset as this reader may have it, or None.

    {"@id", "UID", "@type": "Image" | "File" | "Audio" | "Video", title, description (the caption), alt, credit,
    copyright, rights_holder, licence, restriction, filename, content-type, size (bytes of the original), download};
    texts says alt and description in each language that has them. Pictures also have width, height and scales: name →
    {download, width, height, content-type, size (bytes; None until it is rendered)}, in WebP ("web-720.webp") and, once
    they are made, in AVIF ("web-720.avif") too.
    """
    if not policies.may_serve(row, reader=ctx.reader, now=ctx.now):
        return None
    words = row.text_in(ctx.language)
    said: dict[str, Any] = {
        "@id": settings.PUBLIC_URL + row.url,
        "@type": {"image": "Image", "document": "File", "audio": "Audio", "video": "Video"}[row.kind],
        "UID": row.uid.hex,
        "title": row.title,
        "description": words.caption if words else "",
        "texts": {
            text.locale.language_code: {"alt": text.alt, "description": text.caption} for text in row.spoken()
        },
        **{name: getattr(row, name) for name in RIGHTS},
        "place": row.place,
        "taken": row.taken_at.isoformat() if row.taken_at else None,
        "effective": row.released_at.isoformat() if row.released_at else None,
        "expires": row.expires_at.isoformat() if row.expires_at else None,
        "filename": row.filename,
        "content-type": row.blob.content_type,
        "size": row.blob.size,
        "download": settings.PUBLIC_URL + row.url,
    }
    if row.kind == Kind.IMAGE:
        said |= _picture(row, alt=words.alt if words else "")
    elif row.kind == Kind.DOCUMENT:
        said["pages"] = row.document.page_count
        poster = row.document.poster_url
        said["poster"] = settings.PUBLIC_URL + poster if poster else None
    elif row.kind in (Kind.AUDIO, Kind.VIDEO):
        said |= recording(row)
    return said


def sounds(uid: UUID, ctx: Context) -> list[dict[str, Any]]:
    """The sounds ready for broadcast of a thing that this reader may have, in order: an asset each, with speaker,
    function, speaker_language, verbatim, launch. Read once for all the pages of an answer."""
    uids = frozenset({uid, *(page.thing_uid for page in served(ctx) if page.thing_uid)})
    found = once(ctx, ("media_library.sounds", uids), lambda: queries.sounds_of(uids))
    said = []
    for row in queries.served_sounds(found[uid], reader=ctx.reader, now=ctx.now):
        words = {"speaker": row.speaker, "function": row.function, "speaker_language": row.language}
        said.append(
            {**words, "verbatim": row.verbatim, "launch": row.launch, **(asset(row.asset, ctx) or {})}
        )
    return said


def recording(row: Asset) -> dict[str, Any]:
    """What a player needs of a sound or film.

    {"state": "waiting" | "ready" | "failed", duration (seconds), width, height, poster, loudness (LUFS of the
    original), sources: [{name: "web" | "light" | "broadcast" | "clean", download, content-type, size, width,
    height}], lightest last but for "clean"; tracks: [{language, download}] (WebVTT); transcripts: [{language,
    text}]}. download and size of the whole are None until a copy without anything but sound and picture is there.
    """
    found, base = recording_of(row), settings.PUBLIC_URL
    media = row.media
    media.asset = row
    poster = media.poster_url
    whole = public_blob(row)
    versions = versions_of(row)
    names = [name for name in (Version.WEB, Version.LIGHT, Version.BROADCAST) if name in versions]
    return {
        "state": found.state if found is not None else "waiting",
        "duration": (found.seconds if found is not None else None) or media.duration,
        "width": found.width if found is not None else 0,
        "height": found.height if found is not None else 0,
        "loudness": found.loudness if found is not None else None,
        "poster": base + poster if poster else None,
        "download": base + row.url if whole is not None else None,
        "size": whole.size if whole is not None else None,
        "sources": [_version(row, versions[name]) for name in names],
        "tracks": [
            {
                "language": speech.language,
                "download": f"{base}{settings.MEDIA_URL}{row.uid.hex}/captions/{speech.language}.vtt",
            }
            for speech in row.speeches.all()
            if speech.captions_id
        ],
        "transcripts": [
            {"language": speech.language, "text": speech.transcript}
            for speech in row.speeches.all()
            if speech.transcript
        ],
    }


def _version(asset: Asset, row: RecordingVersion) -> dict[str, Any]:
    return {
        "name": row.name,
        "title": str(Version(row.name).label),
        "download": settings.PUBLIC_URL + address_of(asset, row),
        "content-type": row.blob.content_type,
        "size": row.blob.size,
        "width": row.width,
        "height": row.height,
    }


def _picture(row: Asset, *, alt: str) -> dict[str, Any]:
    image = row.image
    image.asset = row
    scales = {}
    made = image.sizes_made()
    lighter = () if image.is_svg() else LIGHTER
    later = [variant.name for variant in presets.LATER.values()] if image.avif_at else []
    for name in [*SCALES, *lighter, *later]:
        variant = presets.BY_NAME[name]
        width, height = variant.size_of(image.width, image.height)
        key = name if variant.format in ("webp", "avif") else name.partition(".")[0]
        scales[key] = {
            "download": settings.PUBLIC_URL + image.address(variant),
            "width": width,
            "height": height,
            "content-type": image.content_type_of(variant),
            "size": made.get(variant.spec),
        }
    return {"alt": alt, "width": image.width, "height": image.height, "scales": scales}


class RowPolicy:
    """Whether a reader may have a row, for `registry.asset_policies`: what is withheld leaves no trace in a page."""

    def __call__(self, row: LibraryImage | LibraryDocument | LibraryMedia, ctx: Context) -> bool:
        return policies.may_serve(row.asset, reader=ctx.reader, now=ctx.now)

    def prepare(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Two queries for any number of rows, with the size of each file."""
        return rows.select_related("asset__blob").prefetch_related(
            Prefetch("asset__holds", Hold.objects.all())
        )


class RowSerializer:
    """The serializer of one kind of row for `registry.asset_serializers`, with the reads it needs in bulk."""

    def __call__(
        self, row: LibraryImage | LibraryDocument | LibraryMedia, ctx: Context
    ) -> dict[str, Any] | None:
        found = row.asset
        name = (
            "image"
            if isinstance(row, LibraryImage)
            else "document"
            if isinstance(row, LibraryDocument)
            else "media"
        )
        setattr(found, name, row)
        return asset(found, ctx)

    def prepare(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Three queries for any number of rows, one more for pictures, four more for sounds and films."""
        found = rows.prefetch_related(
            Prefetch("asset__texts", AssetText.objects.select_related("locale")),
            Prefetch("asset__holds", Hold.objects.all()),
        )
        if rows.model is LibraryImage:
            found = found.prefetch_related("renditions")
        if rows.model is LibraryMedia:
            found = found.select_related(
                "asset__blob", "asset__recording__poster", "poster"
            ).prefetch_related("asset__recordings__blob", "asset__speeches")
        return found


def page(row: MediaLibraryPage, ctx: Context) -> dict[str, Any]:
    """The médiathèque: introduction, and its newest 25 assets with the number of all."""
    return {"body": stream(row.body, ctx), **_newest(queries.public(now=ctx.now), ctx)}


def section(row: MediaSectionPage, ctx: Context) -> dict[str, Any]:
    """A section: its kind, introduction, and the newest 25 assets of the kind with the number of all."""
    found = queries.public(now=ctx.now).filter(kind=row.kind)
    return {"kind": row.kind, "body": stream(row.body, ctx), **_newest(found, ctx)}


def _newest(found: QuerySet[Asset], ctx: Context) -> dict[str, Any]:
    newest = queries.whole(found).order_by("-released_at", "-pk")[:25]
    return {
        "assets": [said for one in newest if (said := asset(one, ctx)) is not None],
        "assets_total": found.count(),
    }
