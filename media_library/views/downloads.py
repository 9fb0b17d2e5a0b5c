"""The downloads of one file, in a kit or not, drawn for the team."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from wagtail.admin.auth import require_admin_access

from cms.core import clock, formats
from media_library.models import Asset, Kind, Version
from media_library.policies import SEE_DOWNLOADS
from media_library.queries import downloads
from media_library.views.charts import bars
from media_library.views.rights import edit_address

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

# The sizes that `guarded.TAKEN` counts, from the lightest: what a chart calls them (its colours have these names).
PICTURE = {"light.jpg": "light", "press.jpg": "press", "print": "print", "": "print"}
OTHER = {"light": "light", "web": "press", "broadcast": "print", "": "file"}
PICTURE_LABELS = {"light": _("Light"), "press": _("Press"), "print": _("Full size, for printing")}
OTHER_LABELS = {
    "light": Version.LIGHT.label,
    "press": Version.WEB.label,
    "print": Version.BROADCAST.label,
    "file": _("The file"),
}


@require_admin_access
@require_safe
def of_asset(request: HttpRequest, uid: str) -> HttpResponse:
    """How often one file was taken: by day and size, and in all."""
    if not request.user.has_perm(SEE_DOWNLOADS):
        raise PermissionDenied
    asset = get_object_or_404(Asset.objects.select_related("image", "document", "media"), uid=UUID(uid))
    today = formats.local(clock.now()).date()
    shown = asset.kind == Kind.IMAGE
    counts = downloads.counts_of([asset], today=today).get(asset.pk, downloads.Counts())
    counts = counts.called(PICTURE if shown else OTHER)
    labels = PICTURE_LABELS if shown else OTHER_LABELS
    days = counts.days(today)
    context = {
        "asset": asset,
        "chart": bars(days),
        "sizes": [
            {"size": size, "label": labels[size], "taken": taken} for size, taken in counts.sizes.items()
        ],
        "days": [day for day in reversed(days) if day.total],
        "count": downloads.DAYS,
        "back": edit_address(asset),
    }
    return TemplateResponse(request, "media_library/admin/downloads.html", context)
