"""A press kit by its link: what `/s/<token>/` shows of it, and the team's screen where links are made and closed."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from cms.core import clock
from cms.core.registry import Context
from media_library import queries as library
from media_library.models import ShareLink
from press import actions, queries
from press.forms import LinkForm
from press.models import Kit
from press.views.buttons import page_for
from press.views.kits import KitPaths
from press.views.kits import kit as kit_page

if TYPE_CHECKING:
    from datetime import datetime

    from cms.core.reader import Reader
    from press.models import KitPage

SHARE = "media_library.share_asset"


# What the link shows -----------------------------------------------------------------------------------------
def open_kit(uid: UUID, now: datetime) -> tuple[Kit, Any] | None:
    """The kit that links open at `now`, and what shows it (`cms.core.registry.shared_things`)."""
    kit = queries.kit_by_link(uid, now=now)
    return (kit, show_kit) if kit is not None else None


def show_kit(
    request: HttpRequest, link: ShareLink, kit: Kit, rest: str, reader: Reader, now: datetime
) -> HttpResponseBase:
    """The kit's page in French, below `en/` in English, and its archives below that. Raises Http404."""
    pages = queries.pages_by_link(kit, reader=reader, now=now)
    spoken = re.fullmatch(r"(?:([a-z]{2,3})/)?(.*)", rest)
    code, name = (spoken[1], spoken[2]) if spoken else (None, rest)
    page = pages.get(code) if code else next(iter(pages.values()), None)
    if page is None:
        raise Http404
    language = page.locale.language_code
    ctx = Context(reader=reader, now=now, language=language)
    request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
    with translation.override(language):
        try:
            view = KitPaths()[name] if name else kit_page
        except KeyError:
            raise Http404 from None
        response: Any = view(request, page, ctx)
        if isinstance(response, TemplateResponse):
            response.render()
            response.content = _through(response.content.decode(), link, pages)
    response.headers["Content-Language"] = language
    del response.headers["Content-Location"]  # its address on the site opens to nobody
    return response  # type: ignore[no-any-return]


def _through(html: str, link: ShareLink, pages: dict[str, KitPage]) -> str:
    """The same page with its own addresses, its files' and its other languages' led through the link."""
    html = re.sub(
        rf"(?<=[\s\"]){re.escape(settings.MEDIA_URL)}(?=[0-9a-f]{{32}}/)", f"{link.path}file/", html
    )
    first = next(iter(pages), "")
    for code, page in pages.items():
        html = html.replace(f'"{page.public_path}', f'"{link.path}{"" if code == first else f"{code}/"}')
    return html


# The team's side ---------------------------------------------------------------------------------------------
def kit_links(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: the open links to a kit. POST `do=make` makes one, `do=close` closes one."""
    if not request.user.has_perm(SHARE):
        raise PermissionDenied
    kit = get_object_or_404(Kit, pk=pk)
    page, now = page_for("kit", kit, request.user), clock.now()
    form = LinkForm(request.POST if request.POST.get("do") == "make" else None)
    if request.method == "POST" and _did(request, kit, form, now):
        return redirect("press_kit_links", pk)
    context = {
        "page": page,
        "kit": kit,
        "form": form,
        "links": library.links_to(kit.uid, now=now),
        "may_make": kit.audience == "link" and kit.withdrawn_at is None,
        "opens": page.live and open_kit(kit.uid, now) is not None,
        "back": reverse("wagtailadmin_pages:edit", args=[page.pk]),
    }
    return TemplateResponse(request, "press/admin/links.html", context)


def _did(request: HttpRequest, kit: Kit, form: LinkForm, now: datetime) -> bool:
    """Do what a POST asks for; False where the page is shown again with its errors."""
    if request.POST.get("do") == "close":
        raw = request.POST.get("link", "")
        uid = UUID(raw) if re.fullmatch(r"[0-9a-f]{32}", raw) else None
        link = get_object_or_404(ShareLink, uid=uid, thing_uid=kit.uid)
        actions.unshare_kit(kit, link, user=request.user, now=now)
        messages.success(request, gettext("The link is closed."))
        return True
    if not form.is_valid():
        return False
    until = now + timedelta(days=form.cleaned_data["days"])
    try:
        link = actions.share_kit(
            kit, note=form.cleaned_data["note"], user=request.user, expires_at=until, now=now
        )
    except actions.PressError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, gettext("The link is ready: %(link)s") % {"link": link.url})
    return True
