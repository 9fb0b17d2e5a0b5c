"""Senders, edited with Wagtail's own forms."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.admin.viewsets.model import ModelViewSet

from cms.mailing.models import Sender


class SenderViewSet(ModelViewSet):
    """Who mails come from: an administrator's business."""

    model = Sender
    name = "mailing_senders"
    url_prefix = "mailings/senders"
    icon = "user"
    menu_label = _("Senders")
    menu_name = "senders"
    add_to_settings_menu = True
    list_display = [
        "name",
        "address",
        "reply_to",
        BooleanColumn("is_default", label=_("Used when none is chosen")),
    ]
    inspect_view_enabled = False
    panels = [
        FieldRowPanel([FieldPanel("name"), FieldPanel("address")]),
        FieldRowPanel([FieldPanel("reply_to"), FieldPanel("bounce_address")]),
        FieldPanel("is_default"),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("connections"), FieldPanel("rate_per_minute")])],
            heading=_("How fast its server may be written to"),
        ),
    ]
