"""Contacts to test with: invented people, at example.org."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count

from cms.contacts.models import (
    Audience,
    AudienceKind,
    AudienceMember,
    Contact,
    ContactEmail,
    ContactPhone,
    Organisation,
)

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
_number = count(1)


def make_organisation(**fields: object) -> Organisation:
    return Organisation.objects.create(**{"name": f"Organisation {next(_number)}", **fields})


def make_contact(*, email: str | None = "", phone: str | None = None, **fields: object) -> Contact:
    """A contact with an address of its own; `email=None` for none."""
    number = next(_number)
    contact = Contact.objects.create(**{"name": f"Personne {number}", **fields})
    if email is not None:
        ContactEmail.objects.create(
            contact=contact, address=email or f"personne{number}@example.org", is_primary=True
        )
    if phone is not None:
        ContactPhone.objects.create(contact=contact, number=phone, is_primary=True)
    return contact


def make_audience(
    *members: Contact, criteria: dict[str, list[str]] | None = None, **fields: object
) -> Audience:
    number = next(_number)
    audience = Audience.objects.create(
        **{
            "name": f"Audience {number}",
            "slug": f"audience-{number}",
            "kind": AudienceKind.QUERY if criteria else AudienceKind.LIST,
            "criteria": criteria or {},
            **fields,
        }
    )
    AudienceMember.objects.bulk_create(
        AudienceMember(audience=audience, contact=contact, added_at=NOON) for contact in members
    )
    return audience
