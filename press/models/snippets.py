"""Words and people that releases share."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.fields import RichTextField
from wagtail.models import TranslatableMixin
from wagtail.search import index

from cms.core.models.pages import OddPostMixin


class BoilerplateForm(OddPostMixin, WagtailAdminModelForm):
    """The form of an “About” text."""


class Boilerplate(TranslatableMixin, index.Indexed, models.Model):
    """« À propos »: the paragraph about the organisation at a release's end."""

    title = models.CharField(_("title"), max_length=120, help_text=_("For example: About TOKTEN-Mali."))
    text = RichTextField(_("text"), features=["bold", "italic", "link"])

    base_form_class = BoilerplateForm
    panels = [FieldPanel("title"), FieldPanel("text")]
    search_fields = [
        index.SearchField("title"),
        index.AutocompleteField("title"),
        index.FilterField("locale_id"),
    ]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("“About” text")
        verbose_name_plural = _("“About” texts")
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class PressContact(TranslatableMixin, index.Indexed, models.Model):
    """A person whom journalists may call."""

    name = models.CharField(_("name"), max_length=160)
    function = models.CharField(_("function"), max_length=200, blank=True)
    telephone = models.CharField(
        _("telephone"),
        max_length=40,
        validators=[RegexValidator(r"^\+?[0-9 ().-]{6,40}$", _("Digits, spaces and a leading + only."))],
    )
    whatsapp = models.CharField(
        _("WhatsApp"),
        max_length=40,
        blank=True,
        validators=[RegexValidator(r"^\+[0-9 ]{6,40}$", _("In the international form: +223 …"))],
    )
    email = models.EmailField(_("e-mail"), blank=True)
    on_call = models.CharField(
        _("on-call hours"),
        max_length=160,
        blank=True,
        help_text=_("For example: every day, 7 a.m. to 10 p.m. GMT."),
    )
    languages_spoken = models.CharField(_("languages spoken"), max_length=160, blank=True)
    sort_order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_listed = models.BooleanField(_("on the page of press contacts"), default=True)

    panels = [
        FieldPanel("name"),
        FieldPanel("function"),
        FieldRowPanel([FieldPanel("telephone"), FieldPanel("whatsapp")]),
        FieldPanel("email"),
        FieldPanel("on_call"),
        FieldPanel("languages_spoken"),
        FieldRowPanel([FieldPanel("sort_order"), FieldPanel("is_listed")]),
    ]
    search_fields = [
        index.SearchField("name"),
        index.AutocompleteField("name"),
        index.FilterField("locale_id"),
    ]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("press contact")
        verbose_name_plural = _("press contacts")
        ordering = ["sort_order", "name"]

    def __str__(self) -> str:
        return self.name
