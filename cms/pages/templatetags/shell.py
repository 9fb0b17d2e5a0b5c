"""The frame of every public page, and pictures and files inside it: `{% load shell %}`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from django import template
from django.conf import settings
from django.template.context import Context as TemplateContext
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_info
from wagtail.images.exceptions import InvalidFilterSpecError
from wagtail.images.models import SourceImageIOError

from cms.core import clock, registry
from cms.core.api.references import References
from cms.core.api.streams import say_html
from cms.core.formats import french_spaces
from cms.core.reader import ANONYMOUS, Reader
from cms.core.registry import Context
from cms.pages import queries
from cms.pages.models import Organisation
from cms.pages.models.menus import MenuPlace
from cms.pages.queries import FootPart, Link

register = template.Library()


@dataclass
class Shell:
    """What `pages/base.html` shows around the content."""

    language: str
    home: str
    name: str = "TOKTEN-Mali"
    tagline: str = ""
    logo: Any = None
    address: str = ""
    phone: str = ""
    email: str = ""
    search: str = ""
    sign_up: str = ""
    band: str = "djenne"
    canonical: str = ""
    menu: list[Link] = field(default_factory=list)
    foot: list[FootPart] = field(default_factory=list)
    crumbs: list[Link] = field(default_factory=list)
    switch: list[Link] = field(default_factory=list)
    alternates: list[Link] = field(default_factory=list)


SEARCH_SLUGS = {"fr": "recherche", "en": "search"}


@register.simple_tag(takes_context=True)
def shell(context: TemplateContext) -> Shell:
    """`{% shell as shell %}` for the context's `page` and `ctx`; both may be missing (token pages, errors).

    A template that must stay out of search engines sets `noindex`; `seed` chooses the masthead's band; what is no
    page names its other languages in `elsewhere` ({code: path}), or they lead home. What stands below a page under the
    same name in each language says so in `subpath` ("programme/").
    At most six queries, whatever the page.
    """
    page, ctx = context.get("page"), context.get("ctx")
    language = ctx.language if ctx else (get_language() or settings.LANGUAGE_CODE).split("-")[0]
    reader: Reader = ctx.reader if ctx else ANONYMOUS
    now = ctx.now if ctx else clock.now()
    found = Shell(language=language, home=f"/{language}/", band=context.get("seed") or "djenne")
    found.search = f"/{language}/{SEARCH_SLUGS.get(language, 'recherche')}/"
    found.sign_up = reverse("newsletter", kwargs={"language": "en" if language == "en" else "fr"})
    _organisation(found, context.get("request"))
    if page is not None and getattr(page, "pk", None) and page.locale_id:
        below = context.get("subpath") or ""
        _place(found, page, ctx, reader=reader, now=now, hidden=bool(context.get("noindex")), below=below)
    else:
        names = queries.languages()
        elsewhere = context.get("elsewhere") or queries.homes(reader=reader, now=now)
        found.switch = [
            Link(names.get(code, code), path, code=code)
            for code, path in sorted(elsewhere.items())
            if code != language
        ]
    _menus(found, page, reader=reader, now=now)
    return found


def _organisation(found: Shell, request: Any) -> None:
    own = Organisation.for_request(request) if request is not None else None
    if own is None:
        return
    found.name, found.address, found.phone, found.email = own.name, own.address, own.phone, own.email
    found.tagline = (own.tagline_en if found.language == "en" else "") or own.tagline
    if own.logo_id:
        found.logo = rendition_of(own.logo, "max-160x88")


def _place(
    found: Shell, page: Any, ctx: Any, *, reader: Reader, now: Any, hidden: bool, below: str = ""
) -> None:
    line = queries.line_of(page, reader=reader, now=now)
    found.crumbs = queries.crumbs(line)
    exact, best = queries.versions(page, line, reader=reader, now=now)
    names = queries.languages()
    own = page.locale.language_code
    fallback = bool(ctx and ctx.fallback)
    if fallback:  # the French text under another language's address: its own address is the French switch
        best = {own: page.public_path}
    exact = {code: path + below for code, path in exact.items()}
    found.switch = [
        Link(names.get(code, code), exact.get(code, path), code=code)
        for code, path in sorted(best.items())
        if code != found.language
    ]
    if hidden or page.audience != "public" or not page.live:
        return
    found.canonical = settings.PUBLIC_URL + page.public_path + below
    if exact:
        paths = {own: page.public_path + below, **exact}
        found.alternates = [Link(names.get(code, code), path, code=code) for code, path in paths.items()]
        found.alternates.append(Link("", paths.get("fr", paths[own]), code="x-default"))


def _menus(found: Shell, page: Any, *, reader: Reader, now: Any) -> None:
    items = queries.existing(queries.menu_items(language=found.language, reader=reader, now=now))
    here = page.public_path if page is not None and getattr(page, "pk", None) else ""
    parts: dict[int, FootPart] = {}
    for item in items:
        path = item.page.public_path if item.page else item.address
        current = "page" if path == here else ("true" if here.startswith(path) and path != found.home else "")
        link = Link(item.label or (item.page.title if item.page else path), path, current)
        if item.menu.place == MenuPlace.MAIN:
            found.menu.append(link)
        else:
            parts.setdefault(item.menu_id, FootPart(item.menu.title)).links.append(link)
    found.foot = list(parts.values())


def rendition_of(image: Any, spec: str) -> Any:
    """The rendition of an image, or None where its file is gone or cannot be read."""
    if image is None:
        return None
    try:
        return image.get_rendition(spec)
    except (SourceImageIOError, InvalidFilterSpecError, OSError):
        return None


@register.simple_tag(takes_context=True)
def body_of(context: TemplateContext, body: Any) -> SafeString:
    """`{% body_of page.body %}`: a StreamField's blocks, with what this reader may see of what they point at.

    Links to pages that may not be seen keep their words and lose their address; pictures, documents and sounds
    that may not be served are left out. A constant number of queries, whatever the number of blocks.
    """
    if not body:
        return mark_safe("")
    ctx = _reading(context)
    refs = References(ctx)
    refs.gather_block(body.stream_block, list(body.raw_data))
    refs.resolve()
    inner = {**context.flatten(), "ctx": ctx, "refs": refs}
    return mark_safe("".join(block.render(context=inner) for block in body))  # noqa: S308 - blocks' templates


_OWN_LINK = re.compile(r'href="(?P<address>[^"]+)"')


@register.simple_tag(takes_context=True)
def rich(context: TemplateContext, value: Any) -> SafeString:
    """`{% rich value %}`: rich text of a block, its links resolved for this reader, inside the site by path."""
    refs = context.get("refs")
    if refs is None:
        ctx = context.get("ctx") or Context(reader=ANONYMOUS, now=clock.now(), language="fr")
        refs = References(ctx)
        refs.gather_html(value.source)
        refs.resolve()
    return mark_safe(french_spaces(_OWN_LINK.sub(_as_path, say_html(value.source, refs))))  # noqa: S308 - cleaned when saved


def _as_path(match: re.Match[str]) -> str:
    address = match["address"]
    if not address.startswith(f"{settings.PUBLIC_URL}/"):
        return match[0]
    path = address.removeprefix(settings.PUBLIC_URL)
    if not path.startswith(settings.MEDIA_URL) and not path.endswith("/") and "#" not in path:
        path += "/"
    return f'href="{path}"'


@register.simple_tag(takes_context=True)
def shown(context: TemplateContext, row: Any) -> Any:
    """`{% shown value.image as image %}`: the library's row, or None where this reader may not have it.

    Not a word of what is withheld, neither name nor size, may stand in a page: whatever shows a file asks here
    first. In a body its references answer, in a list what `queries.with_pictures` or `with_files` brought along.
    """
    refs = context.get("refs")
    if row is None or refs is None or (type(row), row.pk) not in refs.assets:
        return queries.shown(row, _reading(context))
    return row if refs.asset(type(row), row.pk) is not None else None


def _reading(context: TemplateContext) -> Context:
    """Who reads; nobody in particular where a template was not told."""
    return context.get("ctx") or Context(
        reader=ANONYMOUS, now=clock.now(), language=(get_language() or settings.LANGUAGE_CODE)[:2]
    )


@register.simple_tag(takes_context=True)
def thumbnail(
    context: TemplateContext, image: Any, spec: str = "fill-176x132|format-webp|webpquality-60"
) -> Any:
    """`{% thumbnail page.card_image as image %}`: a small rendition for includes/item.html, or None.

    None too where the reader may not have the picture.
    """
    return rendition_of(queries.shown(image, _reading(context)), spec)


@dataclass(frozen=True)
class Words:
    """Caption and credit of a picture in the page's language."""

    caption: str
    credit: str
    alt: str


