"""Personal links, derived and never stored.

A token is ``base64url(uid ‖ HMAC-SHA256(LINK_KEY, purpose ‖ uid ‖ generation)[:16])``: 16 bytes of identity and
16 bytes (128 bits) of proof, 43 characters. The row keeps its uid and its generation only; raising the generation
revokes every link given out before, and no copy of the database gives a link away.
"""

import base64
import binascii
import hmac
from hashlib import sha256
from uuid import UUID

from django.conf import settings

_MAC_BYTES = 16
_TOKEN_BYTES = 32
_TOKEN_CHARS = 43


def _mac(key: str, purpose: str, uid: UUID, generation: int) -> bytes:
    message = b"\0".join((purpose.encode(), uid.bytes, str(generation).encode()))
    return hmac.new(key.encode(), message, sha256).digest()[:_MAC_BYTES]


def _spell(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def make(purpose: str, uid: UUID, generation: int = 0) -> str:
    """Return the 43-character token of `uid` for `purpose` ("registration", "delivery", …)."""
    return _spell(uid.bytes + _mac(settings.LINK_KEY, purpose, uid, generation))


def _decode(token: str) -> bytes | None:
    if len(token) != _TOKEN_CHARS:
        return None
    try:
        raw = base64.b64decode(token + "=", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    # The last character carries two bits of nothing: one spelling of a link is right, the other three are not.
    return raw if len(raw) == _TOKEN_BYTES and _spell(raw) == token else None


def uid_of(token: str) -> UUID | None:
    """Return the uid a token names, unproved: look the row up with it, then call `verify`."""
    raw = _decode(token)
    return UUID(bytes=raw[:16]) if raw else None


def verify(token: str, *, purpose: str, uid: UUID, generation: int = 0) -> bool:
    """Tell whether `token` was made for this purpose, uid and generation, by today's key or an older one."""
    raw = _decode(token)
    if raw is None or raw[:16] != uid.bytes:
        return False
    keys = [settings.LINK_KEY, *settings.LINK_KEY_FALLBACKS]
    return any(hmac.compare_digest(raw[16:], _mac(key, purpose, uid, generation)) for key in keys)


# Short addresses ------------------------------------------------------------------------------------------------
# Crockford's digits: none that is read for another, so that an address survives a telephone call and a poster.
_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
_SHORT_CHARS = 9
_SHORT_BITS = 5 * _SHORT_CHARS


def short_code(uid: UUID) -> str:
    """The first 45 bits of a uid as 9 letters and digits. No authority: it names a page, and opens nothing."""
    value = uid.int >> (128 - _SHORT_BITS)
    return "".join(_DIGITS[value >> (5 * place) & 31] for place in reversed(range(_SHORT_CHARS)))


_TYPED_CHARS = 8


def typed_code(purpose: str, uid: UUID, generation: int = 0) -> str:
    """A code that somebody types from paper, "7k3m9qtz": 40 bits derived as a link's proof is, and never stored.

    Too short to stand alone: it is asked for with a name, by a form that counts tries.
    """
    return _typed(settings.LINK_KEY, purpose, uid, generation)


def _typed(key: str, purpose: str, uid: UUID, generation: int) -> str:
    value = int.from_bytes(_mac(key, purpose, uid, generation)[:5], "big")
    return "".join(_DIGITS[value >> (5 * place) & 31] for place in reversed(range(_TYPED_CHARS)))


def verify_typed(code: str, *, purpose: str, uid: UUID, generation: int = 0) -> bool:
    """Tell whether a code was made for this, by today's key or an older one; case, spaces and hyphens are forgiven."""
    plain = "".join(code.lower().translate(str.maketrans("ilo", "110")).replace("-", " ").split())
    keys = [settings.LINK_KEY, *settings.LINK_KEY_FALLBACKS]
    found = [
        hmac.compare_digest(plain.encode(), _typed(key, purpose, uid, generation).encode()) for key in keys
    ]
    return any(found)


def short_address(uid: UUID) -> str:
    """The short address of a page, "https://…/p/7k3m9qtz2": it leads to the page for whoever may see it."""
    return f"{settings.PUBLIC_URL}/p/{short_code(uid)}"


def uids_of_short(code: str) -> tuple[UUID, UUID] | None:
    """The first and the last uid that a code may stand for, or None for what is no code; i, l and o are forgiven."""
    plain = code.lower().translate(str.maketrans("ilo", "110"))
    if len(plain) != _SHORT_CHARS or any(letter not in _DIGITS for letter in plain):
        return None
    value = 0
    for letter in plain:
        value = value << 5 | _DIGITS.index(letter)
    rest = 128 - _SHORT_BITS
    return UUID(int=value << rest), UUID(int=(value << rest) | ((1 << rest) - 1))
