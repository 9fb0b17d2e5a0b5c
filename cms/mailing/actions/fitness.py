"""What a mailing must be before it leaves: without a fault that blocks, and approved where that is the rule."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cms.core.models import Approval
from cms.core.registry import Refused
from cms.mailing import queries
from cms.mailing.actions.errors import MailingError
from cms.mailing.mail import checklist
from cms.mailing.mail.letters import write
from cms.mailing.mail.rehearsal import hour_of
from cms.mailing.models import Mailing, MailingApproval


class NotFit(MailingError):
    """Something of the checklist must be mended first; the sentence says what."""


class NeedsApproval(MailingError):
    """A second person must approve this mailing, or approve it again."""

    message = gettext_lazy("So many recipients: a second person must approve this mailing first.")


def ensure_fit(mailing: Mailing, *, now: datetime, readers: dict[str, int] | None = None) -> None:
    """Raise NotFit with the first sentence of the checklist that blocks; `readers` spares counting languages."""
    found = checklist.blocking(checklist.checklist(mailing, now=now, readers=readers))
    if not found:
        return
    more = len(found) - 1
    sentence = found[0].sentence
    if more:
        sentence += " " + ngettext(
            "And %d thing more must be mended first.", "And %d things more must be mended first.", more
        ) % (more)
    raise NotFit(sentence)


@dataclass(frozen=True)
class Leaving:
    """What a mailing would send: a digest of its words in every language, and the keys of its contacts in order."""

    words: str
    people: tuple[int, ...]

    @property
    def token(self) -> str:
        """One name for all of it: what an approver saw is what is approved."""
        return hashlib.sha256(f"{self.words}{self.people}".encode()).hexdigest()


def leaving(mailing: Mailing, *, now: datetime) -> Leaving:
    """What would leave if the mailing were confirmed at `now`. Raises MailingError where it cannot be written."""
    rows = queries.reached(mailing).order_by("pk").values_list("pk", "language")
    people, readers = [], set()
    for key, language in rows.iterator():
        people.append(key)
        readers.add(language)
    sender = mailing.sender or queries.default_sender()
    if sender is None:
        raise MailingError(_("No sender is chosen."))
    at, _refused = hour_of(mailing, now=now)
    digest = hashlib.sha256(f"{sender.name}\0{sender.address}\0{sender.reply_to}".encode())
    try:
        for language in checklist.languages_of(dict.fromkeys(readers, 1)):
            parts = write(mailing, language=language, sender=sender, now=at)
            said = [language, parts.subject, parts.text, parts.html, dict(parts.headers)]
            digest.update(json.dumps(said, sort_keys=True).encode())
            for name, kind, content in parts.attachments:
                digest.update(f"{name}\0{kind}\0".encode() + hashlib.sha256(content).digest())
    except Refused as refused:
        raise MailingError(str(refused)) from refused
    return Leaving(digest.hexdigest(), tuple(people))


def above() -> int | None:
    """Above how many people a mailing needs a second person; None for never."""
    return Approval.rules().mailing_above


def needs_approval(number: int) -> bool:
    """Whether a mailing to so many people needs a second person's word."""
    most = above()
    return most is not None and number > most


def ensure_approved(mailing: Mailing, *, now: datetime) -> None:
    """Raise NeedsApproval unless this mailing, as it would leave now, may leave by the rule.

    What was approved is what leaves: other words, another sender, or anybody whom the approver did not see asks again.
    Fewer people do not.
    """
    most = above()
    if most is None or mailing.is_standing:
        return
    wanted = leaving(mailing, now=now)
    if len(wanted.people) <= most:
        return
    given = mailing.approvals.filter(state=MailingApproval.State.GIVEN).first()
    if given is None:
        raise NeedsApproval
    if given.words != wanted.words:
        raise NeedsApproval(_("The text or the sender has changed since it was approved: ask again."))
    added = len(set(wanted.people) - set(given.people))
    if added:
        raise NeedsApproval(
            ngettext(
                "%d person has joined since it was approved: ask again.",
                "%d people have joined since it was approved: ask again.",
                added,
            )
            % added
        )


def is_approved(mailing: Mailing, *, now: datetime) -> bool:
    """Whether the rule on approval lets this mailing leave as it would now."""
    try:
        ensure_approved(mailing, now=now)
    except MailingError:
        return False
    return True
