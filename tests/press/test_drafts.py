"""Releases begun out of a Word document, and in one screen of a telephone."""

from __future__ import annotations

import io
import re
import zipfile
from uuid import uuid4

import docx
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse, reverse_lazy

from cms.core.models import Approval
from media_library.models import Asset
from press.imports.word import read_word
from press.models import Release, ReleasePage
from tests.factories.accounts import make_user
from tests.factories.media_library import bomb_png, gps_jpeg, picture
from tests.factories.press import in_english, make_release

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_media")]
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
AT_ONCE = reverse_lazy("press_at_once")
PHOTO, OTHER_PHOTO = picture(), picture()
SENDING = str(uuid4())


def letter(*pictures: bytes) -> io.BytesIO:
    """A ministry's letter as Word keeps it: styles, bold, a list, a table, pictures, and what must stay behind."""
    made = docx.Document()
    made.add_heading("Vingt ans de missions", 0)
    made.add_paragraph("Le TOKTEN-Mali présente ses résultats à Bamako.")
    made.add_heading("Les chiffres", 2)
    words = made.add_paragraph("Les experts sont ")
    words.add_run("1 200").bold = True
    words.add_run(" & <script>alert(1)</script>")
    made.add_paragraph("Une première mission", style="List Bullet")
    made.add_paragraph("Une seconde", style="List Bullet")
    table = made.add_table(rows=2, cols=2)
    for number, cell in enumerate([*table.rows[0].cells, *table.rows[1].cells]):
        cell.text = ["Secteur", "Missions", "Santé", "430"][number]
    for data in pictures:
        made.add_picture(io.BytesIO(data))
    out = io.BytesIO()
    made.save(out)
    out.seek(0)
    return out


def altered(source: io.BytesIO, **parts: bytes) -> io.BytesIO:
    """The document with bytes put into its main part, before its first element."""
    out = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(out, "w") as new:
        for one in old.infolist():
            data = old.read(one)
            if one.filename == "word/document.xml":
                data = data.replace(parts.get("find", b"\0"), parts.get("put", b""), 1)
            new.writestr(one, data)
    out.seek(0)
    return out


def test_a_word_document_becomes_title_lead_and_blocks():
    found = read_word(letter(), "lettre.docx")
    assert (found.title, found.lead) == (
        "Vingt ans de missions",
        "Le TOKTEN-Mali présente ses résultats à Bamako.",
    )
    assert [name for name, _value in found.blocks] == ["heading", "paragraph", "table"]
    paragraph = found.blocks[1][1]
    assert "<b>1 200</b>" in paragraph
    assert "<ul><li>Une première mission</li><li>Une seconde</li></ul>" in paragraph
    assert found.blocks[2][1]["header"] == ["Secteur", "Missions"]
    assert found.blocks[2][1]["rows"] == [["Santé", "430"]]


def test_markup_in_the_words_stays_words():
    paragraph = read_word(letter(), "lettre.docx").blocks[1][1]
    assert "&amp; &lt;script&gt;" in paragraph
    assert "<script" not in paragraph


@pytest.mark.parametrize(
    "content",
    [
        letter().getvalue()[:-400],
        b"not a document",
        altered(letter(), find=b"<w:document", put=b'<!DOCTYPE x [<!ENTITY a "b">]><w:document').getvalue(),
        altered(letter(), find=b"<w:body>", put=b"<w:p><w:p>").getvalue(),
    ],
    ids=["cut off", "no package", "with a DTD", "broken XML"],
)
def test_what_is_no_whole_word_document_is_refused_with_a_sentence(content):
    with pytest.raises(ValidationError) as refused:
        read_word(io.BytesIO(content), "lettre.docx")
    assert len(refused.value.messages[0]) > 20
    with pytest.raises(ValidationError):
        read_word(letter(), "lettre.doc")


def test_the_officer_sends_a_document_and_reads_a_draft(client, room):
    client.force_login(make_user("officer"))
    url = reverse("press_word")
    assert url in client.get(reverse("releases:index")).content.decode()
    assert client.get(url).status_code == 200
    sent = letter(gps_jpeg(), bomb_png())
    data = {"file": SimpleUploadedFile("lettre.docx", sent.read(), WORD), "kind": "release", "language": "fr"}
    response = client.post(url, data, follow=True)
    page = ReleasePage.objects.get(title="Vingt ans de missions")
    assert response.redirect_chain[-1][0] == reverse("wagtailadmin_pages:edit", args=[page.pk])
    said = response.content.decode()
    assert "1 image n’a pas encore de description" in said
    assert "1 image a été laissée de côté" in said
    assert not page.live
    assert [block.block_type for block in page.body] == ["heading", "paragraph", "table", "image"]
    client.logout()
    asset = Asset.objects.get()
    assert client.get(asset.url).status_code == 404, "nobody outside has the pictures of a draft"


