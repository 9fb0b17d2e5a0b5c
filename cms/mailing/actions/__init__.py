"""Everything that changes a mailing or a delivery.

`owe` is called inside the caller's transaction and writes rows only; edges ring the worker on commit
(`cms.mailing.tasks.ring_on_commit`) and the sweep finds what a ring lost.
"""

from cms.mailing.actions.compose import create, edit
from cms.mailing.actions.control import (
    cancel,
    pause,
    resolve_unknown,
    resume,
    retry_failed,
    schedule,
    unschedule,
    unsubscribe,
)
from cms.mailing.actions.drain import Drained, drain
from cms.mailing.actions.errors import MailingError, NobodyToWriteTo, WrongState
from cms.mailing.actions.launch import launch
from cms.mailing.actions.owe import owe
from cms.mailing.actions.sweep import sweep

__all__ = [
    "Drained",
    "MailingError",
    "NobodyToWriteTo",
    "WrongState",
    "cancel",
    "create",
    "drain",
    "edit",
    "launch",
    "owe",
    "pause",
    "resolve_unknown",
    "resume",
    "retry_failed",
    "schedule",
    "sweep",
    "unschedule",
    "unsubscribe",
]
