"""The staff's list of the whole library: narrowed, and changed together."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Collection

from cms.core import clock
from media_library import actions
from media_library.models import Asset, Basis, LibraryImage, Person
from media_library.queries import shelved
from tests.factories.accounts import make_user
from tests.factories.core import NOON
from tests.factories.media_library import make_asset, pdf, picture, wav

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def titles(**asked: Any) -> set[str]:
    return {asset.title for asset in shelved(now=NOON, **asked)}


def test_facets_narrow_all_four_kinds_together() -> None:
    public = make_asset(title="Ségou", released=True, credit="Awa", alt="Une salle")
    note = make_asset(pdf(), "note.pdf", title="Note", place="Kayes")
    sound = make_asset(wav(), "son.wav", title="Son", released=True, credit="Awa", expires_at=NOON + 30 * DAY)
    ended = make_asset(title="Finie", released=True, now=NOON - 9 * DAY, expires_at=NOON - DAY)
    gone, closed = (make_asset(title=title, released=True) for title in ("Retirée", "Fermée"))
    held = make_asset(title="Tenue", released=True, alt="Une salle")
    actions.withdraw(gone, reason="x", now=NOON)
    awa = Person.objects.create(name="Awa")
    actions.note_consent(asset=closed, person=awa, basis=Basis.AWAITED, now=NOON)
    Asset.objects.filter(pk=held.pk).update(released_at=None)
    actions.embargo(Asset.objects.get(pk=held.pk), until=NOON + DAY, now=NOON)
    public.image.tags.add("foire")
    sound.media.tags.add("foire")
    shelf = Collection.get_first_root_node().add_child(name="Régions")
    note.document.collection = shelf
    note.document.save()
    everything = {"Ségou", "Note", "Son", "Finie", "Retirée", "Fermée", "Tenue"}
    assert titles() == everything
    for state, expected in {
        "public": {"Ségou", "Son"},
        "unreleased": {"Note"},
        "held": {"Tenue"},
        "ending": {"Son"},
        "expired": {"Finie"},
        "withdrawn": {"Retirée"},
        "disagreed": {"Fermée"},
        "nonsense": everything,
    }.items():
        assert titles(state=state) == expected, state
    assert titles(kind="audio") == {"Son"}
    assert titles(q="segou") == {"Ségou"}, "accents do not matter"
    assert titles(q="kayes") == {"Note"}
    assert titles(tag=public.image.tags.get()) == {"Ségou", "Son"}
    assert titles(collection=shelf) == {"Note"}
    assert titles(person=awa) == {"Fermée"}
    assert titles(lacks="credit") == everything - {"Ségou", "Son"}
    assert titles(lacks="alt") == {ended.title, "Retirée", "Fermée"}
    assert titles(lacks="english") == everything


def test_what_is_ticked_is_changed_together_and_nothing_else(officer: Client) -> None:
    first, second, apart = make_asset(credit="Awa"), make_asset(pdf(), "n.pdf"), make_asset(credit="Awa")
    first.image.create_rendition("max-165x165")
    shelf = Collection.get_first_root_node().add_child(name="Régions")
    address = reverse("media_library_shelf") + "?kind=&q="
    sent = {
        "item": [first.pk, second.pk],
        "bulk-credit": "Oumar",
        "bulk-restriction": "Pas d’usage publicitaire",
        "bulk-tags": "foire, Kayes",
        "bulk-collection": shelf.pk,
    }
    author = Client()
    author.force_login(make_user("author"))
    assert author.post(address, sent).status_code in (302, 403)
    assert Asset.objects.filter(credit="Oumar").count() == 0
    assert officer.post(address, sent).status_code == 302
    changed = Asset.objects.filter(credit="Oumar", restriction="Pas d’usage publicitaire", licence="press")
    assert set(changed) == {first, second}
    assert Asset.objects.get(pk=apart.pk).credit == "Awa"
    row = LibraryImage.objects.get(asset=first)
    assert (row.collection, sorted(row.tags.names())) == (shelf, ["Kayes", "foire"])
    assert not row.renditions.exists(), "the credit travels inside the bytes: all sizes are made again"


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"bulk-credit": "Oumar"}, "Cochez"),
        ({"item": "1"}, "Dites ce qui doit changer"),
        ({"item": "1", "bulk-expires_at": "2020-01-01"}, "Ce jour est passé"),
        ({"item": ["x", "99999999999"], "bulk-credit": "Oumar"}, "Cochez"),
    ],
)
def test_a_change_without_sense_is_a_sentence(officer: Client, sent: dict[str, Any], sentence: str) -> None:
    make_asset()
    answer = officer.post(reverse("media_library_shelf"), sent)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert not Asset.objects.filter(credit="Oumar").exists()


def test_the_list_costs_the_same_queries_for_one_and_for_thirty(officer: Client) -> None:
    address = reverse("media_library_shelf")
    make_asset(wav(), "son.wav", title="Son")
    data = picture(size=(64, 64))
    make_asset(data, alt="x", title="Une", released=True, now=clock.now())
    officer.get(address)
    with CaptureQueriesContext(connection) as few:
        officer.get(address)
    for number in range(28):
        make_asset(data, alt="x", title=f"Photo {number}")
    with CaptureQueriesContext(connection) as many:
        page = officer.get(address).content.decode()
    assert page.count('name="item"') == 30
    assert len(many) == len(few)


def test_the_list_is_for_those_who_see_what_is_not_public(officer: Client) -> None:
    assert (
        officer.get(reverse("media_library_shelf"), {"kind": "x", "tag": "-1", "p": "x"}).status_code == 200
    )
    protocol = Client()
    protocol.force_login(make_user("protocol"))
    for client in (protocol, Client()):
        assert client.get(reverse("media_library_shelf")).status_code in (302, 403)
