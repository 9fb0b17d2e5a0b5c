"""What else of a person an event keeps beside the registration: guest list, answers, certificates, chairs."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import QuerySet

from events import queries
from events.models import Answer, Certificate, Invitation, Place, Receipt


def blank_guests(guests: QuerySet[Invitation], *, erased: str) -> list[str]:
    """Forget who answered, who came instead and what they wrote; returns the uids in hex of all these guests.

    That the person was invited, and how they answered, stays: the card of the address book is theirs to be erased.
    """
    guests.exclude(substitute_name="").update(substitute_name=erased)
    guests.update(**dict.fromkeys(queries.TYPED_BY_GUESTS, ""))
    return [uid.hex for uid in guests.values_list("uid", flat=True)]


def blank_answers(registrations: Collection[int], *, now: datetime) -> None:
    """Forget what people typed into the officer's questions and the files they joined; choices stay, for the counts."""
    rows = Answer.objects.filter(registration__in=registrations)
    for row in rows.exclude(file=""):
        transaction.on_commit(partial(row.file.storage.delete, str(row.file.name)))
    rows.filter(choice=None).update(text="", file="", file_name="", erased_at=now)


def blank_payers(registrations: Collection[int], *, erased: str) -> None:
    """Forget who paid; number and sum of each receipt stay in the accounts, whose paper has the name."""
    Receipt.objects.filter(registration__in=registrations).update(payer=erased)


def blank_certificates(registrations: Collection[int], *, erased: str, now: datetime) -> None:
    """End the certificates of people who ask to be erased: the page that checks them names nobody any more.

    Time alone ends none: they are the holder's own proof, and are kept for whoever is shown one.
    """
    for row in Certificate.objects.filter(registration__in=registrations):
        row.name = erased
        row.words = {**row.words, "paragraphs": []}
        row.revoked_at = row.revoked_at or now
        row.save(update_fields=["name", "words", "revoked_at"])


def free_chairs(registrations: Collection[int]) -> None:
    """Take people who are erased from the chairs that they were given."""
    Place.objects.filter(registration__in=registrations).update(registration=None, is_fixed=False)
