from typing import TYPE_CHECKING, Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.http import HttpRequest


def _contact_of_account(request: "HttpRequest") -> dict[str, Any] | None:
    """The contact card of whoever is signed in, and whether it is accredited now."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    from cms.contacts import queries
    from cms.core import clock

    contact = queries.contact_of(user, now=clock.now())
    return {"contact": contact} if contact is not None else None


class ContactsConfig(AppConfig):
    name = "cms.contacts"
    label = "contacts"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Contacts")

    def ready(self) -> None:
        from cms.contacts import (
            checks,  # noqa: F401
            viewsets,
        )
        from cms.core import registry

        registry.todo_items.register(
            registry.TodoSource(
                "contacts.accreditations", 25, _("Accreditations"), viewsets.accreditations_due
            )
        )
        registry.reader_sources.register(_contact_of_account, key="contact-of-account")
