from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContactsConfig(AppConfig):
    name = "cms.contacts"
    label = "contacts"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Contacts")
