"""The downloads of a kit, drawn for the team."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse

from cms.core import clock, formats
from media_library.views.charts import bars, small_bars
from press.models import Kit, Tier
from press.queries import downloads
from press.views.buttons import page_for

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

SEE = "press.view_kitdownload"
LONG = 200  # the longest bar of a file, in the units of its drawing


def kit_downloads(request: HttpRequest, pk: int) -> HttpResponse:
    """How often each archive and each file of a kit was taken: by day, and in all."""
    if not request.user.has_perm(SEE):
        raise PermissionDenied
    kit = get_object_or_404(Kit, pk=pk)
    page = page_for("kit", kit, request.user)
    today = formats.local(clock.now()).date()
    days = downloads.by_day(kit, today=today)
    files = sorted(downloads.of_files(kit, today=today), key=lambda pair: -pair[1].taken.ever)
    most = max((counts.taken.ever for _item, counts in files), default=0) or 1
    context = {
        "kit": kit,
        "page": page,
        "chart": bars(days),
        "tiers": [
            {"tier": tier, "label": Tier(tier).label, "taken": taken}
            for tier, taken in downloads.of_tiers(kit, today=today).items()
        ],
        "days": [day for day in reversed(days) if day.total],
        "files": [
            {
                "item": item,
                "taken": counts.taken,
                "chart": small_bars(counts.days(today)),
                "width": f"{LONG * counts.taken.ever / most:.0f}",
            }
            for item, counts in files
        ],
        "since": downloads.counted_since(kit),
        "count": downloads.DAYS,
        "back": reverse("wagtailadmin_pages:edit", args=[page.pk]),
    }
    return TemplateResponse(request, "press/admin/downloads.html", context)
