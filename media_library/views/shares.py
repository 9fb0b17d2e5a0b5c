"""Links that the staff hand out: `/s/<token>/`, the files below it, and the buttons that make and close them.

Unknown, misspelt, past its day or closed: the one 404. Nothing is stored by caches, and no address leaks on.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.auth import require_admin_access

from cms.core import clock, registry
from cms.core.reader import Reader
from cms.core.registry import Context
from media_library import actions, policies, queries
from media_library.models import Asset, Kind, ShareLink
from media_library.models.recordings import Version, address_of, public_blob, versions_of
from media_library.views.counting import begins_download, counted
from media_library.views.guarded import send_bytes
from media_library.views.pages import sizes_of
from media_library.views.rights import _asset, _back

if TYPE_CHECKING:
    from django.http import HttpRequest

PERMISSION = "media_library.share_asset"


def _link(token: str, now: datetime) -> ShareLink:
    """The link of a token. Raises Http404 for every other, alike."""
    link = queries.share_of(token, now=now)
    if link is None:
        raise Http404
    return link


def _thing(link: ShareLink, now: datetime) -> tuple[Any, registry.View, Reader]:
    """The thing that a link leads to, what shows it, and the reader that the link makes of whoever holds it."""
    for open_thing in registry.shared_things:
        if (found := open_thing(link.thing_uid, now)) is not None:
            return *found, Reader(grants=frozenset({found[0].uid}))
    raise Http404


def _open(link: ShareLink, now: datetime) -> tuple[list[Asset], Reader]:
    """What a link to files still opens, and the reader that it makes of whoever holds it."""
    assets = list(queries.whole(link.assets.all()).order_by("title", "pk"))
    reader = Reader(grants=frozenset(asset.uid for asset in assets))
    return [one for one in assets if policies.may_serve(one, reader=reader, now=now)], reader


def _private(response: HttpResponseBase) -> HttpResponseBase:
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _downloads(asset: Asset) -> list[dict[str, Any]]:
    """As `sizes_of`; of a sound or film its versions and the whole, since no player stands here."""
    if asset.kind not in (Kind.AUDIO, Kind.VIDEO):
        return sizes_of(asset)
    versions, whole = versions_of(asset), public_blob(asset)
    found = [
        (str(Version(name).label), address_of(asset, name), versions[name].blob.size)
        for name in (Version.WEB, Version.LIGHT, Version.BROADCAST)
        if name in versions
    ]
    if whole is not None:
        found.append((_("The file"), asset.url, whole.size))
    return [
        {"label": label, "url": url, "size": size, "kind": url.rpartition(".")[2].upper(), "detail": ""}
        for label, url, size in found
    ]


def share(request: HttpRequest, token: str) -> HttpResponseBase:
    """What the link opens, with all sizes."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    now = clock.now()
    link = _link(token, now)
    if link.thing_uid is not None:
        return _show_thing(request, link, "", now)
    assets, reader = _open(link, now)
    if request.method == "GET":
        counted(partial(actions.count_share, link, taken=False))
    below = link.path + "file/"
    found = [
        (
            asset,
            asset.text_in(settings.LANGUAGE_CODE),
            [
                size | {"url": below + size["url"].removeprefix(settings.MEDIA_URL)}
                for size in _downloads(asset)
            ],
        )
        for asset in assets
    ]
    context = {
        "link": link,
        "found": found,
        "ctx": Context(reader=reader, now=now, language=settings.LANGUAGE_CODE),
        "noindex": True,
    }
    return _private(TemplateResponse(request, "media_library/share.html", context))


def shared_file(request: HttpRequest, token: str, uid: str, name: str, variant: str = "") -> HttpResponseBase:
    """One file of a link."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    now = clock.now()
    link = _link(token, now)
    if link.thing_uid is not None:
        _row, _show, reader = _thing(link, now)
        assets = [
            one
            for one in queries.whole(Asset.objects.filter(uid=UUID(uid)))
            if policies.may_serve(one, reader=reader, now=now)
        ]
    else:
        assets, reader = _open(link, now)
    asset = next((one for one in assets if one.uid == UUID(uid)), None)
    if asset is None:
        raise Http404
    response = send_bytes(request, asset, variant, name, reader)
    if begins_download(request, response):
        counted(partial(actions.count_share, link, taken=True))
    return _private(response)


def shared_part(request: HttpRequest, token: str, rest: str) -> HttpResponseBase:
    """`/s/<token>/<rest>`: what stands below the page of the thing that a link opens: its archives, its languages."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    now = clock.now()
    link = _link(token, now)
    if link.thing_uid is None:
        raise Http404
    return _show_thing(request, link, rest, now)


def _show_thing(request: HttpRequest, link: ShareLink, rest: str, now: datetime) -> HttpResponseBase:
    """The answer of a thing's own app: a page counts as an opening of the link, a file as taken."""
    thing, show, reader = _thing(link, now)
    response: HttpResponseBase = show(request, link, thing, rest, reader, now)
    is_file = response.has_header("Content-Disposition")
    if is_file and begins_download(request, response):
        counted(partial(actions.count_share, link, taken=True))
    elif not is_file and request.method == "GET" and response.status_code == 200:
        counted(partial(actions.count_share, link, taken=False))
    return _private(response)


@require_admin_access
@require_POST
def make(request: HttpRequest, uid: str) -> HttpResponseRedirect:
    """Make a link to one item."""
    asset, now = _asset(request, uid, PERMISSION), clock.now()
    days = request.POST.get("share_days", "")
    try:
        link = actions.share(
            assets=[asset],
            note=request.POST.get("share_note", ""),
            user=request.user,
            expires_at=now + timedelta(days=int(days) if days.isascii() and days.isdigit() else 0),
            now=now,
        )
    except (actions.NotShareable, OverflowError) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The link is ready: %(link)s") % {"link": link.url})
    return _back(asset)


@require_admin_access
@require_POST
def close(request: HttpRequest, uid: str, link: str) -> HttpResponseRedirect:
    """Close a link."""
    asset = _asset(request, uid, PERMISSION)
    found = get_object_or_404(ShareLink, uid=UUID(link), assets=asset)
    actions.unshare(found, user=request.user, now=clock.now())
    messages.success(request, _("The link is closed."))
    return _back(asset)
