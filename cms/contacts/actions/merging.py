"""Two cards of one person become one: all that points to the one then points to the other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import models, transaction
from django.utils.translation import gettext as _

from cms.accounts.models import User
from cms.contacts.actions import history
from cms.contacts.actions.accreditations import STANDING, revoke_accreditation
from cms.contacts.actions.consents import OF_THE_PERSON, suppress
from cms.contacts.actions.contacts import settle_primaries
from cms.contacts.actions.preferences import move_preference
from cms.contacts.models import (
    Accreditation,
    AccreditationState,
    AudienceMember,
    Consent,
    Contact,
    ContactEmail,
    ContactPhone,
    MediaProfile,
    Suppression,
    SuppressionReason,
)
from cms.core import registry

#: What the kept card takes from the other where it has nothing, or where the officer says so.
FIELDS = (
    "kind",
    "civility",
    "name",
    "family_name",
    "function",
    "organisation",
    "sector",
    "under_cover_of",
    "salutation",
    "closing",
    "protocol_rank",
    "postal_address",
    "city",
    "country",
    "language",
    "notes",
)
WISHES = (*OF_THE_PERSON, SuppressionReason.MANUAL)


class CannotMerge(Exception):
    """These two stay two for now; the sentence says why."""


@transaction.atomic
def merge_contacts(
    *, kept: Contact, merged: Contact, take: Collection[str] = (), user: User | None, now: datetime
) -> Contact:
    """Make one card of two, and return it. `take` names the FIELDS whose value comes from `merged`.

    Addresses, numbers, lists, agreements, accreditations and all that apps above keep (what was sent, who
    registered) move to `kept`; `merged` stays as a card put aside that points to it. Who left a mailing stays left:
    a wish not to be written to goes for all addresses of the person. Raises CannotMerge, before anything changed.
    """
    if kept.pk == merged.pk:
        raise CannotMerge(_("These are the same card."))
    rows = (
        Contact.objects.select_for_update(no_key=True)
        .filter(pk__in=[kept.pk, merged.pk])
        .order_by("pk")
        .in_bulk()
    )
    into, from_ = rows[kept.pk], rows[merged.pk]
    if into.trashed_at is not None or from_.merged_into_id is not None:
        raise CannotMerge(_("One of these cards has been put aside or merged meanwhile."))
    if into.account_id and from_.account_id:
        raise CannotMerge(_("Both have an account of their own: one person signs in with one account."))
    before = history.contact_card(into)
    try:
        for move in _movers():
            move(source=from_, target=into, user=user, now=now)
    except registry.Refused as refusal:
        raise CannotMerge(str(refusal)) from refusal
    _fill(into, from_, take)
    Contact.objects.filter(pk=from_.pk).update(
        merged_into=into, trashed_at=from_.trashed_at or now, updated_at=now, account=None
    )
    Contact.objects.filter(merged_into=from_).update(merged_into=into)
    into.save()
    settle_primaries(into)
    _spread_wishes(into, now=now)
    changes = history.differences(before, history.contact_card(into))
    history.line(into, action="merged", changes=changes, user=user, reason=str(from_), now=now).save()
    history.line(from_, action="merged_away", user=user, reason=str(into), now=now).save()
    return Contact.objects.get(pk=into.pk)


def _fill(into: Contact, from_: Contact, take: Collection[str]) -> None:
    for name in FIELDS:
        value = getattr(from_, name)
        if value not in ("", None) and (name in take or getattr(into, name) in ("", None)):
            setattr(into, name, value)
    if "name" in take and "family_name" not in take:
        into.family_name = from_.family_name
    into.account_id = into.account_id or from_.account_id


def _spread_wishes(contact: Contact, *, now: datetime) -> None:
    """Who asked at one address to be left alone asked as a person; an address that is dead says nothing of others."""
    addresses = list(ContactEmail.objects.filter(contact=contact).values_list("address", flat=True))
    wish = (
        Suppression.objects.filter(address__in=addresses, reason__in=WISHES).order_by("since", "pk").first()
    )
    if wish is None:
        return
    for address in addresses:
        note = _("Merged with %(address)s") % {"address": wish.address}
        suppress(
            address=address, reason=wish.reason, note="" if address == wish.address else note[:200], now=now
        )


# What points to a contact ------------------------------------------------------------------------------------------
def relations() -> Iterator[tuple[str, models.Field[Any, Any]]]:
    """Every key to a contact, as ("app_label.Model.field", field): those of tables behind lists of contacts too."""
    for relation in Contact._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel) and relation.field.concrete:
            field = relation.field
            yield f"{field.model._meta.label}.{field.name}", field


def points_once(field: models.Field[Any, Any]) -> bool:
    """Whether the database may refuse a second row to point to the same contact."""
    options = field.model._meta
    groups = [set(group) for group in options.unique_together]
    groups += [set(one.fields) for one in options.constraints if isinstance(one, models.UniqueConstraint)]
    return field.unique or any(field.name in group for group in groups)


def mover_of(label: str, field: models.Field[Any, Any]) -> Callable[..., None]:
    """How rows with this key change hands: as somebody registered it, else as they are. ImproperlyConfigured."""
    found = _OWN.get(label) or registry.contact_movers.get(label)
    if found is not None:
        return found
    if field.model._meta.auto_created:
        return _pairs(field)
    if points_once(field):
        raise ImproperlyConfigured(
            f"{label} may point to a contact once: register its mover in contact_movers"
        )
    return _plain(field)


def _movers() -> Iterator[Callable[..., None]]:
    for label, field in relations():
        yield mover_of(label, field)


def _plain(field: models.Field[Any, Any]) -> Callable[..., None]:
    def move(*, source: Contact, target: Contact, **_rest: Any) -> None:
        field.model._base_manager.filter(**{field.name: source}).update(**{field.name: target})

    return move


def _pairs(field: models.Field[Any, Any]) -> Callable[..., None]:
    """Rows behind a many-to-many: those that the target has already fall together."""

    def move(*, source: Contact, target: Contact, **_rest: Any) -> None:
        rows = field.model._base_manager
        other = next(one for one in field.model._meta.fields if one.is_relation and one is not field)
        held = rows.filter(**{field.name: target}).values(other.attname)
        rows.filter(**{field.name: source, f"{other.attname}__in": held}).delete()
        rows.filter(**{field.name: source}).update(**{field.name: target})

    return move


def _move_addresses(*, source: Contact, target: Contact, **_rest: Any) -> None:
    for model in (ContactEmail, ContactPhone):
        model.objects.filter(contact=source).update(contact=target, is_primary=False)  # type: ignore[attr-defined]


def _move_memberships(*, source: Contact, target: Contact, **_rest: Any) -> None:
    """Kept out of an audience by hand on either card is kept out."""
    out = AudienceMember.objects.filter(contact=source, excluded=True).values("audience")
    AudienceMember.objects.filter(contact=target, audience__in=out).update(excluded=True)
    held = AudienceMember.objects.filter(contact=target).values("audience")
    AudienceMember.objects.filter(contact=source, audience__in=held).delete()
    AudienceMember.objects.filter(contact=source).update(contact=target)


def _move_consents(*, source: Contact, target: Contact, **_rest: Any) -> None:
    """Of two that stand for one purpose one stays; the person's latest word counts, on whichever card it was said."""
    for consent in Consent.objects.filter(contact=source).select_for_update().order_by("pk"):
        if consent.withdrawn_at is None:
            standing = Consent.objects.filter(
                contact=target, purpose=consent.purpose, withdrawn_at=None
            ).first()
            if standing is not None:
                _join(consent, standing)
        Consent.objects.filter(pk=consent.pk).update(contact=target)
    for standing in Consent.objects.filter(contact=target, withdrawn_at=None):
        no = (
            Consent.objects.filter(
                contact=target, purpose=standing.purpose, withdrawn_at__gt=_said_at(standing)
            )
            .order_by("withdrawn_at")
            .first()
        )
        if no is not None:
            Consent.objects.filter(pk=standing.pk).update(withdrawn_at=no.withdrawn_at)


