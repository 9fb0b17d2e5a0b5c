"""The press room as JSON: each type's own fields; the API kernel adds identity, parent, dates and bodies."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings

from cms.core import links, registry
from cms.core.api import once, page_link, served
from cms.core.api.streams import rich_text
from media_library import api as library
from press import exports, queries
from press.models import KitPage, ReleasePage
from press.queries import rooms
from press.queries.files import PREFETCH, ReleaseFile, files_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cms.core.registry import Context
    from press.models import (
        KitIndexPage,
        KitItem,
        PressContact,
        PressContactsPage,
        PressRoomPage,
        Release,
        ReleaseIndexPage,
    )

#: The formats of a release by the name that a client asks for, and their addresses below the page.
FORMATS = {
    "pdf": "print.pdf",
    "text": "text.txt",
    "word": "document.docx",
    "ninjs": "ninjs.json",
    "newsml": "newsml-g2.xml",
    "card": "card.jpg",
    "qr": "qr.svg",
}


#: The relations that `release` reads.
RELEASE_PREFETCH = (
    "boilerplate__locale",
    "contacts__locale",
    "topics",
    "sectors",
    "release__kit",
    "release__corrections",
    *(f"release__{name}" for name in PREFETCH),
)


def _moment(at: datetime | None) -> str | None:
    return at.strftime("%Y-%m-%dT%H:%M:%S+00:00") if at else None


def _link(page: Any) -> dict[str, Any] | None:
    if page is None:
        return None
    return {"@id": page.public_url.rstrip("/"), "UID": page.uid.hex, "title": page.title}


def _contact(one: PressContact) -> dict[str, Any]:
    return {
        "name": one.name,
        "function": one.function,
        "telephone": one.telephone,
        "whatsapp": one.whatsapp,
        "email": one.email,
        "on_call": one.on_call,
        "languages": one.languages_spoken,
    }


def _formats(page: ReleasePage) -> dict[str, Any]:
    formats = {name: f"{page.public_url}{path}" for name, path in FORMATS.items()}
    return {"short_address": links.short_address(page.uid), "formats": formats}


def _file(one: ReleaseFile) -> dict[str, Any]:
    """A file beside a release's text, at its full size."""
    return {
        "title": one.label or one.asset.title,
        "download": settings.PUBLIC_URL + one.asset.url,
        "content-type": one.asset.blob.content_type,
        "size": one.asset.blob.size,
        "filename": one.asset.filename,
    }


def _files(row: Release, ctx: Context) -> dict[str, Any]:
    """The files beside a release's text that this reader may have."""
    files = files_of(row, ctx)
    return {
        "signed_document": next((_file(one) for one in files if one.is_signed), None),
        "attachments": [_file(one) for one in files if not one.is_signed],
    }


def _corrections(page: ReleasePage) -> dict[str, Any]:
    """What was said of changes after the publication, and where the words are compared."""
    row = page.release
    said = [
        {"at": _moment(one.at), "note": one.note, "language": one.language} for one in row.corrections.all()
    ]
    return {"corrections": said, "corrections_url": f"{page.public_url}corrections" if said else None}


def _around(page: ReleasePage, ctx: Context) -> dict[str, Any]:
    """What stands around the words: boilerplate, contacts, kit; each read once for all the pages of an answer."""
    language = page.locale.language_code
    boilerplate = once(
        ctx,
        ("press.boilerplate", page.boilerplate_id, language),
        lambda: queries.boilerplate_of(page, language=language),
    )
    kits = once(
        ctx,
        ("press.kits", language),
        lambda: queries.pages_of_kits(
            {other.release.kit_id for other in served(ctx) or [page] if isinstance(other, ReleasePage)},
            language=language,
            reader=ctx.reader,
            now=ctx.now,
        ),
    )
    contacts = once(
        ctx,
        ("press.contacts", tuple(one.pk for one in page.contacts.all()), language),
        lambda: queries.contacts_of(page, language=language),
    )
    said = {"title": boilerplate.title, "text": rich_text(boilerplate.text, ctx)} if boilerplate else None
    return {
        "boilerplate": said,
        "contacts": [_contact(one) for one in contacts],
        "kit": _link(kits.get(page.release.kit_id)) if page.release.kit_id else None,
    }