def test_a_refused_document_leaves_nothing(client, room):
    client.force_login(make_user("officer"))
    data = {"file": SimpleUploadedFile("lettre.docx", b"rien", WORD), "kind": "release", "language": "fr"}
    assert client.post(reverse("press_word"), data).status_code == 200
    assert (Release.objects.count(), Asset.objects.count()) == (0, 0)


def on_the_telephone(**values):
    return {
        "photo": SimpleUploadedFile("IMG_0001.jpg", PHOTO, "image/jpeg"),
        "photo_words": "Le ministre salue les experts.",
        "title": "Le ministre reçoit les experts",
        "text": "Ce matin à Koulouba.\r\n\r\nIls étaient <douze>.",
        "kind": "note",
        "language": "fr",
        **values,
    }


def test_one_screen_publishes_photograph_title_and_three_lines(client, room):
    client.force_login(make_user("officer"))
    assert client.post(AT_ONCE, on_the_telephone()).status_code == 302
    page = ReleasePage.objects.get(title="Le ministre reçoit les experts")
    client.logout()
    html = client.get(page.public_path).content.decode()
    for words in ("Le ministre reçoit les experts</h1>", "Ce matin à Koulouba.", "&lt;douze&gt;", "NI n° "):
        assert words in html, words
    assert 'alt="Le ministre salue les experts."' in html
    assert client.get(Asset.objects.get().url).status_code == 200


def test_who_does_not_publish_submits_it_for_approval(client, room):
    Approval.objects.update_or_create(pk=1, defaults={"required": True})
    client.force_login(make_user("officer"))
    assert "Soumettre à validation" in client.get(AT_ONCE).content.decode()
    client.post(AT_ONCE, on_the_telephone())
    page = ReleasePage.objects.get()
    assert not page.live
    assert page.current_workflow_state is not None


def test_a_photograph_without_words_or_broken_keeps_nothing(client, room):
    client.force_login(make_user("officer"))
    for values in (
        {"photo_words": ""},
        {"photo": SimpleUploadedFile("a.jpg", b"\xff\xd8\xff broken", "image/jpeg")},
        {"title": ""},
        {"text": "mot " * 400},
    ):
        assert client.post(AT_ONCE, on_the_telephone(**values)).status_code == 200
    assert (Release.objects.count(), Asset.objects.count()) == (0, 0)


def test_what_is_sent_twice_on_a_bad_line_is_one_release(client, room):
    client.force_login(make_user("officer"))
    sending = re.search(r'name="sending" value="([0-9a-f-]{36})"', client.get(AT_ONCE).content.decode())[1]
    first = client.post(AT_ONCE, on_the_telephone(sending=sending))
    again = client.post(AT_ONCE, on_the_telephone(sending=sending))
    assert again.url == first.url
    assert (Release.objects.count(), ReleasePage.objects.count(), Asset.objects.count()) == (1, 1, 1)


@pytest.mark.parametrize(
    "values",
    [
        {"title": "Le ministre a reçu les experts"},
        {"text": "Hier à Koulouba."},
        {"photo": SimpleUploadedFile("IMG_0001.jpg", OTHER_PHOTO, "image/jpeg")},
    ],
)
def test_what_was_changed_and_sent_again_from_the_same_form_is_lost_to_nobody(client, room, values):
    client.force_login(make_user("officer"))
    for said in ({}, values):
        assert client.post(AT_ONCE, on_the_telephone(sending=SENDING, **said)).status_code == 302
    assert Release.objects.count() == 2


def test_the_control_forms_sent_apart_are_releases_of_their_own(client, room):
    client.force_login(make_user("officer"))
    for sending in ("", SENDING, str(uuid4())):
        assert client.post(AT_ONCE, on_the_telephone(sending=sending)).status_code == 302
    assert Release.objects.count() == 3


def test_what_was_deleted_since_does_not_come_back_with_a_late_sending(client, room):
    client.force_login(make_user("officer"))
    client.post(AT_ONCE, on_the_telephone(sending=SENDING))
    ReleasePage.objects.get().delete()
    answer = client.post(AT_ONCE, on_the_telephone(sending=SENDING))
    assert "Ce texte avait déjà été envoyé, puis supprimé." in answer.content.decode()
    assert ReleasePage.objects.count() == 0


def test_who_writes_no_releases_begins_none(client, room):
    client.force_login(make_user("protocol"))
    for name in ("press_word", "press_at_once"):
        client.post(reverse(name), on_the_telephone())
        assert client.get(reverse(name)).status_code in (302, 403)
    assert not Release.objects.exists()


def test_the_list_warns_of_releases_without_an_english_version_and_finds_them(client, room):
    client.force_login(make_user("officer"))
    alone, both = make_release(room, title="Seul en français"), make_release(room, title="En deux langues")
    in_english(both, slug="both", title="In both")
    html = client.get(reverse("releases:index")).content.decode()
    assert html.count("Pas de version anglaise") == 1
    found = client.get(reverse("releases:index"), {"without_english": "true"}).content.decode()
    assert alone.title in found
    assert both.title not in found
