"""Everything that changes a mailing or a delivery.

`owe` is called inside the caller's transaction and writes rows only; edges ring the worker on commit
(`cms.mailing.tasks.ring_on_commit`) and the sweep finds what a ring lost.
"""

from cms.mailing.actions.approvals import (
    ChangedMeanwhile,
    OwnRequest,
    approve,
    ask_approval,
    refuse,
    take_back,
)
from cms.mailing.actions.beside import (
    LABELS_AT_ONCE,
    LETTERS_AT_ONCE,
    NobodyBeside,
    Signature,
    hand_over_numbers,
    note_copied,
    print_labels,
    print_letters,
    strike_out,
)
from cms.mailing.actions.clicks import count_click
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
from cms.mailing.actions.drain import drain
from cms.mailing.actions.errors import MailingError, NobodyToWriteTo, WrongState
from cms.mailing.actions.fitness import NeedsApproval, NotFit, is_approved, leaving, needs_approval
from cms.mailing.actions.forecast import Forecast, forecast, standstill
from cms.mailing.actions.forget import forget_owed
from cms.mailing.actions.issues import prepare_issue
from cms.mailing.actions.launch import launch
from cms.mailing.actions.mailbox import read_mailbox
from cms.mailing.actions.owe import Owed, owe, owe_all
from cms.mailing.actions.pump import Drained, stop_sending
from cms.mailing.actions.reports import apply_reports, take, take_mail
from cms.mailing.actions.reword import reword
from cms.mailing.actions.sign_ups import sign_up
from cms.mailing.actions.sweep import sweep
from cms.mailing.actions.trials import MOST_AT_ONCE, try_out

__all__ = [
    "LABELS_AT_ONCE",
    "LETTERS_AT_ONCE",
    "MOST_AT_ONCE",
    "ChangedMeanwhile",
    "Drained",
    "Forecast",
    "MailingError",
    "NeedsApproval",
    "NobodyBeside",
    "NobodyToWriteTo",
    "NotFit",
    "Owed",
    "OwnRequest",
    "Signature",
    "WrongState",
    "apply_reports",
    "approve",
    "ask_approval",
    "cancel",
    "count_click",
    "create",
    "drain",
    "edit",
    "forecast",
    "forget_owed",
    "hand_over_numbers",
    "is_approved",
    "launch",
    "leaving",
    "needs_approval",
    "note_copied",
    "owe",
    "owe_all",
    "pause",
    "prepare_issue",
    "print_labels",
    "print_letters",
    "read_mailbox",
    "refuse",
    "resolve_unknown",
    "resume",
    "retry_failed",
    "reword",
    "schedule",
    "sign_up",
    "standstill",
    "stop_sending",
    "strike_out",
    "sweep",
    "take",
    "take_back",
    "take_mail",
    "try_out",
    "unschedule",
    "unsubscribe",
]
