"""What somebody agreed to: on their card, on a page of its own where it is recorded, and the list of all."""

from typing import Any

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import Panel
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.log_actions import log

from cms.contacts import actions, queries
from cms.contacts.models import Consent, ConsentSource, Contact, Purpose
from cms.core import clock
from cms.core.viewsets import OfficeIndexView, OfficeViewSet

STATES = (
    ("standing", _("In force")),
    ("asked", _("Not confirmed")),
    ("ended", _("Taken back or refused")),
)
SHOWN = 20


def state_of(consent: Consent) -> str:
    """What an agreement is worth, in words."""
    if consent.withdrawn_at is not None:
        return str(pgettext("agreement", "taken back") if consent.given_at else _("refused"))
    return str(_("in force") if consent.given_at else _("not confirmed"))


class ConsentForm(forms.Form):
    """An agreement that came by paper, telephone or in person. The public form records its own."""

    purpose = forms.ChoiceField(label=_("Agreed to receive"), choices=Purpose.choices)
    source = forms.ChoiceField(
        label=_("How it came"),
        choices=[choice for choice in ConsentSource.choices if choice[0] not in ("form", "import")],
    )
    evidence = forms.CharField(
        label=_("Where to find it again"),
        max_length=200,
        help_text=_("The form, the card, the call with its date: what is shown to whoever asks."),
    )


class ConsentsPanel(Panel):
    """On a contact's card: what they agreed to, since when, and the way to the page where it is recorded."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "contacts/admin/consents_panel.html"

        def is_shown(self) -> bool:
            return bool(super().is_shown() and self.instance.pk)

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context) or {}
            return {**context, **consents_context(self.instance)}


def consents_context(contact: Contact) -> dict[str, Any]:
    """What panel and page show of a contact's agreements and choices."""
    rows = list(queries.consents_of(contact)[:SHOWN])
    return {
        "contact": contact,
        "consents": [{"row": row, "state": state_of(row)} for row in rows],
        "preference": queries.preference_of(contact),
        "suppressed": [mail for mail in contact.emails.all() if queries.suppressed(mail.address)],
        "consents_url": reverse("contacts:consents", args=[contact.pk]),
    }


class ContactConsentsView(PermissionCheckedMixin, WagtailAdminTemplateMixin, View):
    """GET shows a contact's agreements; POST records one, or with `withdraw` takes one back."""

    model = Contact
    template_name = "contacts/admin/consents.html"
    index_url_name: str | None = None
    edit_url_name: str | None = None
    delete_url_name: str | None = None
    history_url_name: str | None = None
    usage_url_name: str | None = None
    add_url_name: str | None = None
    any_permission_required = ["add", "change", "delete", "view"]
    header_icon = "check"
    index_results_url_name: str | None = None

    @cached_property
    def contact(self) -> Contact:
        return get_object_or_404(Contact.objects.prefetch_related("emails"), pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        return str(_("Agreements: %s")) % self.contact

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("contacts:index"), "label": _("Contacts")},
            {"url": reverse("contacts:edit", args=[self.contact.pk]), "label": str(self.contact)},
            {"url": "", "label": _("Agreements")},
        ]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=ConsentForm()))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not self.user_has_permission("change"):
            raise PermissionDenied
        here = HttpResponseRedirect(reverse("contacts:consents", args=[self.contact.pk]))
        if (number := request.POST.get("withdraw", "")).isdecimal():
            row = get_object_or_404(Consent, pk=number, contact=self.contact)
            actions.withdraw_consent(row, now=clock.now())
            log(instance=self.contact, action="wagtail.edit", user=request.user)
            messages.success(
                request, _("Taken back: no mail of this kind goes to %s any more.") % self.contact
            )
            return here
        form = ConsentForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        actions.record_consent(contact=self.contact, user=request.user, now=clock.now(), **form.cleaned_data)  # type: ignore[arg-type]
        log(instance=self.contact, action="wagtail.edit", user=request.user)
        messages.success(request, _("The agreement is recorded."))
        return here

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            **consents_context(self.contact),
            "may_change": self.user_has_permission("change"),
        }


class ConsentFilters(WagtailFilterSet):
    state = django_filters.ChoiceFilter(label=_("State"), choices=STATES, method="in_state")
    purpose = django_filters.MultipleChoiceFilter(label=_("Agreed to receive"), choices=Purpose.choices)
    source = django_filters.MultipleChoiceFilter(label=_("How it came"), choices=ConsentSource.choices)

    class Meta:
        model = Consent
        fields: list[str] = []

    def in_state(self, queryset: QuerySet[Consent], name: str, value: str) -> QuerySet[Consent]:
        return {
            "standing": queryset.filter(given_at__isnull=False, withdrawn_at=None),
            "asked": queryset.filter(given_at=None, withdrawn_at=None),
            "ended": queryset.filter(withdrawn_at__isnull=False),
        }[value]


class ConsentIndexView(OfficeIndexView):
    page_title = _("Agreements")
    empty_text = _(
        "No agreement yet. They come in by themselves when somebody signs up on the site and confirms; those given "
        "by paper or telephone are recorded on the card of the contact."
    )
    export_permission = "contacts.export_contact"
    exports = (
        (_("contact"), "contact"),
        (_("agreed to receive"), "get_purpose_display"),
        (_("state"), state_of),
        (_("how it came"), "get_source_display"),
        (_("asked"), "requested_at"),
        (_("given"), "given_at"),
        (_("taken back"), "withdrawn_at"),
        (_("evidence"), "evidence"),
    )

    def get_base_queryset(self) -> Any:
        return Consent.objects.filter(contact__trashed_at=None).select_related("contact")

    def get_edit_url(self, instance: Any) -> str:
        return reverse("contacts:consents", args=[instance.contact_id])


class ConsentViewSet(OfficeViewSet):
    """Who agreed to what, whence and since when: looked at here, recorded on the card."""

    model = Consent
    icon = "check"
    menu_label = _("Agreements")
    menu_order = 45
    index_view_class = ConsentIndexView
    filterset_class = ConsentFilters
    search_fields = ["contact__name", "evidence"]
    search_backend_name = None
    form_fields = ["purpose"]
    list_display = [
        TitleColumn(
            "contact",
            label=_("Contact"),
            accessor="contact",
            sort_key="contact__family_name",
            get_url=lambda row: reverse("contacts:consents", args=[row.contact_id]),
        ),
        Column("purpose", label=_("Agreed to receive"), accessor="get_purpose_display", sort_key="purpose"),
        Column("state", label=_("State"), accessor=state_of),
        Column("source", label=_("How it came"), accessor="get_source_display", sort_key="source"),
        DateColumn("given_at", label=_("Since"), sort_key="given_at"),
        "evidence",
    ]
    ordering = "-given_at"

    def get_urlpatterns(self) -> list[Any]:
        return [
            pattern for pattern in super().get_urlpatterns() if pattern.name in ("index", "index_results")
        ]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        found = super().get_common_view_kwargs(**kwargs)
        unused = ("add_url_name", "edit_url_name", "delete_url_name", "history_url_name", "usage_url_name")
        return {**found, **dict.fromkeys(unused)}
