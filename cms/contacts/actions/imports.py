"""A list out of a file: read, its columns named, looked at, decided line by line. No contact is touched here."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import islice
from typing import Any, TypeVar

from django.db import connection, transaction
from django.utils.translation import gettext as _

from cms.accounts.models import User
from cms.contacts import imports
from cms.contacts.imports import columns as holding
from cms.contacts.imports import matching
from cms.contacts.models import Audience, ContactImport, ImportRow, Purpose

CHUNK = 500
#: Lines hold people's data: those of a list that nobody confirmed go first, the report of one brought in later.
KEEP_UNCONFIRMED = timedelta(days=3)
KEEP_REPORT = timedelta(days=30)
Item = TypeVar("Item")


class ImportChanged(Exception):
    """What is asked was looked at in another state of the list: somebody changed or confirmed it meanwhile."""


class ColumnsUnclear(Exception):
    """The columns do not make contacts; the sentence says why."""


def chunks(items: Iterable[Item], size: int = CHUNK) -> Iterator[list[Item]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


@transaction.atomic
def begin_import(*, filename: str, data: bytes, user: User | None, now: datetime) -> ContactImport:
    """Read a file and keep its lines until somebody decides. Raises imports.Unreadable.

    Lines of older lists are forgotten on the way.
    """
    table = imports.read_table(data)
    forget_imports(now=now)
    listing = ContactImport.objects.create(
        filename=filename[-200:],
        sha256=sha256(data).hexdigest(),
        form=table.form[:60],
        headings=table.headings,
        columns=imports.guess_columns(table.headings, [cells for _line, cells in table.rows[:50]]),
        created_by=user,
        created_at=now,
    )
    for chunk in chunks(table.rows):
        ImportRow.objects.bulk_create(
            ImportRow(listing=listing, line=line, cells=cells) for line, cells in chunk
        )
    return listing


def forget_imports(*, now: datetime) -> None:
    """Delete the lines that have served: they are copies of people's data."""
    ContactImport.objects.filter(done_at=None, created_at__lt=now - KEEP_UNCONFIRMED).delete()
    ImportRow.objects.filter(listing__done_at__lt=now - KEEP_REPORT).delete()


def drop_import(listing: ContactImport) -> None:
    """Forget a list that was not confirmed, with its lines."""
    ContactImport.objects.filter(pk=listing.pk, done_at=None).delete()


def locked(listing: ContactImport, *, version: int | None = None) -> ContactImport:
    """The list under its row lock. Raises ImportChanged where it is brought in, or not in the `version` seen."""
    row = ContactImport.objects.select_for_update(of=("self",)).select_related("audience").get(pk=listing.pk)
    if row.state == ContactImport.State.DONE or (version is not None and row.version != version):
        raise ImportChanged
    return row


@transaction.atomic
def set_columns(
    listing: ContactImport,
    *,
    columns: Sequence[str],
    language: str,
    country: str,
    audience: Audience | None = None,
    purposes: Sequence[str] = (),
    evidence: str = "",
) -> ContactImport:
    """Say what each column holds and what all lines share, then look at every line anew. Returns the list.

    `language` and `country` are those of who has none in the file. Earlier decisions are forgotten. Raises
    ColumnsUnclear, ImportChanged.
    """
    row = locked(listing)
    if len(columns) != len(row.headings):
        raise ImportChanged
    _check_columns(columns)
    row.columns, row.defaults = list(columns), {"language": language, "country": country}
    row.audience, row.evidence = audience, evidence.strip()
    row.purposes = [purpose for purpose in purposes if purpose in Purpose.values]
    row.state, row.version = ContactImport.State.CHECKED, row.version + 1
    row.save()
    examine(row)
    return row


def _check_columns(columns: Sequence[str]) -> None:
    for key in filter(None, columns):
        column = holding.BY_KEY[key]
        if not column.many and columns.count(key) > 1:
            raise ColumnsUnclear(
                _("Two columns are said to be “%(column)s”: choose one.") % {"column": column.label}
            )
    if not {"name", "family_name"} & set(columns):
        raise ColumnsUnclear(_("No column holds the name. Say which one does."))
    if not {"email", "phone", "whatsapp", "postal_address"} & set(columns):
        raise ColumnsUnclear(
            _("No column holds an e-mail address, a number or a postal address. Say which one does.")
        )


def examine(listing: ContactImport) -> None:
    """Read each line by the columns as they are named, and look for whom it repeats."""
    lookups, matcher = imports.Lookups(), imports.Matcher()
    lines = listing.rows.order_by("line").values_list("pk", "line", "cells").iterator(chunk_size=CHUNK)
    for chunk in chunks(lines):
        read = {
            pk: imports.read_row(
                cells,
                headings=listing.headings,
                columns=listing.columns,
                lookups=lookups,
                country=listing.defaults["country"],
            )
            for pk, _line, cells in chunk
        }
        sound = [(line, read[pk][0]) for pk, line, _cells in chunk if not read[pk][1]]
        found = matcher.find(sound)
        written = []
        for pk, line, _cells in chunk:
            values, errors = read[pk]
            candidates = found.get(line, [])
            verdict = matching.verdict_of(errors, candidates)
            choice = matching.choice_of(verdict, candidates)
            written.append((pk, values, errors, candidates, verdict, choice))
        _write(written)


def _write(rows: Sequence[tuple[Any, ...]]) -> None:
    """Put what was found on many lines, in one statement: ten thousand would take minutes one by one."""
    keys, values, errors, candidates, verdicts, choices = zip(*rows, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE contacts_importrow AS r
            SET "values" = n.v::jsonb, errors = n.e::jsonb, candidates = n.c::jsonb,
                verdict = n.verdict, choice = n.choice, target = 0
            FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
                AS n(id, v, e, c, verdict, choice)
            WHERE r.id = n.id""",
            [
                list(keys),
                *([json.dumps(one) for one in column] for column in (values, errors, candidates)),
                [str(verdict) for verdict in verdicts],
                [str(choice) for choice in choices],
            ],
        )


@transaction.atomic
def decide_rows(listing: ContactImport, *, decisions: Mapping[int, tuple[str, int]]) -> int:
    """Keep what an officer chose for some lines, as {line: (choice, place among the candidates)}.

    Returns how many decisions are new. Lines to be corrected have none to take. Raises ImportChanged.
    """
    row = locked(listing)
    changed = []
    doubtful = row.rows.filter(line__in=decisions, verdict__in=DOUBTFUL)
    for one in doubtful.select_for_update():
        choice, target = decisions[one.line]
        if choice not in ImportRow.Choice.values or not 0 <= target < len(one.candidates):
            continue
        if (one.choice, one.target) != (choice, target):
            one.choice, one.target = choice, target
            changed.append(one)
    ImportRow.objects.bulk_update(changed, ["choice", "target"])
    _raise_version(row, changed)
    return len(changed)


DOUBTFUL = (ImportRow.Verdict.KNOWN, ImportRow.Verdict.SIMILAR)


@transaction.atomic
def decide_all(listing: ContactImport, *, verdict: str, choice: str) -> int:
    """One decision for all lines of a kind; whom it completes is the surest candidate of each."""
    row = locked(listing)
    if verdict not in DOUBTFUL or choice not in ImportRow.Choice.values:
        raise ImportChanged
    changed = (
        row.rows.filter(verdict=verdict).exclude(choice=choice, target=0).update(choice=choice, target=0)
    )
    _raise_version(row, changed)
    return changed


def _raise_version(row: ContactImport, changed: Any) -> None:
    if changed:
        row.version += 1
        row.save(update_fields=["version"])