def _words(image: Any) -> Words:
    asset = getattr(image, "asset", None)
    if asset is None:
        return Words(caption="", credit="", alt=getattr(image, "default_alt_text", "") or "")
    text = asset.text_in((get_language() or settings.LANGUAGE_CODE)[:2])
    return Words(caption=text.caption if text else "", credit=asset.credit, alt=text.alt if text else "")


@register.simple_tag
def picture(image: Any, spec: str = "width-720|format-webp", *, decorative: bool = False) -> SafeString | str:
    """`{% picture image "width-720|format-webp" %}`: an <img> with size, alternative text, lazy load."""
    found = rendition_of(image, spec)
    if found is None:
        return ""
    return format_html(
        '<img src="{}" alt="{}" width="{}" height="{}" loading="lazy">',
        found.url,
        "" if decorative else _words(image).alt,
        found.width,
        found.height,
    )


@register.simple_tag
def picture_words(image: Any, caption: str = "") -> Words:
    """`{% picture_words image caption="…" as words %}`: the block's caption, else the asset's; the credit."""
    own = _words(image)
    return Words(caption=caption or own.caption, credit=own.credit, alt=own.alt)


@register.simple_tag(takes_context=True)
def player(context: TemplateContext, row: Any) -> dict[str, Any] | None:
    """`{% player value.video as said %}` for includes/player.html: what the row's serializer says of a sound or film,
    its addresses as paths of this site; None where this reader may not have it."""
    refs = context.get("refs")
    if refs is not None and (type(row), row.pk) in refs.assets:
        said = refs.asset(type(row), row.pk)
    else:
        serialize = registry.asset_serializers.get(type(row))
        said = serialize(row, _reading(context)) if serialize is not None else None
    if said is None:
        return None
    found: dict[str, Any] = _as_paths(said)
    for one in (*found.get("sources", ()), found):
        one["suffix"] = PurePath(one["download"] or "").suffix.lstrip(".").upper()
    return found


