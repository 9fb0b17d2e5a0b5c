"""System checks: whatever points to a contact can follow it when two cards are merged."""

from typing import Any

from django.core.checks import Error, register
from django.core.exceptions import ImproperlyConfigured

from cms.contacts.actions import merging


@register()
def every_key_to_a_contact_can_be_moved(**kwargs: Any) -> list[Error]:
    """Refuse a key to a contact that may stand once only, and of which nobody said what two become."""
    found = []
    for label, field in merging.relations():
        try:
            merging.mover_of(label, field)
        except ImproperlyConfigured as fault:
            found.append(Error(str(fault), id="contacts.E001"))
    return found
