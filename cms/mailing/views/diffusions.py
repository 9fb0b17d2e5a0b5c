"""What left beside e-mail: the list of all of it, and striking out what did not leave after all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn
from wagtail.permission_policies import ModelPermissionPolicy

from cms.core import clock
from cms.core.viewsets import OfficeIndexView
from cms.mailing import actions
from cms.mailing.models import Diffusion, Mailing
from cms.mailing.queries import beside
from cms.mailing.views.admin import HOME, LIST, forbidden

if TYPE_CHECKING:
    from django.http import HttpRequest


class DiffusionFilterSet(WagtailFilterSet):
    """Narrow the list by how things left."""

    channel = django_filters.MultipleChoiceFilter(choices=Diffusion.Channel.choices, label=gettext_lazy("By"))

    class Meta:
        model = Diffusion
        fields = ["channel"]


class WideColumn(Column):
    """One that a telephone has no room for."""

    class Media:
        css = {"all": ["mailing/admin.css"]}


def standing(row: Diffusion) -> str:
    """Whether it counts."""
    return _("Struck out") if row.struck_at else _("Counted")


class DiffusionIndex(OfficeIndexView):
    """Everything that left beside e-mail, for whoever may look at mailings."""

    model = Diffusion
    page_title = gettext_lazy("Beside e-mail")
    header_icon = "doc-full-inverse"
    index_url_name = "mailing_diffusions"
    index_results_url_name = "mailing_diffusions_results"
    permission_policy = ModelPermissionPolicy(Mailing)
    any_permission_required = ["view", "change", "send"]
    default_ordering = "-at"
    paginate_by = 50
    filterset_class = DiffusionFilterSet
    search_fields = ["title", "activity__title"]
    is_searchable = True
    _show_breadcrumbs = True
    empty_text = gettext_lazy(
        "Nothing left beside e-mail yet. Open a mailing: labels, letters, numbers for an SMS operator and the text "
        "for WhatsApp are made there, and stand here afterwards."
    )
    exports = (
        (gettext_lazy("when"), "at"),
        (gettext_lazy("by (code)"), "channel"),
        (gettext_lazy("by"), "get_channel_display"),
        (gettext_lazy("title"), "title"),
        (gettext_lazy("people"), "people"),
        (gettext_lazy("segments"), "segments"),
        (gettext_lazy("activity of the plan"), lambda row: row.activity or ""),
        (gettext_lazy("by whom"), lambda row: row.user or ""),
        (gettext_lazy("struck out"), "struck_at"),
        (gettext_lazy("text"), "text"),
    )

    @cached_property
    def columns(self) -> list[Column]:
        return [
            Column("title", label=_("What"), accessor="title", classname="title"),
            Column("channel", label=_("By"), accessor="get_channel_display"),
            Column("people", label=_("People"), accessor=lambda row: row.people or "", sort_key="people"),
            WideColumn(
                "activity",
                label=_("Activity of the plan"),
                accessor=lambda row: row.activity or "–",
                classname="mailing-wide",
            ),
            WideColumn(
                "user", label=_("By whom"), accessor=lambda row: row.user or "–", classname="mailing-wide"
            ),
            StatusTagColumn(
                "standing", label=_("State"), accessor=standing, primary=lambda row: not row.struck_at
            ),
            DateColumn("at", label=_("When"), sort_key="at"),
        ]

    def get_base_queryset(self) -> Any:
        return beside.diffusions()

    def get_edit_url(self, instance: Any) -> None:
        return None

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [HOME, LIST, {"url": "", "label": _("Beside e-mail")}]

    def get_filename(self) -> str:
        return _("beside-email")


def strike(request: HttpRequest, pk: int) -> HttpResponse:
    """It did not leave after all: POST only, for who may send."""
    if not request.user.has_perm("mailing.send_mailing"):
        return forbidden(request)
    row = get_object_or_404(Diffusion, pk=pk)
    if request.method == "POST":
        actions.strike_out(row, user=request.user, now=clock.now())
        messages.success(request, _("Struck out: it stays in the list and counts no more."))
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back if safe else reverse("mailing_diffusions"))
