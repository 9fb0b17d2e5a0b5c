"""The words of an issue: what each block becomes in the mail, whatever an officer typed."""

from __future__ import annotations

import re
from typing import Any

import pytest

from cms.core import clock
from cms.mailing.mail import issues as mail
from tests.factories import mailing as make
from tests.factories.events import make_event_page
from tests.factories.issues import make_issue, story
from tests.factories.media_library import make_asset
from tests.factories.press import make_release, make_room

pytestmark = pytest.mark.django_db(transaction=True)
HOSTILE = "<script>alert(1)</script>{{ settings.SECRET_KEY }}</mj-text>@@footer@@"


@pytest.fixture
def room() -> Any:
    return make_room()


def test_a_personal_word_in_a_title_or_heading_is_each_ones_own_in_the_text_too():
    issue = make_issue(("heading", "Pour [[name]]"), title="Nouvelles pour [[name]]")
    text = mail.parts_of(issue, now=clock.now()).text
    assert "NOUVELLES POUR [[name]]" in text
    assert "\nPOUR [[name]]" in text


def test_links_of_a_text_lead_to_public_addresses(room):
    release = make_release(room)
    issue = make_issue(("paragraph", f'<p><a linktype="page" id="{release.pk}">Lire</a> la suite</p>'))
    parts = mail.parts_of(issue, now=clock.now())
    assert f'href="{release.public_url.rstrip("/")}"' in parts.html
    assert f"Lire ({release.public_url.rstrip('/')}) la suite" in parts.text


def test_an_event_is_told_with_its_hour_and_place():
    page = make_event_page(title="Conférence")
    parts = mail.parts_of(make_issue(story(page)), now=clock.now())
    occurrence = page.event.occurrences.get()
    assert occurrence.when("fr") in parts.text
    assert occurrence.when("fr") in parts.html


def test_a_picture_stands_by_its_link_with_its_words_and_a_held_one_not_at_all():
    shown = make_asset(released=True, title="Atelier", alt="Des experts à table", credit="A. Keïta")
    held = make_asset(released=False, title="Secret")
    issue = make_issue(
        ("image", {"image": shown.image, "caption": "L’atelier", "decorative": False}),
        ("image", {"image": held.image, "caption": "Caché", "decorative": False}),
    )
    parts = mail.parts_of(issue, now=clock.now())
    tags = re.findall(r"<img[^>]*>", parts.html)
    assert len(tags) == 1
    assert re.search(r'src="http://[^"]+\.jpg"', tags[0]), tags
    assert 'alt="Des experts à table"' in tags[0]
    assert 'width="' in tags[0]
    assert "[Image : L’atelier © A. Keïta]" in parts.text
    assert "Caché" not in parts.html + parts.text


def test_what_an_officer_types_is_words_wherever_it_stands():
    issue = make_issue(
        ("heading", HOSTILE),
        ("quote", {"text": HOSTILE, "speaker": HOSTILE, "function": HOSTILE}),
        ("figures", {"title": HOSTILE, "figures": [{"value": "12", "label": HOSTILE}], "source": ""}),
        ("button", {"label": HOSTILE, "page": None, "url": 'https://example.org/"onclick="x'}),
        title=HOSTILE,
        preheader=HOSTILE,
    )
    parts = mail.sample(issue, sender=make.sender(), now=clock.now())
    assert "<script" not in parts.html
    assert 'onclick="x' not in parts.html
    assert parts.html.count("{{ settings.SECRET_KEY }}") == parts.html.count("alert(1)")
    assert parts.html.count("@@footer@@") == parts.html.count("alert(1)")
