"""The whole library in one list for its staff: pictures, documents, sounds and films, narrowed and changed together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST
from taggit.models import Tag
from wagtail.admin import messages
from wagtail.admin.auth import require_admin_access
from wagtail.models import Collection

from cms.core import clock
from media_library import actions, forms, policies, queries
from media_library.models import Asset, Person

if TYPE_CHECKING:
    from django.http import HttpRequest

PER_PAGE: Final = 30
CHANGE: Final = "media_library.release_asset"


@require_admin_access
@require_http_methods(["GET", "HEAD", "POST"])
def shelf(request: HttpRequest) -> HttpResponse:
    """The list, 30 at a time; POST changes what is ticked, with the permission to release."""
    if not request.user.has_perm(policies.SEE_UNRELEASED):
        raise PermissionDenied
    may_change, now = request.user.has_perm(CHANGE), clock.now()
    collections = Collection.objects.order_by("path")
    facets = _facets(request, collections)
    bulk = forms.BulkForm(request.POST or None, about=Asset, collections=collections, prefix="bulk")
    if request.method == "POST":
        if not may_change:
            raise PermissionDenied
        if bulk.is_valid() and _change(request, bulk):
            return HttpResponseRedirect(_back(request))
    found = queries.shelved(now=now, **facets.cleaned_data)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("p"))
    kept = request.GET.copy()
    kept.pop("p", None)
    return render(
        request,
        "media_library/admin/shelf.html",
        {
            "facets": facets,
            "bulk": bulk if may_change else None,
            "page": page,
            "rows": [(asset, queries.state(asset, now=now)) for asset in page],
            "query": kept.urlencode(),
            "asked": request.GET.urlencode(),
            "largest": actions.LARGEST,
            "ticked": request.POST.getlist("item"),
        },
    )


def _facets(request: HttpRequest, collections: Any) -> forms.ShelfForm:
    facets = forms.ShelfForm(
        request.GET,
        about=Asset,
        collections=collections,
        tags=Tag.objects.order_by("name"),
        persons=Person.objects.all(),
    )
    facets.is_valid()
    return facets


@require_admin_access
@require_POST
def contact_sheet(request: HttpRequest) -> HttpResponse:
    """The contact sheet (PDF) of what is ticked; with `all`, of the whole list as it is narrowed. POST: up to 120
    keys do not fit an address. Nothing is kept of it."""
    if not request.user.has_perm(policies.SEE_UNRELEASED):
        raise PermissionDenied
    now = clock.now()
    facets = _facets(request, Collection.objects.order_by("path"))
    found = queries.whole(queries.shelved(now=now, **facets.cleaned_data))
    if "all" not in request.POST:
        keys = [int(key) for key in request.POST.getlist("item")[: actions.LARGEST] if key.isdecimal()]
        found = found.filter(pk__in=keys)
    assets = list(found[: actions.LARGEST + 1])
    if not assets or len(assets) > actions.LARGEST:
        said = (
            _("A contact sheet shows at most %(n)s items: narrow the list.") % {"n": actions.LARGEST}
            if assets
            else _("Tick the items that the contact sheet is to show.")
        )
        messages.error(request, said)
        return HttpResponseRedirect(_back(request))
    name = f"planche-contact-{timezone.localtime(now):%Y-%m-%d}.pdf"
    response = HttpResponse(actions.draw_sheet(assets, now=now), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _back(request: HttpRequest) -> str:
    query = request.GET.urlencode()
    return reverse("media_library_shelf") + (f"?{query}" if query else "")


def _change(request: HttpRequest, bulk: forms.BulkForm) -> bool:
    keys = [int(key) for key in request.POST.getlist("item")[:PER_PAGE] if key.isdecimal()]
    assets = Asset.objects.filter(pk__in=keys)
    if not keys or not assets:
        messages.error(request, _("Tick the items that are to be changed."))
        return False
    values: dict[str, Any] = {name: value for name, value in bulk.cleaned_data.items() if value}
    collection, tags = values.pop("collection", None), values.pop("tags", ())
    done = actions.change_rights(assets, values=values, collection=collection, tags=tags, user=request.user)
    messages.success(
        request, ngettext("%(n)s item is changed.", "%(n)s items are changed.", done) % {"n": done}
    )
    return True
