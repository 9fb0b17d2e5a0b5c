"""What the DNS says of a sender's domain: SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489), and whether it takes mail.

Asked anew each time, within ten seconds in all. A DNS that does not answer is told apart from one that says no.
"""

from __future__ import annotations

import base64
import re
import time
from dataclasses import dataclass, field
from typing import Protocol

import dns.exception
import dns.nameserver
import dns.resolver
from django.conf import settings
from django.utils.translation import gettext as _

ALL_IN_ALL = 10.0
EACH = 3.0
#: RFC 7208, 4.6.4: so many look-ups, or the receiver gives up.
SPF_LOOKUPS = 10
_SELECTOR = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?\Z")
OK, WARNING, BAD, UNKNOWN = "ok", "warning", "bad", "unknown"


class Silent(Exception):
    """The DNS did not answer, or not in time."""


@dataclass(frozen=True)
class Check:
    """One line of the page: what was looked for, how it stands, the record found, in words what to do."""

    name: str
    level: str
    sentence: str
    record: str = ""
    todo: str = ""


class Dns(Protocol):
    """Answers of the DNS: texts of a name, whether it takes mail. Raises Silent."""

    def texts(self, name: str) -> list[str]: ...

    def mail_servers(self, name: str) -> list[str]: ...


@dataclass
class SystemDns:
    """The machine's resolver, or the servers of MAILING_DNS_SERVERS (``address:port``)."""

    servers: list[str] = field(default_factory=lambda: list(settings.MAILING_DNS_SERVERS))
    ends_at: float = field(default_factory=lambda: time.monotonic() + ALL_IN_ALL)

    def _ask(self, name: str, kind: str) -> list[str]:
        left = min(EACH, self.ends_at - time.monotonic())
        if left <= 0:
            raise Silent
        try:
            resolver = dns.resolver.Resolver(configure=not self.servers)
            if self.servers:
                places = [one.rpartition(":") for one in self.servers]
                resolver.nameservers = [
                    dns.nameserver.Do53Nameserver(host, int(port)) for host, _c, port in places
                ]
            answer = resolver.resolve(name, kind, lifetime=left, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.DNSException, OSError, ValueError) as error:
            raise Silent from error
        if kind == "TXT":
            return [b"".join(row.strings).decode("utf-8", "replace") for row in answer]
        return [row.to_text() for row in answer]

    def texts(self, name: str) -> list[str]:
        return self._ask(name, "TXT")

    def mail_servers(self, name: str) -> list[str]:
        """The servers that take a domain's mail; without MX its own address does (RFC 5321, 5.1)."""
        rows = sorted((line.split() for line in self._ask(name, "MX")), key=lambda row: int(row[0]))
        servers = [row[-1].rstrip(".") for row in rows]
        if servers:
            return [one for one in servers if one]  # a null MX (RFC 7505) is none
        return [name] if self._ask(name, "A") or self._ask(name, "AAAA") else []


def is_selector(text: str) -> bool:
    """Whether a text can be a DKIM selector."""
    return bool(_SELECTOR.match(text))


def check(
    *,
    domain: str,
    return_domain: str,
    reply_domain: str,
    selector: str,
    key: str = "",
    dns: Dns | None = None,
) -> list[Check]:
    """How a sender stands: five checks, in the order of the page.

    `return_domain` is that of its return path, which SPF speaks of; `key` the public key (base64) that its mails
    are signed with here, where they are.
    """
    asked = dns or SystemDns()
    found = []
    for name, ask in (
        ("SPF", lambda: spf(return_domain, asked)),
        ("DKIM", lambda: dkim(domain, selector, key, asked)),
        ("DMARC", lambda: dmarc(domain, return_domain, asked)),
        (_("Replies"), lambda: takes_mail(_("Replies"), reply_domain, asked)),
        (_("Returns"), lambda: takes_mail(_("Returns"), return_domain, asked)),
    ):
        try:
            found.append(ask())
        except Silent:
            found.append(Check(str(name), UNKNOWN, _("The DNS did not answer in time: try again later.")))
    return found


