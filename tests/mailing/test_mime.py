"""The bytes of a mail: same for the same row, inert whatever a person typed."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header

import pytest

from cms.core.registry import Parts
from cms.mailing.mail.layout import carry_styles
from cms.mailing.mail.mime import Message, Personal, address_header, one_header
from cms.mailing.mail.placeholders import inert, inert_values

HOSTILE = [
    "{{ settings.SECRET_KEY }}",
    "{event.__class__.__init__.__globals__}",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "[cliquez](https://evil.example)",
    "Aminata\r\nBcc: victim@example.org",
    "Aminata\n\nhttps://evil.example/path",
    "[[unsubscribe_url]]",
    "Ɲamakɔrɔ \u202eevil",
    "." * 80,
    "x" * 5000,
    "=41=42\u2028fin",
]


def message(**fields: object) -> Message:
    parts = Parts(
        subject=str(fields.get("subject", "Journée – été")),
        text="Bonjour [[name]],\n.point\nFrom ici\n[[greeting]]\n" + "long " * 60,
        html="<p>Bonjour [[name]]</p><a href='[[unsubscribe_url]]'>x</a>",
        attachments=fields.get("attachments", ()),  # type: ignore[arg-type]
        headers=fields.get("headers", {}),  # type: ignore[arg-type]
    )
    fixed = [("From", address_header("From", "TOKTEN-Mali, presse", "presse@tokten.example.org"))]
    return Message(parts, fixed_headers=fixed, unsubscribe=True)


def personal(name: str = "Aminata Traoré") -> Personal:
    return Personal(
        name=inert(name),
        address="aminata@example.org",
        message_id="<abc@tokten.example.org>",
        boundary="=_abc",
        dated_at=datetime(2019, 2, 5, 10, tzinfo=UTC),
        values={
            "name": inert(name),
            "greeting": "Madame,",
            "unsubscribe_url": "https://tokten.example.org/m/x/unsubscribe",
        },
    )


def parsed(raw: bytes):
    return message_from_bytes(raw.replace(b"\r\n", b"\n"), policy=policy.default)


def test_the_same_row_gives_the_same_bytes():
    assert message().render(personal()) == message().render(personal())


def test_lines_are_short_end_in_crlf_and_never_begin_with_a_dot():
    raw = message(attachments=[("a.pdf", "application/pdf", b"x" * 9999)]).render(personal("N" * 400))
    assert raw.count(b"\n") == raw.count(b"\r\n")
    for line in raw.split(b"\r\n"):
        assert len(line) <= 998
        assert not line.startswith(b".")
    assert raw.isascii()


def test_text_and_html_say_the_same_name_in_their_own_way():
    mail = parsed(message().render(personal("Aminata <Traoré> & fille")))
    assert (
        "Bonjour Aminata <Traoré> & fille,\n.point\nFrom ici\nMadame,\n"
        in mail.get_body(("plain",)).get_content()
    )
    assert "Aminata &lt;Traoré&gt; &amp; fille" in mail.get_body(("html",)).get_content()
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_words_and_nothing_else(name):
    raw = message(subject="Pour [[name]]").render(personal(name))
    mail = parsed(raw)
    assert {key.lower() for key, _value in mail.items()} == {
        "from", "mime-version", "to", "date", "message-id", "subject", "list-unsubscribe",
        "list-unsubscribe-post", "content-type",
    }  # fmt: skip
    assert mail["To"].addresses[0].addr_spec == "aminata@example.org"
    html = mail.get_body(("html",)).get_content()
    assert "<script" not in html
    assert "<img" not in html
    text = mail.get_body(("plain",)).get_content()
    assert "https://evil.example" not in text
    assert text.startswith("Bonjour ")
    assert text.count("\nMadame,\n") == 1


def test_a_renderer_cannot_replace_the_engines_headers_or_break_one():
    headers = {
        "Bcc": "x@example.org",
        "Message-ID": "<x@x>",
        "X-Release": "12\r\nBcc: y@example.org",
        "X bad": "1",
    }
    mail = parsed(message(headers=headers).render(personal()))
    assert mail["Bcc"] is None
    assert mail.get_all("Message-ID") == ["<abc@tokten.example.org>"]
    assert mail["X-Release"] == "12 Bcc: y@example.org"


def test_attachments_keep_their_name_and_bytes():
    raw = message(attachments=[('é"v\n/è.ics', "text/calendar; charset=utf-8", b"\x00\xffabc")]).render(
        personal()
    )
    (attachment,) = list(parsed(raw).iter_attachments())
    assert attachment.get_filename() == "é_v__è.ics"
    assert attachment.get_payload(decode=True) == b"\x00\xffabc"


def test_a_calendars_request_stands_beside_the_words_and_as_a_file_once_each():
    body = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
    given = [("event.ics", "text/calendar; charset=utf-8; method=REQUEST", body)]
    mail = parsed(message(attachments=given).render(personal()))
    words, file = mail.iter_parts()
    assert words.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in words.iter_parts()] == [
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    asking = list(words.iter_parts())[-1]
    assert (asking.get_param("method"), asking.get_payload(decode=True)) == ("REQUEST", body)
    assert asking["Content-Disposition"] is None
    assert (file.get_content_type(), file.get_filename()) == ("application/ics", "event.ics")
    assert file.get_payload(decode=True) == body


def test_one_click_headers_name_the_personal_link():
    mail = parsed(message().render(personal()))
    assert mail["List-Unsubscribe"] == "<https://tokten.example.org/m/x/unsubscribe>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_values_are_inert_except_links_of_our_own_keys():
    values = inert_values(
        {"name": "a\nb evil.example", "ticket_url": "https://tokten.example.org/r/x", "n": [1, "c\r\nd"]}
    )
    assert values["name"] == "a b evil.\u2060example"
    assert values["ticket_url"] == "https://tokten.example.org/r/x"
    assert values["n"] == [1, "c d"]


def test_tags_without_a_style_get_the_houses():
    html = carry_styles('<p>a</p><a href="x">b</a><p style="x">c</p><picture></picture><hr/>')
    assert html.startswith('<p style="font-family')
    assert '<a style="color' in html
    assert '<p style="x">' in html
    assert "<picture></picture>" in html
    assert "background:#1d3f72" in carry_styles('<a href="x" class="button">Lire</a>')


@pytest.mark.parametrize(
    "name",
    [
        "Ministère des Maliens établis à l’extérieur et de l’intégration africaine, direction de la coopération",
        "ߒߞߏ " * 40,
        "Direction, service des études et de la planification",
        "x" * 200,
    ],
)
def test_a_long_name_is_folded_into_encoded_words_of_the_length_that_mail_programs_read(name):
    """RFC 2047, 2: an encoded word has 75 characters at most, and a line that holds one 76."""
    raw = address_header("To", " ".join(name.split()), "aminata@example.org")
    lines = raw.removesuffix(b"\r\n").split(b"\r\n")
    assert all(len(line) <= (76 if b"=?" in line else 998) for line in lines), raw
    shown, _at, address = raw.decode().strip().removeprefix("To: ").rpartition("<")
    shown = shown if "=?" in shown else shown.strip('" ')
    assert str(make_header(decode_header(shown))).strip() == " ".join(name.split())
    assert address == "aminata@example.org>"


@pytest.mark.parametrize("size", range(40, 80))
def test_a_long_subject_is_folded_into_lines_of_76(size):
    subject = ("Les compétences de la diaspora au service du développement, de l’école à l’hôpital, " * 2)[
        :size
    ]
    raw = one_header("Subject", subject)
    assert all(len(line) <= 76 for line in raw.split(b"\r\n")), raw
    found = message_from_bytes(raw + b"\r\n", policy=policy.default)["Subject"]
    assert found == " ".join(subject.split())
