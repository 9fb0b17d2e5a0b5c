"""Reading what comes back: delivery reports (RFC 3464), complaints (RFC 5965), answers of machines (RFC 3834).

Nothing here believes what it reads beyond its bounds: at most 50 parts and 50 recipients of a report are looked
at, and a mail of any shape gives a list of findings, never an exception.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.header import decode_header, make_header
from email.message import Message
from hashlib import sha256
from uuid import UUID

from cms.mailing.mail.transport import reason_of
from cms.mailing.mail.verp import uid_of
from cms.mailing.models import Delivery, Report

Kind, Reason = Report.Kind, Delivery.Reason
MAX_PARTS = 50
#: What says that an address is dead, and not only that this mail was not wanted (RFC 3463, 3.2; RFC 7505).
DEAD = frozenset({"5.1.1", "5.1.6", "5.1.10"})
_ENHANCED = re.compile(r"(?<![\w.])([245]\.\d{1,3}\.\d{1,3})(?!\w|\.\d)")
_BASIC = re.compile(r"(?<![\w.])([45]\d\d)(?=[ -])")
_NOBODY = re.compile(
    r"user unknown|unknown user|no such (user|recipient|mailbox)|(user|recipient|mailbox) (does not exist|not found)"
    r"|invalid (recipient|mailbox)|utilisateur inconnu",
    re.IGNORECASE,
)
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,250}>")
_ADDRESS = re.compile(r"[^\s<>;,\"]+@[^\s<>;,\"]+")
#: Where a server writes for whom a mail came in; the first that proves its number counts.
_ENVELOPE = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Delivered-To", "To", "Cc")
_AUTOMATIC = (
    "X-Autoreply",
    "X-Autorespond",
    "X-Auto-Response-Suppress",
    "X-Vacation",
    "X-FC-MachineGenerated",
)
_AWAY = re.compile(
    r"^\W*(auto(matic|mated)?[ -]?(reply|response)|out of (the )?office|r[ée]ponse automatique|absen(ce|t)\b"
    r"|message d['’]absence|en cong[ée]s?\b)",
    re.IGNORECASE,
)
_UNWANTED = frozenset({"abuse", "fraud", "other", "opt-out", "opt-out-list", "miscategorized"})


@dataclass(frozen=True)
class Finding:
    """One statement of a report. `uid`: of the mail, proved by its return path; `message_id`: only claimed."""

    kind: str
    key: str
    uid: UUID | None = None
    message_id: str = ""
    address: str = ""
    status: str = ""
    reason: str = ""
    detail: str = ""

    @property
    def understood(self) -> bool:
        """Whether it is a machine's, and may be thrown away once taken; a person's answer is for a person."""
        return self.kind not in (Kind.REPLY, Kind.OTHER)


def key_of(*words: str) -> str:
    """The name of a statement: the same words, the same name."""
    return sha256("\0".join(words).encode("utf-8", "surrogateescape")).hexdigest()


def read(raw: bytes, *, envelope_to: str = "") -> list[Finding]:
    """What a mail that came back says, one finding per recipient it speaks of; at least one.

    `envelope_to`: for whom the server took it in, where it says so.
    """
    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    parts = list(_parts(message))
    number = _text(message, "Message-ID") or sha256(raw).hexdigest()
    envelope = " ".join([envelope_to, *(_text(message, name) for name in _ENVELOPE)])
    base = Finding(
        Kind.OTHER, key_of("mail", number), uid_of(envelope), detail=_text(message, "Subject")[:500]
    )
    original = _original(parts)
    if original is not None:
        base = replace(base, message_id=_number_of(original))
    complaint = _part(parts, "message/feedback-report")
    if complaint is not None:
        return [_complaint(complaint, base)]
    status = _part(parts, "message/delivery-status")
    if status is not None:
        found = [
            replace(one, key=key_of("mail", number, str(place)))
            for place, one in enumerate(_bounces(status, base))
        ]
        return found or [base]
    return [_other(message, parts, base)]


def _parts(message: Message) -> Iterator[Message]:
    """The parts of a mail, not those of a mail it holds."""
    waiting, seen = [message], 0
    while waiting and seen < MAX_PARTS:
        part = waiting.pop(0)
        seen += 1
        yield part
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            waiting.extend(one for one in payload if isinstance(one, Message))


def _part(parts: list[Message], content_type: str) -> Message | None:
    return next((part for part in parts if part.get_content_type() == content_type), None)


def _text(message: Message, name: str) -> str:
    """All headers of a name as one line of text; empty where there is none."""
    found = []
    for value in message.get_all(name, []):
        try:
            found.append(str(make_header(decode_header(str(value)))))
        except (LookupError, ValueError, email.errors.HeaderParseError):
            found.append(str(value))
    return " ".join(" ".join(found).replace("\0", " ").split())[:2000]


def _blocks(part: Message) -> list[Message]:
    """The groups of fields that a machine-readable part holds."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return [block for block in payload if isinstance(block, Message)][:MAX_PARTS]
    groups = re.split(r"\r?\n\s*\r?\n", str(payload or ""))
    return [email.message_from_string(group) for group in groups if group.strip()][:MAX_PARTS]


def _original(parts: list[Message]) -> Message | None:
    """The headers of the mail that a report is about."""
    for part in parts[1:]:
        kind = part.get_content_type()
        if kind == "message/rfc822":
            inner = part.get_payload()
            if isinstance(inner, list) and inner and isinstance(inner[0], Message):
                return inner[0]
        if kind in ("text/rfc822-headers", "message/rfc822-headers"):
            blocks = part.get_payload()
            if isinstance(blocks, list):
                return blocks[0] if blocks and isinstance(blocks[0], Message) else None
            content = part.get_payload(decode=True)
            return email.message_from_bytes(content if isinstance(content, bytes) else b"")
    return None


