"""Former files of an item: the staff may have them, and put one back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages
from wagtail.admin.auth import require_admin_access

from media_library import actions, policies
from media_library.models import AssetVersion
from media_library.storage import originals
from media_library.views.responding import respond_file
from media_library.views.rights import edit_address

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase


def _version(request: HttpRequest, pk: int, permission: str) -> AssetVersion:
    if not request.user.has_perm(permission):
        raise PermissionDenied
    return get_object_or_404(AssetVersion.objects.select_related("asset", "blob"), pk=pk)


@require_admin_access
@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The bytes that a former file had, saved and never shown."""
    version = _version(request, pk, policies.SEE_UNRELEASED)
    return respond_file(
        request,
        path=originals().path(version.blob.name),
        size=version.blob.size,
        content_type=version.blob.content_type,
        digest=version.blob.sha256,
        filename=version.filename,
        public=False,
    )


@require_admin_access
@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Make a former file the present one."""
    version = _version(request, pk, "media_library.release_asset")
    try:
        actions.take_back(version, user=request.user)
    except (ValidationError, FileNotFoundError):
        messages.error(request, _("The former file cannot be read any more."))
    else:
        messages.success(request, _("The former file is back."))
    return HttpResponseRedirect(edit_address(version.asset))
