"""What was corrected in a press kit: said on its page, in its JSON and feeds, and where its files are chosen."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from cms.accounts.models import Role
from cms.core import clock
from cms.core.models import SitePage
from media_library import actions as library
from press import actions
from press.models import Kit, OfferedFile
from press.queries import offered
from tests.factories import mailing as make
from tests.factories.accounts import make_user
from tests.factories.press import in_english, make_kit, make_release, refreshed
from tests.press.test_admin import contents_of
from tests.support.kits import picture

pytestmark = pytest.mark.django_db
JSON = {"accept": "application/json"}
FRENCH, ENGLISH = "Le <pont> était un autre.", "It was another bridge."


@pytest.fixture
def room(laid_room, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return deepcopy(laid_room)


@pytest.fixture
def officer(client) -> Any:
    user = make_user(Role.OFFICER)
    client.force_login(user)
    return user


def correct(page: Any, notes: dict[str, str] | None = None, **options: Any) -> Any:
    kit = Kit.objects.get(pk=page.kit_id)
    notes = notes or {"fr": FRENCH, "en": ENGLISH}
    return actions.correct_kit(kit, notes=notes, user=None, now=clock.now(), **options)


def contents(page: Any) -> str:
    return reverse("press_kit_contents", args=[page.kit_id])


def received(page: Any, *numbers: int) -> None:
    """People read the kit by their doors, as it is now."""
    for number in numbers:
        contact = make.contact(number)
        actions.note_visit(contact, what="read", thing_uid=page.kit.uid, now=clock.now())


# In public -------------------------------------------------------------------------------------------------------
def test_a_correction_stands_on_the_kit_in_the_readers_language_and_in_its_json(client, room):
    page = make_kit(room)
    english = in_english(page, title="The river", slug="river")
    correct(page)
    shown = client.get(page.public_path).text
    assert "Le &lt;pont&gt; était un autre." in shown
    assert ENGLISH not in shown
    assert ENGLISH in client.get(english.public_path).text
    for one, note, language in ((page, FRENCH, "fr"), (english, ENGLISH, "en")):
        (said,) = client.get(one.public_path, headers=JSON).json()["corrections"]
        assert (said["note"], said["language"]) == (note, language)


def test_one_said_in_one_language_alone_is_marked_as_such_elsewhere(client, room):
    page = make_kit(room)
    english = in_english(page, title="The river", slug="river")
    correct(page, {"fr": FRENCH, "en": " "})
    assert '<li lang="fr">' in client.get(english.public_path).text
    assert '<li lang="fr">' not in client.get(page.public_path).text


def test_the_same_sentence_said_again_is_one_correction_until_another_file_has_left(room):
    first, second = picture("un"), picture("deux")
    page = make_kit(room, assets=[first, second])
    row = correct(page)
    assert correct(page) == row
    actions.set_items(page.kit, items=[(second, "")], user=None, now=clock.now())
    again = correct(page, files=offered.unsaid(page.kit))
    assert again != row
    assert [one.asset_uid for one in again.files.all()] == [first.uid]
    assert correct(page, files=OfferedFile.objects.filter(kit=page.kit)) == again


@pytest.mark.parametrize("name", ["atom.xml", "rss.xml", "feed.json"])
def test_feeds_say_what_was_corrected_and_count_it_as_news(client, room, name):
    release, kit = make_release(room), make_kit(room)
    SitePage.objects.filter(pk__in=[release.pk, kit.pk]).update(last_published_at=None)
    actions.correct(refreshed(release), note=FRENCH, user=None, now=clock.now())
    correct(kit)
    for index, row in ((room.releases, refreshed(release)), (room.kits, Kit.objects.get(pk=kit.kit_id))):
        text = client.get(f"{index.public_path}{name}").text
        assert "pont" in text
        if name == "feed.json":
            (item,) = json.loads(text)["items"]
            assert item["date_modified"][:19] == row.corrected_at.isoformat()[:19]


def test_the_correction_of_a_kit_that_is_held_is_seen_by_nobody(client, room):
    held = make_kit(room, until=clock.now() + timedelta(days=1))
    with pytest.raises(actions.NotPublished, match="Personne n’a encore eu"):
        correct(held)
    reserved = make_kit(room, audience="journalists")
    linked = make_kit(room, audience="link")
    back = make_kit(room)
    for page in (reserved, linked, back):
        correct(page)
    Kit.objects.filter(pk=back.kit_id).update(embargo_until=clock.now() + timedelta(days=1))
    SitePage.objects.filter(pk=back.pk).update(public_from=clock.now() + timedelta(days=1))
    for page in (reserved, linked, back):
        for options in ({}, {"headers": JSON}):
            response = client.get(page.public_path, **options)
            assert response.status_code == 404
            assert "pont" not in response.text
        assert client.get(f"/++api++{page.public_path}").status_code == 404
    for place in (
        *(f"{room.kits.public_path}{name}" for name in ("", "atom.xml", "rss.xml", "feed.json")),
        "/fr/presse/",
    ):
        assert "pont" not in client.get(place).text, place
    assert "pont" not in client.get("/++api++/fr/presse/dossiers?fullobjects=1").text


def test_a_list_of_kits_in_full_costs_as_many_queries_with_many_corrections(
    client, room, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get("/++api++/fr/presse/dossiers?fullobjects=1").status_code == 200
        return len(found)

    correct(make_kit(room))
    cost()
    few = cost()
    for _ in range(9):
        page = make_kit(room)
        correct(page)
        correct(page, {"fr": "Encore."})
    assert cost() <= few


# What was offered ------------------------------------------------------------------------------------------------
def spans(page: Any) -> dict[str, bool]:
    """The files of a kit that were offered, by title: whether they still are."""
    return {one.title: one.until is None for one in OfferedFile.objects.filter(kit=page.kit_id)}


def test_what_a_kit_offers_is_written_down_from_its_publication_on(room):
    page = make_kit(room, assets=[picture("un"), picture("deux")], publish=False)
    assert spans(page) == {}
    page.save_revision().publish()
    assert spans(page) == {"Un": True, "Deux": True}
    library.withdraw(page.kit.items.first().asset, reason="Sans accord", now=clock.now())
    actions.want_archives(page.kit, now=clock.now())
    assert spans(page) == {"Un": False, "Deux": True}
    actions.want_archives(page.kit, now=clock.now())
    assert OfferedFile.objects.count() == 2


def test_a_file_past_its_last_day_is_not_one_that_was_wrong(room):
    asset = picture("un")
    page = make_kit(room, assets=[asset])
    type(asset).objects.filter(pk=asset.pk).update(expires_at=clock.now())
    actions.want_archives(page.kit, now=clock.now())
    assert spans(page) == {"Un": True}


def test_a_file_put_back_as_it_was_is_not_asked_about(room):
    asset, now = picture("un"), clock.now()
    page = make_kit(room, assets=[asset])
    actions.set_items(page.kit, items=[], user=None, now=now)
    assert offered.unsaid(page.kit).count() == 1
    actions.set_items(page.kit, items=[(asset, "")], user=None, now=now)
    assert not offered.unsaid(page.kit).exists()


def test_a_kit_from_before_files_were_written_down_has_offered_them_since_it_was_made(room):
    wrong = picture("un")
    page = make_kit(room, assets=[wrong])
    OfferedFile.objects.all().delete()
    actions.set_items(page.kit, items=[], user=None, now=clock.now())
    (left,) = offered.unsaid(page.kit)
    assert left.since == page.kit.created_at


# On the team's screens -------------------------------------------------------------------------------------------
def test_whoever_changes_the_files_of_a_public_kit_says_on_the_same_screen_what_was_wrong(
    client, room, officer
):
    wrong, right = picture("pont"), picture("juste")
    page = make_kit(room, assets=[wrong])
    received(page, 1)
    assert 'name="said-note_fr"' in client.get(contents(page)).text
    posted = {**contents_of(right), "said-note_fr": FRENCH, "said-note_en": ENGLISH}
    said = client.post(contents(page), posted, follow=True).text
    assert "1 personne a reçu le dossier" in said
    assert reverse("press_button", args=["kit", page.kit_id, "corrective"]) in said
    (row,) = page.kit.corrections.all()
    assert (row.note, row.translations) == (FRENCH, {"en": ENGLISH})
    assert [one.asset_uid for one in row.files.all()] == [wrong.uid]
    assert "Public, rectifié" in said
    client.post(contents(page), posted)
    assert page.kit.corrections.count() == 1, "sent twice, said once"


def test_a_refused_choice_of_files_says_nothing_and_keeps_the_sentence(client, room, officer):
    page = make_kit(room, assets=[picture("pont")])
    mute = library_picture_without_words()
    answer = client.post(contents(page), {**contents_of(mute), "said-note_fr": FRENCH})
    assert answer.status_code == 200
    assert "était un autre." in answer.text
    assert not page.kit.corrections.exists()
    assert spans(page) == {"Pont": True}


def library_picture_without_words() -> Any:
    asset = picture("muet")
    asset.texts.update(alt="")
    return asset


def test_nothing_is_asked_of_a_kit_that_nobody_has_nor_of_who_may_not_say_it(client, room, officer):
    for page in (make_kit(room, publish=False), make_kit(room, until=clock.now() + timedelta(days=1))):
        assert "said-note_fr" not in client.get(contents(page)).text
        button = reverse("press_button", args=["kit", page.kit_id, "correct"])
        assert button not in client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).text
    officer.groups.get(name="officer").permissions.remove(Permission.objects.get(codename="correct_kit"))
    page = make_kit(room, assets=[picture("pont")])
    assert "said-note_fr" not in client.get(contents(page)).text
    client.post(contents(page), {**contents_of(), "said-note_fr": FRENCH})
    client.post(reverse("press_button", args=["kit", page.kit_id, "correct"]), {"note_fr": FRENCH})
    assert not page.kit.corrections.exists()


def test_the_state_of_a_kit_asks_about_files_that_left_without_a_word_where_somebody_has_them(
    client, room, officer
):
    page = make_kit(room, assets=[picture("pont"), picture("rive")])
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    asks = "Si l’un d’eux était faux"
    client.post(contents(page), contents_of(picture("juste")))
    assert asks not in client.get(edit).text, "nobody has them"
    received(page, 1, 2)
    client.post(contents(page), contents_of())
    assert f"2 personnes ont reçus ont été remplacés ou retirés. {asks}" in client.get(edit).text
    button = reverse("press_button", args=["kit", page.kit_id, "correct"])
    form = client.get(button).text
    assert form.count('name="wrong"') == 3
    assert client.post(button, {"wrong": []}).status_code == 200, "a sentence is needed"
    juste = OfferedFile.objects.get(title="Juste")
    client.post(button, {"note_fr": FRENCH, "wrong": [juste.pk]})
    (row,) = page.kit.corrections.all()
    assert list(row.files.all()) == [juste]
    assert asks not in client.get(edit).text
