"""Handing bytes over, and saying what went wrong in words the engine can act on.

The one seam is Django's ``EMAIL_BACKEND``. Its SMTP backend opens the connection (host, TLS, sign-in, timeouts from
the settings) and the dialogue is led here, one command at a time, because only that tells a mail that was
certainly not taken from one that may have been. Its file backend writes one ``.eml`` per mail. Any other backend
is given the message as it is.
"""

from __future__ import annotations

import contextlib
import email
import email.policy
import errno
import os
import re
import smtplib
import socket
import ssl
from email.message import EmailMessage as ParsedMessage
from email.message import Message
from enum import Enum
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.filebased import EmailBackend as FileBackend
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend

from cms.mailing.models.deliveries import Delivery

Reason = Delivery.Reason
#: A connection is renewed after this many mails.
ROTATE_AFTER = 100
#: The answers to MAIL, RCPT and DATA with which a dialogue goes on.
_GOES_ON = ((250,), (250, 251), (354,))
_GREYLIST = re.compile(r"gr[ae]y.?list", re.IGNORECASE)
_ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
#: A refusal of the sender said late: Postfix and Exim answer MAIL with 250 and refuse at RCPT, Exchange after DATA.
_OF_SENDER = re.compile(
    r"\b5\.1\.[78]\b|\b5\.7\.60\b|sender address rejected|sender verify failed", re.IGNORECASE
)


class Scope(Enum):
    """Whom a fault concerns."""

    RECIPIENT_LATER = "recipient later"  # 4xx: this mail, another time
    RECIPIENT = "recipient"  # 5xx: this mail, never
    SENDER = "sender"  # sign-in, TLS, sender refused: nobody's mail goes until somebody mends it
    CONNECTION = "connection"  # the server is away: everybody waits; nothing was taken
    DOUBT = "doubt"  # the mail may have been taken


class Fault(Exception):
    """A mail was not certainly taken. `lost` is true when the connection is gone."""

    def __init__(
        self, scope: Scope, code: int | None, text: str, *, reason: str = "", lost: bool = False
    ) -> None:
        super().__init__(text)
        self.scope, self.code, self.reason, self.lost = scope, code, reason, lost
        self.text = " ".join(text.split())[:500]

    @property
    def enhanced(self) -> str:
        found = _ENHANCED.search(self.text)
        return found.group(0) if found else ""

    @property
    def of_domain(self) -> bool:
        """Whether a refusal for a time means more than one box: not 4.1.x, 4.2.x (RFC 3463), nor 450 without more."""
        found = _ENHANCED.search(self.text)
        if found is not None:
            return found.group(2) not in ("1", "2") or self.is_greylist
        return self.code != 450 or self.is_greylist

    @property
    def is_greylist(self) -> bool:
        return bool(_GREYLIST.search(self.text))


def _words(raw: bytes | str | BaseException) -> str:
    return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)


def reason_of(code: int, text: str) -> str:
    """Classify a permanent refusal by its enhanced code (RFC 3463), else by its basic one."""
    found = _ENHANCED.search(text)
    subject, detail = (found.group(2), found.group(3)) if found else ("", "")
    if subject == "1":
        return Reason.NO_SUCH_DOMAIN if detail == "2" else Reason.NO_SUCH_BOX
    if subject == "2":
        return {"2": Reason.BOX_FULL, "3": Reason.TOO_BIG}.get(detail, Reason.BOX_CLOSED)
    if subject == "3":
        return Reason.TOO_BIG if detail == "4" else Reason.REFUSED
    if subject == "7":
        return Reason.POLICY
    return {551: Reason.NO_SUCH_BOX, 552: Reason.BOX_FULL, 553: Reason.NO_SUCH_BOX}.get(code, Reason.REFUSED)


class Transport(Protocol):
    """Something that takes mails one at a time. `send` raises Fault, or returns what the server said."""

    def send(self, envelope_from: str, to: str, message: bytes) -> str: ...

    def close(self) -> None: ...


