"""Writing a release in the street, with a telephone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from press.models import ReleasePage
from tests.factories.media_library import picture
from tests.factories.press import make_room

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def room(transactional_db: None) -> Any:
    return make_room()


def test_photograph_title_and_three_lines_are_published_from_a_telephone(
    room: Any, officer: Any, live_server: Any, tmp_path: Path
) -> None:
    photo = tmp_path / "IMG_2041.jpg"
    photo.write_bytes(picture(size=(1200, 800)))
    officer.set_viewport_size({"width": 360, "height": 740})
    officer.goto(f"{live_server.url}/admin/press/release/at-once/")
    assert officer.evaluate("document.documentElement.scrollWidth") <= 360
    officer.set_input_files("[name=photo]", str(photo))
    officer.get_by_label("Ce que montre la photo").fill("Des experts devant le laboratoire.")
    officer.get_by_label("Titre").fill("Les experts sont arrivés")
    officer.get_by_label("Texte", exact=False).fill("Ce matin à Ségou.\n\nIls restent deux semaines.")
    button = officer.get_by_role("button", name="Publier")
    assert button.bounding_box()["height"] >= 24
    button.click()
    expect(officer.get_by_text("Publié :")).to_be_visible()
    page = ReleasePage.objects.get(title="Les experts sont arrivés")
    html = Client().get(page.public_path).content.decode()
    for words in ("Ce matin à Ségou.", "Ils restent deux semaines.", "Des experts devant le laboratoire."):
        assert words in html, words
