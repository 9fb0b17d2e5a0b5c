"""Delegations, as staff list them and as their heads find them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from cms.core import links
from events.models import Delegation, DelegationState, Event, Registration


def delegation_by_token(token: str) -> Delegation | None:
    """The delegation that a head's link opens, or None for any link that is wrong, altered or revoked."""
    uid = links.uid_of(token)
    if uid is None:
        return None
    found = Delegation.objects.select_related("occurrence__event", "contact").filter(uid=uid).first()
    if found is None or not links.verify(
        token, purpose=Delegation.LINK_PURPOSE, uid=found.uid, generation=found.generation
    ):
        return None
    return found


def head_token(delegation: Delegation) -> str:
    """The token of the head's link."""
    return links.make(Delegation.LINK_PURPOSE, delegation.uid, delegation.generation)


def delegations_of(event: Event, *, state: str = "", search: str = "") -> QuerySet[Delegation]:
    """The delegations of an event with how many are named, seated and waiting, narrowed; by date, then by country."""
    found = Delegation.objects.filter(occurrence__event=event).select_related("occurrence__event").counted()
    if state in DelegationState.values:
        found = found.filter(state=state)
    if search := search.replace("\x00", ""):
        found = found.filter(
            Q(organisation__icontains=search) | Q(head_name__icontains=search) | Q(country__iexact=search)
        )
    return found.order_by("occurrence__starts_at", "country", "organisation", "pk")


def members_of(delegation: Delegation) -> QuerySet[Registration]:
    """The people of a delegation who still come, head first, in the order in which they were named."""
    found = Registration.objects.filter(delegation=delegation).active().select_related("delegate", "contact")
    return found.order_by(F("delegate__is_head").desc(nulls_last=True), "created_at", "pk")


def delegates_of(event: Event, **narrowed: Any) -> QuerySet[Registration]:
    """All delegates of an event who still come, and who travels without a delegation, with their journey: for lists
    and files. Two queries at most."""
    travels = Q(delegation__isnull=False) | Q(delegate__isnull=False)
    return (
        Registration.objects.filter(travels, occurrence__event=event, **narrowed)
        .active()
        .select_related("occurrence__event", "delegation", "delegate")
        .order_by("delegation__country", "delegation__organisation", "delegation", "created_at", "pk")
    )


def delegation_places(event: Event, *, now: datetime) -> dict[str, int]:
    """How many delegations there are, and of their places how many are asked for, granted and kept without a name."""
    rows = Delegation.objects.filter(occurrence__event=event).active()
    totals = {"delegations": 0, "places": 0, "granted": 0}
    for places, granted in rows.values_list("places", "granted"):
        totals["delegations"] += 1
        totals["places"] += places
        totals["granted"] += granted
    kept = Delegation.objects.filter(occurrence__event=event).keeping(now)
    return {**totals, "kept": sum(kept.values_list("kept", flat=True))}
