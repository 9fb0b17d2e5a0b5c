"""Mailings in the administration: the list, one mailing with its progress."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import django_filters
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.functional import cached_property
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, TitleColumn
from wagtail.admin.views.generic import IndexView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import ModelLogEntry
from wagtail.permission_policies import ModelPermissionPolicy

from cms.core import clock
from cms.mailing import actions, queries
from cms.mailing.mail.placeholders import PLACEHOLDER, PLACEHOLDERS
from cms.mailing.models import Delivery, Letter, Mailing
from cms.mailing.queries import figures
from cms.mailing.tasks import ring_on_commit
from cms.mailing.views.figures import chart_of, number, progress_of, row_of, state_words

if TYPE_CHECKING:
    from django.http import HttpRequest

PER_PAGE = 50
#: A mail shown inside the administration: no script, no form, nothing from elsewhere.
LETTER_POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
HOME = {"url": reverse_lazy("wagtailadmin_home"), "label": gettext_lazy("Home")}
LIST = {"url": reverse_lazy("mailing_index"), "label": gettext_lazy("Mailings")}


def forbidden(request: HttpRequest) -> HttpResponse:
    """A plain 403 with a sentence: sending is a right of its own."""
    return render(request, "mailing/admin/forbidden.html", status=403)


def may_look(user: Any) -> bool:
    return any(user.has_perm(f"mailing.{name}_mailing") for name in ("view", "change", "send"))


class MailingFilterSet(WagtailFilterSet):
    """Narrow the list by state and kind."""

    state = django_filters.MultipleChoiceFilter(
        choices=Mailing.State.choices, label=gettext_lazy("State"), widget=None
    )
    kind = django_filters.MultipleChoiceFilter(choices=Mailing.Kind.choices, label=gettext_lazy("Kind"))

    class Meta:
        model = Mailing
        fields = ["state", "kind"]


class ProgressColumn(Column):
    """Sent of all, as figures and as a bar."""

    cell_template_name = "mailing/admin/progress_cell.html"

    class Media:
        css = {"all": ["mailing/admin.css"]}
        js = ["mailing/progress.js"]

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        return {**super().get_cell_context_data(instance, parent_context), "figures": row_of(instance)}


class TroubleColumn(Column):
    """How many were not delivered; nothing where there is nothing to say."""

    cell_template_name = "mailing/admin/trouble_cell.html"


class MailingIndex(IndexView):
    """Every mailing, the newest first, and the standing queues of owed mail."""

    model = Mailing
    page_title = gettext_lazy("Mailings")
    header_icon = "mail"
    index_url_name = "mailing_index"
    index_results_url_name = "mailing_index_results"
    permission_policy = ModelPermissionPolicy(Mailing)
    any_permission_required = ["view", "change", "send"]
    default_ordering = "-created_at"
    paginate_by = PER_PAGE
    filterset_class = MailingFilterSet
    search_fields = ["title"]
    is_searchable = True
    results_template_name = "mailing/admin/index_results.html"
    _show_breadcrumbs = True

    @cached_property
    def columns(self) -> list[Column]:
        return [
            TitleColumn(
                "title",
                label=_("Mailing"),
                sort_key="title",
                get_url=lambda row: reverse("mailing_detail", args=[row.pk]),
            ),
            Column("kind", label=_("Kind"), accessor="get_kind_display", classname="mailing-wide"),
            StatusTagColumn(
                "state",
                label=_("State"),
                accessor=state_words,
                primary=lambda row: row.state in (Mailing.State.SENDING, Mailing.State.SENT),
            ),
            ProgressColumn("done", label=_("Sent")),
            TroubleColumn("trouble", label=_("Not delivered")),
            DateColumn("launched_at", label=_("Launched"), sort_key="launched_at", classname="mailing-wide"),
        ]

    def get_base_queryset(self) -> Any:
        return queries.with_counts(Mailing.objects.all())

    def search_queryset(self, queryset: Any) -> Any:
        return queryset.filter(title__icontains=self.search_query) if self.search_query else queryset

    def get_edit_url(self, instance: Any) -> None:
        return None

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [HOME, {"url": "", "label": _("Mailings")}]


class MailingDetail(WagtailAdminTemplateMixin, TemplateView):
    """One mailing: what it is, how far it got, who got it and who did not."""

    template_name = "mailing/admin/detail.html"
    header_icon = "mail"

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if not may_look(request.user):
            return forbidden(request)
        self.mailing = get_object_or_404(
            Mailing.objects.select_related("sender", "activity"), pk=kwargs["pk"]
        )
        if self.mailing.state in (Mailing.State.DRAFT, Mailing.State.SCHEDULED):
            return redirect("mailing_compose", self.mailing.pk)
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return self.mailing.title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [HOME, LIST, {"url": "", "label": self.mailing.title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now, user = clock.now(), self.request.user
        return {
            **super().get_context_data(**kwargs),
            **progress_of(self.mailing, now=now),
            **self.recipients(),
            "mailing": self.mailing,
            "state_words": state_words(self.mailing),
            "audiences": list(self.mailing.audiences.all()),
            "letters": list(self.mailing.letters.only("language", "version", "subject")),
            "failures": failures_of(self.mailing),
            "chart": chart_of(self.mailing, now=now),
            "journal": ModelLogEntry.objects.filter(
                content_type__app_label="mailing",
                content_type__model="mailing",
                object_id=str(self.mailing.pk),
            ).select_related("user")[:20],
            "may_send": user.has_perm("mailing.send_mailing") and not self.mailing.is_standing,
            "may_settle": user.has_perm("mailing.send_mailing"),
            "may_export": user.has_perm("contacts.export_contact"),
        }

    def recipients(self) -> dict[str, Any]:
        """The recipients asked for: by state, by reason, by words of name or address."""
        asked = {name: self.request.GET.get(name, "").strip() for name in ("state", "reason", "q")}
        rows = figures.narrowed(
            self.mailing.deliveries.order_by("pk"),
            states=[asked["state"]],
            reasons=[asked["reason"]],
            text=asked["q"],
        )
        return {
            "rows": Paginator(rows, PER_PAGE).get_page(self.request.GET.get("p")),
            "chosen": asked["state"],
            "chosen_reason": asked["reason"],
            "wanted": asked["q"],
            "states": Delivery.State.choices,
            "reasons": [(code, Delivery.Reason(code).label) for code in figures.reasons(self.mailing)],
            "query": urlencode({name: value for name, value in asked.items() if value}),
        }


def failures_of(mailing: Mailing) -> list[dict[str, Any]]:
    """What went wrong by reason, in words, with what a server said and the way to the people concerned."""
    return [
        {
            "state": Delivery.State(group["state"]).label,
            "reason": Delivery.Reason(group["reason"]).label if group["reason"] else "",
            "number": number(group["number"]),
            "said": group["said"],
            "query": urlencode({name: group[name] for name in ("state", "reason") if group[name]}),
        }
        for group in queries.failures(mailing)
    ]


def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The figures of the page as JSON, for the page that shows them moving."""
    if not may_look(request.user):
        return JsonResponse({}, status=403)
    mailing = get_object_or_404(Mailing.objects.select_related("sender"), pk=pk)
    said = progress_of(mailing, now=clock.now())
    said.pop("found")
    return _figures({**said, "state": mailing.state, "state_label": state_words(mailing)})