class SmtpTransport:
    """One connection, reused; opened when first needed, renewed after 100 mails and after it broke."""

    def __init__(self, backend: SmtpBackend) -> None:
        if backend.timeout is None:
            backend.timeout = 10
        self.backend = backend
        self.data_timeout = float(getattr(settings, "MAILING_DATA_TIMEOUT", 30))
        self.smtp: smtplib.SMTP | None = None
        self.used = 0

    def open(self) -> smtplib.SMTP:
        """Return the open connection. Raises Fault of scope CONNECTION or SENDER."""
        if self.smtp is not None and self.used >= ROTATE_AFTER:
            self.close()
        if self.smtp is not None:
            return self.smtp
        try:
            self.backend.connection = None
            self.backend.open()
            if self.backend.connection is not None:
                self.backend.connection.ehlo_or_helo_if_needed()
        except smtplib.SMTPResponseException as error:
            scope = Scope.SENDER if error.smtp_code >= 500 else Scope.CONNECTION
            raise Fault(scope, error.smtp_code, _words(error.smtp_error), lost=True) from error
        except (smtplib.SMTPNotSupportedError, ssl.SSLError) as error:
            raise Fault(Scope.SENDER, None, _words(error), lost=True) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Fault(Scope.CONNECTION, None, _words(error), lost=True) from error
        self.smtp, self.used = self.backend.connection, 0
        if self.smtp is None:
            raise Fault(Scope.CONNECTION, None, "no connection", lost=True)
        if self.smtp.sock is not None:
            self.smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self.smtp

    def _answers(self, smtp: smtplib.SMTP, lines: list[str]) -> list[tuple[int, str]]:
        """Send commands that come before the mail itself: whatever breaks here, the mail was not taken."""
        try:
            smtp.send("\r\n".join(lines) + "\r\n")
            return [(code, _words(text)) for code, text in (smtp.getreply() for _line in lines)]
        except (OSError, smtplib.SMTPException) as error:
            self.drop()
            raise Fault(Scope.CONNECTION, None, _words(error), reason=Reason.CONNECTION, lost=True) from error

    def _envelope(self, smtp: smtplib.SMTP, lines: list[str]) -> None:
        """MAIL, RCPT and DATA: in one go where the server says PIPELINING (RFC 2920), else one by one."""
        groups = [lines] if smtp.has_extn("pipelining") else [[line] for line in lines]
        answers: list[tuple[int, str]] = []
        for group in groups:
            answers += self._answers(smtp, group)
            for place, (code, text) in enumerate(answers):
                if code in _GOES_ON[place]:
                    continue
                if len(answers) == len(lines) and answers[-1][0] == 354 and place < len(lines) - 1:
                    # It refused somebody and asks for the mail all the same: an empty one, to nobody.
                    self._answers(smtp, ["."])
                raise self._refused(code, text, sender=place == 0)

    def _refused(self, code: int, text: str, *, sender: bool = False) -> Fault:
        """The fault of a 4xx or 5xx before the end of the mail; leaves the connection fresh or closed."""
        lost = code == 421
        if lost:
            self.drop()
        else:
            self.reset()
        if code >= 500:
            if sender or code in (530, 535) or _OF_SENDER.search(text):
                return Fault(Scope.SENDER, code, text, lost=lost)
            return Fault(Scope.RECIPIENT, code, text, reason=reason_of(code, text), lost=lost)
        scope = Scope.CONNECTION if sender else Scope.RECIPIENT_LATER
        return Fault(scope, code, text, reason=Reason.GREYLISTED, lost=lost)

    def send(self, envelope_from: str, to: str, message: bytes) -> str:
        """Lead one mail through MAIL, RCPT and DATA; return the server's last words. Raises Fault."""
        smtp = self.open()
        self.used += 1
        if not to.isascii() or not to.isprintable():
            raise Fault(Scope.RECIPIENT, None, f"5.6.7 {to}", reason=Reason.NO_SUCH_BOX)
        size = f" SIZE={len(message)}" if smtp.has_extn("size") else ""
        self._envelope(smtp, [f"MAIL FROM:<{envelope_from}>{size}", f"RCPT TO:<{to}>", "DATA"])
        return self._hand_over(smtp, message)

    def _hand_over(self, smtp: smtplib.SMTP, message: bytes) -> str:
        end = b".\r\n" if message.endswith(b"\r\n") else b"\r\n.\r\n"
        try:
            if smtp.sock is not None:
                smtp.sock.settimeout(self.data_timeout)
            smtp.send(message + end)
            code, raw = smtp.getreply()
        except (OSError, smtplib.SMTPServerDisconnected) as error:
            self.drop()
            raise Fault(Scope.DOUBT, None, _words(error), reason=Reason.NO_ANSWER, lost=True) from error
        text = _words(raw)
        if code >= 400:
            raise self._refused(code, text)
        if not 200 <= code < 300:  # no answer that the protocol knows: nobody can tell whether it was taken
            self.drop()
            raise Fault(Scope.DOUBT, None, f"{code} {text}", reason=Reason.NO_ANSWER, lost=True)
        if smtp.sock is not None:
            smtp.sock.settimeout(self.backend.timeout)
        return f"{code} {text}"

    def reset(self) -> None:
        """Make the connection fit for the next mail: RSET, or a new connection (503 otherwise)."""
        if self.smtp is None:
            return
        try:
            if self.smtp.sock is not None:
                self.smtp.sock.settimeout(self.backend.timeout)
            code, _text = self.smtp.rset()
        except (OSError, smtplib.SMTPException):
            code = 0
        if code != 250:
            self.drop()

    def drop(self) -> None:
        """Forget the connection without a word to the server."""
        if self.smtp is not None:
            self.smtp.close()
        self.smtp = self.backend.connection = None

    def close(self) -> None:
        """Say goodbye; what the server answers does not matter any more."""
        if self.smtp is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self.smtp.docmd("QUIT")
            self.drop()


