"""Forgetting people where no registration is: stands, audiences, abstracts, reviews, programme, certificates.

`events.queries.holdings` says where a person stands in each; here those fields are blanked, and the rows stay.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from cms.core.actions import log_thing
from cms.core.models import ThingLog
from cms.mailing import actions as mailing
from events.models import Event, ProgrammeVersion, Review
from events.queries.holdings import HOLDINGS, OWN_WAYS, Holding, Rows, due, event_of, says
from events.queries.privacy import ERASED


@transaction.atomic
def blank_rows(rows: Rows, *, words: Sequence[str], now: datetime) -> Counter[Event]:
    """Forget the person of these rows; of texts that name many, the lines that hold all `words`. Returns how many rows
    of each event were changed. Erased already: none."""
    number: Counter[Event] = Counter()
    for key, holding in HOLDINGS.items():
        if key in OWN_WAYS or key not in rows:
            continue
        found: QuerySet[Any] = holding.model._default_manager.filter(pk__in=rows[key]).order_by("pk")
        for row in found.select_related(holding.event).select_for_update(of=("self",)):
            called = {getattr(row, name) for name in holding.names} - {"", ERASED}
            changed = _blank(holding, row, holding.fields, words=words)
            if key in _BESIDE and (changed or not holding.names):
                changed |= _BESIDE[key](row, now=now)
            if changed:
                row.save()
                number[event_of(holding, row)] += 1
            if holding.owner:
                mailing.forget_owed(owners=[row.uid.hex], now=now)
            forget_in_journal(event_of(holding, row), called)
    return number


def _blank(holding: Holding, row: Any, fields: Collection[str], *, words: Sequence[str] | None) -> bool:
    """Blank fields of a row, not saved yet; without `words` texts go whole. Returns whether anything stood there."""
    changed = False
    for name in fields:
        value = getattr(row, name)
        if not value or value == ERASED:
            continue
        if name in holding.files:
            transaction.on_commit(partial(value.storage.delete, str(value.name)))
            blank = ""
        elif name in holding.lines and words is not None:
            blank = "\n".join(ERASED if says(line, words) else line for line in value.splitlines())
        else:
            blank = _word_for(holding, row, name)
        if blank != value:
            setattr(row, name, blank)
            changed = True
    return changed


def _word_for(holding: Holding, row: Any, name: str) -> str:
    """Names are said to be erased, and abstracts, of which each has one; the rest is empty."""
    return ERASED if name in holding.names or name.startswith("abstract") else ""


# What goes with some of them ---------------------------------------------------------------------------------------
def _with_speaker(row: Any, *, now: datetime) -> bool:
    """Photo and name go from the programme as it was published, too: everybody reads it."""
    uid, row.photo = row.uid.hex, None
    for version in ProgrammeVersion.objects.filter(event=row.event).select_for_update():
        for told in version.content.get("speakers", []):
            if told["uid"] == uid and told["name"] != ERASED:
                texts = ("function", "organisation", "biography", "biography_en")
                told.update({"name": ERASED, "photo": None, **dict.fromkeys(texts, "")})
                version.save(update_fields=["content"])
    return True


def _with_certificate(row: Any, *, now: datetime) -> bool:
    """It ends: the page that checks it names nobody any more."""
    row.words = {**row.words, "paragraphs": []}
    row.revoked_at = row.revoked_at or now
    return True


def _with_reviewer(row: Any, *, now: datetime) -> bool:
    """The link opens nothing any more, and what was not judged yet goes back to the committee."""
    left = Review.objects.filter(reviewer=row, done_at=None).delete()[0]
    changed = bool(left) or row.written_at is not None
    row.generation, row.written_at, row.dropped_at = row.generation + 1, None, row.dropped_at or now
    return changed


def _with_submission(row: Any, *, now: datetime) -> bool:
    """The link of who sent it opens nothing any more."""
    row.generation += 1
    return True


_BESIDE: dict[str, Any] = {
    "speaker": _with_speaker,
    "certificate": _with_certificate,
    "reviewer": _with_reviewer,
    "submission": _with_submission,
}


def forget_in_journal(event: Event, names: Collection[str]) -> None:
    """Forget these names in the lines of an event's journal that say whom or what they are about."""
    lines = ThingLog.objects.filter(thing_uid=event.uid)
    for field in ("name", "exhibitor"):
        for line in lines.filter(**{f"changes__{field}__in": sorted(names)}) if names else ():
            line.changes[field] = ERASED
            line.save(update_fields=["changes"])


# By itself ---------------------------------------------------------------------------------------------------------
def blank_due(*, now: datetime) -> int:
    """Forget what is over since the time that its event keeps it, row by row; returns how many rows. Again: none."""
    return sum(_blank_due(key, now=now) for key in HOLDINGS)


@transaction.atomic
def _blank_due(key: str, *, now: datetime) -> int:
    holding, blanked = HOLDINGS[key], dict[int, Event]()
    for fields, which in due(key, now=now):
        keys = list(which.values_list("pk", flat=True))
        rows: QuerySet[Any] = holding.model._default_manager.filter(pk__in=keys).order_by("pk")
        for row in rows.select_related(holding.event).select_for_update(of=("self",)):
            if _blank(holding, row, fields, words=None):
                row.save(update_fields=list(fields))
                blanked[row.pk] = event_of(holding, row)
            if holding.owner:
                mailing.forget_owed(owners=[row.uid.hex], now=now)
    number = Counter(blanked.values())
    note_erased(number, action="registrations.erased", user=None, now=now)
    return sum(number.values())


def note_erased(
    number: Mapping[Event, int], *, action: str, user: Any, now: datetime, reason: str = ""
) -> None:
    """Keep in the journal of each event how many rows were erased; nothing of whom."""
    for event, many in number.items():
        if many:
            log_thing(
                event, action=action, user=user, now=now, reason=reason, changes={"number_erased": many}
            )
