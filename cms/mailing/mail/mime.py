"""MIME built once, completed for each recipient by joining bytes.

The message is kept as a list of fixed byte strings and slots. Bodies are quoted-printable: a fixed piece and a
value meet at a soft line break (RFC 2045, 6.7), so a value of any length leaves every line short and the rest
untouched. No line of the result starts with a dot, so nothing is left to be stuffed on the wire (RFC 5321, 4.5.2).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, formataddr
from html import escape
from urllib.parse import quote

from cms.core.registry import Parts
from cms.mailing.mail.placeholders import PLACEHOLDER

_CRLF = b"\r\n"
_LEADING_DOT = re.compile(rb"(?m)^\.")
_BREAKS = re.compile(r"\r\n|\r|\n")
_CALENDAR = re.compile(r"text/calendar;.*\bmethod=[A-Z]+", re.IGNORECASE)
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*\Z")
#: Headers that are the engine's own; a renderer's are ignored.
OWN_HEADERS = frozenset(
    {
        "from", "to", "cc", "bcc", "sender", "subject", "date", "message-id", "mime-version", "content-type",
        "content-transfer-encoding", "reply-to", "list-id", "list-unsubscribe", "list-unsubscribe-post",
        "auto-submitted", "return-path",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Slot:
    """A place for a value: `escaped` in HTML."""

    name: str
    escaped: bool


@dataclass(frozen=True)
class Personal:
    """What differs from one recipient to the next."""

    name: str
    address: str
    message_id: str
    boundary: str
    dated_at: datetime
    values: Mapping[str, str]


def quoted_printable(text: str) -> bytes:
    """Encode text, with CRLF line ends and no line starting with a dot."""
    data = binascii.b2a_qp(_BREAKS.sub("\n", text).encode(), istext=True).replace(b"\n", _CRLF)
    return _LEADING_DOT.sub(b"=2E", data)


def one_header(name: str, value: str) -> bytes:
    """One header line, folded, encoded (RFC 2047) where it is not ASCII; line breaks become spaces."""
    clean = " ".join(_BREAKS.sub(" ", value).split())
    charset = "utf-8" if not clean.isascii() else "us-ascii"
    # RFC 2047, 2: a line that holds an encoded word has 76 characters at most; Python's own measure is 78.
    folded = Header(clean, charset, maxlinelen=76, header_name=name).encode(linesep="\r\n")
    return f"{name}: {folded}\r\n".encode("ascii")


def address_header(name: str, display: str, address: str) -> bytes:
    """A header with one address; the display name is quoted or encoded as it needs, in words of 75 (RFC 2047, 2)."""
    clean = " ".join(_BREAKS.sub(" ", display).split())
    line = f"{name}: {formataddr((clean, address))}"
    if not clean.isascii() and len(line) > 76:
        words = Header(clean, "utf-8", maxlinelen=75, header_name=name).encode().replace("\n", "\r\n")
        line = f"{name}: {words}\r\n <{address}>"
    return f"{line}\r\n".encode("ascii", "strict")


def _pieces(text: str, *, escaped: bool) -> list[bytes | Slot]:
    parts = PLACEHOLDER.split(text)
    found: list[bytes | Slot] = []
    for position, part in enumerate(parts):
        if position % 2:
            found.append(Slot(part, escaped))
        elif part:
            found.append(quoted_printable(part))
    return found


def _filename(name: str) -> bytes:
    safe = re.sub(r'[\x00-\x1f\x7f"\\/]', "_", name) or "document"
    if safe.isascii():
        return f'; filename="{safe}"'.encode()
    return f"; filename*=UTF-8''{quote(safe)}".encode()


class Message:
    """A mail ready for any number of recipients.

    `fixed_headers` are the same for all (From, Reply-To, List-Id, …). `render(personal)` returns the complete
    message as bytes with CRLF line ends, ready for DATA without its final dot.
    """

    def __init__(self, parts: Parts, *, fixed_headers: list[tuple[str, bytes]], unsubscribe: bool) -> None:
        self.subject = parts.subject
        self.unsubscribe = unsubscribe
        self.personal_subject = bool(PLACEHOLDER.search(parts.subject))
        head = b"".join(line for _, line in fixed_headers)
        for name, value in parts.headers.items():
            if _HEADER_NAME.match(name) and name.lower() not in OWN_HEADERS:
                head += one_header(name, value)
        if not self.personal_subject:
            head += one_header("Subject", parts.subject)
        self.head = head + b"MIME-Version: 1.0\r\n"
        self.text = _pieces(parts.text, escaped=False)
        self.html = _pieces(parts.html, escaped=True)
        self.attachments = [self._attachment(*attachment) for attachment in parts.attachments]
        asking = [(kind, content) for _, kind, content in parts.attachments if _CALENDAR.match(kind)]
        self.calendar = self._calendar(*asking[0]) if asking else b""

    @staticmethod
    def _calendar(content_type: str, content: bytes) -> bytes:
        """A calendar entry that asks for something, as one more way to say what text and HTML say.

        RFC 6047, 2.4, and MS-OXCMAIL 2.1.3.3.8.2: programs that know invitations show their buttons; the attached
        file, which is the same, is for the others.
        """
        kind = content_type.encode("ascii", "ignore")
        head = b"\r\nContent-Type: " + kind + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        return head + base64.encodebytes(content).replace(b"\n", _CRLF).rstrip(_CRLF)

    @staticmethod
    def _attachment(filename: str, content_type: str, content: bytes) -> bytes:
        if _CALENDAR.match(content_type):
            content_type = "application/ics"  # a second text/calendar would show the invitation twice
        kind = content_type if re.fullmatch(r"[\w.+-]+/[\w.+-]+(; ?[\w-]+=[\w.\"-]+)*", content_type) else ""
        return (
            b"Content-Type: "
            + (kind or "application/octet-stream").encode()
            + _CRLF
            + b"Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment"
            + _filename(filename)
            + b"\r\n\r\n"
            + base64.encodebytes(content).replace(b"\n", _CRLF)
        )

    @staticmethod
    def _body(pieces: list[bytes | Slot], values: Mapping[str, str]) -> bytes:
        out = []
        for piece in pieces:
            if isinstance(piece, Slot):
                value = values.get(piece.name, "")
                out.append(quoted_printable(escape(value) if piece.escaped else value))
            else:
                out.append(piece)
        return b"=\r\n".join(out)

    def render(self, personal: Personal) -> bytes:
        """Return the bytes for one recipient; the same `personal` gives the same bytes."""
        values = personal.values
        boundary = personal.boundary.encode("ascii")
        head = [
            self.head,
            address_header("To", personal.name, personal.address),
            b"Date: " + format_datetime(personal.dated_at).encode() + _CRLF,
            b"Message-ID: " + personal.message_id.encode("ascii") + _CRLF,
        ]
        if self.personal_subject:
            subject = PLACEHOLDER.sub(lambda found: values.get(found.group(1), ""), self.subject)
            head.append(one_header("Subject", subject))
        if self.unsubscribe:
            head.append(b"List-Unsubscribe: <" + values["unsubscribe_url"].encode("ascii") + b">\r\n")
            head.append(b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n")
        alternative = b"".join(
            (
                b'Content-Type: multipart/alternative; boundary="', boundary, b'"\r\n\r\n--', boundary,
                b'\r\nContent-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n',
                self._body(self.text, values), b"\r\n--", boundary,
                b'\r\nContent-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n',
                self._body(self.html, values), b"\r\n--", boundary,
                *((self.calendar, b"\r\n--", boundary) if self.calendar else ()), b"--\r\n",
            )
        )  # fmt: skip
        if not self.attachments:
            return b"".join(head) + alternative
        outer = boundary + b"-m"
        rest = [
            b'Content-Type: multipart/mixed; boundary="',
            outer,
            b'"\r\n\r\n--',
            outer,
            _CRLF,
            alternative,
        ]
        for attachment in self.attachments:
            rest += [b"\r\n--", outer, _CRLF, attachment]
        return b"".join((*head, *rest, b"\r\n--", outer, b"--\r\n"))
