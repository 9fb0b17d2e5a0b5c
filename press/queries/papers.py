"""The releases that lie as PDF in a kit's archives: which, for whom, and whether those packed may still be read."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cms.core.models import Audience
from cms.core.policies import visible
from cms.core.reader import ANONYMOUS, Reader
from media_library import queries as library
from press.models import KitArchive, ReleasePage, Tier

if TYPE_CHECKING:
    from collections.abc import Iterable

    from press.models import Kit

#: The archives that hold releases; the light one is for a telephone.
TIERS = (Tier.PRESS, Tier.PRINT)
FOLDER = "0-communiques"


class _Journalist:
    """Any accredited journalist, nobody in particular."""

    is_accredited = True


JOURNALIST = Reader(contact=_Journalist())


def reader_of(kit: Kit) -> Reader:
    """For whom the releases in a kit's archives are printed: everybody, or any journalist where it is for them."""
    return JOURNALIST if kit.audience == Audience.JOURNALISTS else ANONYMOUS


def releases_to_pack(kit: Kit, *, now: datetime) -> list[ReleasePage]:
    """The pages of a kit's releases that its readers may read at `now`, each language once (one query).

    What is under embargo is left out, whatever hour the kit waits for: early readers get it with their name on it.
    """
    pages = visible(ReleasePage.objects.filter(release__kit=kit), reader=reader_of(kit), now=now)
    own = pages.filter(alias_of__isnull=True).select_related("release__kit", "locale", "boilerplate")
    return list(own.order_by("release__year", "release__number", "path"))


def note_of(page: ReleasePage, assets: Iterable[str]) -> dict[str, Any]:
    """What an archive remembers of a release in it: whose words these are, and which files they show."""
    return {
        "page": page.pk,
        "words": page.live_revision_id,
        "release": page.release.version,
        "assets": sorted(assets),
    }


def standing(rows: Iterable[KitArchive], *, now: datetime) -> frozenset[int]:
    """The keys of those archives whose releases may be read at `now` in the words and with the files that lie in them
    (two queries, none where no archive holds any)."""
    rows = list(rows)
    notes = [note for row in rows for note in row.papers]
    if not notes:
        return frozenset(row.pk for row in rows)
    named = ReleasePage.objects.filter(pk__in={note["page"] for note in notes})
    read = visible(named, reader=JOURNALIST, now=now)
    words = {pk: said for pk, *said in read.values_list("pk", "live_revision_id", "release__version")}
    files = {UUID(uid) for note in notes for uid in note["assets"]}
    served = library.visible(reader=JOURNALIST, now=now).filter(uid__in=files)
    found = {uid.hex for uid in served.values_list("uid", flat=True)} if files else set()

    def stands(note: dict[str, Any]) -> bool:
        same = words.get(note["page"]) == [note["words"], note["release"]]
        return same and found.issuperset(note["assets"])

    return frozenset(row.pk for row in rows if all(stands(note) for note in row.papers))
