from django.apps import AppConfig


class SettingsConfig(AppConfig):
    """The composition root: commands, admin overrides and catalogs of the whole."""

    name = "settings"
    label = "settings"

    def ready(self) -> None:
        from cms.core import health, registry
        from settings.celery import app  # noqa: F401 (the current app, for every process that may ring it)

        registry.health_lines.register(health.scheduler_line, key="scheduler")
        registry.admin_banners.register(health.scheduler_banner, key="scheduler")
