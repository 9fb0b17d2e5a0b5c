from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MediaLibraryConfig(AppConfig):
    """Bytes, rights, sizes and archives of pictures, documents, sounds and films."""

    name = "media_library"
    label = "media_library"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Media library")

    def ready(self) -> None:
        from cms.core import registry
        from cms.core.registry import PageType
        from media_library import api, models, queries, receivers
        from media_library.actions.publication import rule_of_words
        from media_library.views import pages

        receivers.connect()
        registry.page_types.register(
            PageType(
                models.MediaLibraryPage,
                "MediaLibraryPage",
                pages.library,
                api.page,
                subpaths=pages.AssetPaths(),
            )
        )
        registry.admin_banners.register(queries.tool_banner, key="media_library.ffmpeg")
        registry.page_types.register(
            PageType(models.MediaSectionPage, "MediaSectionPage", pages.library, api.section)
        )
        registry.address_judges.register(queries.opens, key="media")
        registry.publication_rules.register(rule_of_words, key="media_library.words")
        serializer, policy = api.RowSerializer(), api.RowPolicy()
        for model in (models.LibraryImage, models.LibraryDocument, models.LibraryMedia):
            registry.asset_serializers.register(serializer, model)
            registry.asset_policies.register(policy, model)
