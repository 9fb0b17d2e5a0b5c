"""The return path of a mail: the sender's bounce address under the mail's own number (VERP), signed.

Who reads a mail reads its Message-ID; only its envelope carries this address, so that nobody else can have a
report counted against the mail. Hexadecimal and base32 in small letters: servers may change the case.
"""

from __future__ import annotations

import base64
import hmac
import re
from hashlib import sha256
from uuid import UUID

from django.conf import settings

_TAGGED = re.compile(r"\+([0-9a-f]{32})([a-z2-7]{8})@", re.IGNORECASE)
_PURPOSE = b"return path\0"


def _proof(key: str, uid: UUID) -> str:
    digest = hmac.new(key.encode(), _PURPOSE + uid.bytes, sha256).digest()[:5]
    return base64.b32encode(digest).decode().lower()


def return_path(bounce_address: str, uid: UUID) -> str:
    """``local+<number><proof>@domain`` for the mail `uid`."""
    local, _at, domain = bounce_address.rpartition("@")
    return f"{local}+{uid.hex}{_proof(settings.LINK_KEY, uid)}@{domain}"


def uid_of(text: str) -> UUID | None:
    """The mail whose genuine return path stands in `text` (a header with addresses), by today's key or an older."""
    for number, proof in _TAGGED.findall(text):
        uid = UUID(hex=number)
        for key in (settings.LINK_KEY, *settings.LINK_KEY_FALLBACKS):
            if hmac.compare_digest(_proof(key, uid), proof.lower()):
                return uid
    return None
