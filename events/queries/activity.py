"""Who took part, as audiences are drawn by it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from cms.plan.models import Activity
from events.models import Registration

YEAR = timedelta(days=365)


def activity_choices() -> list[tuple[str, str]]:
    """What an audience may be drawn by: who registered, who came, who took part in an activity of the plan."""
    served = Activity.objects.filter(events__isnull=False).distinct().order_by("number")
    return [
        ("registered", _("Registered for an event of the last twelve months")),
        ("attended", _("Came to an event of the last twelve months")),
        *((f"activity-{row.number}", _("Took part in: %s") % row) for row in served),
    ]


def took_part(codes: Iterable[str]) -> QuerySet[Registration, Any]:
    """The contacts of whom any of these (`activity_choices`) holds, as one column."""
    numbers = [code.removeprefix("activity-") for code in codes if code.startswith("activity-")]
    wanted = Q(
        occurrence__event__activity__number__in=[int(number) for number in numbers if number.isdecimal()]
    )
    recent = Q(occurrence__starts_at__gt=Now() - YEAR)
    if "registered" in codes:
        wanted |= recent
    if "attended" in codes:
        wanted |= recent & Q(attended_at__isnull=False)
    return Registration.objects.active().filter(wanted, contact__isnull=False).order_by().values("contact")
