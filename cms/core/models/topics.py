"""Topics and sectors, by which releases, events, documents and contacts are told apart."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import TranslatableMixin
from wagtail.search import index


class _Term(TranslatableMixin, index.Indexed, models.Model):
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("short name in addresses"), max_length=80, allow_unicode=True)

    panels = [FieldPanel("name"), FieldPanel("slug")]
    search_fields = [
        index.SearchField("name"),
        index.AutocompleteField("name"),
        index.FilterField("locale_id"),
    ]

    class Meta(TranslatableMixin.Meta):
        abstract = True
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Topic(_Term):
    """What something is about: health, agriculture, the programme itself…"""

    class Meta(_Term.Meta):
        abstract = False
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        constraints = [
            models.UniqueConstraint(fields=["slug", "locale"], name="core_topic_slug_is_unique_in_a_language")
        ]


class Sector(_Term):
    """A sector of the programme's work, as its results are counted."""

    class Meta(_Term.Meta):
        abstract = False
        verbose_name = _("sector")
        verbose_name_plural = _("sectors")
        constraints = [
            models.UniqueConstraint(
                fields=["slug", "locale"], name="core_sector_slug_is_unique_in_a_language"
            )
        ]