def _number_of(message: Message) -> str:
    found = _MESSAGE_ID.search(_text(message, "Message-ID"))
    return found.group(0) if found else ""


def _address(field: str) -> str:
    """The address of a field such as ``rfc822; name@domain``."""
    found = _ADDRESS.search(field.partition(";")[2] or field)
    return found.group(0).lower()[:320] if found else ""


def judge(status: str, said: str) -> tuple[str, str]:
    """The enhanced code and the reason of a refusal, from its status and from what the server said.

    What the server said is the more exact: many reports give 5.0.0 or 5.5.0 beside a precise diagnosis.
    """
    codes = [found.group(1) for text in (said, status) for found in [_ENHANCED.search(text)] if found]
    exact = [code for code in codes if not code.endswith(".0.0")]
    code = (exact or codes or [""])[0]
    basic = _BASIC.search(said)
    if not exact and _NOBODY.search(said):
        return code or "5.1.1", Reason.NO_SUCH_BOX
    subject, _dot, detail = code.partition(".")[2].partition(".")
    if subject == "4":
        return code, Reason.TOO_LONG if detail == "7" else Reason.NO_SUCH_DOMAIN
    return code, reason_of(int(basic.group(1)) if basic else 550, code)


def is_dead(status: str, reason: str, said: str) -> bool:
    """Whether a return proves that the address does not exist."""
    return status in DEAD or (reason == Reason.NO_SUCH_BOX and bool(_NOBODY.search(said)))


def _bounces(part: Message, base: Finding) -> Iterator[Finding]:
    """Each recipient of a delivery report (RFC 3464, 2.3)."""
    for block in _blocks(part):
        status, action = _text(block, "Status"), _text(block, "Action").lower().partition(" ")[0]
        if not action and not status:
            continue  # the fields about the message as a whole
        said = _text(block, "Diagnostic-Code")
        kind = {
            "failed": Kind.BOUNCE,
            "delayed": Kind.DELAY,
            "delivered": Kind.DELIVERED,
            "relayed": Kind.DELIVERED,
            "expanded": Kind.DELIVERED,
        }.get(action) or {"5": Kind.BOUNCE, "4": Kind.DELAY}.get(status[:1], Kind.OTHER)
        code, reason = judge(status, said)
        yield replace(
            base,
            kind=kind,
            address=_address(_text(block, "Original-Recipient")) or _address(_text(block, "Final-Recipient")),
            status=code[:12],
            reason={Kind.BOUNCE: reason, Kind.DELAY: Reason.DELAYED, Kind.DELIVERED: Reason.DELIVERED}.get(
                kind, ""
            ),
            detail=(said or status or base.detail)[:500],
        )


def _complaint(part: Message, base: Finding) -> Finding:
    """A recipient pressed « unwanted » (RFC 5965); some other feedback is only noted."""
    fields = _blocks(part)
    kind = " ".join(_text(block, "Feedback-Type").lower() for block in fields)
    said = " ".join(_text(block, "Original-Mail-From") for block in fields)
    to = " ".join(
        _text(block, name) for block in fields for name in ("Original-Rcpt-To", "Removal-Recipient")
    )
    return replace(
        base,
        kind=Kind.COMPLAINT if kind in _UNWANTED else Kind.OTHER,
        uid=base.uid or uid_of(said),
        address=_address(to),
        reason=Reason.COMPLAINT if kind in _UNWANTED else "",
        detail=f"Feedback-Type: {kind}"[:500],
    )


def is_automatic(message: Message) -> bool:
    """Whether a machine wrote it: a notice of absence, a receipt (RFC 3834, 5; and what predates it)."""
    submitted = _text(message, "Auto-Submitted").lower().partition(";")[0].strip()
    if submitted:
        return submitted != "no"
    if any(message.get(name) for name in _AUTOMATIC):
        return True
    if _text(message, "Precedence").lower() in ("auto_reply", "bulk", "junk", "list"):
        return True
    return _text(message, "Return-Path") == "<>" or bool(_AWAY.search(_text(message, "Subject")))


def _other(message: Message, parts: list[Message], base: Finding) -> Finding:
    """A mail without a machine-readable part: an old server's return, an absence, or a person."""
    answered = _MESSAGE_ID.search(_text(message, "In-Reply-To") or _text(message, "References"))
    base = replace(base, message_id=base.message_id or (answered.group(0) if answered else ""))
    writer = _text(message, "From").lower()
    if "mailer-daemon@" in writer or "postmaster@" in writer:
        return _old_return(parts, base)
    if is_automatic(message):
        return replace(base, kind=Kind.AUTO_REPLY, reason=Reason.AUTO_REPLY)
    if base.uid is not None or base.message_id:
        return replace(base, kind=Kind.REPLY, reason=Reason.REPLY)
    return base


def _old_return(parts: list[Message], base: Finding) -> Finding:
    """A return in words alone: believed only under the mail's own return path, and where it names a code."""
    words = ""
    for part in parts:
        if part.get_content_type() == "text/plain":
            content = part.get_payload(decode=True)
            words = content.decode("utf-8", "replace")[:4000] if isinstance(content, bytes) else ""
            break
    line = next(
        (
            one
            for one in words.splitlines()
            if _ENHANCED.search(one) or _BASIC.search(one) or _NOBODY.search(one)
        ),
        "",
    )
    code, reason = judge("", line)
    if base.uid is None or not line or code.startswith("2"):
        return base
    if code.startswith("4"):
        return replace(
            base, kind=Kind.DELAY, status=code[:12], reason=Reason.DELAYED, detail=line.strip()[:500]
        )
    return replace(base, kind=Kind.BOUNCE, status=code[:12], reason=reason, detail=line.strip()[:500])
