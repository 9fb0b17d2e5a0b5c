"""Signing mails here (DKIM, RFC 6376), where the mail server does not: a folder of keys, one of them in use.

``<folder>/<domain>/<selector>.pem`` holds a private key, ``<folder>/<domain>/current`` the selector in use. A
domain without that file is not signed for. Keys lie outside the database: no copy of it signs anything.
"""

from __future__ import annotations

import base64
import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import dkim
from django.conf import settings
from django.utils.translation import gettext as _
from dkim.crypto import UnparsableKeyError, parse_pem_private_key

from cms.mailing.mail.transport import Fault, Scope, Transport

#: What is signed, in this order; From once more than it stands, so that none can be added (RFC 6376, 8.15). RFC 8058
#: asks for both headers of unsubscribing.
SIGNED = (
    b"from", b"from", b"to", b"reply-to", b"subject", b"date", b"message-id", b"mime-version", b"content-type",
    b"content-language", b"list-id", b"list-unsubscribe", b"list-unsubscribe-post", b"auto-submitted",
)  # fmt: skip
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\Z")


class KeyFault(Exception):
    """A key cannot be used; the message is a sentence for the operator."""


@dataclass(frozen=True)
class Key:
    """A private key in use for a domain."""

    domain: str
    selector: str
    pem: bytes

    def signature(self, message: bytes) -> bytes:
        """The DKIM-Signature header line of a message with CRLF line ends."""
        return bytes(
            dkim.sign(
                message,
                self.selector.encode(),
                self.domain.encode(),
                self.pem,
                canonicalize=(b"relaxed", b"relaxed"),
                include_headers=list(_present(message)),
            )
        )

    @property
    def record(self) -> str:
        """What the DNS must say at ``<selector>._domainkey.<domain>``."""
        return f"v=DKIM1; k=rsa; p={public_half(self.pem)}"


def _present(message: bytes) -> list[bytes]:
    head = message.partition(b"\r\n\r\n")[0].lower()
    there = {line.partition(b":")[0].strip() for line in head.split(b"\r\n") if not line[:1].isspace()}
    return [name for name in SIGNED if name in there]


def public_half(pem: bytes) -> str:
    """The public key (SubjectPublicKeyInfo, base64) of an RSA private key. Raises KeyFault."""
    try:
        pk = parse_pem_private_key(pem)
    except (UnparsableKeyError, ValueError, IndexError, KeyError, TypeError) as error:
        raise KeyFault("This is not an RSA private key in PEM.") from error
    numbers = _der(0x30, _integer(pk["modulus"]) + _integer(pk["publicExponent"]))
    whole = _der(0x30, _RSA_ENCRYPTION + _der(0x03, b"\0" + numbers))
    return base64.b64encode(whole).decode("ascii")


#: AlgorithmIdentifier of rsaEncryption (RFC 3279, 2.3.1).
_RSA_ENCRYPTION = bytes.fromhex("300d06092a864886f70d0101010500")


def _der(tag: int, content: bytes) -> bytes:
    """One DER value (X.690, 8.1)."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def _integer(number: int) -> bytes:
    return _der(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def folder_of(domain: str) -> Path:
    """Where the keys of a domain lie. Raises KeyFault for what is no domain."""
    if not _NAME.match(domain) or ".." in domain:
        raise KeyFault(f"{domain!r} is not a domain.")
    return Path(settings.DKIM_FOLDER) / domain


def key_file(domain: str, selector: str) -> Path:
    if not _NAME.match(selector) or ".." in selector:
        raise KeyFault(f"{selector!r} is not a selector: small letters, digits, hyphens.")
    return folder_of(domain) / f"{selector}.pem"


def load(domain: str, selector: str) -> Key:
    """A key of the folder. Raises KeyFault."""
    try:
        pem = key_file(domain, selector).read_bytes()
    except OSError as error:
        raise KeyFault(f"There is no key {selector} of {domain}.") from error
    try:
        public_half(pem)
    except KeyFault as fault:
        raise KeyFault(f"{selector}: {fault}") from fault
    return Key(domain, selector, pem)


def current(domain: str) -> Key | None:
    """The key that signs for a domain, or None. Raises KeyFault where the one named cannot be used."""
    try:
        pointer = folder_of(domain) / "current"
        stamp = pointer.stat().st_mtime_ns
    except (OSError, KeyFault):
        return None
    return _current(str(pointer), stamp, domain)


@lru_cache(maxsize=32)
def _current(pointer: str, stamp: int, domain: str) -> Key:
    """Read once for each state of the pointer: a rotation is seen by every worker at its next connection."""
    return load(domain, Path(pointer).read_text(encoding="ascii").strip())


def use(domain: str, selector: str) -> Key:
    """Sign with this key from now on; the pointer is replaced in one step."""
    key = load(domain, selector)
    pointer = folder_of(domain) / "current"
    waiting = pointer.with_name(f".current.{os.getpid()}")
    waiting.write_text(f"{selector}\n", encoding="ascii")
    waiting.replace(pointer)
    return key


class SigningTransport:
    """A transport that signs each mail before it hands it on."""

    def __init__(self, inner: Transport, key: Key) -> None:
        self.inner, self.key = inner, key

    def send(self, envelope_from: str, to: str, message: bytes) -> str:
        return self.inner.send(envelope_from, to, self.key.signature(message) + message)

    def close(self) -> None:
        self.inner.close()


class RefusingTransport:
    """Where mails ought to be signed and cannot be, none leaves unsigned."""

    def __init__(self, fault: KeyFault) -> None:
        self.fault = fault

    def send(self, envelope_from: str, to: str, message: bytes) -> str:
        raise Fault(Scope.SENDER, None, _("The key that signs these mails cannot be used: %s") % self.fault)

    def close(self) -> None:
        """Nothing is kept open."""


def signing(transport: Transport, domain: str) -> Transport:
    """The transport, signing for `domain` where it has a key in use."""
    try:
        key = current(domain)
    except KeyFault as fault:
        return RefusingTransport(fault)
    return SigningTransport(transport, key) if key is not None else transport
