"""Find or enter a contact, once, however many ask at the same instant."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from django.db import IntegrityError, models, transaction

from cms.accounts.models import User
from cms.contacts.actions import history
from cms.contacts.models import (
    Contact,
    ContactEmail,
    ContactKind,
    ContactPhone,
    Organisation,
    OrganisationKind,
)
from cms.contacts.validators import HOME_COUNTRY, name_key, normalise_email, normalise_phone, tidy

ATTEMPTS = 3  # one race lost, one row deleted in between, one more
Row = TypeVar("Row", bound=models.Model)


class ContactUnreachable(Exception):
    """Neither an address nor a telephone number was given."""


def _find_or_create(find: Callable[[], Row | None], create: Callable[[], Row]) -> Row:
    """Look, else create; where another transaction created first, its constraint sends us back to look."""
    for attempt in range(ATTEMPTS):
        if (found := find()) is not None:
            return found
        try:
            with transaction.atomic():
                return create()
        except IntegrityError:
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def find_or_create_organisation(
    *, name: str, country: str = HOME_COUNTRY, kind: str = OrganisationKind.OTHER
) -> Organisation:
    """The organisation of this name in this country, whatever its case and accents; entered if new."""
    key = name_key(name)
    return _find_or_create(
        lambda: Organisation.objects.filter(name_key=key, country=country).first(),
        lambda: Organisation.objects.create(name=tidy(name), country=country, kind=kind),
    )


def find_or_create_contact(
    *,
    email: str | None = None,
    phone: str | None = None,
    name: str,
    language: str,
    organisation_name: str = "",
    country: str = HOME_COUNTRY,
    kind: str = ContactKind.PERSON,
    now: datetime,
) -> Contact:
    """Return the one contact behind an address, or behind a telephone number and a name; enter them if new.

    An existing contact comes back as it is: what a visitor types into a form never changes somebody's card.
    Raises ContactUnreachable without address and number, ValidationError where one of them is none.
    """
    address = normalise_email(email) if email else None
    number = normalise_phone(phone, country) if phone else None
    if address is None and number is None:
        raise ContactUnreachable
    key = name_key(name)

    def find() -> Contact | None:
        if address is not None:
            mail = ContactEmail.objects.select_related("contact").filter(address=address).first()
            return mail.contact if mail else None
        call = ContactPhone.objects.select_related("contact").filter(number=number, owner_key=key).first()
        return call.contact if call else None

    def create() -> Contact:
        organisation = (
            find_or_create_organisation(name=organisation_name) if tidy(organisation_name) else None
        )
        contact = Contact.objects.create(
            name=name, language=language, country=country, kind=kind, organisation=organisation
        )
        if address is not None:
            ContactEmail.objects.create(contact=contact, address=address, is_primary=True)
        if number is not None and address is None:
            ContactPhone.objects.create(contact=contact, number=number, is_primary=True)
        elif number is not None:
            # The same person may be on file with this telephone alone; that card stays, this one does without.
            taken = ContactPhone.objects.filter(number=number, owner_key=key).exists()
            if not taken:
                ContactPhone.objects.create(contact=contact, number=number, is_primary=True)
        return contact

    contact = _find_or_create(find, create)
    if contact.trashed_at is not None:
        contact = take_back(contact, now=now)
    return contact


@transaction.atomic
def put_aside(contact: Contact, *, user: User | None = None, now: datetime) -> Contact:
    """Take a contact out of every list and audience, keeping what was sent to them."""
    if Contact.objects.filter(pk=contact.pk, trashed_at=None).update(trashed_at=now, updated_at=now):
        history.line(contact, action="put_aside", user=user, now=now).save()
    contact.refresh_from_db()
    return contact


@transaction.atomic
def take_back(contact: Contact, *, user: User | None = None, now: datetime) -> Contact:
    """Undo `put_aside`. A contact merged into another stays aside: there is nothing left on its card."""
    aside = Contact.objects.filter(pk=contact.pk, trashed_at__isnull=False, merged_into=None)
    if aside.update(trashed_at=None, updated_at=now):
        history.line(contact, action="taken_back", user=user, now=now).save()
    contact.refresh_from_db()
    return contact


@transaction.atomic
def put_organisation_aside(
    organisation: Organisation, *, user: User | None = None, now: datetime
) -> Organisation:
    """Take an organisation out of lists and choices; its contacts stay."""
    shown = Organisation.objects.filter(pk=organisation.pk, trashed_at=None)
    if shown.update(trashed_at=now, updated_at=now):
        history.line(organisation, action="put_aside", user=user, now=now).save()
    organisation.refresh_from_db()
    return organisation


def settle_primaries(contact: Contact) -> None:
    """Leave exactly one address and one number marked first: of several the oldest, of none the oldest too."""
    models_: tuple[type[ContactEmail] | type[ContactPhone], ...] = (ContactEmail, ContactPhone)
    for model in models_:
        rows: list[ContactEmail | ContactPhone] = list(
            model.objects.filter(contact=contact).order_by("-is_primary", "pk")
        )
        for place, row in enumerate(rows):
            if row.is_primary != (place == 0):
                model.objects.filter(pk=row.pk).update(is_primary=place == 0)
