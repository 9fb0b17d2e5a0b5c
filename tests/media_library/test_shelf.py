"""The staff's list of the whole library: narrowed, and changed together."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdfium2
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
from media_library.storage import originals
from tests.factories.accounts import make_user
from tests.factories.core import NOON, locale
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
    assert titles(q="foire") == {"Ségou", "Son"}, "what an agency's keywords say is found too"
    assert titles(tag=public.image.tags.get()) == {"Ségou", "Son"}
    assert titles(collection=shelf) == {"Note"}
    assert titles(person=awa) == {"Fermée"}
    assert titles(lacks="credit") == everything - {"Ségou", "Son"}
    assert titles(lacks="alt") == {ended.title, "Retirée", "Fermée"}
    assert titles(lacks="english") == everything


def test_what_the_scanner_keeps_is_found_as_such_and_called_so(officer: Client) -> None:
    asset = make_asset(title="Attend", released=True)
    Asset.objects.filter(pk=asset.pk).update(quarantined_at=NOON)
    assert titles(state="quarantine") == {"Attend"}
    assert not any(titles(state=other) for other in ("public", "unreleased", "held", "withdrawn", "expired"))
    address = reverse("media_library_shelf")
    row = officer.get(address).content.decode().split("library-title", 1)[1]
    assert "En attente du contrôle antivirus" in row
    asset.blob.finding = "Eicar-Test"
    asset.blob.save()
    assert "Eicar-Test" in officer.get(address).content.decode().split("library-title", 1)[1]


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


def test_words_in_bambara_are_asked_for_once_it_is_switched_on_and_can_be_taken_back(officer: Client) -> None:
    asset = make_asset(alt="Du riz", title="Du riz")
    address = reverse("wagtailimages:edit", args=[asset.image.pk])
    sent = {
        "title": "Du riz",
        "alt": "Du riz",
        "licence": "press",
        "caption_bm": "Malo",
        "alt_bm": "Malo foro",
    }
    sent |= {"collection": str(asset.image.collection_id), "tags": "", "caption_en": "Rice", "alt_en": "Rice"}
    assert 'name="caption_bm"' not in officer.get(address).content.decode()
    assert officer.post(address, sent).status_code == 302
    assert {text.locale.language_code for text in asset.spoken()} == {"fr", "en"}
    locale("bm")
    assert 'name="caption_bm"' in officer.get(address).content.decode()
    assert officer.post(address, sent).status_code == 302
    bambara = asset.text_in("bm")
    assert bambara is not None
    assert (bambara.alt, bambara.caption) == ("Malo foro", "Malo")
    assert "Malo foro" in officer.get(address).content.decode()
    assert officer.post(address, {**sent, "caption_bm": "", "alt_bm": "", "alt_en": ""}).status_code == 302
    assert {text.locale.language_code: text.alt for text in asset.spoken()} == {"fr": "Du riz", "en": ""}


def sheet_of(client: Client, query: str = "", **sent: Any) -> Any:
    return client.post(reverse("media_library_contact_sheet") + query, sent)


def test_the_contact_sheet_shows_what_is_ticked_with_names_credits_and_licences(officer: Client) -> None:
    shown = make_asset(
        title="La foire", filename="foire.jpg", credit="Awa Diarra", released=True, alt="Une foire"
    )
    note, apart = make_asset(pdf(), "note.pdf", title="La note"), make_asset(filename="ailleurs.jpg")
    answer = sheet_of(officer, item=[shown.pk, note.pk, "x"])
    assert answer.headers["Content-Type"] == "application/pdf"
    assert "no-store" in answer.headers["Cache-Control"]
    document = pypdfium2.PdfDocument(answer.content)
    said = document[0].get_textpage().get_text_bounded().replace("\u00a0", " ")
    for words in ("foire.jpg", "La foire", "Crédit : Awa Diarra", "Libre pour la presse", "note.pdf", "PDF"):
        assert words in said
    assert said.count("Pas public") == 1, "whoever is handed the sheet is told what is not out yet"
    assert apart.filename not in said
    assert sum(one.type == 3 for one in document[0].get_objects()) == 1
    assert (
        sheet_of(officer, item=[shown.pk, note.pk]).content
        == sheet_of(officer, item=[note.pk, shown.pk]).content
    )


def test_the_contact_sheet_of_the_whole_list_is_narrowed_as_the_list_is_and_bounded(officer: Client) -> None:
    data = picture(size=(64, 64))
    for number in range(2):
        make_asset(data, f"vue-{number}.jpg")
    make_asset(pdf(), "note.pdf")
    answer = sheet_of(officer, "?kind=image", all="1")
    said = pypdfium2.PdfDocument(answer.content)[0].get_textpage().get_text_bounded()
    assert "vue-0.jpg" in said
    assert "vue-1.jpg" in said
    assert "note.pdf" not in said
    address, shelf = reverse("media_library_contact_sheet") + "?kind=image", reverse("media_library_shelf")
    blob = Asset.objects.filter(kind="image").values_list("blob", flat=True)[0]
    many = Asset.objects.bulk_create(Asset(kind="image", blob_id=blob, filename="x.jpg") for _ in range(120))
    refused = officer.post(address, {"all": "1"})
    assert refused.headers["Location"] == f"{shelf}?kind=image"
    Asset.objects.filter(pk__in=[one.pk for one in many]).delete()
    assert "au plus 120" in officer.get(shelf).content.decode()
    assert "Cochez les contenus que la planche" in officer.post(address, {}, follow=True).content.decode()


def test_the_contact_sheet_draws_frames_for_what_nobody_can_or_may_see(officer: Client) -> None:
    broken, waiting = make_asset(filename="cassee.jpg"), make_asset(filename="attend.jpg")
    for asset in (broken, waiting):
        assert asset.image.renditions.count() == 0
    Path(originals().path(broken.blob.name)).write_bytes(b"no picture any more")
    Asset.objects.filter(pk=waiting.pk).update(quarantined_at=NOON)
    page = pypdfium2.PdfDocument(sheet_of(officer, item=[broken.pk, waiting.pk]).content)[0]
    said = page.get_textpage().get_text_bounded()
    assert "cassee.jpg" in said
    assert "attend.jpg" in said
    assert not [one for one in page.get_objects() if one.type == 3]
    Asset.objects.filter(pk=waiting.pk).update(quarantined_at=None)
    page = pypdfium2.PdfDocument(sheet_of(officer, item=[waiting.pk]).content)[0]
    assert [one for one in page.get_objects() if one.type == 3], "the scanner has spoken: it is shown"


def test_the_contact_sheet_makes_only_a_few_small_pictures_while_somebody_waits(officer: Client) -> None:
    data = picture(size=(64, 64))
    assets = [make_asset(data, f"vue-{number}.jpg") for number in range(actions.RENDERED + 2)]
    document = pypdfium2.PdfDocument(sheet_of(officer, item=[one.pk for one in assets]).content)
    assert sum(one.type == 3 for page in document for one in page.get_objects()) == actions.RENDERED
    document = pypdfium2.PdfDocument(sheet_of(officer, item=[one.pk for one in assets]).content)
    assert sum(one.type == 3 for page in document for one in page.get_objects()) == len(assets)


def test_the_contact_sheet_costs_the_same_queries_for_one_and_for_thirty(officer: Client) -> None:
    data = picture(size=(64, 64))
    assets = [make_asset(data, f"vue-{number}.jpg") for number in range(30)]
    for at in (0, 12, 24):  # the small sizes are there
        sheet_of(officer, item=[one.pk for one in assets[at : at + 12]])
    with CaptureQueriesContext(connection) as few:
        sheet_of(officer, item=assets[0].pk)
    with CaptureQueriesContext(connection) as many:
        sheet_of(officer, item=[one.pk for one in assets])
    assert len(many) == len(few)


def test_the_contact_sheet_is_for_those_who_see_what_is_not_public() -> None:
    asset = make_asset()
    for role in ("protocol", None):
        client = Client()
        if role:
            client.force_login(make_user(role))
        assert sheet_of(client, item=asset.pk).status_code in (302, 403)
        assert client.get(reverse("media_library_contact_sheet")).status_code in (302, 405)
    author = Client()
    author.force_login(make_user("coordinator"))
    assert 'name="item"' in author.get(reverse("media_library_shelf")).content.decode()
    assert sheet_of(author, item=asset.pk).headers["Content-Type"] == "application/pdf"
