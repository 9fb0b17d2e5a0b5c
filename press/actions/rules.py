"""What keeps a page of the press room from being published: sentences, each saying what to do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from cms.core import formats
from media_library import actions as library
from media_library.models import Asset
from press.models import Kit, KitPage, Release, ReleasePage


def year_of_the_date(page: Any, now: datetime) -> list[str]:
    """A release takes its number in the year of its date: one far from its publication is a slip of the finger.

    The year before and the year after pass, in January and December. So does any, once the release has its number:
    an old text is entered by numbering it first. The publication is at `now`, at the hour that is set for it, or at
    the end of its embargo.
    """
    if not isinstance(page, ReleasePage) or page.dateline_date is None:
        return []
    release = Release.objects.filter(pk=page.release_id).first()
    if release is not None and release.number is not None:
        return []
    hours = [now, page.go_live_at, release.embargo_until if release is not None else None]
    years = [formats.local(hour).year for hour in hours if hour is not None and hour >= now]
    if min(years) - 1 <= page.dateline_date.year <= max(years) + 1:
        return []
    return [
        _(
            "The text is dated %(year)s, and would be numbered in that year. Correct its date, or give the release "
            "its number first."
        )
        % {"year": page.dateline_date.year}
    ]


def words_of_the_kit(page: Any, now: datetime) -> list[str]:
    """The pictures that a kit offers are told in words on its page (three queries)."""
    if not isinstance(page, KitPage) or page.kit_id is None:
        return []
    return undescribed_in(page.kit, language=page.locale.language_code)


def undescribed_on_show(kit: Kit) -> list[str]:
    """The same for a kit whose content is changed while pages of it are published; nothing while none is."""
    pages = kit.pages.filter(live=True).values_list("locale__language_code", flat=True)
    return list(dict.fromkeys(said for language in pages for said in undescribed_in(kit, language=language)))


def undescribed_in(kit: Kit, *, language: str) -> list[str]:
    """Sentences on the pictures of a kit that nobody has described."""
    rows = Asset.objects.filter(pk__in=kit.items.values("asset")).order_by("pk")
    return library.undescribed(rows.prefetch_related("texts__locale"), language=language)
