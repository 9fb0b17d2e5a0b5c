"""Counting how often the links of a mailing are opened, for all of its recipients together."""

from __future__ import annotations

from django.db.models import F

from cms.core.registry import Parts
from cms.mailing.mail.clicks import addresses_in, by_way_of, counted_url
from cms.mailing.models import CountedLink, Delivery, Mailing

#: For fewer recipients a number would say who it was.
FEWEST = 10


def settle_counting(mailing: Mailing) -> bool:
    """Whether the clicks of a mailing whose audience is frozen are counted; turned off for a few recipients.

    Called before its words are written, so that a mail never says that clicks are counted where they are not.
    """
    leaving = mailing.deliveries.filter(state=Delivery.State.QUEUED)
    if mailing.counts_clicks and leaving.count() < FEWEST:
        mailing.counts_clicks = False
        mailing.save(update_fields=["counts_clicks", "updated_at"])
    return mailing.counts_clicks


def count_links(mailing: Mailing, parts: Parts) -> Parts:
    """The words of a mail with its links by way of the counter, where the mailing counts; else as they are.

    The text part keeps the addresses themselves: whoever reads that one is not counted.
    """
    if not mailing.counts_clicks:
        return parts
    rows = {}
    for url in addresses_in(parts.html):
        rows[url], _new = CountedLink.objects.get_or_create(mailing=mailing, url=url)
    html = by_way_of(parts.html, lambda url: counted_url(rows[url].uid))
    return Parts(parts.subject, parts.text, html, parts.attachments, parts.headers)


def count_click(link: CountedLink) -> None:
    """One more."""
    CountedLink.objects.filter(pk=link.pk).update(clicks=F("clicks") + 1)
