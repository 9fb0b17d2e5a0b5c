"""The public history of a corrected text: what it said, what it says."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps

from cms.core import clock
from cms.core.actions import edit_page
from press import actions, migrations
from press.models import ReleasePage, Wording
from press.queries.history import GONE, NEW, compare, history
from tests.factories.press import in_english, make_release, refreshed
from tests.press.test_holds import picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_media")]

FORMER, PRESENT = "1 200 experts sont inscrits.", "1 020 experts sont inscrits."


def reword(page, words: str, **changes):
    page = ReleasePage.objects.get(pk=page.pk)
    body = [("paragraph", f"<p>{words}</p>")]
    return edit_page(page, changes={"body": body, **changes}, user=None, now=clock.now(), publish=True)


def correct(page, note: str = "Le nombre était faux.", **options):
    return actions.correct(refreshed(page), note=note, user=None, now=clock.now(), **options)


def changed(page, language: str = "fr"):
    return [(one.correction.note, one.paragraphs) for one in history(refreshed(page), language=language)]


@pytest.fixture
def page(room):
    return make_release(room, title="Chiffres", body=[("paragraph", f"<p>{FORMER}</p>")])


def test_words_changed_and_then_told_stand_with_their_correction(page):
    reword(page, PRESENT)
    correct(page)
    ((note, paragraphs),) = changed(page)
    assert note == "Le nombre était faux."
    assert [[words for what, words in one if what == GONE] for one in paragraphs] == [["200 "]]
    assert [[words for what, words in one if what == NEW] for one in paragraphs] == [["020 "]]


def test_words_told_and_then_changed_stand_with_the_same_correction(page):
    correct(page)
    assert changed(page)[0][1] == []
    reword(page, PRESENT)
    assert changed(page)[0][1]
    reword(page, "2 000 experts sont inscrits.")
    correct(page, "Encore un autre.")
    newest, oldest = changed(page)
    assert "".join(words for _w, words in oldest[1][0] if _w != GONE) == PRESENT
    assert "2 000" in "".join(words for _w, words in newest[1][0] if _w != GONE)


def test_what_nobody_could_read_is_in_no_history(room):
    until = clock.now() + timedelta(hours=1)
    page = make_release(room, body=[("paragraph", "<p>Brouillon secret.</p>")], until=until)
    reword(page, FORMER)
    actions.lift_embargo(refreshed(page), user=None, now=clock.now())
    reword(page, PRESENT)
    correct(page)
    assert "secret" not in str(changed(page))
    assert Wording.objects.filter(release=page.release).count() == 3


def test_each_language_has_its_own_history(page):
    english = in_english(page, slug="figures", title="Figures", body=[("paragraph", "<p>1,200 experts.</p>")])
    reword(english, "1,020 experts.")
    correct(page)
    assert changed(page)[0][1] == []
    assert "1,020" in str(changed(page, "en")[0][1])


def test_the_same_words_published_again_are_no_change(page):
    reword(page, FORMER, summary="Autre résumé")
    assert Wording.objects.filter(release=page.release).count() == 1


def test_readers_see_the_former_words_struck_and_the_new_ones_marked(client, page):
    address = f"{page.public_path}corrections"
    assert client.get(address).status_code == 404
    reword(page, f"{PRESENT} & <b>plus</b>")
    correct(page)
    html = client.get(address).content.decode()
    assert "200 </del>" in html
    assert "020 </ins>" in html
    assert "Le nombre était faux." in html
    assert address in client.get(page.public_path).content.decode()
    said = client.get(page.public_path, headers={"accept": "application/json"}).json()
    assert said["corrections_url"] == f"{page.public_url}corrections"
    actions.withdraw(refreshed(page), reason="Faux de bout en bout.", user=None, now=clock.now())
    assert client.get(address).status_code == 404


def test_former_words_that_nobody_may_read_any_more_are_not_shown(client, page):
    reword(page, "Le numéro a été retiré.")
    correct(page, "Un numéro privé a été retiré.", shows_words=False)
    html = client.get(f"{page.public_path}corrections").content.decode()
    assert "1 200" not in html
    assert "ne sont plus montrés" in html


def test_no_history_names_a_file_that_its_readers_may_not_have(client, room):
    file = picture("portrait-retiré").image
    body = [
        ("paragraph", f"<p>{FORMER}</p>"),
        ("image", {"image": file, "caption": "Nom retiré", "decorative": False}),
    ]
    page = make_release(room, body=body)
    reword(page, PRESENT)
    correct(page)
    html = client.get(f"{page.public_path}corrections").content.decode()
    assert "020 </ins>" in html
    assert "retiré" not in html


def test_a_comparison_leaves_out_what_stayed_and_a_long_paragraph_is_not_compared_word_by_word():
    assert compare("Un.\n\nDeux.", "Un.\n\nDeux.") == []
    assert compare("Un.\n\nDeux.", "Un.") == [[(GONE, "Deux.")]]
    old, new = "a " * 800, "b " * 800
    assert compare(old, new) == [[(GONE, old), (NEW, new)]]


def test_wordings_kept_before_files_were_left_out_of_them_lose_what_they_say_of_files(page):
    """The migration, on rows as they were kept then."""
    release, now = page.release, clock.now()
    Wording.objects.filter(release=release).delete()
    kept = [
        "Titre\n\nChapô.\n\n[Image : Awa retirée © Oumar]\n[Image : une autre]\n\nCorps.\n\n"
        "[Son : discours]\nCe qui est dit.\n\nFin.",
        "Titre\n\nChapô.\n\nCorps.\n\nFin.",
        "Titre\n\nChapô.\n\nCorps corrigé.\n\n[Film : retiré]\n\nFin.",
        "Titre\n\n[Voir : ceci reste]\n\nChapô.",
    ]
    for number, text in enumerate(kept):
        at = now + timedelta(minutes=number)
        Wording.objects.create(release=release, language="fr", text=text, at=at)
    other = Wording.objects.create(
        release=release, language="en", text="Title\n\n[Sound : speech]\nWords.", at=now
    )
    names = list(Path(migrations.__file__).parent.glob("*_wordings_without_files.py"))
    import_module(f"press.migrations.{names[0].stem}").forwards(apps, None)
    assert list(Wording.objects.filter(language="fr").order_by("at").values_list("text", flat=True)) == [
        "Titre\n\nChapô.\n\nCorps.\n\nFin.",
        "Titre\n\nChapô.\n\nCorps corrigé.\n\nFin.",
        "Titre\n\n[Voir : ceci reste]\n\nChapô.",
    ]
    other.refresh_from_db()
    assert other.text == "Title"
