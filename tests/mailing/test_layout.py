"""The frame of every mail: MJML that nobody's words become, colours for dark screens, another language said."""

from __future__ import annotations

import re
from html import escape
from typing import Any

import pytest

from cms.core import registry
from cms.core.registry import Parts, Renderer
from cms.mailing import actions
from cms.mailing.mail.layout import MAX_HTML_BYTES, carry_styles, frame, weight
from cms.mailing.mail.letters import write_owed
from cms.mailing.models import Mailing, Sender
from tests.factories import mailing as make
from tests.factories.mailing import NOON

HOSTILE = [
    "</mj-text><mj-raw><script>alert(1)</script></mj-raw>",
    '<mj-include path="/etc/passwd" />',
    "{{ settings.SECRET_KEY }}{% debug %}",
    "@@footer@@ @@body@@",
    "\\1 \\g<0>",
    '"><img src=x onerror=alert(1)>',
    "&lt;b&gt; & <b>",
]


def framed(html: str = "<p>Bonjour</p>", *, language: str = "fr", **fields: Any) -> Parts:
    parts = Parts(
        subject=fields.pop("subject", "Objet"),
        text=fields.pop("text", "Bonjour"),
        html=html,
        headers=fields.pop("headers", {}),
    )
    sender = Sender(name=fields.pop("name", "TOKTEN-Mali"), address="presse@tokten.example.org")
    renderer = Renderer("tests.frame", "Cadre", lambda *_: parts, **fields)
    return frame(
        parts,
        mailing=Mailing(title="x"),
        sender=sender,
        renderer=renderer,
        language=language,
        audiences=["Presse"],
    )


@pytest.mark.parametrize("words", HOSTILE)
def test_nothing_that_was_typed_is_read_as_mjml_or_as_a_template(words):
    plain = framed(f"<p>{escape('Bonjour')}</p>")
    said = framed(f"<p>{escape(words)}</p>", subject=words, name=words)
    # Each place holds the words as they are, escaped, and the rest of the frame is untouched.
    for shown, usual in (
        (escape(words), "Objet"),
        (escape(words), "TOKTEN-Mali"),
        (escape(words), "Bonjour"),
    ):
        assert shown in said.html
        assert usual not in said.html
    assert len(re.findall("<script|<img|<mj-", said.html)) == 0
    assert re.sub(r">[^<]*<", "><", plain.html).count("<td") == said.html.count("<td")


def test_the_frame_is_mjml_made_html_and_asks_nothing_of_other_servers():
    html = framed().html
    assert html.startswith("<!doctype html>")
    assert "mj-column-per-100" in html
    assert '<html lang="fr"' in html
    addresses = set(re.findall(r"""(?:href|src|url)\s*[=(]\s*["']?(https?://[^"')\s]+)""", html))
    assert {one for one in addresses if "localhost" not in one} == set()
    assert not re.search(r"@import|<link|<script|<!--\s*@@", html)
    assert "@@" not in html


def _luminance(colour: str) -> float:
    colour = colour * 2 if len(colour) == 3 else colour
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    first, second = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (first + 0.05) / (second + 0.05)


def test_a_dark_screen_has_colours_of_its_own_that_can_be_read():
    html = framed().html
    dark = html[html.index("prefers-color-scheme:dark") :].split("</style>")[0]
    paper = re.search(r"\.kn-frame>table\{background:#(\w+)", dark)
    assert paper is not None
    texts = set(re.findall(r"[{;]color:#(\w+)!important", dark))
    assert len(texts) == 4
    for colour in texts - {"fff"}:
        assert contrast(colour, paper[1]) >= 4.5, colour
    button = re.search(r"kn-button\{color:#fff!important;background:#(\w+)", dark)
    assert button is not None
    assert contrast("fff", button[1]) >= 4.5
    assert '<meta name="color-scheme" content="light dark"' in html


def test_the_houses_button_keeps_an_address_that_says_button():
    html = carry_styles('<a href="https://example.org/button" class="button">Lire</a>')
    assert 'href="https://example.org/button"' in html
    assert 'class="kn-button"' in html
    assert "background:#1d3f72" in html


@pytest.mark.parametrize(
    "asked,spoken,sentence",
    [
        ("en", "fr", "This mail does not exist in your language: here it is in French."),
        ("fr", "en", "Ce courriel n’existe pas dans votre langue : le voici en anglais."),
    ],
)
def test_a_mail_in_another_language_says_so_in_the_readers_own(asked, spoken, sentence):
    said = framed("<p>Mot</p>", language=asked, text="Mot", headers={"Content-Language": spoken})
    assert sentence in said.html
    assert said.text.startswith(sentence)
    assert f'<html lang="{spoken}"' in said.html
    assert said.html.count(f'lang="{asked}"') == 2
    same = framed("<p>Mot</p>", language=asked, text="Mot", headers={"Content-Language": asked})
    assert sentence not in same.html
    assert sentence not in same.text


def test_the_words_and_their_footer_stand_in_the_text_part():
    text = framed(text="Des mots.\n\nD’autres.").text
    assert text.startswith("Des mots.\n\nD’autres.\n\n-- \nTOKTEN-Mali\n")
    assert "[[view_url]]" in text
    assert "[[unsubscribe_url]]" in text
    assert "<" not in text


@pytest.mark.django_db
def test_a_mail_of_more_than_60_kb_does_not_leave_and_says_what_it_weighs():
    make.sender()
    mailing = make.mailing(make.audience(1))
    if registry.mailing_renderers.get("tests.heavy") is None:
        heavy = Parts("Objet", "Texte", "<p>" + "mot " * 15_000 + "</p>")
        registry.mailing_renderers.register(Renderer("tests.heavy", "Lourd", lambda *_: heavy))
    mailing.renderer = "tests.heavy"
    mailing.save()
    with pytest.raises(actions.MailingError, match="67"):
        actions.launch(mailing, user=None, now=NOON)
    mailing.refresh_from_db()
    assert mailing.state == "draft"
    assert not mailing.deliveries.exists()


@pytest.mark.django_db
def test_the_frame_takes_few_bytes_of_what_a_mail_may_weigh_and_owed_mail_always_leaves():
    assert weight(framed("")) < MAX_HTML_BYTES / 6
    make.sender()
    ticket = make.owed(
        values={"event": "x" * 300, "ticket_url": "https://tokten.example.org/r/" + "y" * 70_000}
    )
    parts = write_owed(ticket, sender=Sender.objects.get(), now=NOON)
    assert weight(parts) > MAX_HTML_BYTES
