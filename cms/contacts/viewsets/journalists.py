from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.admin.ui.tables import BooleanColumn, Column

from cms.contacts import queries
from cms.contacts.models import MediaProfile
from cms.contacts.viewsets.filters import JournalistFilters
from cms.core import clock
from cms.core.viewsets import OfficeIndexView, OfficeViewSet


class JournalistIndexView(OfficeIndexView):
    add_item_label = _("New journalist")
    empty_text = _("Enter a contact first, then say here which media he or she works for.")
    export_permission = "contacts.export_contact"
    exports = (
        (_("name"), "contact.name"),
        (_("kind of media"), "get_kind_display"),
        (_("media outlet"), "outlet"),
        (_("e-mail"), "address"),
        (_("telephone"), "number"),
        (_("accredited"), "is_accredited"),
        (_("subjects followed"), "beat"),
    )

    def get_base_queryset(self) -> Any:
        return queries.journalists(clock.now())


class JournalistViewSet(OfficeViewSet):
    model = MediaProfile
    icon = "edit"
    menu_label = _("Journalists")
    menu_order = 30
    index_view_class = JournalistIndexView
    filterset_class = JournalistFilters
    search_fields = ["contact__name", "outlet__name", "beat"]
    search_backend_name = None
    list_display = [
        "contact",
        Column("kind", label=_("Media"), accessor="get_kind_display", sort_key="kind"),
        Column("outlet", label=_("Media outlet"), accessor="outlet", sort_key="outlet__name"),
        Column("address", label=_("E-mail"), accessor="address"),
        Column("number", label=_("Telephone"), accessor="number"),
        BooleanColumn("is_accredited", label=_("Accredited")),
    ]
    ordering = "contact__family_name"
    panels = [
        FieldPanel("contact"),
        FieldRowPanel([FieldPanel("kind"), FieldPanel("outlet")]),
        MultiFieldPanel(
            [FieldPanel("press_card"), FieldPanel("beat"), FieldPanel("deadline")], heading=_("Work")
        ),
    ]