def list_progress(request: HttpRequest) -> HttpResponse:
    """What the list shows of some mailings (`?pk=…&pk=…`, at most a page of them), as JSON by key."""
    if not may_look(request.user):
        return JsonResponse({}, status=403)
    keys = [int(key) for key in request.GET.getlist("pk")[:PER_PAGE] if re.fullmatch(r"[0-9]{1,18}", key)]
    rows = queries.with_counts(Mailing.objects.filter(pk__in=keys))
    return _figures({str(row.pk): row_of(row) for row in rows})


def _figures(said: dict[str, Any]) -> HttpResponse:
    response = JsonResponse(said)
    response["Cache-Control"] = "private, no-store"
    return response


def _retry(mailing: Mailing, user: Any) -> str:
    number = actions.retry_failed(mailing, user=user, now=clock.now())
    return ngettext("%d mail is tried again.", "%d mails are tried again.", number) % number


def _resolve(mailing: Mailing, user: Any, *, arrived: bool) -> str:
    number = actions.resolve_unknown(mailing, arrived=arrived, user=user, now=clock.now())
    if arrived:
        return ngettext("%d mail counted as arrived.", "%d mails counted as arrived.", number) % number
    return ngettext("%d mail is sent once more.", "%d mails are sent once more.", number) % number


def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Pause, resume, cancel, try again, settle: POST only, and only who may send."""
    if not request.user.has_perm("mailing.send_mailing"):
        return forbidden(request)
    mailing = get_object_or_404(Mailing, pk=pk)
    if request.method != "POST":
        return redirect("mailing_detail", pk)
    now, said = clock.now(), ""
    try:
        match verb:
            case "pause":
                actions.pause(mailing, user=request.user, now=now)
                said = _("Paused. What a worker had already begun still counts.")
            case "resume":
                actions.resume(mailing, user=request.user, now=now)
                said = _("The sending goes on.")
            case "cancel":
                actions.cancel(mailing, user=request.user, now=now)
                said = _("Cancelled. What had not left stays here.")
            case "unschedule":
                actions.unschedule(mailing, user=request.user, now=now)
                said = _("It is a draft again.")
            case "retry":
                said = _retry(mailing, request.user)
            case "arrived" | "resend":
                said = _resolve(mailing, request.user, arrived=verb == "arrived")
            case _:
                raise Http404
    except actions.MailingError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
        ring_on_commit(mailing.pk)
    return redirect("mailing_detail", pk)


def letter(request: HttpRequest, pk: int, language: str) -> HttpResponse:
    """The frozen words of a launched mailing, in one language, placeholders marked."""
    if not may_look(request.user):
        return forbidden(request)
    found = get_object_or_404(Letter.objects.order_by("-version"), mailing=pk, language=language)
    return framed(marked(found.html))


def marked(html: str) -> str:
    """Show where each recipient's own words go, named in the reader's language."""

    def shown(at: re.Match[str]) -> str:
        one = PLACEHOLDERS[at.group(1)]
        return "#" if one.is_link else f"«\u202f{escape(one.label)}\u202f»"

    return PLACEHOLDER.sub(shown, html)


def framed(html: str) -> HttpResponse:
    """HTML of a mail as an answer that may be shown in a frame of ours and does nothing."""
    response = HttpResponse(html)
    response["Content-Security-Policy"] = LETTER_POLICY
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Cache-Control"] = "private, no-store"
    return response
