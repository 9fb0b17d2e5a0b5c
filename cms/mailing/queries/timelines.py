"""The life of one mail, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from cms.mailing.models import Delivery

#: A mail is taken so soon after it was handed over that one line says both, unless the server took its time.
AT_ONCE = timedelta(seconds=1)
WORDS = {
    "queued": _("Queued"),
    "handed": _("Handed over to the mail server"),
    "taken": _("Taken by the mail server"),
    "next": _("Next attempt"),
}


@dataclass(frozen=True)
class Step:
    """What befell a mail at an instant.

    `key`: queued, handed, taken, next (which lies ahead), or changed: then `state` and `reason` say to what, and
    `actor` who decided it, if a person did. `detail` is what the server or the engine said.
    """

    at: datetime
    key: str
    state: str = ""
    reason: str = ""
    detail: str = ""
    actor: str = ""

    @property
    def words(self) -> str:
        if self.key in WORDS:
            return str(WORDS[self.key])
        state = str(Delivery.State(self.state).label)
        return f"{state} – {Delivery.Reason(self.reason).label}" if self.reason else state


def timeline(delivery: Delivery) -> list[Step]:
    """All steps in the order of time. Give deliveries with `events` and their `user` prefetched for lists."""
    steps = [
        Step(event.at, "changed", event.state, event.reason, event.detail, str(event.user or ""))
        for event in delivery.events.all()
    ]
    said_sent = any(step.state == Delivery.State.SENT and step.at == delivery.sent_at for step in steps)
    if delivery.sent_at is not None and not said_sent:
        steps.append(Step(delivery.sent_at, "taken", Delivery.State.SENT, detail=delivery.smtp_text))
    if delivery.handed_at is not None and (
        delivery.sent_at is None or delivery.sent_at - delivery.handed_at >= AT_ONCE
    ):
        steps.append(Step(delivery.handed_at, "handed", Delivery.State.SENDING))
    steps.sort(key=lambda step: step.at)
    if (
        not steps
        and delivery.state == Delivery.State.SUPPRESSED
        and delivery.reason != Delivery.Reason.SUPPRESSED
    ):
        # Set aside by the launch itself: it never stood in the queue. An address that is not to be written to may
        # also have been struck later, which the row does not tell apart.
        return [Step(delivery.created_at, "changed", delivery.state, delivery.reason)]
    steps.insert(0, Step(delivery.created_at, "queued", Delivery.State.QUEUED))
    if delivery.state == Delivery.State.DEFERRED:
        steps.append(Step(delivery.next_attempt_at, "next"))
    return steps
