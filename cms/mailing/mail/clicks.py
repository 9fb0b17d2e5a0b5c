"""Links of a mail by way of a counter: one address for everybody, signed, and nothing of who follows it."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape
from uuid import UUID

from django.conf import settings

from cms.core import links

#: The purpose of a counted link's address (`cms.core.links`).
LINK_PURPOSE = "click"
_LINK = re.compile(r"""(<a\b[^>]*?\shref\s*=\s*)("[^"]*"|'[^']*')""", re.IGNORECASE)


def counted_url(uid: UUID) -> str:
    """The absolute address ``…/c/<token>`` of a counted link."""
    return f"{settings.PUBLIC_URL}/c/{links.make(LINK_PURPOSE, uid)}"


def addresses_in(html: str) -> list[str]:
    """The addresses that a mail leads to and that are the same for everybody, each once, in order."""
    found = (_address(match.group(2)) for match in _LINK.finditer(html))
    return list(dict.fromkeys(one for one in found if one))


def by_way_of(html: str, counter: Callable[[str], str]) -> str:
    """The HTML with each of those addresses replaced by `counter(address)`; personal links stay as they are."""

    def replaced(found: re.Match[str]) -> str:
        address = _address(found.group(2))
        return f'{found.group(1)}"{escape(counter(address))}"' if address else found.group(0)

    return _LINK.sub(replaced, html)


def _address(quoted: str) -> str:
    """The address in an attribute; "" for a personal one, a mailbox, a telephone number, a place in the mail."""
    address = unescape(quoted[1:-1]).strip()
    usual = address.startswith(("http://", "https://")) and len(address) <= 2000
    return address if usual and "[[" not in address else ""
