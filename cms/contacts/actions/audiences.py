"""Audiences and who is put in or kept out by hand."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from cms.accounts.models import User
from cms.contacts.models import Audience, AudienceKind, AudienceMember, Contact

BATCH = 1000


@transaction.atomic
def find_or_create_audience(
    *,
    slug: str,
    name: str,
    description: str = "",
    criteria: dict[str, list[str]] | None = None,
    includes: Iterable[Audience] = (),
    excludes: Iterable[Audience] = (),
) -> Audience:
    """The audience of this short name.

    A new one is a saved query if `criteria` are given, put together from `includes` without `excludes` if those are,
    else a list.
    """
    parts = list(includes)
    kind = AudienceKind.QUERY if criteria else AudienceKind.COMBINED if parts else AudienceKind.LIST
    audience, created = Audience.objects.get_or_create(
        slug=slug,
        defaults={
            "name": name,
            "description": description,
            "kind": kind,
            "criteria": criteria or {},
        },
    )
    if created and parts:
        audience.includes.set(parts)
        audience.excludes.set(excludes)
    return audience


def add_to_audience(
    *, audience: Audience, contacts: Iterable[Contact], user: User | None = None, now: datetime
) -> None:
    """Put contacts in; those already there stay as they are, those kept out come in."""
    rows = [
        AudienceMember(audience=audience, contact=contact, added_at=now, added_by=user)
        for contact in contacts
    ]
    AudienceMember.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["audience", "contact"],
        update_fields=["excluded"],
    )


def remove_from_audience(
    *, audience: Audience, contacts: Iterable[Contact], user: User | None = None, now: datetime
) -> None:
    """Take contacts out. Off a query they are kept out for good, since the query would bring them back."""
    chosen = list(contacts)
    if audience.kind == AudienceKind.LIST:
        AudienceMember.objects.filter(audience=audience, contact__in=chosen).delete()
        return
    rows = [
        AudienceMember(audience=audience, contact=contact, excluded=True, added_at=now, added_by=user)
        for contact in chosen
    ]
    AudienceMember.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["audience", "contact"],
        update_fields=["excluded", "added_at", "added_by"],
    )


def put_audience_aside(audience: Audience, *, now: datetime) -> Audience:
    """Take an audience out of every choice; what was sent to it keeps its name."""
    Audience.objects.filter(pk=audience.pk, trashed_at=None).update(trashed_at=now, updated_at=now)
    audience.refresh_from_db()
    return audience


def take_audience_back(audience: Audience, *, now: datetime) -> Audience:
    """Undo `put_audience_aside`."""
    Audience.objects.filter(pk=audience.pk).update(trashed_at=None, updated_at=now)
    audience.refresh_from_db()
    return audience
