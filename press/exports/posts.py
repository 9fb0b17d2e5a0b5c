"""A release as words for the social networks, each within what its network takes, counted as the network counts."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from press.models import Network

_ADDRESS = re.compile(r"https?://\S+")
# X counts any address as its own short one (t.co), and these ranges once, all else twice (twitter-text, version 3).
_LINK_ON_X = 23
_SINGLE_ON_X = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
#: What each network takes, by its own help pages: characters of a post (Instagram: of a caption).
MOST = {
    Network.FACEBOOK: 63_206,
    Network.X: 280,
    Network.LINKEDIN: 3_000,
    Network.INSTAGRAM: 2_200,
    Network.WHATSAPP: 65_536,
    Network.TELEGRAM: 4_096,
    Network.BLUESKY: 300,
}


def length_on_x(text: str) -> int:
    """How X counts a text: 23 for any address, one for most letters of Africa and Europe, two for pictographs."""
    plain, links = _ADDRESS.subn("", unicodedata.normalize("NFC", text))
    single = sum(any(low <= ord(one) <= high for low, high in _SINGLE_ON_X) for one in plain)
    return links * _LINK_ON_X + single + 2 * (len(plain) - single)


def length_on_bluesky(text: str) -> int:
    """Letters as a reader counts them: marks and joiners belong to the letter before."""
    joined = text.replace("\u200d", "")
    return sum(not unicodedata.combining(one) and not 0xFE00 <= ord(one) <= 0xFE0F for one in joined)


def length_in_units(text: str) -> int:
    """UTF-16 units, as most networks count: a pictograph is two."""
    return len(text.encode("utf-16-le")) // 2


COUNTERS: dict[str, Callable[[str], int]] = {Network.X: length_on_x, Network.BLUESKY: length_on_bluesky}


def count(network: str, text: str) -> int:
    """The characters of a text, as its network counts them."""
    return COUNTERS.get(network, length_in_units)(text)


@dataclass(frozen=True)
class Ready:
    """The words for one network, their length and the most it takes, and where its own form opens ("" for none)."""

    network: str
    label: str
    text: str
    length: int
    most: int
    open_url: str


def ready_posts(*, title: str, lead: str, url: str) -> list[Ready]:
    """The words of a release for each network: title, lead as far as it goes, address last. Nothing is cut inside
    a word, and the address never."""
    found = []
    for network in Network:
        text = _fitted(network, title.strip(), lead.strip(), url)
        found.append(
            Ready(
                network.value,
                str(network.label),
                text,
                count(network, text),
                MOST[network],
                _form(network, text=text, url=url, title=title),
            )
        )
    return found


def _fitted(network: Network, title: str, lead: str, url: str) -> str:
    most = MOST[network]
    whole = "\n\n".join(part for part in (title, lead, url) if part)
    if count(network, whole) <= most:
        return whole
    for head, rest in ((f"{title}\n\n", lead), ("", title)):
        words = rest.split()

        def first(kept: int, head: str = head, words: list[str] = words) -> str:
            return f"{head}{' '.join(words[:kept])}{'' if kept == len(words) else '…'}\n\n{url}"

        # Halving, as each more word is longer: counting every beginning of a long lead took seconds of a request.
        kept = bisect_right(range(1, len(words) + 1), most, key=lambda kept: count(network, first(kept)))
        if kept and kept >= min(len(words), 4):
            return first(kept)
    return f"{title[: most // 3]}…\n\n{url}"


def _form(network: Network, *, text: str, url: str, title: str) -> str:
    """The network's own page to post from, as a plain link: nothing of it is loaded here."""
    said: dict[Any, str] = {
        Network.FACEBOOK: f"https://www.facebook.com/sharer/sharer.php?{urlencode({'u': url})}",
        Network.X: f"https://x.com/intent/post?{urlencode({'text': text}, quote_via=quote)}",
        Network.LINKEDIN: f"https://www.linkedin.com/sharing/share-offsite/?{urlencode({'url': url})}",
        Network.WHATSAPP: f"https://wa.me/?{urlencode({'text': text}, quote_via=quote)}",
        Network.TELEGRAM: f"https://t.me/share/url?{urlencode({'url': url, 'text': title}, quote_via=quote)}",
        Network.BLUESKY: f"https://bsky.app/intent/compose?{urlencode({'text': text}, quote_via=quote)}",
    }
    return said.get(network, "")