def _as_paths(value: Any) -> Any:
    """What a serializer says, with addresses inside the site and names that a template can spell."""
    if isinstance(value, dict):
        return {key.lstrip("@").replace("-", "_"): _as_paths(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_as_paths(one) for one in value]
    return value.removeprefix(settings.PUBLIC_URL) if isinstance(value, str) else value


@register.filter
def language_name(code: str) -> str:
    """`{{ "bm"|language_name }}`: what a language calls itself."""
    try:
        return str(get_language_info(code)["name_local"]).capitalize()
    except KeyError:
        return code


@dataclass(frozen=True)
class FileFacts:
    """Size in bytes (or None) and kind ("PDF") of a file."""

    size: int | None
    kind: str


@register.simple_tag
def file_facts(document: Any) -> FileFacts:
    """`{% file_facts page.document as file %}`: its size and kind, from its row where the row knows."""
    if document is None:
        return FileFacts(None, "")
    asset = getattr(document, "asset", None)
    blob = getattr(asset, "blob", None)
    size = getattr(blob, "size", None)
    if size is None:
        try:
            size = document.file.size
        except (OSError, ValueError):
            size = None
    name = getattr(document, "filename", "") or ""
    return FileFacts(size, PurePath(name).suffix.lstrip(".").upper())


@register.simple_tag
def kind_of(page: Any) -> str:
    """`{% kind_of page %}`: what a page of a mixed list is, in the reader's words."""
    model = page.cached_content_type.model_class()
    if (kind := registry.page_types.get(model)) is not None and kind.label:
        return str(kind.label)
    return str(model._meta.verbose_name).capitalize() if model else ""
