"""The list of sounds ready for broadcast of a release or event, in the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.auth import require_admin_access

from cms.core import clock
from media_library import actions, queries
from media_library.forms import SoundBiteForm
from media_library.models import SoundBite

if TYPE_CHECKING:
    from django.http import HttpRequest


def page_for(uid: UUID, user: Any) -> Any:
    """The page by which a user changes a thing's sounds, or None: they may edit one, and publish all that are live,
    since what is changed here is public at once."""
    pages = queries.pages_of_thing(uid)
    rights = [page.permissions_for_user(user) for page in pages]
    may = all(right.can_publish() for page, right in zip(pages, rights, strict=True) if page.live)
    editable = [page for page, right in zip(pages, rights, strict=True) if right.can_edit()]
    return editable[0] if may and editable and user.has_perm("media_library.change_soundbite") else None


@require_admin_access
def sounds(request: HttpRequest, uid: str) -> HttpResponse:
    """Show the list, and take a sound in (POST)."""
    page = page_for(UUID(uid), request.user)
    if page is None:
        raise PermissionDenied
    form = SoundBiteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        asset = data.pop("sound").asset
        try:
            actions.add_sound(page=page, asset=asset, words=data, user=request.user, now=clock.now())
        except actions.NotASoundBite as error:
            form.add_error("sound", str(error))
        else:
            messages.success(request, _("“%(title)s” is in the list.") % {"title": asset.title})
            return redirect("media_library_sounds", uid=uid)
    rows = queries.sounds_of([page.thing_uid])[page.thing_uid]
    context = {
        "page": page,
        "uid": uid,
        "form": form,
        "rows": [(row, SoundBiteForm(initial=row.__dict__, prefix=f"s{row.pk}", known=True)) for row in rows],
        "back": reverse("wagtailadmin_pages:edit", args=[page.pk]),
    }
    return TemplateResponse(request, "media_library/admin/sounds.html", context)


@require_admin_access
def sound(request: HttpRequest, uid: str, pk: int, verb: str) -> HttpResponse:
    """Change, move or remove one sound (POST)."""
    page = page_for(UUID(uid), request.user)
    if page is None:
        raise PermissionDenied
    row = SoundBite.objects.select_related("asset").filter(thing_uid=UUID(uid), pk=pk).first()
    if row is None or request.method != "POST":
        raise Http404
    if verb in ("earlier", "later"):
        actions.move_sound(page=page, sound=row, earlier=verb == "earlier")
    elif verb == "remove":
        actions.remove_sound(page=page, sound=row, user=request.user, now=clock.now())
        messages.success(request, _("“%(title)s” is off the list.") % {"title": row.asset.title})
    else:
        form = SoundBiteForm(request.POST, prefix=f"s{row.pk}", known=True)
        if form.is_valid():
            actions.change_sound(page=page, sound=row, words=form.cleaned_data)
            messages.success(request, _("Saved."))
        else:
            messages.error(request, " ".join(str(one) for found in form.errors.values() for one in found))
    return redirect("media_library_sounds", uid=uid)
