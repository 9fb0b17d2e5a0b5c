"""What changed on a card, who changed it and when: lines that are written once and never edited."""

from datetime import datetime
from typing import Any

from django.db import transaction

from cms.accounts.models import User
from cms.contacts.models import AudienceKind, Contact, ImportRow, Organisation
from cms.core.models import ThingLog

CONTACT_FIELDS = (
    "kind",
    "civility",
    "name",
    "family_name",
    "function",
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
ORGANISATION_FIELDS = ("name", "acronym", "kind", "postal_address", "city", "country", "website", "notes")
Card = dict[str, Any]


def contact_card(contact: Contact) -> Card:
    """All that an officer may change of a contact, as the database holds it now, in plain values.

    What is pointed to is said by its name, so that a line of the history stays legible when that is gone.
    """
    row = Contact.objects.select_related("organisation", "sector", "account").get(pk=contact.pk)
    lists = row.audiences.filter(kind=AudienceKind.LIST, memberships__excluded=False)
    return {
        **{name: getattr(row, name) for name in CONTACT_FIELDS},
        "organisation": str(row.organisation) if row.organisation else "",
        "sector": str(row.sector) if row.sector else "",
        "account": row.account.get_username() if row.account else "",
        "emails": list(row.emails.order_by("-is_primary", "pk").values_list("address", flat=True)),
        "phones": list(row.phones.order_by("-is_primary", "pk").values_list("number", flat=True)),
        "topics": sorted(row.topics.values_list("name", flat=True)),
        "lists": sorted(set(lists.values_list("name", flat=True))),
    }


def organisation_card(organisation: Organisation) -> Card:
    """As `contact_card`, of an organisation."""
    row = Organisation.objects.select_related("parent").get(pk=organisation.pk)
    return {
        **{name: getattr(row, name) for name in ORGANISATION_FIELDS},
        "parent": str(row.parent) if row.parent else "",
    }


def differences(before: Card, after: Card) -> dict[str, list[Any]]:
    """The fields that differ, as {name: [before, after]}."""
    return {
        name: [before.get(name), after[name]]
        for name in after
        if (before.get(name) or None) != (after[name] or None)
    }


def line(
    row: Contact | Organisation,
    *,
    action: str,
    changes: dict[str, list[Any]] | None = None,
    user: User | None,
    reason: str = "",
    now: datetime,
) -> ThingLog:
    """A line of the row's history, not saved yet: many are written at once."""
    return ThingLog(
        thing_uid=row.uid,
        thing_type=row._meta.label,
        action=action,
        user=user if user is not None and user.pk else None,
        at=now,
        changes=changes or {},
        reason=reason,
    )


def record_contact(
    contact: Contact, *, before: Card | None, user: User | None, reason: str = "", now: datetime
) -> None:
    """Write down that somebody entered a contact (`before` is None) or what they changed, if anything."""
    _record(contact, before, contact_card(contact), user=user, reason=reason, now=now)


def record_organisation(
    organisation: Organisation, *, before: Card | None, user: User | None, now: datetime
) -> None:
    """As `record_contact`, of an organisation."""
    _record(organisation, before, organisation_card(organisation), user=user, reason="", now=now)


def _record(
    row: Contact | Organisation,
    before: Card | None,
    after: Card,
    *,
    user: User | None,
    reason: str,
    now: datetime,
) -> None:
    if before is None:
        line(row, action="created", user=user, reason=reason, now=now).save()
    elif changes := differences(before, after):
        line(row, action="changed", changes=changes, user=user, reason=reason, now=now).save()


@transaction.atomic
def forget_values(contact: Contact, *, user: User | None, now: datetime) -> None:
    """Keep of a contact's history who, when and which fields; forget what stood in them. For a request of erasure."""
    uids = [contact.uid, *contact.merged.values_list("uid", flat=True)]
    for entry in ThingLog.objects.filter(thing_uid__in=uids).select_for_update():
        entry.changes, entry.reason = {name: [None, None] for name in entry.changes}, ""
        entry.save(update_fields=["changes", "reason"])
    ImportRow.objects.filter(contact=contact).update(cells=[], values={}, candidates=[])
    line(contact, action="forgotten", user=user, now=now).save()
