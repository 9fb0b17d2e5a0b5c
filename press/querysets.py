"""Early copies that stand: not closed, and with what they were taken by still standing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

from django.db.models import Q, QuerySet

from cms.core.registry import Slot

#: Each: standing() -> the uids (a queryset of one column) that early copies may have been taken by, as long as each
#: stands: a confirmed seat at a press conference. Asked at every reading, so that no way of losing it is forgotten.
grounds: Slot[Callable[[], Any]] = Slot("early_copy_grounds")


class EarlyCopyQuerySet(QuerySet[Any]):
    """Early copies."""

    def open(self) -> Self:
        """Those not closed by anybody, of which the ground they were taken by, if any, still stands."""
        stands = Q(ground_uid=None)
        for standing in grounds:
            stands |= Q(ground_uid__in=standing())
        return self.filter(stands, revoked_at=None)
