"""Choose a contact or an organisation in a form, or enter a new one on the spot."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm, SearchFilterMixin
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.chooser import ChooseResultsView, ChooseView

from cms.contacts import queries
from cms.contacts.models import Organisation
from cms.core.viewsets import GuardedChooserViewSet


class ContactSearchForm(SearchFilterMixin, BaseFilterForm):
    """Finds people by what an officer knows of them: part of a name, an address, the end of a number."""

    def filter(self, objects: Any) -> Any:
        text = self.cleaned_data.get("q") or ""
        self.is_searching, self.search_query = bool(text), text
        return queries.search_contacts(objects, text)


class _ContactColumns:
    filter_form_class = ContactSearchForm

    @property
    def columns(self) -> list[Any]:
        return [
            *super().columns,  # type: ignore[misc]
            Column("organisation_name", label=_("Organisation"), accessor="organisation_name"),
            Column("address", label=_("E-mail"), accessor="address"),
            Column("number", label=_("Telephone"), accessor="number"),
        ]


class ContactChooseView(_ContactColumns, ChooseView):
    pass


class ContactChooseResultsView(_ContactColumns, ChooseResultsView):
    pass


class ContactChooserViewSet(GuardedChooserViewSet):
    permission = "contacts.view_contact"
    model = "contacts.Contact"
    icon = "user"
    choose_one_text = _("Choose a contact")
    choose_another_text = _("Choose another contact")
    edit_item_text = _("Open this contact")
    choose_view_class = ContactChooseView
    choose_results_view_class = ContactChooseResultsView
    per_page = 20

    def get_object_list(self) -> Any:
        return queries.for_listing(queries.contacts())


class OrganisationChooserViewSet(GuardedChooserViewSet):
    permission = "contacts.view_organisation"
    model = "contacts.Organisation"
    icon = "home"
    choose_one_text = _("Choose an organisation")
    choose_another_text = _("Choose another organisation")
    edit_item_text = _("Open this organisation")
    creation_tab_label = _("Enter a new one")
    create_action_label = _("Enter")
    form_fields = ["name", "acronym", "kind", "city"]
    per_page = 20

    def get_object_list(self) -> Any:
        return Organisation.objects.filter(trashed_at=None)


contact_chooser = ContactChooserViewSet("contact_chooser")
organisation_chooser = OrganisationChooserViewSet("organisation_chooser")
