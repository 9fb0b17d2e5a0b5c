from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlanConfig(AppConfig):
    name = "cms.plan"
    label = "plan"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Plan")
