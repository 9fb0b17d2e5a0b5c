"""The downloads of a kit, drawn for the team."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse

from cms.core import clock, formats
from press.models import Kit, Tier
from press.queries import downloads
from press.views.buttons import page_for

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

SEE = "press.view_kitdownload"
WIDTH, HEIGHT, LEFT, TOP, BASE = 640, 200, 44, 16, 170
LONG = 200  # the longest bar of a file, in the units of its drawing


@dataclass(frozen=True)
class Part:
    """A part of a day's bar: the tier, and its corners as SVG wants them."""

    tier: str
    x: str
    y: str
    width: str
    height: str


def kit_downloads(request: HttpRequest, pk: int) -> HttpResponse:
    """How often each archive and each file of a kit was taken: by day, and in all."""
    if not request.user.has_perm(SEE):
        raise PermissionDenied
    kit = get_object_or_404(Kit, pk=pk)
    page = page_for("kit", kit, request.user)
    today = formats.local(clock.now()).date()
    days = downloads.by_day(kit, today=today)
    files = sorted(downloads.of_files(kit, today=today), key=lambda pair: -pair[1].ever)
    most = max((taken.ever for _item, taken in files), default=0) or 1
    context = {
        "kit": kit,
        "page": page,
        "chart": _chart(days),
        "tiers": [
            {"tier": tier, "label": Tier(tier).label, "taken": taken}
            for tier, taken in downloads.of_tiers(kit, today=today).items()
        ],
        "days": [day for day in reversed(days) if day.total],
        "files": [
            {"item": item, "taken": taken, "width": f"{LONG * taken.ever / most:.0f}"}
            for item, taken in files
        ],
        "since": downloads.counted_since(kit),
        "count": downloads.DAYS,
        "back": reverse("wagtailadmin_pages:edit", args=[page.pk]),
    }
    return TemplateResponse(request, "press/admin/downloads.html", context)


def _chart(days: list[downloads.Day]) -> dict[str, Any]:
    """The days as bars, the tiers of each one above the other from the lightest."""
    most = max(day.total for day in days)
    slot = (WIDTH - LEFT) / len(days)
    parts = []
    for place, day in enumerate(days):
        top = float(BASE)
        for tier, count in day.taken.items():
            height = (BASE - TOP) * count / (most or 1)
            top -= height
            if count:
                x, width = LEFT + place * slot, slot * 0.8
                parts.append(Part(tier, f"{x:.1f}", f"{top:.1f}", f"{width:.1f}", f"{height:.1f}"))
    busiest = max(days, key=lambda day: day.total)
    return {
        "parts": parts,
        "most": most,
        "total": sum(day.total for day in days),
        "busiest": busiest,
        "first": days[0].day,
        "last": days[-1].day,
        # as text: SVG takes no localised numbers
        "width": str(WIDTH),
        "height": str(HEIGHT),
        "left": str(LEFT),
        "top": str(TOP),
        "base": str(BASE),
        "foot": str(BASE + 20),
    }
