"""What the site says of the organisation that keeps it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting


def refuse_line_breaks(value: str) -> None:
    """A name that goes into a mail header holds no line break (RFC 5322, section 2.2)."""
    if "\r" in value or "\n" in value:
        raise ValidationError(_("Please write it on one line."))


@register_setting(icon="home")
class Organisation(BaseSiteSetting):
    """Name, address and sender: masthead, foot, letters and mails read them here."""

    select_related = ["logo"]

    name = models.CharField(_("name"), max_length=80, default="TOKTEN-Mali", validators=[refuse_line_breaks])
    full_name = models.CharField(_("full name"), max_length=200, blank=True)
    tagline = models.CharField(_("line below the name"), max_length=80, blank=True)
    tagline_en = models.CharField(_("line below the name, in English"), max_length=80, blank=True)
    logo = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("logo"),
    )
    address = models.TextField(_("postal address"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    sender_name = models.CharField(
        _("sender's name in mails"), max_length=80, blank=True, validators=[refuse_line_breaks]
    )
    sender_email = models.EmailField(_("sender's e-mail address"), blank=True)

    panels = [
        MultiFieldPanel(
            [FieldPanel(name) for name in ("name", "full_name", "tagline", "tagline_en", "logo")],
            _("Name"),
        ),
        MultiFieldPanel([FieldPanel(name) for name in ("address", "phone", "email")], _("Contact")),
        MultiFieldPanel([FieldPanel(name) for name in ("sender_name", "sender_email")], _("Mails")),
    ]

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    @classmethod
    def for_site(cls, site: Any) -> Organisation:
        """The site's row, or an unsaved one with its defaults: reading a page writes nothing."""
        found: Organisation | None = cls.base_queryset().filter(site=site).first()
        return found or cls(site=site)