class FileTransport:
    """One ``.eml`` per mail in a folder, named by its Message-ID: writing it twice leaves one file."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder)

    def send(self, envelope_from: str, to: str, message: bytes) -> str:
        found = re.search(rb"(?m)^Message-ID: <([^>\r]+)>", message)
        name = re.sub(r"[^A-Za-z0-9@._-]", "_", found.group(1).decode() if found else to)
        target = self.folder / f"{name}.eml"
        waiting = self.folder / f".{name}.{os.getpid()}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            waiting.write_bytes(message)
            waiting.replace(target)
        except OSError as error:
            raise Fault(Scope.CONNECTION, None, _words(error), reason=Reason.CONNECTION) from error
        return target.name

    def close(self) -> None:
        """Nothing is kept open."""


#: What a disk says when it cannot keep a mail: nothing was taken.
_DISK = frozenset({errno.ENOSPC, errno.EACCES, errno.EROFS, errno.ENOENT, errno.EDQUOT, errno.EPERM})


class BackendTransport:
    """Any other backend of Django's or anymail's, given the mail in Django's form."""

    def __init__(self, backend: Any) -> None:
        self.backend = backend

    def send(self, envelope_from: str, to: str, message: bytes) -> str:
        """Hand one mail over; returns the number that a provider gave it, where it gives one."""
        mail = as_django(to, message)
        try:
            self.backend.open()  # kept open: a provider is not dialled anew for each mail
            taken = self.backend.send_messages([mail])
        except smtplib.SMTPRecipientsRefused as error:
            code, text = error.recipients.get(to, (550, b""))
            raise Fault(Scope.RECIPIENT, code, _words(text), reason=reason_of(code, _words(text))) from error
        except Exception as error:
            raise _backend_fault(error) from error
        if not taken:
            raise Fault(Scope.RECIPIENT_LATER, None, "not taken", reason=Reason.GREYLISTED)
        return str(getattr(getattr(mail, "anymail_status", None), "message_id", None) or "")

    def close(self) -> None:
        self.backend.close()


