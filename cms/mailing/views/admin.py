"""Mailings in the administration: the list, one mailing with its progress."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import formats, timezone
from django.utils.functional import cached_property
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
from cms.mailing.mail.placeholders import PLACEHOLDER
from cms.mailing.models import Delivery, Letter, Mailing
from cms.mailing.tasks import ring_on_commit

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


def state_words(mailing: Mailing) -> str:
    """The state as the list says it; the queue of owed mail is simply always open."""
    return _("Always open") if mailing.is_standing else str(mailing.get_state_display())


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
            Column("trouble", label=_("Not delivered"), accessor=lambda row: row.trouble or ""),
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
        chosen = self.request.GET.get("state", "")
        wanted = self.request.GET.get("q", "").strip()
        rows = self.mailing.deliveries.select_related("contact").order_by("pk")
        if chosen in Delivery.State.values:
            rows = rows.filter(state=chosen)
        if wanted:
            rows = rows.filter(Q(address__icontains=wanted) | Q(values__name__icontains=wanted))
        page = Paginator(rows, PER_PAGE).get_page(self.request.GET.get("p"))
        context = super().get_context_data(**kwargs)
        context.update(progress_of(self.mailing))
        context.update(
            mailing=self.mailing,
            state_words=state_words(self.mailing),
            rows=page,
            chosen=chosen,
            wanted=wanted,
            states=Delivery.State.choices,
            audiences=list(self.mailing.audiences.all()),
            letters=list(self.mailing.letters.only("language", "version", "subject")),
            failures=[
                {
                    "state": Delivery.State(group["state"]).label,
                    "reason": Delivery.Reason(group["reason"]).label if group["reason"] else "",
                    "number": group["number"],
                    "code": group["state"],
                }
                for group in queries.failures(self.mailing)
            ],
            journal=ModelLogEntry.objects.filter(
                content_type__app_label="mailing",
                content_type__model="mailing",
                object_id=str(self.mailing.pk),
            ).select_related("user")[:20],
            may_send=self.request.user.has_perm("mailing.send_mailing") and not self.mailing.is_standing,
            may_settle=self.request.user.has_perm("mailing.send_mailing"),
        )
        return context


def progress_of(mailing: Mailing) -> dict[str, Any]:
    """The figures that move: counts by state in words, share done, the sentence below the bar."""
    found = queries.counts(mailing)
    total = found["total"]
    over = total - found["queued"] - found["deferred"] - found["sending"]
    sender = mailing.sender
    held = sender.held_until if sender is not None else None
    sentence = mailing.reason
    if not sentence and held is not None and held > clock.now() and total > over:
        at = formats.time_format(timezone.localtime(held), "TIME_FORMAT")
        said = sender.held_reason if sender is not None else ""
        sentence = _(
            "The mail server does not answer (%(said)s). Next attempt at %(time)s; nothing is lost."
        ) % {
            "said": said,
            "time": at,
        }
    return {
        "counts": [
            {"state": state, "label": str(label), "number": found[state]}
            for state, label in Delivery.State.choices
        ],
        "found": found,
        "total": total,
        "over": over,
        "percent": round(100 * over / total) if total else 0,
        "sentence": sentence,
        "running": mailing.state == Mailing.State.SENDING and total > over,
    }


def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The same figures as JSON, for the page that shows them moving."""
    if not may_look(request.user):
        return JsonResponse({}, status=403)
    mailing = get_object_or_404(Mailing.objects.select_related("sender"), pk=pk)
    figures = progress_of(mailing)
    figures.pop("found")
    figures["state"] = mailing.state
    figures["state_label"] = state_words(mailing)
    figures["summary"] = summary(figures)
    response = JsonResponse(figures)
    response["Cache-Control"] = "private, no-store"
    return response


def summary(figures: dict[str, Any]) -> str:
    """ "120 of 214 done" in words."""
    return _("%(over)s of %(total)s done") % {
        "over": formats.number_format(figures["over"], force_grouping=True),
        "total": formats.number_format(figures["total"], force_grouping=True),
    }


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
    """Show where each recipient's own words go."""
    return PLACEHOLDER.sub(
        lambda at: "#" if at.group(1).endswith("_url") else f"«\u202f{at.group(1)}\u202f»", html
    )


def framed(html: str) -> HttpResponse:
    """HTML of a mail as an answer that may be shown in a frame of ours and does nothing."""
    response = HttpResponse(html)
    response["Content-Security-Policy"] = LETTER_POLICY
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Cache-Control"] = "private, no-store"
    return response
