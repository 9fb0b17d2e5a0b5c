"""Make one card of two: find the other one, compare, decide field by field, confirm."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from cms.contacts import actions, imports, queries
from cms.contacts.models import Contact, ContactEmail, ContactKind, ContactPhone, Suppression
from cms.contacts.viewsets import words
from cms.contacts.viewsets.choosers import contact_chooser
from cms.core import clock

MOST_ALIKE = 10
#: Colleagues whose names are compared; a bigger organisation is searched by name.
MOST_COLLEAGUES = 1_000


class MergeView(WagtailAdminTemplateMixin, View):
    """The card that stays is the address's; `?with=` names the other one. Only a POST merges."""

    header_icon = "resubmit"
    page_title = gettext_lazy("Merge two cards")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perms(["contacts.merge_contact", "contacts.view_contact"]):  # type: ignore[union-attr]
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def kept(self) -> Contact:
        return get_object_or_404(queries.contacts().select_related("organisation"), pk=self.kwargs["pk"])

    def other(self, number: str) -> Contact | None:
        if not number.isdecimal() or len(number) > 18 or int(number) == self.kept.pk:
            return None
        found = Contact.objects.filter(merged_into=None).select_related("organisation", "account")
        return found.filter(pk=number).first()

    def get_page_subtitle(self) -> str:
        return str(self.kept)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("contacts:index"), "label": _("Contacts")},
            {"url": reverse("contacts:inspect", args=[self.kept.pk]), "label": str(self.kept)},
            {"url": "", "label": _("Merge")},
        ]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        number = request.GET.get("with", "")
        if (other := self.other(number)) is not None:
            self.template_name = "contacts/admin/merge_compare.html"
            return self.render_to_response(self.get_context_data(**comparison(self.kept, other)))
        if number:
            messages.error(request, _("Choose another card first."))
        self.template_name = "contacts/admin/merge_choose.html"
        widget = contact_chooser.widget_class()
        return self.render_to_response(
            self.get_context_data(
                kept=self.kept,
                likely=queries.for_listing(may_be_the_same(self.kept)),
                chooser=widget.render("with", None, attrs={"id": "id_with"}),
                media=widget.media,
            )
        )

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        other = self.other(request.POST.get("with", ""))
        if other is None:
            messages.error(request, _("Choose another card first."))
            return HttpResponseRedirect(reverse("contacts:merge", args=[self.kept.pk]))
        take = [name for name in actions.MERGED_FIELDS if request.POST.get(f"take-{name}") == "other"]
        try:
            actions.merge_contacts(
                kept=self.kept,
                merged=other,
                take=take,
                user=request.user,  # type: ignore[arg-type]
                now=clock.now(),
            )
        except actions.CannotMerge as fault:
            messages.error(request, str(fault))
            return HttpResponseRedirect(f"{reverse('contacts:merge', args=[self.kept.pk])}?with={other.pk:d}")
        messages.success(request, _("The two cards are one now."))
        return HttpResponseRedirect(reverse("contacts:inspect", args=[self.kept.pk]))


def may_be_the_same(contact: Contact) -> QuerySet[Contact]:
    """Contacts that share a number or the name with this one, or are named alike in its organisation."""
    numbers = contact.phones.values("number")
    sharing = ContactPhone.objects.filter(number__in=numbers).values("contact")
    found = Q(pk__in=sharing) | Q(name_key=contact.name_key)
    if contact.organisation_id:
        colleagues = queries.contacts().filter(organisation=contact.organisation_id).order_by("pk")
        names = colleagues.values_list("pk", "name_key")[:MOST_COLLEAGUES]
        found |= Q(pk__in=[pk for pk, key in names if imports.alike(key, contact.name_key)])
    return queries.contacts().filter(found).exclude(pk=contact.pk).order_by("name", "pk")[:MOST_ALIKE]


def comparison(kept: Contact, other: Contact) -> dict[str, Any]:
    """What the two cards say, field by field, and what moves from the one to the other."""
    fields = []
    for name in actions.MERGED_FIELDS:
        mine, theirs = _shown(kept, name), _shown(other, name)
        if mine or theirs:
            label = capfirst(str(Contact._meta.get_field(name).verbose_name))
            differ = bool(mine and theirs and mine != theirs)
            fields.append({"name": name, "label": label, "mine": mine, "theirs": theirs, "differ": differ})
    addresses = {
        card.pk: list(ContactEmail.objects.filter(contact=card).values_list("address", flat=True))
        for card in (kept, other)
    }
    wishes = Suppression.objects.filter(
        address__in=[*addresses[kept.pk], *addresses[other.pk]], reason__in=actions.WISHES
    )
    return {
        "kept": kept,
        "other": other,
        "fields": fields,
        "reaches": [
            (_("E-mail addresses"), addresses[kept.pk], addresses[other.pk]),
            (_("Telephone numbers"), _numbers(kept), _numbers(other)),
        ],
        "moving": list(moving(other)),
        "wish": wishes.first(),
    }


def moving(contact: Contact) -> Iterator[tuple[str, int]]:
    """How many rows of what will point to the other card, in words of the office."""
    shown = {"contacts.ContactEmail.contact", "contacts.ContactPhone.contact", "contacts.Contact.merged_into"}
    for label, field in actions.relations():
        if (
            label in shown
            or field.model._meta.auto_created
            or (rel := field.remote_field) is None
            or rel.hidden
        ):
            continue
        number = field.model._base_manager.filter(**{field.name: contact}).count()
        if number:
            yield capfirst(str(field.model._meta.verbose_name_plural)), number


def _numbers(contact: Contact) -> list[str]:
    return list(ContactPhone.objects.filter(contact=contact).values_list("number", flat=True))


def _shown(contact: Contact, name: str) -> str:
    value = getattr(contact, name)
    if value in ("", None):
        return ""
    if name == "kind":
        return str(ContactKind(value).label)
    if name == "country":
        return words.country_name(value)
    return words.language_name(value) if name == "language" else str(value)
