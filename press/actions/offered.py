"""Which files a published kit offers, written down as they come and go; and its corrections, said to everybody."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from cms.core import actions as core
from press.actions.releases import NotPublished, PressError, refuse_withdrawn, was_public
from press.models import Correction, Kit, OfferedFile
from press.queries import offered

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID


def note_offered(kit: Kit, *, now: datetime) -> None:
    """Write down what a published kit offers at `now`, and what it offered until then; in the caller's transaction.

    Its row is held from there on where anything is new, and before the rows of its archives, as everywhere. A kit
    seen for the first time has offered its files since it was made.
    """
    if kit.withdrawn_at is not None or not kit.pages.filter(live=True).exists():
        return
    if _differs(kit, offered.offered_now(kit, now=now)) is None:
        return
    Kit.objects.select_for_update(no_key=True).get(pk=kit.pk)
    present = offered.offered_now(kit, now=now)
    gone = _differs(kit, present)
    if gone is None:
        return
    first = not kit.offered_files.exists()
    OfferedFile.objects.filter(pk__in=gone).update(until=Greatest("since", Value(now)))
    standing = set(kit.offered_files.filter(until__isnull=True).values_list("asset_uid", flat=True))
    OfferedFile.objects.bulk_create(
        OfferedFile(
            kit=kit,
            asset_uid=uid,
            digest=digest,
            title=title[:255],
            since=min(kit.created_at, now) if first else now,
        )
        for uid, (digest, title) in present.items()
        if uid not in standing
    )


def _differs(kit: Kit, present: dict[UUID, tuple[str, str]]) -> list[int] | None:
    """The keys of the rows that hold no more; None where what is written down is what the kit offers."""
    rows = list(kit.offered_files.filter(until__isnull=True).values_list("pk", "asset_uid", "digest"))
    if {uid: digest for _pk, uid, digest in rows} == {uid: one[0] for uid, one in present.items()}:
        return None
    return [pk for pk, uid, digest in rows if present.get(uid, ("",))[0] != digest]


@transaction.atomic
def correct_kit(
    kit: Kit, *, notes: Mapping[str, str], user: Any, now: datetime, files: Iterable[OfferedFile] = ()
) -> Correction:
    """Say publicly what was changed in a kit, by language, on its page. Raises NotPublished, PressError.

    files: those that were wrong, among those that left the kit or became others; without any all who received the
    kit until now are concerned. The same sentence said again, or twice at once, is one correction unless further
    files have left since.
    """
    said = {code: words.strip() for code, words in notes.items() if words.strip()}
    if not said:
        raise PressError(_("Say what was changed: the sentence stands on the page."))
    row = Kit.objects.select_for_update(no_key=True).get(pk=kit.pk)
    refuse_withdrawn(row)
    if not was_public(row, now=now):
        raise NotPublished(_("Nobody has had this kit yet: change it, there is nothing to correct."))
    note_offered(row, now=now)
    wrong = OfferedFile.objects.filter(kit=row, until__isnull=False, pk__in=[one.pk for one in files])
    source = settings.LANGUAGE_CODE if settings.LANGUAGE_CODE in said else next(iter(said))
    note, last = said.pop(source), row.corrections.first()
    same = last is not None and (last.note, last.language, last.translations) == (note, source, said)
    if last is not None and same and not wrong.filter(until__gt=last.at).exists():
        return last
    correction = Correction.objects.create(
        kit=row,
        note=note,
        language=source,
        translations=said,
        at=now,
        user=user if user is not None and user.pk else None,
    )
    correction.files.set(wrong)
    core.change_thing(kit, action="corrected", changes={"corrected_at": now}, user=user, now=now, reason=note)
    return correction