def _said_at(consent: Consent) -> datetime:
    at = consent.given_at or consent.requested_at
    assert at is not None  # a_consent_was_asked_or_given
    return at


def _join(one: Consent, other: Consent) -> None:
    """Let the surer of two standing agreements to one purpose stand: given before asked, then the newer.

    The other one ends before it, so that it is no refusal of what was said after.
    """
    weaker, surer = sorted((one, other), key=lambda row: (row.given_at is not None, _said_at(row), row.pk))
    ended = min(_said_at(weaker), _said_at(surer))
    evidence = f"{weaker.evidence} · {_('one agreement with that of the merged card')}".lstrip(" ·")
    Consent.objects.filter(pk=weaker.pk).update(withdrawn_at=ended, evidence=evidence[:200])


def _move_accreditations(*, source: Contact, target: Contact, user: User | None, now: datetime) -> None:
    """Of two in force for one thing the granted one stays, and the longer; the door of the other is closed."""
    for row in Accreditation.objects.filter(contact=source, state__in=STANDING).order_by("pk"):
        standing = Accreditation.objects.filter(
            contact=target, scope_uid=row.scope_uid, state__in=STANDING
        ).first()
        if standing is not None:
            weaker = min((row, standing), key=_strength)
            revoke_accreditation(weaker, reason=_("Two cards of one person merged"), user=user, now=now)
    Accreditation.objects.filter(contact=source).update(contact=target)


def _strength(row: Accreditation) -> tuple[bool, bool, float]:
    until = row.valid_until
    return row.state == AccreditationState.GRANTED, until is None, until.timestamp() if until else 0.0


def _move_media_profile(*, source: Contact, target: Contact, **_rest: Any) -> None:
    there = MediaProfile.objects.filter(contact=target).first()
    here = MediaProfile.objects.filter(contact=source).first()
    if here is None:
        return
    if there is None:
        MediaProfile.objects.filter(pk=here.pk).update(contact=target)
        return
    for name in ("outlet", "press_card", "beat", "deadline"):
        if not getattr(there, name):
            setattr(there, name, getattr(here, name))
    here.delete()
    there.save()


def _stays(**_rest: Any) -> None:
    """Not moved here: `merge_contacts` sees to it itself."""


_OWN: dict[str, Callable[..., None]] = {
    "contacts.Contact.merged_into": _stays,
    "contacts.ContactEmail.contact": _move_addresses,
    "contacts.ContactPhone.contact": _stays,  # with the addresses
    "contacts.AudienceMember.contact": _move_memberships,
    "contacts.Consent.contact": _move_consents,
    "contacts.Accreditation.contact": _move_accreditations,
    "contacts.MediaProfile.contact": _move_media_profile,
    "contacts.Preference.contact": move_preference,
}
