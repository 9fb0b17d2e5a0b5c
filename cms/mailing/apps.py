from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MailingConfig(AppConfig):
    name = "cms.mailing"
    label = "mailing"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Mailing")
