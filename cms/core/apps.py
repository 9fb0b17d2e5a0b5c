from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    """The floor of the house."""

    name = "cms.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Core")

    def ready(self) -> None:
        from cms.core import checks  # noqa: F401
        from cms.core.api import builtin

        builtin.register()
