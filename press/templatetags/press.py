"""Words of releases and files of kits in the press room's templates: `{% load press %}`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django import template
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from media_library import queries as library
from media_library.models import Kind
from media_library.storage import presets
from press.models import Tier
from press.validators import duration_words

register = template.Library()

# What would end a <script> or begin a comment inside it.
_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


@register.filter
def kicker(release: Any) -> str:
    """`{{ release|kicker }}`: "Communiqué de presse · CP n° 2026/014"."""
    return " · ".join(part for part in (str(release.kind_label), release.label) if part)


@register.filter
def length_words(seconds: int | None) -> str:
    """`{{ row.duration_seconds|length_words }}`: "2 min 30 s" with no-break spaces, "" for none."""
    return duration_words(seconds)


@register.filter
def in_short(page: Any) -> str:
    """`{{ page|in_short }}`: its summary, else its lead."""
    return str(page.summary or page.lead)


@register.filter
def parent_path(path: str) -> str:
    """`{{ page.public_path|parent_path }}`: the address above."""
    return path.rstrip("/").rsplit("/", 1)[0] + "/"


@register.filter
def lightest(kit: Any) -> Any:
    """`{{ kit|lightest }}`: its lightest archive that is ready, from the prefetched ones, or None."""
    ready = [row for row in kit.archives.all() if row.is_ready]
    return min(ready, key=lambda row: row.archive.size, default=None)


@register.filter
def tier_label(row: Any) -> str:
    """`{{ row|tier_label }}`: what an archive is for."""
    return {
        Tier.LIGHT: _("Light, for a phone"),
        Tier.PRESS: _("Press quality, for a newsroom"),
        Tier.PRINT: _("Print quality, the originals"),
    }[Tier(row.tier)]


@dataclass(frozen=True)
class File:
    """Where a file is, its size in bytes, its kind ("PDF"), and what the version is for ("Press")."""

    url: str
    size: int | None
    kind: str
    label: str = ""


@register.simple_tag
def asset_file(asset: Any, light: int = 0) -> File:
    """`{% asset_file asset light=1 as file %}`: the file to offer; `light` takes the light version of a picture."""
    preset = "light" if light else "press"
    url, name = asset.url, asset.filename
    if asset.kind == Kind.IMAGE:
        variant = presets.PRESETS[preset][0][-1]
        url, name = asset.image.address(variant), asset.image.name_of(variant)
    return File(url, library.size_of(asset, preset), PurePath(name).suffix.lstrip(".").upper())


@register.simple_tag
def item_files(item: Any) -> list[File]:
    """`{% item_files item as files %}`: the versions offered of a file of a kit, each with its size and words."""
    asset = item.asset
    if asset.kind != Kind.IMAGE:
        return [asset_file(asset)]
    words = {Tier.LIGHT: _("Light"), Tier.PRESS: _("Press"), Tier.PRINT: _("Print")}
    found: dict[str, File] = {}
    for version in item.versions or [Tier.LIGHT]:
        variant = presets.PRESETS[version][0][-1]
        name = asset.image.name_of(variant)
        kind = PurePath(name).suffix.lstrip(".").upper().replace("JPG", "JPEG")
        size = library.size_of(asset, version)
        found[version] = File(asset.image.address(variant), size, kind, words[Tier(version)])
    return [*found.values()]


@register.simple_tag
def asset_words(asset: Any) -> Any:
    """`{% asset_words asset as words %}`: alternative text and caption in the page's language."""
    return asset.text_in((get_language() or settings.LANGUAGE_CODE).split("-")[0])


@register.simple_tag
def asset_thumbnail(asset: Any) -> str:
    """`{% asset_thumbnail asset %}`: the address of a small picture."""
    return str(asset.image.address(presets.BY_NAME["web-320.webp"]))


@register.simple_tag
def news_article(page: Any, release: Any) -> SafeString:
    """`{% news_article page release %}`: schema.org NewsArticle for a data block (no script runs)."""
    said: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": page.title,
        "description": page.summary or page.lead,
        "url": page.public_url,
        "mainEntityOfPage": page.public_url,
        "image": [f"{page.public_url}card.jpg"],
        "inLanguage": page.locale.language_code,
    }
    if page.public_from:
        said["datePublished"] = page.public_from.isoformat(timespec="seconds")
        said["dateModified"] = max(page.public_from, page.last_published_at or page.public_from).isoformat(
            timespec="seconds"
        )
    if page.dateline_place:
        said["dateline"] = page.dateline_place
    if release.corrected_at:
        said["correction"] = "; ".join(
            one.said_in(page.locale.language_code).words for one in release.corrections.all()
        )
    said["publisher"] = {
        "@type": "Organization",
        "name": settings.WAGTAIL_SITE_NAME,
        "url": settings.PUBLIC_URL,
    }
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)
    return mark_safe(text)  # noqa: S308 - every character that could leave the data block is escaped above


@register.filter
def log_line(line: Any) -> str:
    """`{{ line|log_line }}`: what was done, in plain words."""
    return {
        "created": _("Created"),
        "numbered": _("Number given"),
        "described": _("Details changed"),
        "filled": _("Content of the kit chosen"),
        "embargo.set": _("Embargo set"),
        "embargo.delayed": _("Embargo delayed"),
        "embargo.advanced": _("Embargo brought forward"),
        "embargo.lifted": _("Embargo lifted"),
        "early.given": _("Opened before its hour"),
        "early.revoked": _("Early copy closed"),
        "early.reminded": _("Reminded of the early copy"),
        "embargo.followed": _("Embargo moved with the release"),
        "expiry.set": _("End chosen"),
        "audience.set": _("Readers chosen"),
        "link.made": _("Link made"),
        "link.closed": _("Link closed"),
        "sound.added": _("Sound added"),
        "sound.removed": _("Sound taken off"),
        "kit.attached": _("Press kit joined"),
        "kit.detached": _("Press kit taken off"),
        "withdrawn": _("Withdrawn"),
        "files.chosen": _("Signed document and attachments chosen"),
        "post.struck": _("Post struck off the log"),
        "corrected": _("Correction published"),
        "corrective.prepared": _("Mail to those who had received it prepared"),
    }.get(line.action, line.action)
