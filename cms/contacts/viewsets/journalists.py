from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.admin.ui.tables import BooleanColumn, BulkActionsCheckboxColumn, Column, TitleColumn
from wagtail.admin.widgets.button import Button

from cms.contacts import queries
from cms.contacts.models import MediaProfile
from cms.contacts.viewsets.accreditations import DECIDE, decide_url
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
        (_("programme or section"), "programme"),
        (_("e-mail"), "address"),
        (_("telephone"), "number"),
        (_("languages of work"), "languages"),
        (_("press card"), "press_card"),
        (_("press card good until"), "press_card_until_date"),
        (_("accredited"), "is_accredited"),
        (_("accredited until"), "accredited_until"),
        (_("subjects followed"), "beat"),
    )

    def get_base_queryset(self) -> Any:
        return queries.journalists(clock.now())

    def get_list_more_buttons(self, instance: Any) -> list[Any]:
        buttons: list[Any] = super().get_list_more_buttons(instance)
        if self.request.user.has_perm(DECIDE):
            url = decide_url("grant", instance)
            buttons.append(Button(_("Grant or prolong…"), url=url, icon_name="check", priority=40))
            if instance.is_accredited:
                url = decide_url("end", instance)
                buttons.append(Button(_("Refuse or withdraw…"), url=url, icon_name="cross", priority=50))
        return buttons


class JournalistViewSet(OfficeViewSet):
    model = MediaProfile
    icon = "edit"
    menu_label = _("Journalists")
    menu_order = 30
    index_view_class = JournalistIndexView
    index_template_name = "contacts/admin/ticked_index.html"
    filterset_class = JournalistFilters
    search_fields = ["contact__name", "outlet__name", "programme", "beat"]
    search_backend_name = None
    list_display = [
        BulkActionsCheckboxColumn("bulk_actions", obj_type="journalist"),
        TitleColumn(
            "contact",
            label=_("Contact"),
            accessor="contact",
            url_name="journalists:edit",
            sort_key="contact__family_name",
            get_title_id=lambda row: f"journalist_{row.pk}_title",
        ),
        Column("kind", label=_("Media"), accessor="get_kind_display", sort_key="kind"),
        Column("outlet", label=_("Media outlet"), accessor="outlet", sort_key="outlet__name"),
        Column("programme", label=_("Programme"), accessor="programme", sort_key="programme"),
        Column("address", label=_("E-mail"), accessor="address"),
        Column("number", label=_("Telephone"), accessor="number"),
        BooleanColumn("is_accredited", label=_("Accredited")),
    ]
    ordering = "contact__family_name"
    panels = [
        FieldPanel("contact"),
        FieldRowPanel([FieldPanel("kind"), FieldPanel("outlet")]),
        MultiFieldPanel(
            [
                FieldPanel("programme"),
                FieldPanel("beat"),
                FieldPanel("languages"),
                FieldPanel("deadline"),
            ],
            heading=_("Work"),
        ),
        FieldRowPanel(
            [FieldPanel("press_card"), FieldPanel("press_card_until_date")], heading=_("Press card")
        ),
    ]
