from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import CreateView, EditView

from cms.contacts import actions, queries
from cms.contacts.models import Organisation
from cms.contacts.viewsets import words
from cms.contacts.viewsets.cards import OrganisationCardView
from cms.contacts.viewsets.filters import OrganisationFilters
from cms.contacts.viewsets.history import CardHistoryView
from cms.core import clock
from cms.core.viewsets import OfficeIndexView, OfficeViewSet, PutAsideView


class OrganisationForm(WagtailAdminModelForm):
    country = forms.ChoiceField(label=_("Country"), choices=words.country_choices)


class OrganisationIndexView(OfficeIndexView):
    add_item_label = _("New organisation")
    empty_text = _("Organisations are entered here, or while you enter a contact or receive a registration.")
    export_permission = "contacts.export_contact"
    exports = (
        (_("name"), "name"),
        (_("acronym"), "acronym"),
        (_("kind"), "get_kind_display"),
        (_("town"), "city"),
        (_("country"), lambda row: words.country_name(row.country)),
        (_("website"), "website"),
        (_("contacts"), "people"),
    )

    def get_base_queryset(self) -> Any:
        return queries.organisations_with_people()


class _OrganisationSaving:
    """After the form's own saving: what changed is written down."""

    form: Any
    request: Any

    def save_instance(self) -> Organisation:
        before = None
        if self.form.instance.pk:
            known = Organisation.objects.select_for_update(no_key=True).get(pk=self.form.instance.pk)
            before = actions.organisation_card(known)
        organisation: Organisation = super().save_instance()  # type: ignore[misc]
        actions.record_organisation(organisation, before=before, user=self.request.user, now=clock.now())
        return organisation


class OrganisationCreateView(_OrganisationSaving, CreateView):
    pass


class OrganisationEditView(_OrganisationSaving, EditView):
    pass


class PutOrganisationAsideView(PutAsideView):
    def put_aside(self, organisation: Organisation, *, now: Any) -> Organisation:
        return actions.put_organisation_aside(organisation, user=self.request.user, now=now)


class OrganisationViewSet(OfficeViewSet):
    model = Organisation
    icon = "home"
    menu_label = _("Organisations")
    menu_order = 20
    index_view_class = OrganisationIndexView
    search_fields = ["name", "acronym", "city"]
    add_view_class = OrganisationCreateView
    edit_view_class = OrganisationEditView
    delete_view_class = PutOrganisationAsideView
    inspect_view_enabled = True
    inspect_view_class = OrganisationCardView
    history_view_class = CardHistoryView
    filterset_class = OrganisationFilters
    list_display = [
        "name",
        "acronym",
        Column("kind", label=_("Kind"), accessor="get_kind_display", sort_key="kind"),
        "city",
        Column("country", label=_("Country"), accessor=lambda row: words.country_name(row.country)),
        Column("people", label=_("Contacts"), accessor="people", sort_key="people"),
    ]
    ordering = "name"
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [
                    FieldPanel("name"),
                    FieldRowPanel([FieldPanel("acronym"), FieldPanel("kind")]),
                    FieldPanel("parent"),
                ],
                heading=_("Organisation"),
            ),
            MultiFieldPanel(
                [
                    FieldPanel("postal_address"),
                    FieldRowPanel([FieldPanel("city"), FieldPanel("country")]),
                    FieldPanel("website"),
                ],
                heading=_("Address"),
            ),
            FieldPanel("notes"),
        ],
        base_form_class=OrganisationForm,
    )
