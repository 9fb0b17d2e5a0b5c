"""Whoever reads an embargoed text before its hour is told so in words, where they read it and in the file's name."""

from __future__ import annotations

import json
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from cms.core import clock, formats
from press import actions, mail
from press.mail import doors as door_mails
from tests.factories.accounts import make_user
from tests.factories.press import Room, make_release
from tests.press.test_formats import docx_text, make_journalist, pdf_text
from tests.press.test_views_doors import inside

pytestmark = pytest.mark.django_db

TITLE = "Canari violet"
FEEDS = ("atom.xml", "rss.xml", "feed.json")
#: How the words of each format are read.
WORDS = {
    "": lambda data: unescape(data.decode()),
    "print.pdf": pdf_text,
    "document.docx": docx_text,
    "text.txt": bytes.decode,
    "ninjs.json": lambda data: json.loads(data).get("edNote", ""),
    "newsml-g2.xml": lambda data: unescape(data.decode()),
}


@pytest.fixture
def page(room: Room) -> Any:
    return make_release(room, title=TITLE, until=clock.now() + timedelta(days=1))


@pytest.fixture
def line(page: Any) -> str:
    hour = formats.zoned_date(page.release.embargo_until, "fr")
    assert hour.endswith("GMT")
    return f"SOUS EMBARGO jusqu’au {hour} (heure de Bamako)"


def plain(words: str) -> str:
    """Words without line breaks and unbreakable spaces, which a PDF does not keep."""
    return " ".join(words.split())


def early_reader(page: Any) -> tuple[Client, Any]:
    """A journalist to whom the text was opened, inside; and their copy."""
    awa = make_journalist("Awa")
    (copy,) = actions.give_early_copies(page.release, contacts=[awa], user=None, now=clock.now())
    return inside(awa), copy


def officer() -> Client:
    client = Client()
    client.force_login(make_user("officer"))
    return client


@pytest.mark.parametrize("name", WORDS)
def test_a_journalist_let_in_early_reads_the_embargo_in_the_words_and_the_file_name(page, line, name):
    client, _copy = early_reader(page)
    answer = client.get(f"{page.public_path}{name}")
    assert answer.status_code == 200
    assert plain(line) in plain(WORDS[name](answer.content))
    if name:
        assert 'filename="SOUS-EMBARGO-' in answer["Content-Disposition"]
    actions.lift_embargo(page.release, user=None, now=clock.now())
    after = Client().get(f"{page.public_path}{name}")
    assert "SOUS EMBARGO" not in WORDS[name](after.content)
    assert "SOUS-EMBARGO" not in after.headers.get("Content-Disposition", "")


def test_the_mail_of_an_early_copy_says_it_and_names_no_text(page, line):
    _client, copy = early_reader(page)

    class Row:
        values = {"copy": copy.uid.hex}

    parts = door_mails.early_copy(Row, "fr", clock.now())
    for part in (parts.text, unescape(parts.html)):
        assert line in part
        assert TITLE not in part


def test_the_mail_of_the_text_says_it_in_subject_text_and_html(page, line):
    class Row:
        source_uid = page.release.uid

    parts = mail.render(Row, "fr", clock.now())
    assert parts.subject.startswith("SOUS EMBARGO")
    assert line in parts.text
    assert line in unescape(parts.html)


def test_the_officers_preview_says_it(page, line):
    client, url = officer(), reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk])
    typed = nested_form_data(
        {
            "title": TITLE,
            "slug": page.slug,
            "lead": "Chapô.",
            "body": streamfield([("paragraph", rich_text("<p>Texte.</p>"))]),
            "comments": inline_formset([]),
        }
    )
    said = client.post(url, typed).json()
    assert said["is_valid"], said
    assert line in unescape(client.get(url).content.decode())


@pytest.mark.parametrize("name", FEEDS)
def test_a_feed_has_it_for_nobody_but_the_team_and_says_so_to_them(page, line, room, name):
    address = f"{room.releases.public_path}{name}"
    journalist, _copy = early_reader(page)
    for reader in (Client(), journalist):
        assert TITLE not in reader.get(address).content.decode()
    answer = officer().get(address)
    assert f"{line} – {TITLE}" in unescape(answer.content.decode())
    assert "no-store" in answer["Cache-Control"]
