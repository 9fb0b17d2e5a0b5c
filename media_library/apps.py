from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MediaLibraryConfig(AppConfig):
    """Bytes, rights, sizes and archives of pictures, documents, sounds and films."""

    name = "media_library"
    label = "media_library"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Media library")

    def ready(self) -> None:
        from media_library import receivers

        receivers.connect()
