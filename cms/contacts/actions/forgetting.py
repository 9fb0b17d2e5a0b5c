"""Taking away a card that nothing needs any more."""

from __future__ import annotations

from django.db import transaction
from django.db.models import ProtectedError

from cms.contacts.actions.merging import relations
from cms.contacts.models import Contact, ContactEmail, ContactPhone
from cms.core.models import ThingLog

_OWN = (ContactEmail, ContactPhone)


@transaction.atomic
def forget_unused(contact: Contact) -> bool:
    """Delete a card that a form made and nobody ever touched: no list, consent, mail, profile, note or history.

    Returns whether it is gone. A card that anything else points to stays as it is.
    """
    row = Contact.objects.select_for_update().filter(pk=contact.pk).first()
    if row is None or row.notes or row.account_id is not None or row.merged_into_id is not None:
        return False
    if ThingLog.objects.filter(thing_uid=row.uid).exists():
        return False
    for _label, field in relations():
        if field.model not in _OWN and field.model._base_manager.filter(**{field.name: row}).exists():
            return False
    try:
        with transaction.atomic():
            row.delete()
    except ProtectedError:
        return False
    return True