def release(page: ReleasePage, ctx: Context) -> dict[str, Any]:
    """A release: its place in the registry, its words, its kit as far as this reader may see it."""
    row = page.release
    return {
        "kind": row.kind,
        "number": row.number,
        "year": row.year,
        "number_label": row.label,
        "reference": row.reference,
        "lead": page.lead,
        "dateline": {
            "place": page.dateline_place,
            "date": page.dateline_date.isoformat() if page.dateline_date else None,
            "label": exports.dateline(page),
        },
        "signatory": {"name": row.signatory_name, "function": row.signatory_function},
        "embargo_until": _moment(row.embargo_until),
        **_corrections(page),
        "topics": [{"name": one.name, "slug": one.slug} for one in page.topics.all()],
        "sectors": [{"name": one.name, "slug": one.slug} for one in page.sectors.all()],
        **_files(row, ctx),
        "related_page": page_link(page.related_page_id, ctx),
        "sounds": library.sounds(row.uid, ctx),
        **_around(page, ctx),
        **_formats(page),
    }


def _archive(page: KitPage, row: Any) -> dict[str, Any]:
    """An archive that is ready, and where it is had."""
    return {
        "tier": row.tier,
        "download": f"{page.public_url}archive-{row.tier}.zip",
        "download_version": page.public_url + row.own_name,
        "size": row.archive.size,
        "sha256": row.archive.digest,
        "content-type": "application/zip",
    }


def _said(items: Iterable[KitItem], ctx: Context) -> list[dict[str, Any]]:
    """Files of a kit as the library says them, each with its section."""
    found = []
    for item in items:
        serialize = registry.asset_serializers.get(type(item.asset.file))
        said = serialize(item.asset.file, ctx) if serialize else None
        if said is not None:
            found.append({"section": item.section, "versions": item.versions, **said})
    return found


def contents(page: KitPage, shelf: queries.Shelf, ctx: Context) -> dict[str, Any]:
    """What this reader may have of a kit: its files in order, as the library says them, and its ready archives."""
    rows = queries.open_archives(page.kit, shelf, ctx) or {}
    ready = [row for row in rows.values() if row is not None and row.archive is not None]
    return {
        "assets": _said(queries.open_items(shelf.items, ctx), ctx),
        "archives": [_archive(page, row) for row in ready],
    }


def kit(page: KitPage, ctx: Context) -> dict[str, Any]:
    """A kit: its assets in order, as the library says them, and the archives that are ready."""
    language = page.locale.language_code
    kits = {
        one.kit_id: one.kit.uid
        for one in [page, *served(ctx)]
        if isinstance(one, KitPage) and one.locale_id == page.locale_id
    }
    together = (language, frozenset(kits))
    shelf = once(ctx, ("press.shelves", *together), lambda: queries.shelves_of(kits, now=ctx.now))[
        page.kit_id
    ]
    releases = once(
        ctx,
        ("press.releases_of_kits", *together),
        lambda: queries.releases_of_kits(kits, language=language, reader=ctx.reader, now=ctx.now),
    )
    contacts = once(
        ctx,
        ("press.contacts", tuple(one.pk for one in page.contacts.all()), language),
        lambda: queries.contacts_of(page, language=language),
    )
    return {
        "lead": page.lead,
        "embargo_until": _moment(page.kit.embargo_until),
        "expires": _moment(page.kit.expires_at),
        "corrections": [
            {"at": _moment(one.at), "note": said.words, "language": said.language}
            for one in page.kit.corrections.all()
            for said in [one.said_in(language)]
        ],
        **contents(page, shelf, ctx),
        "contacts": [_contact(one) for one in contacts],
        "topics": [{"name": one.name, "slug": one.slug} for one in page.topics.all()],
        "releases": [
            {**(_link(one) or {}), "pdf": f"{one.public_url}print.pdf"} for one in releases[page.kit_id]
        ],
    }


def listing(page: ReleaseIndexPage | KitIndexPage, ctx: Context) -> dict[str, Any]:
    """A list: its introduction; the items are the kernel's."""
    return {"introduction": page.introduction}


def room(page: PressRoomPage, ctx: Context) -> dict[str, Any]:
    """The press room: its introduction, whom to call, and the logos to use."""
    contacts = queries.listed_contacts(language=ctx.language)
    return {
        "introduction": page.introduction,
        "contacts": [_contact(one) for one in contacts],
        "logos": _said(rooms.logos(page, ctx), ctx),
    }


def contacts(page: PressContactsPage, ctx: Context) -> dict[str, Any]:
    """Whom to call."""
    found = queries.listed_contacts(language=ctx.language)
    return {"introduction": page.introduction, "contacts": [_contact(one) for one in found]}
