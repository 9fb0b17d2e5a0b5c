"""What the page says of a sender's domain, with a name server of the test's own."""

from __future__ import annotations

import base64
import re
import socketserver
import threading
from collections.abc import Iterator
from typing import Any

import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from cms.mailing.mail import domains
from tests.factories import mailing as make
from tests.factories.accounts import make_user

pytestmark = pytest.mark.django_db
DOMAIN = "tokten.example.org"
RETURNS = "retour.tokten.example.org"


def key(bits: int) -> str:
    """The public half of an RSA key of so many bits, as a record holds it (only its length matters here)."""

    def der(tag: int, content: bytes) -> bytes:
        size = len(content)
        length = bytes([size]) if size < 128 else b"\x82" + size.to_bytes(2, "big")
        return bytes([tag]) + length + content

    modulus = der(2, b"\0" + ((1 << (bits - 1)) | 1).to_bytes(bits // 8, "big"))
    bit_string = der(3, b"\0" + der(0x30, modulus + der(2, b"\x01\x00\x01")))
    algorithm = der(0x30, bytes.fromhex("06092a864886f70d0101010500"))
    return base64.b64encode(der(0x30, algorithm + bit_string)).decode()


class _Handler(socketserver.BaseRequestHandler):
    server: Any

    def handle(self) -> None:
        raw, sock = self.request
        question = dns.message.from_wire(raw)
        (asked,) = question.question
        name, kind = asked.name.to_text().rstrip("."), dns.rdatatype.to_text(asked.rdtype)
        self.server.asked.append((name, kind))
        if self.server.silent:
            return
        answer = dns.message.make_response(question)
        found = self.server.zone.get((name, kind), [])
        if found:
            answer.answer.append(dns.rrset.from_text(asked.name, 60, "IN", kind, *found))
        elif not any(known == name for known, _kind in self.server.zone):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        sock.sendto(answer.to_wire(), self.client_address)


@pytest.fixture
def names(settings: Any) -> Iterator[Any]:
    """A name server; `zone` maps (name, type) to records, `silent` makes it answer nothing."""
    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), _Handler) as server:
        server.zone, server.silent, server.asked = in_order(), False, []  # type: ignore[attr-defined]
        settings.MAILING_DNS_SERVERS = [f"127.0.0.1:{server.server_address[1]}"]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join(5)


def text(words: str) -> str:
    return " ".join(f'"{words[at : at + 200]}"' for at in range(0, len(words), 200))


def in_order() -> dict[tuple[str, str], list[str]]:
    return {
        (RETURNS, "TXT"): [text("google-site-verification=x"), text("v=spf1 include:_spf.example.net -all")],
        ("_spf.example.net", "TXT"): [text("v=spf1 ip4:192.0.2.0/24 ~all")],
        (f"k1._domainkey.{DOMAIN}", "TXT"): [text(f"v=DKIM1; k=rsa; p={key(2048)}")],
        ("_dmarc.example.org", "TXT"): [text("v=DMARC1; p=quarantine; rua=mailto:dmarc@example.org")],
        (DOMAIN, "MX"): ["10 mx1.example.net.", "20 mx2.example.net."],
        (RETURNS, "A"): ["192.0.2.7"],
    }


def levels(selector: str = "k1", **more: Any) -> dict[str, str]:
    with translation.override("fr"):
        found = domains.check(
            **{
                "domain": DOMAIN,
                "return_domain": RETURNS,
                "reply_domain": DOMAIN,
                "selector": selector,
                **more,
            }
        )
    assert all(one.sentence for one in found)
    return {one.name: one.level for one in found}


def test_a_domain_in_order_is_said_to_be(names):
    assert set(levels().values()) == {"ok"}
    assert list(levels()) == ["SPF", "DKIM", "DMARC", "Réponses", "Retours"]


def test_a_domain_without_any_record_is_told_what_to_add(names):
    names.zone.clear()
    assert set(levels().values()) == {"bad"}
    with translation.override("fr"):
        found = domains.check(domain=DOMAIN, return_domain=DOMAIN, reply_domain=DOMAIN, selector="k1")
    assert "v=spf1" in found[0].todo
    assert "v=DMARC1" in found[2].todo


