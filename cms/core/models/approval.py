"""Whether texts and mailings are approved before they go out, and what approving one's own costs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting
from wagtail.forms import TaskStateCommentForm
from wagtail.models import AbstractGroupApprovalTask, PagePermissionTester

APPROVE = "core.approve_texts"


@register_setting(icon="circle-check")
class Approval(BaseGenericSetting):
    """The team's rules on approval, all off for a team of one.

    `required`: who holds ``core.approve_texts`` publishes, everyone else submits. `second_person`: nobody
    publishes but by an approval, and whoever approves a text of their own gives a reason, which is logged.
    `mailing_above`: a mailing to more people than this leaves by a second person's approval only.
    """

    required = models.BooleanField(
        _("texts are approved before they are published"),
        default=False,
        help_text=_(
            "Off: a communication officer publishes. On: an officer asks for approval, and editors publish. "
            "Applies to every page: releases, press kits, events, articles."
        ),
    )
    second_person = models.BooleanField(
        _("a second person approves"),
        default=False,
        help_text=_(
            "Whoever approves a text that they wrote or submitted themselves gives a reason, kept in the "
            "page's history. Where approval is required, editors too publish by approving."
        ),
    )

    mailing_above = models.PositiveIntegerField(
        _("a second person approves a mailing to more than"),
        null=True,
        blank=True,
        help_text=_(
            "Number of people. Above it, whoever sends asks for approval, and the mailing leaves once somebody "
            "else has given it. Whoever approves their own gives a reason, kept in the mailing's journal. Empty: "
            "whoever may send sends."
        ),
    )

    panels = [FieldPanel("required"), FieldPanel("second_person"), FieldPanel("mailing_above")]

    class Meta:
        verbose_name = _("approval of texts")
        permissions = [("approve_texts", _("Can publish where texts need approval"))]

    @classmethod
    def rules(cls) -> Approval:
        """The team's rules, or the defaults: asking writes nothing."""
        return cls.objects.first() or cls()


def publishes_unasked(user: Any) -> bool:
    """Whether `user`, who may publish, may do so without anybody's approval (asked once per request)."""
    known: bool | None = getattr(user, "_publishes_unasked", None)
    if known is None:
        rules = Approval.rules()
        known = not rules.required or (not rules.second_person and user.has_perm(APPROVE))
        user._publishes_unasked = known
    return known


def needs_reason(state: Any, user: Any) -> bool:
    """Whether approving in the workflow state `state` would be approving one's own text, where that needs a reason.

    Theirs is what they submitted themselves, and what nobody else has touched since it was last published.
    """
    if user is None or state is None or not Approval.rules().second_person:
        return False
    if state.requested_by_id == user.pk:
        return True
    page = state.content_object
    written = page.revisions.filter(user__isnull=False)
    if page.last_published_at is not None:
        written = written.filter(created_at__gt=page.last_published_at)
    return written.filter(user=user).exists() and not written.exclude(user=user).exists()


class PagePermissions(PagePermissionTester):
    """Wagtail's permissions on a page, within the team's rules on approval."""

    def can_copy(self) -> bool:
        """Never what words a thing: its copy would be a second text of one number, one embargo, one list of guests."""
        return bool(super().can_copy()) and not getattr(self.page.specific_class, "THING", None)

    def can_be_model(self) -> bool:
        """Whether another thing may be begun from the page: where it words one, by who may add pages beside it."""
        if not getattr(self.page.specific_class, "THING", None) or self.page.alias_of_id is not None:
            return False
        return bool(self.user.is_active and (self.user.is_superuser or "add" in self.permissions))

    def can_publish(self) -> bool:
        return bool(super().can_publish()) and publishes_unasked(self.user)

    def can_publish_subpage(self) -> bool:
        return bool(super().can_publish_subpage()) and publishes_unasked(self.user)

    def can_publish_approved(self) -> bool:
        """Whether this user's approval publishes: the role's own permission, whatever the rules."""
        return bool(super().can_publish())


class ReasonForm(TaskStateCommentForm):
    """Why one approves one's own text."""

    comment = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea({"rows": 2}),
        help_text=_("You wrote or submitted this text yourself. The reason stays in the page's history."),
    )


class ApprovalTask(AbstractGroupApprovalTask):
    """Approval by members of the chosen groups; one's own text only with a reason."""

    OWN = "approve_own"

    class Meta:
        verbose_name = _("approval by a group")
        verbose_name_plural = _("approvals by a group")

    @classmethod
    def get_description(cls) -> Any:
        return _("A member of the chosen roles reads the text and approves it, or asks for changes.")

    def get_actions(self, obj: Any, user: Any) -> list[Any]:
        """Offer the two verdicts, and for one's own text the one that asks why."""
        actions: list[Any] = super().get_actions(obj, user)
        if not actions or not needs_reason(obj.current_workflow_state, user):
            return actions
        others = [action for action in actions if action[0] != "approve"]
        return [*others, (self.OWN, _("Approve my own text, with a reason"), True)]

    def get_form_for_action(self, action: str) -> Any:
        return ReasonForm if action == self.OWN else super().get_form_for_action(action)

    def on_action(self, task_state: Any, user: Any, action_name: str, **data: Any) -> Any:
        """Approve one's own text with the reason; the rest is Wagtail's."""
        if action_name == self.OWN:
            task_state.approve(user=user, comment=str(data.get("comment", "")).strip())
            return None
        return super().on_action(task_state, user, action_name, **data)
