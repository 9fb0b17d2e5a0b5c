"""Counting how often the links of a mailing are opened, for all of its recipients together."""

from __future__ import annotations

from copy import copy
from datetime import datetime

from django.db.models import Count, F

from cms.core.registry import Parts
from cms.mailing.mail.clicks import addresses_in, by_way_of, counted_url
from cms.mailing.mail.letters import write
from cms.mailing.models import CountedLink, Delivery, Mailing, Sender

#: For fewer readers of a letter a number would say who it was.
FEWEST = 10


def settle_counting(mailing: Mailing) -> None:
    """Once the audience is frozen: stop counting the clicks of a mailing that no language has enough readers of."""
    if mailing.counts_clicks and max(_readers(mailing).values(), default=0) < FEWEST:
        mailing.counts_clicks = False
        mailing.save(update_fields=["counts_clicks", "updated_at"])


def write_counted(mailing: Mailing, *, language: str, sender: Sender, now: datetime) -> Parts:
    """The words of a launched mailing in a language, its links by way of the counter where clicks are counted.

    The letter of a language with few readers neither counts nor says that it does: its own addresses would tell who
    clicked. The text part keeps the addresses themselves: whoever reads that one is not counted. Raises Refused.
    """
    if not mailing.counts_clicks:
        return write(mailing, language=language, sender=sender, now=now)
    row = copy(mailing)
    row.counts_clicks = _readers(mailing).get(language, 0) >= FEWEST
    parts = write(row, language=language, sender=sender, now=now)
    return _count_links(mailing, parts) if row.counts_clicks else parts


def _readers(mailing: Mailing) -> dict[str, int]:
    """How many people read each language of a launched mailing: the same however far it got."""
    rows = mailing.deliveries.exclude(state=Delivery.State.SUPPRESSED).order_by()
    return dict(rows.values_list("language").annotate(number=Count("pk")))


def _count_links(mailing: Mailing, parts: Parts) -> Parts:
    rows = {}
    for url in addresses_in(parts.html):
        rows[url], _new = CountedLink.objects.get_or_create(mailing=mailing, url=url)
    html = by_way_of(parts.html, lambda url: counted_url(rows[url].uid))
    return Parts(parts.subject, parts.text, html, parts.attachments, parts.headers)


def count_click(link: CountedLink) -> None:
    """One more."""
    CountedLink.objects.filter(pk=link.pk).update(clicks=F("clicks") + 1)
