"""Where an address written in a mail leads anybody, judged without asking any server.

Addresses of our own site are looked up in the database, as a reader without an account finds them at the hour the
mailing leaves. Those of others are read by their form alone: our server opens no address that somebody typed
(OWASP, server-side request forgery), and a site that is slow or away tonight says nothing of tomorrow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from cms.core import formats, links, registry
from cms.core.queries import found_at

_DISPATCHED = "wagtail_serve"  # the route of everything that is a page
_MAILBOX = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_NUMBER = re.compile(r"\+?[\d ().-]{3,}")
_HOST = re.compile(
    r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,}|\[[0-9a-f:.]+\]|\d{1,3}(?:\.\d{1,3}){3}", re.IGNORECASE
)
_SHOWN = 90


@dataclass(frozen=True)
class Wrong:
    """What is wrong with an address: a sentence, and whether it must be mended before anything leaves."""

    code: str
    sentence: str
    blocks: bool


def shown(address: str) -> str:
    """An address as a sentence names it: not longer than a line."""
    plain = address.removeprefix(f"{settings.PUBLIC_URL}")
    return plain if len(plain) <= _SHOWN else f"{plain[: _SHOWN - 1]}…"


def judge(address: str, *, at: datetime) -> Wrong | None:
    """What is wrong with an address that a mail leaving at `at` holds, if anything."""
    url = address.strip()
    if not url or url.startswith("#") or "[[" in url:
        return None
    scheme, _colon, rest = url.partition(":")
    match scheme.lower() if _colon else "":
        case "mailto":
            right = _MAILBOX.fullmatch(unquote(rest.partition("?")[0])) is not None
        case "tel" | "sms":
            right = _NUMBER.fullmatch(rest) is not None
        case "http" | "https":
            return _of_the_web(url, at=at)
        case "javascript" | "data" | "vbscript" | "file":
            return Wrong("dangerous", _("“%s” is not an address that a mail may hold.") % shown(url), True)
        case _:
            right = False
    return None if right else _incomplete(url)


def _incomplete(url: str) -> Wrong:
    return Wrong(
        "broken",
        _("“%s” is not a whole address: in a mail it leads nowhere. Write it with https:// in front.")
        % shown(url),
        False,
    )


def _of_the_web(url: str, *, at: datetime) -> Wrong | None:
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return _incomplete(url)
    ours = urlsplit(settings.PUBLIC_URL)
    if parts.netloc.lower() == ours.netloc.lower():
        return _of_ours(url, unquote(parts.path.removeprefix(ours.path)).lstrip("/"), at=at)
    if re.search(r"\s", url) or parts.username is not None or not _HOST.fullmatch(host):
        return _incomplete(url)
    return None


def _of_ours(url: str, path: str, *, at: datetime) -> Wrong | None:
    """An address of our own site, which opens for everybody or is named with the reason. Its root always does."""
    if not path:
        return None
    for opens in registry.address_judges:
        if (answer := opens(path, now=at)) is not None:
            return None if answer else _shut(url, "file_shut")
    try:
        route = resolve(f"/{path}").url_name
    except Resolver404:
        return _shut(url, "missing")
    if route != _DISPATCHED:
        if any(links.uid_of(part) for part in path.split("/")):
            return _shut(url, "personal")
        return _shut(url, "reserved") if path.startswith("admin/") else None
    found = found_at(path, now=at)
    return _shut(url, found.shut, until=found.until) if found.shut else None


#: What must be mended first: the mail would name what nobody may know of yet, or open what is one person's.
_BLOCKING = frozenset({"embargoed", "unpublished", "file_shut", "personal"})


def _shut(url: str, why: str, *, until: datetime | None = None) -> Wrong:
    name = shown(url)
    if why == "embargoed" and until is not None:
        sentence = _("%(address)s is under embargo until %(until)s: the mail would leave before.") % {
            "address": name,
            "until": formats.long_date(until),
        }
    else:
        words = {
            "embargoed": _("%s is not public yet when the mail leaves."),
            "unpublished": _("%s is a draft: nobody could open it."),
            "file_shut": _("The file %s is not open to everybody when the mail leaves."),
            "personal": _("%s is the link of one person: everybody would receive it."),
            "withdrawn": _("%s was withdrawn: readers would find the reason, not the page."),
            "ended": _("%s is no longer shown when the mail leaves."),
            "reserved": _("%s opens only for those who have an account: others find nothing."),
            "missing": _("%s leads to nothing on our site."),
        }
        sentence = words[why] % name
    return Wrong(why, sentence, why in _BLOCKING)
