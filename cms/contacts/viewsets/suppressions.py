from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views.generic import CreateView, DeleteView
from wagtail.log_actions import log

from cms.contacts import actions
from cms.contacts.models import Suppression
from cms.contacts.viewsets.filters import SuppressionFilters
from cms.core import clock
from cms.core.viewsets import OfficeIndexView, OfficeViewSet


class SuppressionIndexView(OfficeIndexView):
    add_item_label = _("Add an address")
    empty_text = _(
        "Nobody has left yet. An address comes here by itself when somebody unsubscribes or when it no longer "
        "exists; add one when somebody asks you by telephone or letter to be left alone."
    )
    export_permission = "contacts.export_contact"
    exports = (
        (_("e-mail address"), "address"),
        (_("reason"), "get_reason_display"),
        (_("since"), "since"),
        (_("note"), "note"),
    )


class SuppressView(CreateView):
    def get_success_buttons(self) -> list[Any]:
        return []

    def save_instance(self) -> Suppression:
        data = self.form.cleaned_data
        row = actions.suppress(
            address=data["address"], reason=data["reason"], note=data["note"], now=clock.now()
        )
        log(instance=row, action="wagtail.create")
        return row


class LiftView(DeleteView):
    page_title = _("Write again")
    success_message = _("Mail goes to %(object)s again.")

    @property
    def confirmation_message(self) -> str:
        return str(
            _(
                "Only if its owner asked for it: from now on, this address receives mailings again, and what its "
                "owner had agreed to when leaving counts as agreed to anew."
            )
        )

    def delete_action(self) -> None:
        log(instance=self.object, action="wagtail.delete")
        actions.write_again(
            address=self.object.address,
            evidence=str(_("Asked to be written to again")),
            user=self.request.user,
            now=clock.now(),
        )


class SuppressionViewSet(OfficeViewSet):
    model = Suppression
    icon = "cross"
    menu_label = _("Do not write to")
    menu_order = 50
    index_view_class = SuppressionIndexView
    add_view_class = SuppressView
    delete_view_class = LiftView
    filterset_class = SuppressionFilters
    search_fields = ["address", "note"]
    search_backend_name = None
    list_display = [
        "address",
        Column("reason", label=_("Reason"), accessor="get_reason_display", sort_key="reason"),
        DateColumn("since", label=_("Since"), sort_key="since"),
        "note",
    ]
    panels = [FieldPanel("address"), FieldPanel("reason"), FieldPanel("note")]

    def get_urlpatterns(self) -> list[Any]:
        # A row is entered or lifted, never edited: an address changed in place would free the former one.
        return [pattern for pattern in super().get_urlpatterns() if pattern.name != "edit"]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        found = super().get_common_view_kwargs(**kwargs)
        return {**found, "edit_url_name": None}