@pytest.mark.parametrize(
    "record, level",
    [
        ("v=spf1 +all", "bad"),
        ("v=spf1 ip4:192.0.2.1 ?all", "warning"),
        ("v=spf1 ip4:192.0.2.1", "warning"),
        ("v=spf1 redirect=_spf.example.net", "ok"),
        ("V=SPF1 mx ~all", "ok"),
        ("v=spf10 mx ~all", "bad"),
        ("v=spf1 " + " ".join(f"a:h{n}.example.net" for n in range(11)) + " -all", "bad"),
        ("v=spf1 include:deep.example.net -all", "bad"),
        ("v=spf1 include:loop.example.net -all", "bad"),
    ],
)
def test_an_spf_record_is_read_as_a_receiver_reads_it(names, record, level):
    names.zone[(RETURNS, "TXT")] = [text(record)]
    names.zone[("deep.example.net", "TXT")] = [text("v=spf1 " + "mx " * 10 + "-all")]
    names.zone[("loop.example.net", "TXT")] = [text("v=spf1 include:loop.example.net -all")]
    assert levels()["SPF"] == level
    assert len(names.asked) < 60, "a record may not make us ask without end"


def test_two_spf_records_are_none(names):
    names.zone[(RETURNS, "TXT")] = [text("v=spf1 -all"), text("v=spf1 mx -all")]
    assert levels()["SPF"] == "bad"


@pytest.mark.parametrize(
    "record, level",
    [
        ("v=DKIM1; p=", "bad"),
        (f"v=DKIM1; k=rsa; p={key(1024)}", "warning"),
        (f"v=DKIM1; k=rsa; p={key(512)}", "bad"),
        ("v=DKIM1; k=rsa; p=bm8ga2V5", "bad"),
        (f"v=DKIM1; t=y; p={key(2048)}", "warning"),
        ("v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", "ok"),
    ],
)
def test_a_dkim_key_is_weighed(names, record, level):
    names.zone[(f"k1._domainkey.{DOMAIN}", "TXT")] = [text(record)]
    assert levels()["DKIM"] == level


def test_a_dkim_key_other_than_the_one_that_signs_is_not_in_order(names):
    assert levels(key=key(2048))["DKIM"] == "ok"
    assert levels(key=key(1024))["DKIM"] == "bad"
    assert levels(selector="")["DKIM"] == "unknown"


@pytest.mark.parametrize(
    "record, level",
    [
        ("v=DMARC1; p=none", "ok"),
        ("v=DMARC1; p=reject; aspf=s", "warning"),
        ("v=DMARC1; sp=none", "bad"),
        ("v=DMARC1 p=none", "bad"),
    ],
)
def test_a_dmarc_record_is_read(names, record, level):
    names.zone[(f"_dmarc.{DOMAIN}", "TXT")] = [text(record)]
    assert levels()["DMARC"] == level


def test_a_return_path_in_another_domain_leaves_dkim_alone(names):
    names.zone[("bounces.example.net", "TXT")] = [text("v=spf1 mx -all")]
    names.zone[("bounces.example.net", "A")] = ["192.0.2.8"]
    assert levels(return_domain="bounces.example.net")["DMARC"] == "warning"


def test_a_domain_that_takes_no_mail_is_said_to_lose_it(names):
    names.zone[(DOMAIN, "MX")] = ["0 ."]
    assert levels()["Réponses"] == "bad"


def test_a_silent_name_server_is_told_from_one_that_says_no_and_is_not_waited_for(names):
    names.silent = True
    asked = domains.SystemDns(ends_at=domains.time.monotonic() + 0.4)
    assert set(levels(dns=asked).values()) == {"unknown"}


# The page --------------------------------------------------------------------------------------------------------
def test_the_page_shows_each_check_in_words_with_its_record(names):
    sender = make.sender(bounce_address=f"retour@{RETURNS}")
    client = Client()
    client.force_login(make_user("officer"))
    page = client.get(reverse("mailing_sender_domain", args=[sender.pk]), {"selector": "k1"}).content.decode()
    assert "Tout est en ordre." in page
    assert "v=DMARC1; p=quarantine" in page
    names.zone[(RETURNS, "TXT")] = [text("v=spf1 <script>alert(1)</script> +all")]
    page = client.get(reverse("mailing_sender_domain", args=[sender.pk]), {"selector": "k1"}).content.decode()
    assert "Tout est en ordre." not in page
    assert "<script>alert(1)" not in page
    page = client.get(
        reverse("mailing_sender_domain", args=[sender.pk]), {"selector": "a b"}
    ).content.decode()
    assert "Un sélecteur se compose" in page
    assert not any(re.search(r"a b", name) for name, _kind in names.asked)


def test_the_page_is_for_the_office(names):
    sender = make.sender()
    client = Client()
    client.force_login(make_user("author"))
    assert client.get(reverse("mailing_sender_domain", args=[sender.pk])).status_code in (302, 403)
    assert not names.asked
