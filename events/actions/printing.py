"""Big files of certificates, made by a worker: asked for on a screen, fetched once they are there, forgotten in hours.

A file is found by a hash of all that it is made of: after a certificate is revoked or another given, it is not found
any more and is asked for again. Nothing stands in the database: a file that is lost is made anew.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from django.core.files.base import ContentFile

from events.documents.certificates import certificates_pdf, paper_of
from events.documents.letterhead import letterhead
from events.models import Certificate, Event
from events.queries.papers import certificates_of
from media_library.storage import PrivateStorage

#: How many certificates a request prints itself (two seconds), and of how many one file is.
AT_ONCE, PER_FILE = 40, 200
#: How long a file is kept (it is full of names), and how long one that was asked for is waited for.
KEPT, PATIENCE = timedelta(hours=2), timedelta(minutes=5)


class Printing(StrEnum):
    """How far a file is."""

    SMALL = "small"
    READY = "ready"
    MAKING = "making"
    TO_ASK = "to_ask"


def print_storage() -> PrivateStorage:
    """Where these files lie: a private folder without addresses."""
    return PrivateStorage("prints")


def print_parts(event: Event, role: str) -> list[list[Certificate]]:
    """The certificates of a role ("" for all) that hold, by name, as many as one file has in each part."""
    rows = list(certificates_of(event, role=role).filter(revoked_at=None).order_by("name", "pk"))
    return [rows[first : first + PER_FILE] for first in range(0, len(rows), PER_FILE)]


def printing_of(rows: Sequence[Certificate], *, now: datetime) -> Printing:
    """How far the file of these certificates is."""
    if len(rows) <= AT_ONCE:
        return Printing.SMALL
    storage, name = print_storage(), _name(rows)
    if storage.exists(f"{name}.pdf"):
        return Printing.READY
    asked = f"{name}.asked"
    waited = storage.exists(asked) and storage.get_modified_time(asked) > now - PATIENCE
    return Printing.MAKING if waited else Printing.TO_ASK


def ask_print(rows: Sequence[Certificate], *, now: datetime) -> bool:
    """Note that this file is wanted; whether a worker is to be rung: not for one that is there or being made."""
    if printing_of(rows, now=now) != Printing.TO_ASK:
        return False
    storage, asked = print_storage(), f"{_name(rows)}.asked"
    storage.delete(asked)
    storage.save(asked, ContentFile(b""))
    return True


def printed(rows: Sequence[Certificate]) -> bytes | None:
    """The file of these certificates; None where it is to be asked for first. Raises PaperUnavailable."""
    if len(rows) <= AT_ONCE:
        return certificates_pdf([paper_of(row) for row in rows])
    storage, name = print_storage(), f"{_name(rows)}.pdf"
    try:
        with storage.open(name) as file:
            return file.read()
    except FileNotFoundError:
        return None


def make_print(*, event: Event, role: str, part: int) -> bool:
    """Make one file, unless it is there; False where it was, or where there is no such part. Raises PaperUnavailable.

    Two at once make it twice, and one is kept: they are the same.
    """
    parts = print_parts(event, role)
    if not 1 <= part <= len(parts):
        return False
    rows = parts[part - 1]
    storage, name = print_storage(), f"{_name(rows)}.pdf"
    if storage.exists(name):
        return False
    data = certificates_pdf([paper_of(row) for row in rows])
    storage.save(name, ContentFile(data))
    return True


def sweep_prints(*, now: datetime) -> int:
    """Remove files that were made some hours ago; returns how many."""
    storage = print_storage()
    names = storage.listdir("")[1] if storage.exists("") else []
    gone = [name for name in names if storage.get_modified_time(name) < now - KEPT]
    for name in gone:
        storage.delete(name)
    return len(gone)


def _name(rows: Sequence[Certificate]) -> str:
    head = letterhead()
    said = [
        [one.uid.hex, one.name, one.words, one.language, one.issued_at, one.code, one.revoked_at]
        for one in rows
    ]
    parts = [head["letterhead"], head["full_name"], said]
    return sha256(json.dumps(parts, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()
