"""Mailings in the administration: their menu entry, addresses and journal."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

LOG_ACTIONS = [
    ("mailing.launch", _("Send"), _("Sent to its audiences")),
    ("mailing.schedule", _("Schedule"), _("Scheduled")),
    ("mailing.unschedule", _("Take back"), _("No longer scheduled")),
    ("mailing.pause", _("Pause"), _("Paused")),
    ("mailing.resume", _("Resume"), _("Resumed")),
    ("mailing.cancel", _("Cancel"), _("Cancelled")),
    ("mailing.retry", _("Try again"), _("Tried again")),
]


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    """Words for what the journal keeps of a mailing."""
    for action, label, message in LOG_ACTIONS:
        actions.register_action(action, label, message)
