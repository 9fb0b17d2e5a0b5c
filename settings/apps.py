from django.apps import AppConfig


class SettingsConfig(AppConfig):
    """The composition root: commands, admin overrides and catalogs of the whole."""

    name = "settings"
    label = "settings"
