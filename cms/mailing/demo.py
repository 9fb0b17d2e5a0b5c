"""Mail of the demonstration: a sender, and everything that other apps queued, sent to where EMAIL_URL says."""

from __future__ import annotations

from datetime import datetime

from cms.mailing import actions
from cms.mailing.models import Sender

ADDRESS = "presse@tokten.example.org"


def build(*, now: datetime) -> None:
    """Name the sender and send what is due; a second time changes nothing."""
    sender()
    deliver_all(now)


def sender() -> Sender:
    """The programme's sender, the default one. Apps that queue mail in their demo may call it first."""
    row, _created = Sender.objects.update_or_create(
        is_default=True,
        defaults={
            "name": "TOKTEN-Mali",
            "address": ADDRESS,
            "reply_to": "communication@tokten.example.org",
            "connections": 2,
        },
    )
    return row


def deliver_all(now: datetime) -> int:
    """Send everything due at `now` in this process, one connection; return how many mails left."""
    number = 0
    for _round in range(100):
        due = actions.sweep(now=now)
        sent = sum(actions.drain(key, clock=lambda: now, connections=1).sent for key in due)
        number += sent
        if not sent:
            break
    return number