# SPF -------------------------------------------------------------------------------------------------------------
def _spf_records(domain: str, dns: Dns) -> list[str]:
    return [text for text in dns.texts(domain) if re.match(r"v=spf1(\s|$)", text, re.IGNORECASE)]


def _lookups(domain: str, record: str, dns: Dns, spent: int = 0) -> int:
    """How many look-ups a record costs a receiver; stops counting once there are too many."""
    for term in record.split()[1:]:
        word = term.lstrip("+-~?").lower()
        inner = re.match(r"(?:include:|redirect=)([^/\s%]+)$", word)
        if inner or re.match(r"(a|mx|ptr)([:/]|$)|exists:", word):
            spent += 1
        if inner and spent <= SPF_LOOKUPS:
            for one in _spf_records(inner.group(1), dns)[:1]:
                spent = _lookups(inner.group(1), one, dns, spent)
        if spent > SPF_LOOKUPS:
            break
    return spent


def spf(domain: str, dns: Dns) -> Check:
    """Who may send under the domain of the return path."""
    records = _spf_records(domain, dns)
    where = {"domain": domain}
    if not records:
        todo = _(
            "Have this text record added for %(domain)s, with the server that sends your mails in the place of the "
            "dots: v=spf1 include:… ~all"
        )
        return Check(
            "SPF",
            BAD,
            _("%(domain)s does not say which servers may send its mails.") % where,
            "",
            todo % where,
        )
    record = records[0]
    if len(records) > 1:
        return Check(
            "SPF", BAD, _("%(domain)s has more than one SPF record: receivers heed none.") % where, record
        )
    if _lookups(domain, record, dns) > SPF_LOOKUPS:
        said = _("The record asks for more than ten look-ups: receivers heed it no more.")
        return Check(
            "SPF", BAD, said, record, _("Take out of it the services that do not send for you any more.")
        )
    level, said, todo = _spf_end(record)
    return Check("SPF", level, said % where, record, todo)


def _spf_end(record: str) -> tuple[str, str, str]:
    """What a record says of all servers that it does not name."""
    ends = re.search(r"([+?~-]?)all\s*$", record, re.IGNORECASE)
    if ends is not None and ends.group(1) in ("", "+"):
        return BAD, _("The record allows everybody (+all)."), _("Have it end with ~all.")
    open_end = ends is None and "redirect=" not in record.lower()
    if open_end or (ends is not None and ends.group(1) == "?"):
        said = _("The record does not end with ~all or -all: anybody else is neither allowed nor refused.")
        return WARNING, said, ""
    return OK, _("%(domain)s says which servers may send its mails."), ""


# DKIM ------------------------------------------------------------------------------------------------------------
def tags_of(record: str) -> dict[str, str]:
    """The tags of a record such as ``v=DKIM1; k=rsa; p=…``."""
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip().lower(): re.sub(r"\s", "", value) for name, _equals, value in pairs if name.strip()}


def key_bits(public: str) -> int:
    """The length of an RSA key given as base64 of its SubjectPublicKeyInfo; 0 where it is none."""
    from dkim.crypto import UnparsableKeyError, parse_public_key

    try:
        return int(parse_public_key(base64.b64decode(public, validate=True))["modulus"].bit_length())
    except (ValueError, KeyError, IndexError, TypeError, UnparsableKeyError):
        return 0


