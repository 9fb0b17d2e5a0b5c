"""The page of an audience's people: who is in, by hand or by conditions; add, take out, let in again."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from cms.contacts import actions, queries
from cms.contacts.models import Audience, AudienceMember, Contact
from cms.contacts.viewsets.choosers import contact_chooser
from cms.core import clock

PER_PAGE = 50


class AudiencePeopleView(PermissionCheckedMixin, WagtailAdminTemplateMixin, View):
    """GET shows the people; POST with `act` (add, remove) and `contact` changes them."""

    model = Audience
    template_name = "contacts/admin/people.html"
    index_url_name: str | None = None
    edit_url_name: str | None = None
    delete_url_name: str | None = None
    history_url_name: str | None = None
    usage_url_name: str | None = None
    add_url_name: str | None = None
    any_permission_required = ["add", "change", "delete", "view"]
    page_title = _("People")
    header_icon = "group"
    index_results_url_name: str | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        # who may see an audience and its figures does not thereby see names and addresses
        if not request.user.has_perm("contacts.view_contact"):  # type: ignore[union-attr]
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def audience(self) -> Audience:
        return get_object_or_404(Audience, pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return self.audience.name

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("audiences:index"), "label": _("Audiences")},
            {"url": "", "label": self.audience.name},
        ]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not self.user_has_permission("change"):
            raise PermissionDenied
        here = HttpResponseRedirect(reverse("audiences:people", args=[self.audience.pk]))
        chosen = request.POST.get("contact", "")
        if not chosen.isdigit():
            messages.error(request, _("Choose a contact first."))
            return here
        contact = get_object_or_404(queries.contacts(), pk=chosen)
        act = actions.remove_from_audience if request.POST.get("act") == "remove" else actions.add_to_audience
        act(audience=self.audience, contacts=[contact], user=request.user, now=clock.now())  # type: ignore[arg-type]
        if act is actions.remove_from_audience:
            words = _("%(name)s is no longer in this audience.")
        else:
            words = _("%(name)s is in this audience.")
        messages.success(request, words % {"name": contact})
        return here

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        people = queries.audience_contacts(self.audience)
        rows = queries.for_listing(people).order_by("family_name", "name", "pk")
        page = Paginator(rows, PER_PAGE).get_page(self.request.GET.get("p"))
        by_hand = AudienceMember.objects.filter(audience=self.audience, excluded=False)
        widget = contact_chooser.widget_class()
        return {
            **super().get_context_data(**kwargs),
            "audience": self.audience,
            "reach": queries.reach(people),
            "page": page,
            "by_hand": set(
                by_hand.filter(contact__in=[row.pk for row in page]).values_list("contact", flat=True)
            ),
            "kept_out": Contact.objects.filter(
                memberships__audience=self.audience, memberships__excluded=True
            ).order_by("family_name")[:PER_PAGE],
            "chooser": widget.render("contact", None, attrs={"id": "id_contact"}),
            "media": widget.media,
            "may_change": self.user_has_permission("change"),
            "edit_url": reverse("audiences:edit", args=[self.audience.pk]),
        }
