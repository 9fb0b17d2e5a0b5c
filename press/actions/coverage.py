"""Keeping what the media said, and what was ordered of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cms.contacts.validators import name_key
from press import imports
from press.actions.releases import PressError
from press.models import Coverage, CoverageImport, Diffusion, OutletFollowUp, OutletState

Row = TypeVar("Row", Coverage, Diffusion)
#: Lists that nobody confirmed are forgotten; of those brought in the lines go, and what became of them stays.
KEEP_UNCONFIRMED = timedelta(days=3)


class AlreadyIn(PressError):
    """This list was confirmed already, or given up."""


@transaction.atomic
def put_aside(row: Row, *, now: datetime) -> Row:
    """Take a row out of lists and reports. What was counted once is not deleted; twice changes nothing."""
    kept = type(row).objects.select_for_update().get(pk=row.pk)
    if kept.trashed_at is None:
        kept.trashed_at = now
        kept.save()
    return kept


@transaction.atomic
def take_back(row: Row, *, now: datetime) -> Row:
    """Undo a putting aside."""
    kept = type(row).objects.select_for_update().get(pk=row.pk)
    kept.trashed_at = None
    kept.save()
    return kept


@transaction.atomic
def follow_up_outlet(
    *, thing_uid: UUID, outlet: str, state: OutletState, note: str = "", user: Any, now: datetime
) -> OutletFollowUp:
    """Write down where we are with a newsroom about a thing; of two who do at once, the last word holds.

    Raises PressError for a name without a letter.
    """
    name = " ".join(outlet.split())[:200]
    key = name_key(name)[:200]
    if not key:
        raise PressError(_("Name the newsroom."))
    said = {
        "outlet": name,
        "state": state,
        "note": " ".join(note.split())[:200],
        "changed_at": now,
        "changed_by": user if user is not None and user.pk else None,
    }
    row, _created = OutletFollowUp.objects.update_or_create(
        thing_uid=thing_uid, outlet_key=key, defaults=said
    )
    return row


@transaction.atomic
def begin_coverage_import(
    *, filename: str, data: bytes, thing_uid: UUID | None, user: Any, now: datetime
) -> CoverageImport:
    """Read a list and keep its lines until somebody decides. Raises imports.Unreadable, with a sentence."""
    table = imports.read_list(data)
    CoverageImport.objects.filter(done_at=None, created_at__lt=now - KEEP_UNCONFIRMED).delete()
    return CoverageImport.objects.create(
        filename=filename[-200:],
        form=table.form[:60],
        headings=table.headings,
        columns=imports.guess_columns(table.headings),
        lines=[[line, cells] for line, cells in table.rows],
        thing_uid=thing_uid,
        created_by=user,
        created_at=now,
    )


@transaction.atomic
def confirm_coverage_import(listing: CoverageImport, *, user: Any, now: datetime) -> CoverageImport:
    """Enter the lines that are right and not in yet, all or none. Raises AlreadyIn for a list confirmed or given up.

    Lines are read again: what came in since the preview is not entered twice, by the promise of the database.
    """
    kept = CoverageImport.objects.select_for_update().filter(pk=listing.pk).first()
    if kept is None or kept.done_at is not None:
        raise AlreadyIn(imports.already_in())
    read = imports.read_lines(kept)
    new = [line.row for line in read if line.verdict == imports.NEW and line.row is not None]
    for row in new:
        row.created_by = user
    Coverage.objects.bulk_create(new, batch_size=500, ignore_conflicts=True)
    kept.created = Coverage.objects.filter(uid__in=[row.uid for row in new]).count()
    kept.wrong = sum(line.verdict == imports.WRONG for line in read)
    kept.known = len(read) - kept.wrong - kept.created
    kept.done_at = now
    kept.lines = [[line.number, line.cells] for line in read if line.verdict == imports.WRONG]
    kept.save()
    return kept


@transaction.atomic
def drop_coverage_import(listing: CoverageImport) -> None:
    """Give a list up that was not confirmed; nothing of it is kept."""
    CoverageImport.objects.filter(pk=listing.pk, done_at=None).delete()