def dkim(domain: str, selector: str, key: str, dns: Dns) -> Check:
    """The key by which receivers verify who signed."""
    if not selector:
        return Check(
            "DKIM",
            UNKNOWN,
            _("Which key signs your mails is not known here."),
            "",
            _(
                "Give its selector below: in a mail received from you, it stands after s= in the line DKIM-Signature."
            ),
        )
    name = f"{selector}._domainkey.{domain}"
    records = [text for text in dns.texts(name) if "p=" in text]
    where = {"name": name}
    if not records:
        return Check(
            "DKIM",
            BAD,
            _("There is no key at %(name)s.") % where,
            "",
            _(
                "Have the record published that your mail service, or this installation's operator, gives you."
            ),
        )
    level, said = _judge_key(tags_of(records[0]), key)
    return Check("DKIM", level, said % where, records[0])


def _judge_key(tags: dict[str, str], key: str) -> tuple[str, str]:
    if not tags.get("p"):
        return BAD, _("The key at %(name)s was revoked.")
    if key and tags["p"] != re.sub(r"\s", "", key):
        return BAD, _("The key at %(name)s is not the one that signs your mails.")
    bits = key_bits(tags["p"]) if tags.get("k", "rsa") == "rsa" else 2048
    if bits < 1024:
        return BAD, _("The key at %(name)s cannot be used: it is too short or damaged.")
    if bits < 2048:
        return WARNING, _("The key has fewer than 2,048 bits, the length asked for today.")
    if "y" in tags.get("t", "").split(":"):
        return WARNING, _("The key is marked as a trial (t=y): receivers act as if there were none.")
    return OK, _("There is a key at %(name)s.")


# DMARC and mail that comes in ------------------------------------------------------------------------------------
def _parents(domain: str) -> list[str]:
    """The domain itself, then those above it but the last label."""
    labels = domain.split(".")
    return [".".join(labels[at:]) for at in range(max(1, len(labels) - 1))]


def _aligned(one: str, other: str, *, strict: bool) -> bool:
    return one == other or (not strict and (one.endswith(f".{other}") or other.endswith(f".{one}")))


def dmarc(domain: str, return_domain: str, dns: Dns) -> Check:
    """What receivers do with mails that only pretend to come from the domain."""
    records: list[str] = []
    for parent in _parents(domain):
        records = [
            text for text in dns.texts(f"_dmarc.{parent}") if re.match(r"v=DMARC1\b", text, re.IGNORECASE)
        ]
        if records:
            break
    if not records:
        todo = _(
            "Have this text record added at _dmarc.%(domain)s: v=DMARC1; p=none; rua=mailto:… (an address that "
            "receives the reports)"
        )
        return Check(
            "DMARC",
            BAD,
            _("There is no DMARC record: large receivers refuse mails in number without it."),
            "",
            todo % {"domain": domain},
        )
    level, said = _judge_policy(records, domain, return_domain)
    return Check("DMARC", level, said, records[0])


def _judge_policy(records: list[str], domain: str, return_domain: str) -> tuple[str, str]:
    tags = tags_of(records[0])
    if len(records) > 1 or tags.get("p", "").lower() not in ("none", "quarantine", "reject"):
        return BAD, _("The DMARC record cannot be read: receivers act as if there were none.")
    if not _aligned(domain, return_domain, strict=tags.get("aspf", "r").lower() == "s"):
        said = _("The return path (%(returns)s) lies in another domain: only DKIM can pass there.")
        return WARNING, said % {"returns": return_domain}
    if tags["p"].lower() == "none":
        said = _(
            "There is a DMARC record. It asks for nothing (p=none): enough to be received, not to stop forgeries."
        )
        return OK, said
    return OK, _("There is a DMARC record, and it has forgeries set aside or refused.")


def takes_mail(name: str, domain: str, dns: Dns) -> Check:
    """Whether mail for a domain arrives anywhere."""
    servers = dns.mail_servers(domain)
    if not servers:
        return Check(
            name, BAD, _("%(domain)s takes no mail: what is sent there is lost.") % {"domain": domain}
        )
    return Check(
        name,
        OK,
        _("Mail for %(domain)s is taken by %(server)s.")
        % {"domain": domain, "server": ", ".join(servers[:3])},
    )
