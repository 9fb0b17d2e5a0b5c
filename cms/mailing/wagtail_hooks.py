"""Mailings in the administration: their menu entry, addresses and journal."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.log_actions import LogFormatter
from wagtail.snippets.models import register_snippet

from cms.mailing.models import Issue
from cms.mailing.views import (
    admin,
    approvals,
    beside,
    compose,
    deliveries,
    diffusions,
    domains,
    preview,
    reach,
)
from cms.mailing.viewsets import IssueViewSet, RecipientDomainViewSet, SenderViewSet, SendIssueItem

LOG_ACTIONS = [
    ("mailing.launch", _("Send"), _("Sent to its audiences")),
    ("mailing.schedule", _("Schedule"), _("Scheduled")),
    ("mailing.unschedule", _("Take back"), _("No longer scheduled")),
    ("mailing.pause", _("Pause"), _("Paused")),
    ("mailing.resume", _("Resume"), _("Resumed")),
    ("mailing.cancel", _("Cancel"), _("Cancelled")),
    ("mailing.retry", _("Try again"), _("Tried again")),
    ("mailing.trial", _("Send a test"), _("Test sent")),
    ("mailing.ask_approval", _("Ask for approval"), _("Approval asked for")),
    ("mailing.approve", _("Approve"), _("Approved")),
    ("mailing.take_back", _("Take the request back"), _("Request for approval taken back")),
]


class WithReason(LogFormatter):
    """A line of the journal that holds the reason somebody gave."""

    def format_message(self, log_entry: Any) -> str:
        return str(self.message) % {"reason": (log_entry.data or {}).get("reason", "")}


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    """Words for what the journal keeps of a mailing."""
    for action, label, message in LOG_ACTIONS:
        actions.register_action(action, label, message)

    @actions.register_action("mailing.approve_own")
    class ApproveOwn(WithReason):
        label = _("Approve one’s own request")
        message = _("Approved by whoever asked: %(reason)s")

    @actions.register_action("mailing.refuse")
    class Refuse(WithReason):
        label = _("Refuse")
        message = _("Not approved: %(reason)s")


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern]:
    """Every page about mailings."""
    return [
        path("mailings/", admin.MailingIndex.as_view(), name="mailing_index"),
        path(
            "mailings/results/",
            admin.MailingIndex.as_view(results_only=True),
            name="mailing_index_results",
        ),
        path("mailings/progress/", admin.list_progress, name="mailing_list_progress"),
        path("mailings/<int:pk>/", admin.MailingDetail.as_view(), name="mailing_detail"),
        path("mailings/<int:pk>/compose/", compose.Compose.as_view(), name="mailing_compose"),
        path("mailings/<int:pk>/reach/", reach.reach_as_drawn, name="mailing_reach"),
        path("mailings/<int:pk>/confirm/", compose.Confirm.as_view(), name="mailing_confirm"),
        path("mailings/<int:pk>/preview/", preview.Preview.as_view(), name="mailing_rehearsal"),
        path("mailings/<int:pk>/preview/<slug:language>/", preview.letter, name="mailing_preview"),
        path("mailings/approvals/<int:pk>/", approvals.Decide.as_view(), name="mailing_decide"),
        path("mailings/approvals/<int:pk>/take-back/", approvals.take_back, name="mailing_take_back"),
        path("mailings/<int:pk>/letter/<slug:language>/", admin.letter, name="mailing_letter"),
        path("mailings/<int:pk>/progress/", admin.progress, name="mailing_progress"),
        path(
            "mailings/<int:pk>/recipients.<slug:form>",
            deliveries.recipients_file,
            name="mailing_recipients_file",
        ),
        path("mailings/<int:pk>/act/<slug:verb>/", admin.act, name="mailing_act"),
        path(
            "mailings/senders/<int:pk>/domain/", domains.SenderDomain.as_view(), name="mailing_sender_domain"
        ),
        path("mailings/to/<int:pk>/", deliveries.DeliveryDetail.as_view(), name="mailing_delivery"),
        path("mailings/to/<int:pk>/letter/", deliveries.delivery_letter, name="mailing_delivery_letter"),
        path("mailings/to/<int:pk>/mail.eml", deliveries.delivery_eml, name="mailing_delivery_eml"),
    ]


@hooks.register("register_admin_urls")
def addresses_beside() -> list[URLPattern]:
    """Every page about what leaves beside e-mail."""
    return [
        path("mailings/<int:pk>/paper/", beside.Paper.as_view(), name="mailing_paper"),
        path("mailings/<int:pk>/numbers/", beside.TextMessages.as_view(), name="mailing_text_messages"),
        path("mailings/share/<str:source>/<uuid:uid>/", beside.Share.as_view(), name="mailing_share"),
        path("mailings/beside/", diffusions.DiffusionIndex.as_view(), name="mailing_diffusions"),
        path(
            "mailings/beside/results/",
            diffusions.DiffusionIndex.as_view(results_only=True),
            name="mailing_diffusions_results",
        ),
        path("mailings/beside/<int:pk>/strike/", diffusions.strike, name="mailing_strike"),
    ]


class MailingsMenuItem(MenuItem):
    """The list of mailings, shown to whoever may look at them."""

    def is_shown(self, request: Any) -> bool:
        return admin.may_look(request.user)


@hooks.register("register_admin_menu_item")
def menu_item() -> MenuItem:
    """« Envois »: the list, and what mailings are made of."""
    menu = Menu(register_hook_name="register_mailings_menu_item")
    return SubmenuMenuItem(_("Mailings"), menu, name="mailings", icon_name="mail")


@hooks.register("register_mailings_menu_item")
def list_item() -> MenuItem:
    return MailingsMenuItem(
        _("All mailings"), reverse("mailing_index"), name="all-mailings", icon_name="mail", order=10
    )


class DiffusionsMenuItem(MailingsMenuItem):
    """The follow-up of what left beside e-mail."""


@hooks.register("register_reports_menu_item")
def follow_up() -> MenuItem:
    return DiffusionsMenuItem(
        _("Beside e-mail"), reverse("mailing_diffusions"), name="diffusions", icon_name="doc-full-inverse"
    )


@hooks.register("register_admin_viewset")
def senders() -> SenderViewSet:
    return SenderViewSet()


@hooks.register("before_delete_snippet")
def keep_what_was_sent(request: Any, rows: list[Any]) -> Any:
    """An issue that a mailing carries stays, whether one is deleted or many at once."""
    if not any(isinstance(row, Issue) and row.sendings.exists() for row in rows):
        return None
    messages.error(request, _("An issue that was sent, or is being prepared for it, is not deleted."))
    return redirect("wagtailsnippets_mailing_issue:list")


@hooks.register("register_snippet_action_menu_item")
def send_issue(model: Any) -> SendIssueItem | None:
    return SendIssueItem() if model is Issue else None


@hooks.register("register_admin_viewset")
def recipient_domains() -> RecipientDomainViewSet:
    return RecipientDomainViewSet()


@hooks.register("register_permissions")
def permissions() -> Any:
    """Let groups be given the right to send."""
    from django.contrib.auth.models import Permission

    return Permission.objects.filter(
        content_type__app_label="mailing",
        content_type__model__in=["mailing", "sender", "recipientdomain", "issue"],
    )


register_snippet(IssueViewSet)
