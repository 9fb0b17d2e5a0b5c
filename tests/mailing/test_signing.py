"""Mails signed here: a receiver verifies them by the record, and keys follow one another."""

from __future__ import annotations

import re
import stat
from typing import Any

import dkim
import pytest
from django.core.management import CommandError, call_command

from cms.mailing import actions
from cms.mailing.mail import signing
from tests.factories import mailing as make
from tests.factories.mailing import NOON
from tests.mailing.test_domains import names, text

__all__ = ["names"]
pytestmark = pytest.mark.django_db(transaction=True)
DOMAIN = "tokten.example.org"


@pytest.fixture
def folder(settings: Any, tmp_path: Any) -> Any:
    settings.DKIM_FOLDER = str(tmp_path / "dkim")
    return tmp_path / "dkim"


def command(*words: str) -> str:
    from io import StringIO

    out = StringIO()
    call_command("dkim", *words, stdout=out)
    return out.getvalue()


def publish(names: Any, selector: str) -> None:
    record = signing.load(DOMAIN, selector).record
    names.zone[(f"{selector}._domainkey.{DOMAIN}", "TXT")] = [text(record)]


def verified(raw: bytes, names: Any) -> bool:
    def lookup(name: bytes, timeout: float = 5) -> bytes | None:
        found = names.zone.get((name.decode().rstrip("."), "TXT"))
        return re.sub(r'" "|"', "", found[0]).encode() if found else None

    return bool(dkim.verify(raw, dnsfunc=lookup))


def send() -> None:
    mailing = make.launched(2)
    actions.drain(mailing.pk, clock=lambda: NOON)


def test_nothing_is_signed_where_no_key_is_in_use(folder, smtp_sink):
    command("new", DOMAIN, "k1")
    send()
    assert all(message["DKIM-Signature"] is None for message in smtp_sink.messages)


def test_each_mail_is_signed_with_its_headers_of_unsubscribing_and_a_changed_one_does_not_verify(
    folder, smtp_sink, names
):
    command("new", DOMAIN, "k1")
    publish(names, "k1")
    command("use", DOMAIN, "k1")
    send()
    assert len(smtp_sink.received) == 2
    for one in smtp_sink.received:
        signature = "".join(one.message["DKIM-Signature"].split())
        assert f"d={DOMAIN};" in signature
        signed = re.search(r"h=([^;]+);", signature).group(1).split(":")
        assert {"list-unsubscribe", "list-unsubscribe-post", "to", "subject", "message-id"} < set(signed)
        assert signed.count("from") == 2
        assert verified(one.raw, names)
        for before, after in (
            (b"Subject:", b"Subject: x"),
            (b"Bonjour", b"Bonsoir"),
            (b"From:", b"From: a@b\r\nFrom:"),
        ):
            assert not verified(one.raw.replace(before, after, 1), names)


def test_a_key_is_used_only_once_the_dns_shows_it(folder, names):
    said = command("new", DOMAIN, "k1")
    assert f"k1._domainkey.{DOMAIN}" in said
    assert signing.load(DOMAIN, "k1").record in said
    names.zone.pop((f"k1._domainkey.{DOMAIN}", "TXT"))
    with pytest.raises(CommandError):
        command("use", DOMAIN, "k1")
    names.zone[(f"k1._domainkey.{DOMAIN}", "TXT")] = [text("v=DKIM1; p=bm8ga2V5")]
    with pytest.raises(CommandError):
        command("use", DOMAIN, "k1")
    assert signing.current(DOMAIN) is None
    publish(names, "k1")
    command("use", DOMAIN, "k1")
    assert signing.current(DOMAIN).selector == "k1"


def test_a_rotation_reaches_the_next_connection_and_mails_of_before_still_verify(folder, smtp_sink, names):
    for selector in ("k1", "k2"):
        command("new", DOMAIN, selector)
        publish(names, selector)
    command("use", DOMAIN, "k1")
    send()
    said = command("use", DOMAIN, "k2")
    assert f"dkim forget {DOMAIN} k1" in said
    make.owed()
    mailing = make.mailing(*make.Audience.objects.all())
    actions.launch(mailing, user=None, now=NOON)
    actions.drain(mailing.pk, clock=lambda: NOON)
    used = [re.search(r"s=(\w+);", message["DKIM-Signature"]).group(1) for message in smtp_sink.messages]
    assert used == ["k1", "k1", "k2", "k2"]
    assert all(verified(one.raw, names) for one in smtp_sink.received)


def test_a_key_in_use_is_not_thrown_away_and_keys_are_their_owners_alone(folder, names):
    for selector in ("k1", "k2"):
        command("new", DOMAIN, selector)
    assert stat.S_IMODE((folder / DOMAIN / "k1.pem").stat().st_mode) == 0o600
    command("use", DOMAIN, "k1", "--unchecked")
    with pytest.raises(CommandError, match="in use"):
        command("forget", DOMAIN, "k1")
    command("forget", DOMAIN, "k2")
    assert command("list", DOMAIN).split("\n")[:-1] == ["k1 (in use)"]
    with pytest.raises(CommandError, match="already"):
        command("new", DOMAIN, "k1")


@pytest.mark.parametrize(
    "domain, selector", [("../etc", "k1"), (DOMAIN, "../k1"), ("a/b", "k"), (DOMAIN, "k 1")]
)
def test_no_name_leads_out_of_the_folder(folder, domain, selector):
    with pytest.raises(CommandError, match="is not a"):
        command("new", domain, selector)


def test_a_key_that_cannot_be_used_holds_the_mails_and_says_so(folder, smtp_sink, names):
    command("new", DOMAIN, "k1")
    command("use", DOMAIN, "k1", "--unchecked")
    (folder / DOMAIN / "k2.pem").write_text("nonsense")
    (folder / DOMAIN / "current").write_text("k2\n")
    mailing = make.launched(2)
    actions.drain(mailing.pk, clock=lambda: NOON)
    mailing.refresh_from_db()
    assert not smtp_sink.received
    assert mailing.state == "paused"
    assert "k2" in mailing.reason
