"""Persons shown: their consent is noted, ends, or is withdrawn; what that means for an item follows at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from wagtail.log_actions import log
from wagtail.search import index

from media_library.actions.rights import locked
from media_library.models import Asset, Basis, Consent, Person


@transaction.atomic
def note_consent(
    *,
    asset: Asset,
    person: Person,
    basis: str,
    now: datetime,
    ends_at: datetime | None = None,
    note: str = "",
    user: Any = None,
) -> Consent:
    """Write down that `person` is shown in `asset`, and on what ground. Said again, it replaces what was said, also
    a withdrawal: people may change their minds. While the consent is awaited the public does not have the item.
    """
    (row,) = locked([asset])
    said = {"basis": basis, "ends_at": ends_at, "note": note, "noted_at": now, "noted_by": user}
    consent, _created = Consent.objects.update_or_create(
        asset=row, person=person, defaults={**said, "withdrawn_at": None, "withdrawn_by": None}
    )
    _settle(row)
    _note(row, "media_library.consent_noted", user, person, basis=basis)
    return consent


@transaction.atomic
def note_person(
    *, asset: Asset, person: Person | None, name: str, function: str, basis: str, now: datetime, **said: Any
) -> Consent:
    """`note_consent` for a person known already, or else for the one of this name and function, entered if new."""
    if person is None:
        who = {"name": name.strip(), "function": function.strip()}
        person = Person.objects.filter(**who).order_by("pk").first() or Person.objects.create(**who)
    return note_consent(asset=asset, person=person, basis=basis, now=now, **said)


@transaction.atomic
def remove_person(*, consent: Consent, now: datetime, user: Any = None) -> None:
    """Undo a mistake: this person is not shown in the item. A withdrawn consent stays (nothing is removed)."""
    (row,) = locked([consent.asset])
    deleted, _rows = Consent.objects.filter(pk=consent.pk, withdrawn_at__isnull=True).delete()
    if deleted:
        _settle(row)
        _note(row, "media_library.person_removed", user, consent.person)


@transaction.atomic
def withdraw_consent(
    *,
    person: Person,
    now: datetime,
    assets: Iterable[Asset] | None = None,
    also: Iterable[Person] = (),
    user: Any = None,
) -> int:
    """Take back a person's consent for these items, or for all; return how many items closed by it. Idempotent.

    `also`: the same person under other functions (another row), whose consent ends with it. From `now` on the
    items are shut in every channel, archives included, whatever else they were released by; they open again only
    when `note_consent` says so. What rests on public office is left alone unless named.
    """
    consents = Consent.objects.filter(person__in=[person, *also], withdrawn_at__isnull=True)
    if assets is None:
        consents = consents.exclude(basis=Basis.OFFICE)
    else:
        consents = consents.filter(asset__in=[asset.pk for asset in assets])
    rows = locked(Asset.objects.filter(consents__in=consents))
    consents.filter(asset__in=rows).update(withdrawn_at=now, withdrawn_by=user)
    for row in rows:
        _settle(row)
        _note(row, "media_library.consent_withdrawn", user, person)
    return len(rows)


def _settle(row: Asset) -> None:
    """Write what all consents of a locked item amount to: the earliest instant at which one is wanting."""
    ends = []
    for consent in row.consents.all():
        if consent.withdrawn_at is not None:
            ends.append(consent.withdrawn_at)
        elif consent.basis == Basis.AWAITED:
            ends.append(consent.noted_at)
        elif consent.ends_at is not None:
            ends.append(consent.ends_at)
    row.consent_ends_at = min(ends, default=None)
    row.save(update_fields=["consent_ends_at", "updated_at"])
    index.insert_or_update_object(row)


def _note(row: Asset, action: str, user: Any, person: Person, **data: Any) -> None:
    log(row, action, user=user, data={"person": person.name, **data})
