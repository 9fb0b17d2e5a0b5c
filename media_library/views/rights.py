"""The buttons beside an asset in the admin: each one call of an action, each its own permission, POST alone."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.auth import require_admin_access

from cms.core import clock
from media_library import actions
from media_library.models import Asset, Kind

if TYPE_CHECKING:
    from django.http import HttpRequest


def _asset(request: HttpRequest, uid: str, permission: str) -> Asset:
    if not request.user.has_perm(permission):
        raise PermissionDenied
    return get_object_or_404(Asset.objects.select_related("image", "document", "media"), uid=UUID(uid))


def edit_address(asset: Asset) -> str:
    """The address of Wagtail's own screen of an item."""
    name = {Kind.IMAGE: "wagtailimages:edit", Kind.DOCUMENT: "wagtaildocs:edit"}.get(
        Kind(asset.kind), "wagtailmedia:edit"
    )
    return reverse(name, args=[asset.file.pk])


def _back(asset: Asset) -> HttpResponseRedirect:
    return HttpResponseRedirect(edit_address(asset))


@require_admin_access
@require_POST
def release(request: HttpRequest, uid: str) -> HttpResponseRedirect:
    """Make it public."""
    asset = _asset(request, uid, "media_library.release_asset")
    try:
        actions.make_public(asset, user=request.user, now=clock.now())
    except actions.NotReleasable as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("“%(title)s” is released.") % {"title": asset.title})
    return _back(asset)


@require_admin_access
@require_POST
def withdraw(request: HttpRequest, uid: str) -> HttpResponseRedirect:
    """Withdraw it, with the reason given."""
    asset = _asset(request, uid, "media_library.withdraw_asset")
    reason = request.POST.get("withdraw_reason", "")[:300]
    actions.withdraw(asset, reason=reason, user=request.user, now=clock.now())
    messages.success(request, _("“%(title)s” is withdrawn.") % {"title": asset.title})
    return _back(asset)


@require_admin_access
@require_POST
def restore(request: HttpRequest, uid: str) -> HttpResponseRedirect:
    """Undo a withdrawal."""
    asset = _asset(request, uid, "media_library.withdraw_asset")
    actions.restore(asset, user=request.user, now=clock.now())
    messages.success(
        request, _("“%(title)s” is no longer withdrawn; it is not public yet.") % {"title": asset.title}
    )
    return _back(asset)


@require_admin_access
@require_POST
def embargo(request: HttpRequest, uid: str) -> HttpResponseRedirect:
    """Make it public at a coming hour, Bamako time as the officer reads it."""
    asset = _asset(request, uid, "media_library.release_asset")
    found = parse_datetime(request.POST.get("embargo_until", "").strip()[:40])
    try:
        if found is None:
            raise actions.NotReleasable(_("Say the day and the hour."))
        until = timezone.make_aware(found) if timezone.is_naive(found) else found
        actions.embargo(asset, until=until, user=request.user, now=clock.now())
    except (actions.NotReleasable, actions.AlreadyPublic, ValueError) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("“%(title)s” will be public at the hour given.") % {"title": asset.title})
    return _back(asset)
