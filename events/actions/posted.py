"""What one form was posted for: the same post once more, or a correction of what it said before.

The key of a form is known to the browser that holds it and to nobody else; it stands in no mail and on no other
page. Posted again for the same date and the same address it is the same registration, whatever became of the hall.
Posted again after a step back with a mended address or another date, by the same person, it corrects: the earlier
registration, if nobody ever confirmed it, gives its seat to the new one and its link stops acting. What was
confirmed stays. Another name and another address are another person, registered beside the first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connection

from cms.contacts.validators import name_key
from events import queries
from events.actions.form_answers import Said, keep_answers
from events.models import Category, Occurrence, Registration, RegistrationState

LOCK = 0x666F726D  # "form": the first key of PostgreSQL's advisory locks


@dataclass(frozen=True)
class Entry:
    """What somebody wrote in the form; addresses are normalised."""

    name: str
    email: str
    phone: str
    organisation: str
    language: str
    category: Category | None = None
    answers: tuple[Said, ...] = ()

    @property
    def reach(self) -> str:
        """How the person is reached: what tells two entries of one form apart."""
        return self.email or self.phone


@dataclass
class Posted:
    """A form, and the registrations made by it."""

    key: UUID | None = None
    rows: list[Registration] = field(default_factory=list)

    @property
    def dates(self) -> set[int]:
        return {row.occurrence_id for row in self.rows}

    def reload(self) -> None:
        """Read the registrations again, under the locks of their dates."""
        pks = [row.pk for row in self.rows]
        self.rows = list(Registration.objects.select_related("contact", "occurrence").filter(pk__in=pks))

    def same(self, entry: Entry, date: Occurrence) -> Registration | None:
        """The registration that this very post made before, unless it was ended since."""
        for row in self.rows:
            if row.is_active and row.occurrence_id == date.pk and row.reach == entry.reach:
                return row
        return None

    def mistaken(self, entry: Entry, date: Occurrence) -> Registration | None:
        """The registration that this post corrects: never confirmed, and of the same person by name or address."""
        for row in self.rows:
            if row.occurrence.event_id != date.event_id:
                continue
            if row.state != RegistrationState.PENDING or row.confirmed_at is not None:
                continue
            if row.reach == entry.reach or name_key(row.name) == name_key(entry.name):
                return row
        return None

    def hand_over_key(self) -> None:
        """Free the form's own key, which stands on the last registration that the form made, for the next one."""
        for row in self.rows:
            if self.key is not None and row.key == self.key:
                row.key = queries.derived_key(self.key, date=row.occurrence, reach=row.reach)
                Registration.objects.filter(key=row.key).update(key=None)
                row.save(update_fields=["key"])


def take_form(key: UUID | None, *, entry: Entry, date: Occurrence) -> Posted:
    """Lock the form for this transaction, so that its posts follow each other, and find what it made.

    Taken before the locks of dates, and by nobody who holds one.
    """
    if key is None:
        return Posted()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, key.int % 2**32 - 2**31])
    found = Registration.objects.filter(key__in=[key, queries.derived_key(key, date=date, reach=entry.reach)])
    return Posted(key, list(found))


def mend(registration: Registration, entry: Entry, *, now: datetime) -> bool:
    """Take a mended name, category or answer of somebody who has not confirmed yet; to others nothing happens.

    Returns whether anything was taken.
    """
    if registration.state != RegistrationState.PENDING or registration.confirmed_at is not None:
        return False
    said = {
        "name": entry.name,
        "organisation": entry.organisation,
        "phone": entry.phone,
        "category": entry.category,
    }
    same = all(getattr(registration, name) == value for name, value in said.items())
    if same and not entry.answers:
        return False
    keep_answers(registration, entry.answers, now=now)
    for name, value in said.items():
        setattr(registration, name, value)
    registration.save(update_fields=list(said))
    return True


def withdraw(registration: Registration, row: Occurrence, *, now: datetime) -> datetime | None:
    """End a registration that its own form corrected; nobody is written to at an address that was wrong.

    Returns until when it kept a seat of the date `row`, if it did.
    """
    kept_until = registration.held_until if registration.occurrence_id == row.pk else None
    registration.state = RegistrationState.CANCELLED
    registration.cancelled_at = now
    registration.held_until = None
    registration.version += 1
    registration.save()
    return kept_until
