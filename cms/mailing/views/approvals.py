"""The second person's screen: what would leave, to whom, who asks; yes, or no with the reason."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from cms.core import clock, formats
from cms.core.registry import Todo
from cms.mailing import actions, queries
from cms.mailing.models import Mailing, MailingApproval
from cms.mailing.tasks import ring_on_commit
from cms.mailing.views.admin import HOME, LIST, forbidden
from cms.mailing.views.findings import facts

if TYPE_CHECKING:
    from django.http import HttpRequest

APPROVE = "mailing.approve_mailing"
MANY = 8


class Decide(WagtailAdminTemplateMixin, TemplateView):
    """Read what waits, then say yes or no."""

    template_name = "mailing/admin/decide.html"
    header_icon = "circle-check"

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm(APPROVE):
            return forbidden(request)
        self.asked = get_object_or_404(
            MailingApproval.objects.select_related("mailing__sender", "asked_by"), pk=kwargs["pk"]
        )
        self.mailing = self.asked.mailing
        waits = self.asked.state == MailingApproval.State.ASKED
        if not waits or self.mailing.state != Mailing.State.DRAFT:
            messages.info(request, _("Nothing waits here any more: it was decided in the meantime."))
            return redirect("mailing_detail", self.mailing.pk)
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return _("Approval")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        back = {"url": reverse("mailing_detail", args=[self.mailing.pk]), "label": self.mailing.title}
        return [HOME, LIST, back, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = clock.now()
        token, trouble = "", ""
        try:
            token = actions.leaving(self.mailing, now=now).token
        except actions.MailingError as error:
            trouble = str(error)
        context = facts(self.mailing, user=self.request.user, now=now) | {
            "asked": self.asked,
            "own": self.asked.asked_by_id == self.request.user.pk,
            "late": self.mailing.send_at is not None and self.mailing.send_at <= now,
            "token": token,
            "trouble": trouble,
        }
        return super().get_context_data(**context, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        reason, now = request.POST.get("reason", "")[:500], clock.now()
        try:
            if "refuse" in request.POST:
                actions.refuse(self.asked, reason=reason, user=request.user, now=now)
                messages.success(request, _("Not approved: whoever asked reads your reason on the mailing."))
                return redirect("mailing_detail", self.mailing.pk)
            seen = request.POST.get("seen", "")
            row = actions.approve(self.asked, seen=seen, reason=reason, user=request.user, now=now)
        except actions.MailingError as error:
            messages.error(request, str(error))
            return redirect("mailing_decide", self.asked.pk)
        if row.state == Mailing.State.SENDING:
            ring_on_commit(row.pk)
            messages.success(request, _("Approved: it is leaving."))
        else:
            messages.success(request, _("Approved: it leaves by itself at its hour."))
        return redirect("mailing_detail", self.mailing.pk)


def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw one's own request: POST only, by whoever may send."""
    if not request.user.has_perm("mailing.send_mailing"):
        return forbidden(request)
    asked = get_object_or_404(MailingApproval, pk=pk)
    if request.method == "POST":
        try:
            actions.take_back(asked, user=request.user, now=clock.now())
            messages.success(request, _("The request is taken back: nobody has to answer it."))
        except actions.MailingError as error:
            messages.error(request, str(error))
    return redirect("mailing_detail", asked.mailing_id)


def due(user: Any, now: datetime) -> list[Todo]:
    """Mailings that wait for this person's word."""
    found = []
    for asked in queries.approvals_asked(user)[:MANY]:
        people = ngettext("%s recipient", "%s recipients", asked.number) % formats.number(asked.number)
        found.append(
            Todo(
                text=_("“%s” waits for your approval") % asked.mailing.title,
                url=reverse("mailing_decide", args=[asked.pk]),
                detail=_("%(people)s, asked by %(name)s") % {"people": people, "name": asked.asked_by},
                due_at=asked.mailing.send_at,
                level="warning",
            )
        )
    return found
