"""The one policy that knows embargo, expiry, withdrawal and audience. Apps only narrow it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import F, Q, QuerySet

if TYPE_CHECKING:
    from cms.core.reader import Reader

Pages = TypeVar("Pages", bound=QuerySet[Any])


def opened(*, reader: Reader, now: datetime) -> Q:
    """The condition on a SitePage row under which `reader` may read it at `now`."""
    present = Q(live=True, withdrawn_at__isnull=True)
    unexpired = Q(public_until__isnull=True) | Q(public_until__gt=now)
    if reader.reads_embargoed:
        return present & unexpired
    allowed = Q(public_from__lte=now, audience__in=reader.audiences)
    if reader.grants:
        allowed |= Q(uid__in=reader.grants) | Q(thing_uid__in=reader.grants)
    return present & unexpired & allowed


def visible(queryset: Pages, *, reader: Reader, now: datetime) -> Pages:
    """Narrow a queryset of SitePage (or a subclass) to what `reader` may see at `now`.

    Half-open interval: at the very instant of `public_from` a page is there, at that of `public_until` it is
    gone. What is left out must be answered exactly like what does not exist.
    """
    return queryset.filter(opened(reader=reader, now=now))


def buried(*, reader: Reader, now: datetime) -> Q:
    """The condition on a SitePage row under which `reader` reads at `now` that it was withdrawn, and why.

    What was withdrawn before its hour nobody ever read: when the hour comes there is nothing to be said of it.
    """
    present = Q(live=True, withdrawn_at__lte=now, audience__in=reader.audiences)
    present &= Q(public_from__lte=F("withdrawn_at"))
    return present & (Q(public_until__isnull=True) | Q(public_until__gt=now))


def tombstones(queryset: Pages, *, reader: Reader, now: datetime) -> Pages:
    """Narrow to pages withdrawn after this reader could have read them: a page with a reason, 410 in the API."""
    return queryset.filter(buried(reader=reader, now=now))


def next_boundary(page: Any, *, now: datetime) -> datetime | None:
    """Return the next instant at which this page's visibility changes by itself, or None."""
    coming = [at for at in (page.public_from, page.public_until) if at is not None and at > now]
    return min(coming, default=None)
