"""The buttons beside a sound or film in the admin: prepare it again, give it captions and a transcript."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.auth import require_admin_access
from wagtailmedia.permissions import permission_policy

from cms.core import clock
from cms.core.ring import ring
from media_library import actions
from media_library.forms import SpeechForm
from media_library.models import Asset, Kind

if TYPE_CHECKING:
    from django.http import HttpRequest


def _asset(request: HttpRequest, uid: str) -> Asset:
    """The sound or film, for who may change it."""
    assets = Asset.objects.select_related("media", "recording").filter(kind__in=(Kind.AUDIO, Kind.VIDEO))
    asset = get_object_or_404(assets, uid=UUID(uid))
    if not permission_policy.user_has_permission_for_instance(request.user, "change", asset.media):
        raise PermissionDenied
    return asset


def _back(asset: Asset) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("wagtailmedia:edit", args=[asset.media.pk]))


@require_admin_access
@require_POST
def retry(request: HttpRequest, uid: str) -> HttpResponseRedirect:
    """Prepare it again."""
    asset = _asset(request, uid)
    actions.retry_recording(asset=asset, now=clock.now())
    ring("media_library.tasks.prepare_recording", asset.pk)
    messages.success(request, _("“%(title)s” is being prepared again.") % {"title": asset.title})
    return _back(asset)


@require_admin_access
@require_POST
def say(request: HttpRequest, uid: str) -> HttpResponseRedirect:
    """Take captions and a transcript in."""
    asset = _asset(request, uid)
    form = SpeechForm(request.POST, request.FILES, kind=asset.kind)
    if not form.is_valid():
        messages.error(request, " ".join(str(one) for found in form.errors.values() for one in found))
        return _back(asset)
    data = form.cleaned_data
    given = data.get("captions")
    try:
        actions.say(
            asset,
            language=data["language"],
            captions=given.read() if given else None,
            transcript=data["transcript"],
            now=clock.now(),
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The words of “%(title)s” are kept.") % {"title": asset.title})
    return _back(asset)


@require_admin_access
@require_POST
def unsay(request: HttpRequest, uid: str, language: str) -> HttpResponseRedirect:
    """Take its words in a language away."""
    asset = _asset(request, uid)
    try:
        actions.unsay(asset, language=language, now=clock.now())
    except actions.CaptionsNeeded as error:
        messages.error(request, str(error))
    return _back(asset)


@require_admin_access
@require_POST
def waive(request: HttpRequest, uid: str) -> HttpResponseRedirect:
    """Note why it needs no captions."""
    asset = _asset(request, uid)
    try:
        actions.waive_captions(asset, reason=request.POST.get("waive_reason", ""), now=clock.now())
    except actions.CaptionsNeeded as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The reason is noted."))
    return _back(asset)
