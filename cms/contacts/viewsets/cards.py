"""The page of a contact and of an organisation: all we know, what was sent, and the history of the card."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.views.generic import InspectView
from wagtail.admin.widgets.button import Button

from cms.contacts import queries
from cms.contacts.models import AudienceKind, Contact, ContactEmail, Organisation, Suppression
from cms.contacts.viewsets import history, words
from cms.core import registry

LATEST = 8
PEOPLE = 50
OFFICIAL = ("protocol_rank", "salutation", "closing", "under_cover_of")


class _CardView(InspectView):
    """Wagtail's page of a row, in the order of an officer's questions."""

    any_permission_required = ["add", "change", "delete", "view"]
    history_url_name: str | None = None

    def get_fields(self) -> list[str]:
        return []  # our templates name what they show

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lines = history.lines_of(self.object)
        return {
            **super().get_context_data(**kwargs),
            "changes": list(history.in_words(lines[:LATEST])),
            "has_more_changes": lines.count() > LATEST,
            "all_changes_url": reverse(self.history_url_name, args=[self.object.pk]),
        }


class ContactCardView(_CardView):
    """A contact: who, how reached, what was agreed, what apps above tell of them, and what changed."""

    template_name = "contacts/admin/contact.html"
    page_title = gettext_lazy("Card")

    def get_object(self, queryset: Any = None) -> Contact:
        related = Contact.objects.select_related("organisation", "account", "media_profile", "merged_into")
        return get_object_or_404(related, pk=self.pk)

    @cached_property
    def header_more_buttons(self) -> list[Any]:
        buttons: list[Any] = super().header_more_buttons
        if self.object.trashed_at:
            buttons = [button for button in buttons if button.icon_name != "bin"]
        elif self.user_has_permission("merge"):
            url = reverse("contacts:merge", args=[self.object.pk])
            buttons.append(Button(_("Merge with another card…"), url=url, icon_name="resubmit", priority=15))
        if self.user_has_permission("delete"):
            url = reverse("contacts:forget", args=[self.object.pk])
            buttons.append(
                Button(_("Forget the values of the history…"), url=url, icon_name="cross", priority=40)
            )
        return buttons

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        contact = self.object
        gone = Exists(Suppression.objects.filter(address=OuterRef("address")))
        return {
            **super().get_context_data(**kwargs),
            "emails": ContactEmail.objects.filter(contact=contact).annotate(is_suppressed=gone),
            "phones": contact.phones.all(),
            "language": words.language_name(contact.language),
            "country": words.country_name(contact.country),
            "official": [
                (capfirst(str(Contact._meta.get_field(name).verbose_name)), value)
                for name in OFFICIAL
                if (value := getattr(contact, name)) not in ("", None)
            ],
            "topics": contact.topics.all(),
            "lists": queries.audiences().filter(
                kind=AudienceKind.LIST, memberships__contact=contact, memberships__excluded=False
            ),
            "consents": contact.consents.select_related("recorded_by"),
            "accreditations": contact.accreditations.all()[:LATEST],
            "sections": list(self._sections(contact)),
        }

    def _sections(self, contact: Contact) -> Iterator[dict[str, Any]]:
        for section in registry.contact_sections:
            context = section.context(self.request, contact)
            if context is not None:
                html = render_to_string(section.template, context, request=self.request)
                yield {"title": section.title, "html": html}


class OrganisationCardView(_CardView):
    """An organisation with its people."""

    template_name = "contacts/admin/organisation.html"
    page_title = gettext_lazy("Card")

    def get_object(self, queryset: Any = None) -> Organisation:
        return get_object_or_404(Organisation.objects.select_related("parent"), pk=self.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        people = queries.contacts().filter(organisation=self.object)
        may_see_people = self.request.user.has_perm("contacts.view_contact")
        return {
            **super().get_context_data(**kwargs),
            "country": words.country_name(self.object.country),
            "people_count": people.count(),
            "people": queries.for_listing(people)[:PEOPLE] if may_see_people else [],
            "parts": self.object.parts.filter(trashed_at=None),
        }
