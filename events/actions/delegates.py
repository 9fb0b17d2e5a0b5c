"""What is known of a delegate's journey and stay: by the head, by the delegates themselves, by staff.

Somebody who comes alone from abroad (a speaker, an expert) has journey, care and visa letter too, kept by staff.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from cms.core.actions import log_thing
from events.actions import seats
from events.actions.delegations import locked, log_delegation
from events.actions.errors import NotTaken
from events.models import Delegate, Occurrence, Passport, Registration

#: What the person or the head says.
JOURNEY = (
    "function",
    "arrival_date",
    "arrival_time",
    "arrival_flight",
    "departure_date",
    "departure_time",
    "departure_flight",
    "hotel",
    "diet",
    "needs_visa",
)
#: What staff settle.
CARE = ("transport", "lodging", "per_diem", "per_diem_xof", "hotel", "care_note")
PASSPORT = ("full_name", "number", "nationality", "born_date", "expires_date")


@transaction.atomic
def change_delegate(
    *,
    member: Registration,
    journey: Mapping[str, Any],
    passport: Mapping[str, Any] | None = None,
    user: Any = None,
    now: datetime,
) -> Delegate:
    """Write down a delegate's journey (JOURNEY) and, where given, the passport (PASSPORT), which replaces the one kept.

    The journal keeps which fields changed and who changed them, never what stands in them. Raises NotTaken for who
    comes no more.
    """
    delegate = _locked_delegate(member)
    changed = _apply(delegate, journey, JOURNEY)
    if passport is not None and passport.get("number"):
        values = {name: passport.get(name) for name in PASSPORT}
        Passport.objects.update_or_create(delegate=delegate, defaults={**values, "entered_at": now})
        changed.append("passport")
    if changed:
        _note(delegate, "delegate.changed", changed, user=user, now=now)
    return delegate


@transaction.atomic
def set_care(*, member: Registration, care: Mapping[str, Any], user: Any, now: datetime) -> Delegate:
    """Say who pays for what of a delegate's stay (CARE). Raises NotTaken for who comes no more."""
    delegate = _locked_delegate(member)
    changed = _apply(delegate, care, CARE)
    if changed:
        _note(delegate, "delegate.care", changed, user=user, now=now)
    return delegate


@transaction.atomic
def write_visa_letter(*, member: Registration, reference: str, user: Any, now: datetime) -> Delegate:
    """Keep that a visa letter was printed under a reference. Raises NotTaken where there is no passport to name."""
    delegate = _locked_delegate(member)
    if not Passport.objects.filter(delegate=delegate).exists():
        raise NotTaken
    delegate.visa_reference, delegate.visa_lettered_at = reference, now
    delegate.save(update_fields=["visa_reference", "visa_lettered_at"])
    _note(delegate, "delegate.visa_letter", ["visa_reference"], user=user, now=now)
    return delegate


def _locked_delegate(member: Registration) -> Delegate:
    """The delegate's row, under the lock of the date."""
    found = Registration.objects.select_related("delegation").get(pk=member.pk)
    delegation = None
    if found.delegation is not None:
        delegation, row = locked(found.delegation)
    else:
        row = seats.take(Occurrence(pk=found.occurrence_id))
    found.refresh_from_db()
    if not found.is_active:
        raise NotTaken
    delegate, _new = Delegate.objects.get_or_create(registration=found)
    delegate.registration = found
    found.delegation, found.occurrence = delegation, row
    return delegate


def _apply(delegate: Delegate, said: Mapping[str, Any], names: tuple[str, ...]) -> list[str]:
    changed = [name for name in names if name in said and getattr(delegate, name) != said[name]]
    for name in changed:
        setattr(delegate, name, said[name])
    if changed:
        delegate.save(update_fields=changed)
    return changed


def _note(delegate: Delegate, action: str, fields: list[str], *, user: Any, now: datetime) -> None:
    member = delegate.registration
    row, delegation = member.occurrence, member.delegation
    if delegation is not None:
        log_delegation(delegation, row, action, user=user, now=now, member=member, fields=fields)
        return
    changes = {"registration": member.uid.hex, "state": member.state, "fields": fields}
    log_thing(row.event, action=action, user=user, now=now, changes=changes)