#: How urllib3 and requests call a connection that never stood: nothing was taken.
_NEVER_REACHED = frozenset(
    {"NewConnectionError", "NameResolutionError", "ConnectTimeoutError", "ConnectTimeout", "SSLError"}
)


def _never_reached(error: BaseException | None, depth: int = 5) -> bool:
    """Whether an exception, or one that it was made from, says that no connection was ever there."""
    if error is None or not depth:
        return False
    inner = [error.__cause__, getattr(error, "reason", None), *error.args]
    return type(error).__name__ in _NEVER_REACHED or any(
        _never_reached(one, depth - 1) for one in inner if isinstance(one, BaseException)
    )


def _backend_fault(error: Exception) -> Fault:
    """Whom an exception of somebody else's backend concerns; when in doubt, it is in doubt."""
    if isinstance(error, (ConnectionRefusedError, socket.gaierror)) or _never_reached(error):
        return Fault(Scope.CONNECTION, None, _words(error), reason=Reason.CONNECTION)
    if isinstance(error, OSError) and error.errno in _DISK:
        return Fault(Scope.CONNECTION, None, _words(error))
    status = getattr(error, "status_code", None)  # anymail: what the provider's API answered
    if isinstance(status, int):
        if status in (401, 403):
            return Fault(Scope.SENDER, status, _words(error))
        if status in (429, 503):  # not now, says the provider: of nobody in particular
            return Fault(Scope.CONNECTION, status, _words(error))
        if status >= 500:  # it broke over this mail, or behind it
            return Fault(Scope.DOUBT, status, _words(error), reason=Reason.NO_ANSWER)
        return Fault(Scope.RECIPIENT, status, _words(error), reason=Reason.REFUSED)
    return Fault(Scope.DOUBT, None, _words(error), reason=Reason.NO_ANSWER)


class ExactMessage(Message):
    """A parsed mail that gives its own bytes back, not a new rendering of them."""

    raw = b""

    def as_bytes(self, unixfrom: bool = False, policy: Any = None, *, linesep: str = "\n") -> bytes:
        return self.raw.replace(b"\r\n", linesep.encode())


class DjangoMail(EmailMultiAlternatives):
    """Django's message, whose MIME form is the engine's very bytes."""

    exact: ExactMessage
    #: What a provider's reports carry back (django-anymail): the delivery's uid.
    metadata: dict[str, str]

    def message(self, *, policy: Any = None) -> Any:
        return self.exact


def as_django(to: str, message: bytes) -> DjangoMail:
    """Read bytes back into Django's message, for backends that look at subject, body and alternatives."""
    parsed = email.message_from_bytes(message, policy=email.policy.default)
    if not isinstance(parsed, ParsedMessage):
        raise TypeError("not a mail")
    taken = {"subject", "from", "to", "content-type", "mime-version", "content-transfer-encoding", "reply-to"}
    text, html = parsed.get_body(("plain",)), parsed.get_body(("html",))
    mail = DjangoMail(
        subject=str(parsed["subject"]),
        body=text.get_content() if text else "",
        from_email=str(parsed["from"]),
        to=[str(parsed["to"] or to)],
        reply_to=[str(parsed["reply-to"])] if parsed["reply-to"] else None,
        headers={name: str(value) for name, value in parsed.items() if name.lower() not in taken},
    )
    if html:
        mail.attach_alternative(html.get_content(), "text/html")
    for attachment in parsed.iter_attachments():
        mail.attach(
            attachment.get_filename(), attachment.get_payload(decode=True), attachment.get_content_type()
        )
    mail.metadata = {"delivery": str(parsed["message-id"] or "").strip("<>").partition("@")[0]}
    mail.exact = email.message_from_bytes(message, _class=ExactMessage)
    mail.exact.raw = message
    return mail


def connect() -> Transport:
    """Return the transport that the settings name; nothing is opened yet."""
    backend = get_connection()
    if isinstance(backend, FileBackend):
        return FileTransport(backend.file_path)
    if isinstance(backend, SmtpBackend):
        return SmtpTransport(backend)
    return BackendTransport(backend)
