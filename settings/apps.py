from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SettingsConfig(AppConfig):
    """The composition root: commands, admin overrides and catalogs of the whole."""

    name = "settings"
    label = "settings"

    def ready(self) -> None:
        from cms.core import health, registry
        from settings.celery import app  # noqa: F401 (the current app, for every process that may ring it)

        registry.health_lines.register(health.scheduler_line, key="scheduler")
        registry.admin_banners.register(health.scheduler_banner, key="scheduler")
        self._join_press_and_events()

    @staticmethod
    def _join_press_and_events() -> None:
        """What is of a release and of a press conference: neither package imports the other."""
        from events.queries.press import standing_seats
        from events.views.personal import PersonalPart, parts
        from events.views.tools import Tool, more_tools
        from press.querysets import grounds
        from settings.newsroom import coverage, early, screens

        grounds.register(standing_seats, key="events.registration")
        parts.register(PersonalPart(early.KEY, 10, "settings/newsroom/early.html", early.offer, early.take))
        title, before = _("Media coverage"), "events_figures"
        more_tools.register(
            Tool(title, "newsroom_coverage", screens.SEE, coverage.has_press, before), key="newsroom"
        )
