from typing import Any

from django import forms
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import CreateView, EditView
from wagtail.admin.widgets.button import Button

from cms.contacts import actions, queries
from cms.contacts.models import Audience, AudienceKind, Contact, ContactEmail, ContactPhone
from cms.contacts.validators import name_key
from cms.contacts.viewsets import words
from cms.contacts.viewsets.cards import ContactCardView
from cms.contacts.viewsets.consents import ConsentsPanel, ContactConsentsView
from cms.contacts.viewsets.filters import ContactFilters
from cms.contacts.viewsets.history import CardHistoryView
from cms.contacts.viewsets.imports import (
    ImportColumnsView,
    ImportErrorsView,
    ImportPreviewView,
    ImportsView,
)
from cms.contacts.viewsets.merging import MergeView
from cms.core import clock
from cms.core.models import Sector, Topic
from cms.core.viewsets import OfficeIndexView, OfficeViewSet, PutAsideView, TakeBackView


class ContactForm(WagtailAdminModelForm):
    """A contact with addresses and numbers, and the lists that he or she is on."""

    country = forms.ChoiceField(label=_("Country"), choices=words.country_choices)
    language = forms.ChoiceField(label=_("Language"), choices=words.LANGUAGES)
    lists = forms.ModelMultipleChoiceField(
        label=_("Lists"),
        queryset=Audience.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Audiences kept by hand. The others find their people by themselves."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "topics" in self.fields:
            self.fields["topics"].queryset = Topic.objects.filter(locale__language_code="fr")
        if "sector" in self.fields:
            self.fields["sector"].queryset = Sector.objects.filter(locale__language_code="fr")
        if "lists" in self.fields:
            kept = queries.audiences().filter(kind=AudienceKind.LIST)
            self.fields["lists"].queryset = kept
            if self.instance.pk:
                self.initial["lists"] = kept.filter(memberships__contact=self.instance)

    def is_valid(self) -> bool:
        # All are looked at, so that every fault is shown at once.
        return all([super().is_valid(), self._numbers_are_free()])

    def _numbers_are_free(self) -> bool:
        """The same number under the same name is the same person, on whose card this belongs."""
        free = True
        key = name_key(self.cleaned_data.get("name", "")) if hasattr(self, "cleaned_data") else ""
        for form in self.formsets["phones"].forms if "phones" in self.formsets else ():
            number = getattr(form, "cleaned_data", {}).get("number")
            if not number or form.cleaned_data.get("DELETE"):
                continue
            others = ContactPhone.objects.filter(number=number, owner_key=key)
            if others.exclude(contact_id=self.instance.pk).exists():
                form.add_error("number", _("Another contact of this name already has this number."))
                free = False
        return free


class _ContactSaving:
    """After the form's own saving: one address and one number first, lists as they are ticked."""

    form: Any
    request: Any

    def save_instance(self) -> Contact:
        before = None
        if self.form.instance.pk:
            # Whoever edits the same card meanwhile waits, so that the history tells each their own changes.
            known = Contact.objects.select_for_update(no_key=True).get(pk=self.form.instance.pk)
            before = actions.contact_card(known)
        contact: Contact = super().save_instance()  # type: ignore[misc]
        actions.settle_primaries(contact)
        chosen = set(self.form.cleaned_data["lists"])
        present = set(queries.audiences().filter(kind=AudienceKind.LIST, memberships__contact=contact))
        moment, user = clock.now(), self.request.user
        for audience in chosen - present:
            actions.add_to_audience(audience=audience, contacts=[contact], user=user, now=moment)
        for audience in present - chosen:
            actions.remove_from_audience(audience=audience, contacts=[contact], user=user, now=moment)
        actions.record_contact(contact, before=before, user=user, now=moment)
        return contact


class ContactCreateView(_ContactSaving, CreateView):
    pass


class ContactEditView(_ContactSaving, EditView):
    pass


class ContactIndexView(OfficeIndexView):
    add_item_label = _("New contact")
    empty_text = _(
        "Nobody here yet. Contacts come in by themselves when somebody registers for an event or asks for the "
        "newsletter; enter the others one by one (a telephone number alone is enough), or bring a list in."
    )
    export_permission = "contacts.export_contact"
    exports = (
        (_("form of address"), "civility"),
        (_("name"), "name"),
        (_("family name"), "family_name"),
        (_("person or service"), "get_kind_display"),
        (_("function"), "function"),
        (_("organisation"), "organisation_name"),
        (
            _("kind of organisation"),
            lambda row: row.organisation.get_kind_display() if row.organisation else "",
        ),
        (_("e-mail"), "address"),
        (_("other e-mails"), lambda row: ", ".join(row.addresses[1:])),
        (_("telephone"), "number"),
        (_("other telephones"), lambda row: " / ".join(row.numbers[1:])),
        (_("WhatsApp number"), lambda row: " / ".join(row.whatsapp)),
        (_("wants no mail"), lambda row: _("yes") if row.is_suppressed else ""),
        (_("language"), lambda row: words.language_name(row.language)),
        (_("town"), "city"),
        (_("country"), lambda row: words.country_name(row.country)),
        (_("postal address"), "postal_address"),
        (_("sector"), "sector_name"),
        (_("topics"), lambda row: ", ".join(row.topic_names)),
        (_("rank in protocol"), "protocol_rank"),
        (_("opening of a letter"), "salutation"),
        (_("closing of a letter"), "closing"),
        (_("under cover of"), "under_cover_of"),
        (_("notes"), "notes"),
        (_("entered"), "created_at"),
    )

    def get_base_queryset(self) -> Any:
        return queries.for_listing(Contact.objects.all())

    @cached_property
    def header_more_buttons(self) -> list[Any]:
        buttons: list[Any] = list(super().header_more_buttons)
        if self.request.user.has_perm("contacts.import_contact"):
            url = reverse("contacts:imports")
            buttons.append(Button(_("Bring a list in"), url=url, icon_name="upload", priority=5))
        return buttons

    def as_spreadsheet(self, queryset: Any, spreadsheet_format: str) -> Any:
        return super().as_spreadsheet(with_all_reaches(queryset), spreadsheet_format)

    def search_queryset(self, queryset: Any) -> Any:
        return queries.search_contacts(queryset, self.search_query) if self.is_searching else queryset

    def get_list_more_buttons(self, instance: Contact) -> list[Any]:
        buttons: list[Any] = super().get_list_more_buttons(instance)
        if instance.trashed_at and not instance.merged_into_id and self.user_has_permission("delete"):
            buttons = [button for button in buttons if button.icon_name != "bin"]
            buttons.append(
                Button(
                    _("Take back"), url=reverse("contacts:take_back", args=[instance.pk]), icon_name="undo"
                )
            )
        return buttons


class PutContactAsideView(PutAsideView):
    def put_aside(self, contact: Contact, *, now: Any) -> Contact:
        return actions.put_aside(contact, user=self.request.user, now=now)


class TakeContactBackView(TakeBackView):
    def take_back(self, contact: Contact, *, now: Any) -> Contact:
        return actions.take_back(contact, user=self.request.user, now=now)


class ForgetValuesView(TakeBackView):
    """The question before the history's values are forgotten, and its POST."""

    template_name = "contacts/admin/confirm_forget.html"
    page_title = _("Forget the values")
    success_message = _("The history of %(object)s holds no values any more.")

    @property
    def confirmation_message(self) -> str:
        return str(
            _(
                "For a person who asks that their data be erased: empty the fields of the card first. The history "
                "keeps who changed which field and when, but no longer what stood in it. There is no way back."
            )
        )

    def take_back(self, contact: Contact, *, now: Any) -> None:
        actions.forget_values(contact, user=self.request.user, now=now)


def with_all_reaches(queryset: Any) -> Any:
    """Annotate what a file holds and the list does not: all addresses and numbers, topics."""
    own = {"contact": OuterRef("pk")}
    emails = ContactEmail.objects.filter(**own).order_by("-is_primary", "pk")
    phones = ContactPhone.objects.filter(**own).order_by("-is_primary", "pk")
    topics = Contact.topics.through.objects.filter(**own).order_by("topic__name")
    return queryset.annotate(
        addresses=ArraySubquery(emails.values("address")),
        numbers=ArraySubquery(phones.values("number")),
        whatsapp=ArraySubquery(phones.filter(has_whatsapp=True).values("number")),
        sector_name=F("sector__name"),
        topic_names=ArraySubquery(topics.values("topic__name")),
    )


def reached_by(row: Any) -> str:
    """The address, or the number, or that there is neither."""
    if row.address and row.is_suppressed:
        return str(_("%(address)s (wants no mail)")) % {"address": row.address}
    return str(row.address or row.number or _("nothing yet"))


class ContactViewSet(OfficeViewSet):
    model = Contact
    icon = "user"
    menu_label = _("Contacts")
    menu_order = 10
    index_view_class = ContactIndexView
    add_view_class = ContactCreateView
    edit_view_class = ContactEditView
    delete_view_class = PutContactAsideView
    filterset_class = ContactFilters
    search_fields = ["name"]
    inspect_view_enabled = True
    inspect_view_class = ContactCardView
    history_view_class = CardHistoryView
    list_display = [
        "name",
        "function",
        Column(
            "organisation",
            label=_("Organisation"),
            accessor="organisation_name",
            sort_key="organisation_name",
        ),
        Column("reach", label=_("Reached by"), accessor=reached_by, sort_key="address"),
        Column(
            "language",
            label=_("Language"),
            accessor=lambda row: words.language_name(row.language),
            sort_key="language",
        ),
        Column(
            "country",
            label=_("Country"),
            accessor=lambda row: words.country_name(row.country),
            sort_key="country",
        ),
    ]
    ordering = "family_name"
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("kind"), FieldPanel("civility")]),
                    FieldRowPanel([FieldPanel("name"), FieldPanel("family_name")]),
                    FieldPanel("function"),
                    FieldRowPanel([FieldPanel("organisation"), FieldPanel("sector")]),
                ],
                heading=_("Who"),
            ),
            InlinePanel(
                "emails",
                [FieldRowPanel([FieldPanel("address"), FieldPanel("is_primary")])],
                heading=_("E-mail addresses"),
                label=_("Address"),
            ),
            InlinePanel(
                "phones",
                [FieldRowPanel([FieldPanel("number"), FieldPanel("has_whatsapp"), FieldPanel("is_primary")])],
                heading=_("Telephone numbers"),
                label=_("Number"),
            ),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("language"), FieldPanel("country")]),
                    FieldRowPanel([FieldPanel("city"), FieldPanel("postal_address")]),
                ],
                heading=_("Where and in which language"),
            ),
            MultiFieldPanel([FieldPanel("lists")], heading=_("Audiences")),
            ConsentsPanel(heading=_("Agreements"), classname="collapsed"),
            MultiFieldPanel(
                [FieldPanel("topics", widget=forms.CheckboxSelectMultiple)],
                heading=_("Topics"),
                classname="collapsed",
            ),
            MultiFieldPanel(
                [
                    FieldPanel("protocol_rank"),
                    FieldPanel("salutation"),
                    FieldPanel("closing"),
                    FieldPanel("under_cover_of"),
                ],
                heading=_("Official letters"),
                classname="collapsed",
            ),
            MultiFieldPanel([FieldPanel("notes")], heading=_("Notes"), classname="collapsed"),
        ],
        base_form_class=ContactForm,
    )

    def get_urlpatterns(self) -> list[Any]:
        view = self.construct_view(TakeContactBackView, **self.get_delete_view_kwargs())
        forget = self.construct_view(
            ForgetValuesView,
            **self.get_delete_view_kwargs() | {"template_name": ForgetValuesView.template_name},
        )
        consents = self.construct_view(
            ContactConsentsView,
            **self.get_delete_view_kwargs() | {"template_name": ContactConsentsView.template_name},
        )
        return [
            *super().get_urlpatterns(),
            path("take-back/<int:pk>/", view, name="take_back"),
            path("forget/<int:pk>/", forget, name="forget"),
            path("merge/<int:pk>/", MergeView.as_view(), name="merge"),
            path("import/", ImportsView.as_view(), name="imports"),
            path("import/<int:pk>/", ImportPreviewView.as_view(), name="import"),
            path("import/<int:pk>/columns/", ImportColumnsView.as_view(), name="import_columns"),
            path("import/<int:pk>/errors/", ImportErrorsView.as_view(), name="import_errors"),
            path("consents/<int:pk>/", consents, name="consents"),
        ]
