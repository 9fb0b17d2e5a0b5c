"""What stands behind a journalist's door, as the page lists it: a bounded number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext as _

from cms.core import registry
from cms.core.models import Audience
from cms.core.policies import visible
from cms.core.queries import SOURCE_LANGUAGE
from cms.core.reader import ANONYMOUS
from press import queries
from press.exports import embargo_line
from press.models import KitPage, ReleasePage, Tier
from press.queries import doors

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cms.core.reader import Reader

SHOWN = 10
#: (label, address within the site, bytes where they are known)
Taken = tuple[Any, str, int | None]


def _formats() -> tuple[tuple[str, str], ...]:
    """The formats of a release that a newsroom takes, by the end of their address."""
    return (
        ("print.pdf", _("PDF with your name")),
        ("document.docx", _("Word document")),
        ("text.txt", _("The text to paste")),
    )


@dataclass(frozen=True)
class Entry:
    """One release or kit on the page of a door.

    `files` are what may be taken of it.
    """

    page: Any
    embargo: str = ""
    files: tuple[Taken, ...] = ()

    @property
    def thing(self) -> Any:
        """The release or kit."""
        return self.page.thing


def _best(pages: Iterable[Any], language: str) -> list[Any]:
    """One page of each thing: in `language`, else in French, else any; in the order given."""
    found: dict[UUID, Any] = {}
    rank = {language: 0, SOURCE_LANGUAGE: 1}
    for page in pages:
        before = found.get(page.thing_uid)
        code = page.locale.language_code
        if before is None or rank.get(code, 2) < rank.get(before.locale.language_code, 2):
            found[page.thing_uid] = page
    return list(found.values())


def _pages(uids: Iterable[UUID], *, reader: Reader, now: datetime) -> list[Any]:
    wanted = list(uids)
    found: list[Any] = []
    for model in (ReleasePage, KitPage):
        rows = visible(model.objects.filter(thing_uid__in=wanted), reader=reader, now=now)
        found += rows.select_related("locale", model.THING).order_by("public_from", "pk")
    return found


def early(uids: Iterable[UUID], *, reader: Reader, language: str, now: datetime) -> list[Entry]:
    """The embargoed things that this reader may have, the next to lift first, with their formats and files."""
    wanted = list(uids)
    if not wanted:
        return []
    pages = _best(_pages(wanted, reader=reader, now=now), language)
    kits = {page.kit_id: page.kit.uid for page in pages if isinstance(page, KitPage)}
    shelves = queries.shelves_of(kits, now=now)
    entries = []
    for page in sorted(pages, key=lambda one: one.thing.embargo_until):
        if isinstance(page, KitPage):
            files = _kit_files(page, shelves[page.kit_id], reader=reader, now=now)
        else:
            files = _texts(page)
        entries.append(Entry(page, embargo_line(page.thing, now=now), files))
    return entries


def _texts(page: ReleasePage) -> tuple[Taken, ...]:
    offered = registry.page_type_of(page).subpaths
    return tuple(
        (label, f"{page.public_path}{end}", None) for end, label in _formats() if offered.get(end) is not None
    )


def _kit_files(page: KitPage, shelf: queries.Shelf, *, reader: Reader, now: datetime) -> tuple[Taken, ...]:
    """Everything at once, from the lightest; then the files one by one."""
    ctx = registry.Context(reader=reader, now=now, language=page.locale.language_code)
    found: list[Taken] = []
    for tier, row in (queries.open_archives(page.kit, shelf, ctx) or {}).items():
        if row is not None and row.archive is not None:
            label = f"{_('Everything at once')} – {Tier(tier).label} (ZIP)"
            found.append((label, f"{page.public_path}archive-{tier}.zip", row.archive.size))
    items = queries.open_items(shelf.items, ctx)
    return (*found, *((item.asset.title, item.asset.url, item.asset.blob.size) for item in items))


def lifted(holder: doors.Holder, *, language: str, now: datetime) -> list[Entry]:
    """What was opened early to a holder and is everybody's by now, in the last place they look for it."""
    copies = list(doors.open_copies(holder).order_by("-created_at")[: SHOWN * 3])
    uids = [copy.thing.uid for copy in copies if not copy.thing.is_embargoed(now)][:SHOWN]
    return [Entry(page) for page in _best(_pages(uids, reader=ANONYMOUS, now=now), language)] if uids else []


def reserved(reader: Reader, *, language: str, now: datetime) -> list[Entry]:
    """The newest releases and kits that are for accredited journalists."""
    found: list[Any] = []
    for model in (ReleasePage, KitPage):
        rows = visible(model.objects.filter(audience=Audience.JOURNALISTS), reader=reader, now=now)
        rows = rows.filter(public_from__lte=now).select_related("locale", model.THING)
        found += rows.order_by("-public_from", "-pk")[: SHOWN * 3]
    pages = _best(found, language)
    return [Entry(page) for page in sorted(pages, key=lambda one: one.public_from, reverse=True)[:SHOWN]]


def latest(*, language: str, now: datetime) -> list[Entry]:
    """The newest public releases."""
    rows = visible(ReleasePage.objects.all(), reader=ANONYMOUS, now=now).select_related("locale", "release")
    return [Entry(page) for page in _best(rows.order_by("-public_from", "-pk")[: SHOWN * 2], language)][
        :SHOWN
    ]
