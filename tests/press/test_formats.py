"""The formats of a release: what each says, who gets it, and what is kept of it."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import pypdfium2
import pytest
from django.core.cache import caches
from django.utils import translation
from docx import Document
from lxml import etree
from PIL import Image

from cms.contacts import actions as contacts
from cms.core import clock
from cms.core.models import Topic
from cms.core.reader import ANONYMOUS
from press import actions, exports
from tests.factories.contacts import make_contact as make_person
from tests.factories.core import locale
from tests.factories.media_library import make_asset
from tests.factories.press import in_english, make_contact, make_kit, make_release
from tests.press.test_views_doors import inside, open_to

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_cache(settings: Any, tmp_path: Any) -> None:
    settings.CACHES = {
        **settings.CACHES,
        "formats": {**settings.CACHES["formats"], "LOCATION": str(tmp_path / "formats")},
    }


BODY = [
    ("heading", "Le calendrier"),
    (
        "paragraph",
        '<p>Un <b>atelier</b> à <a href="https://tokten.example.org/">Ségou</a>.</p><ul><li>un</li></ul>',
    ),
    ("quote", {"text": "Nous revenons.", "speaker": "A. Traoré", "function": "Experte"}),
    ("figures", {"title": "En bref", "figures": [{"value": "398", "label": "missions"}], "source": ""}),
    ("table", {"caption": "Missions", "header": ["Année", "Nombre"], "rows": [["2026", "41"]]}),
    ("timeline", {"title": "Dates", "items": [{"date": "10 h 00", "text": "Ouverture"}]}),
    ("callout", {"title": "À savoir", "text": "<p>Entrée libre.</p>"}),
]
SAID = ("Le calendrier", "atelier", "Ségou", "Nous revenons.", "A. Traoré", "398", "missions", "Année", "41",
        "Ouverture", "Entrée libre.")  # fmt: skip


def pdf_text(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    return " ".join("".join(page.get_textpage().get_text_range() for page in document).split())


def docx_text(data: bytes) -> str:
    document = Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    links = [text.text or "" for text in document.element.body.iter() if text.tag.endswith("}t")]
    return " ".join([*(paragraph.text for paragraph in document.paragraphs), *cells, *links])


def make_journalist(name: str) -> Any:
    contact = make_person(name=name)
    contacts.grant_accreditation(contact=contact, now=clock.now())
    return contact


def get(client: Any, page: Any, name: str, **headers: str) -> Any:
    return client.get(f"{page.public_path}{name}", headers=headers)


def test_pdf_word_and_text_hold_every_word_of_the_release(client, room):
    reach = {"whatsapp": "+223 70 00 00 09", "on_call": "tous les jours", "languages_spoken": "bamanankan"}
    contact = make_contact(**reach)
    page = make_release(room, title="Un titre", lead="Le chapô.", body=BODY, contacts=[contact])
    texts = {
        "print.pdf": pdf_text(get(client, page, "print.pdf").content),
        "document.docx": docx_text(get(client, page, "document.docx").content),
        "text.txt": get(client, page, "text.txt").content.decode(),
    }
    for name, text in texts.items():
        told = ("Un titre", "Le chapô.", page.release.label, contact.telephone, *reach.values())
        for words in (*told, *SAID):
            assert words.casefold() in text.casefold(), (name, words)


@pytest.mark.parametrize("signed", [{}, {"signatory_name": "A. Diarra", "signatory_function": "Ministre"}])
def test_the_reference_of_the_letter_stands_in_each_format_whether_or_not_it_is_signed(client, room, signed):
    page = make_release(room)
    said = {**signed, "reference": "0042/MMEIA"}
    release = actions.describe(page.release, user=None, now=clock.now(), **said)
    page = type(page).objects.get(pk=page.pk)
    texts = {
        "page": get(client, page, "").text,
        "print.pdf": pdf_text(get(client, page, "print.pdf").content),
        "document.docx": docx_text(get(client, page, "document.docx").content),
        "text.txt": get(client, page, "text.txt").content.decode(),
        "mail": exports.as_html(page, boilerplate=None, contacts=[], kit_url="", now=clock.now()),
    }
    for name, text in texts.items():
        for words in said.values():
            assert words in text, (name, words)
    assert release.reference == "0042/MMEIA"


def test_an_embargoed_release_has_no_format_for_anybody_and_all_of_them_at_its_hour(client, room):
    from press.views import FORMATS

    until = clock.now() + timedelta(hours=1)
    page = make_release(room, title="Canari jaune", until=until)
    page.topics.add()
    absent = client.get("/fr/presse/communiques/nulle-part/")
    for name in FORMATS:
        answer = get(client, page, name)
        assert answer.status_code == 404, name
        assert answer.content == absent.content, name
    actions.lift_embargo(page.release, user=None, now=clock.now())
    for name in FORMATS:
        assert get(client, page, name).status_code == 200, name


def test_what_the_team_reads_before_the_hour_says_embargo_in_words_and_in_the_file_name(admin_client, room):
    until = clock.now() + timedelta(days=1)
    page = make_release(room, title="Canari jaune", until=until)
    line = "SOUS EMBARGO jusqu’au"
    assert line in pdf_text(get(admin_client, page, "print.pdf").content)
    assert line in docx_text(get(admin_client, page, "document.docx").content)
    assert line in get(admin_client, page, "text.txt").content.decode()
    said = json.loads(get(admin_client, page, "ninjs.json").content)
    assert said["embargoedUntil"] == until.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert line in said["edNote"]
    xml = etree.fromstring(get(admin_client, page, "newsml-g2.xml").content)
    assert xml.findtext(".//{*}embargoed") == said["embargoedUntil"]
    for name in ("print.pdf", "document.docx", "text.txt", "ninjs.json", "newsml-g2.xml", "card.jpg"):
        answer = get(admin_client, page, name)
        assert 'filename="SOUS-EMBARGO-' in answer["Content-Disposition"], name
        assert answer["Cache-Control"] == "private, no-store"


def test_nothing_kept_under_embargo_is_given_out_after_it(client, admin_client, room):
    page = make_release(room, until=clock.now() + timedelta(days=1))
    early = get(admin_client, page, "print.pdf").content
    actions.lift_embargo(page.release, user=None, now=clock.now())
    late = get(client, page, "print.pdf").content
    assert "SOUS EMBARGO" in pdf_text(early)
    assert "SOUS EMBARGO" not in pdf_text(late)
    assert 'filename="CP-' in get(client, page, "print.pdf")["Content-Disposition"]


def test_a_file_is_made_once_for_the_same_words_and_again_for_others(client, room):
    page = make_release(room, lead="Premier chapô.")
    first = get(client, page, "print.pdf")
    found = actions.around(page, reader=ANONYMOUS, now=clock.now())
    kept = caches["formats"]
    assert actions.sizes(page, found) == {"pdf": len(first.content)}
    size = f"{len(first.content) / 1000:.0f}"
    assert f"{size}\u00a0ko" in client.get(page.public_path).content.decode()
    from press.actions.formats import key_of

    kept.set(key_of(page, "pdf", found), b"%PDF kept")
    assert get(client, page, "print.pdf").content == b"%PDF kept"
    actions.describe(page.release, user=None, now=clock.now(), signatory_name="La directrice")
    assert "La directrice" in pdf_text(get(client, page, "print.pdf").content)


def test_the_files_are_there_before_their_readers_as_they_will_be_at_the_hour(client, room):
    from press.tasks import prepare_formats

    now = clock.now()
    page = make_release(room, until=now + timedelta(days=1))
    assert prepare_formats(page.release_id) == 3
    at_the_hour = actions.around(page, reader=ANONYMOUS, now=page.release.embargo_until)
    assert set(actions.sizes(page, at_the_hour)) == {"pdf", "docx"}
    assert actions.sizes(page, actions.around(page, reader=ANONYMOUS, now=now)) == {}
    actions.lift_embargo(page.release, user=None, now=clock.now())
    assert prepare_formats(page.release_id) == 3
    assert client.get(page.public_path).content.decode().count("\u00a0ko</span>") == 2


def test_an_early_reader_s_copies_bear_their_name_and_nobody_else_s_do(admin_client, room):
    """Two journalists behind their doors, and the team."""
    page = make_release(room, until=clock.now() + timedelta(days=1))
    oumou, ali = make_journalist("Oumou Sangaré"), make_journalist("Ali Diallo")
    open_to(page, oumou, ali)
    hers, his = inside(oumou), inside(ali)
    for name, read in (
        ("print.pdf", pdf_text),
        ("document.docx", docx_text),
        ("text.txt", bytes.decode),
        ("ninjs.json", bytes.decode),
    ):
        mine, yours = read(get(hers, page, name).content), read(get(his, page, name).content)
        teams = read(get(admin_client, page, name).content)
        assert "Copie de Oumou Sangaré" in mine, name
        assert "Copie de Ali Diallo" in yours, name
        assert "Oumou" not in yours + teams, name
        assert "Ali" not in mine + teams, name


def test_a_correction_stands_in_every_format(client, room):
    page = make_release(room)
    before = pdf_text(get(client, page, "print.pdf").content)
    actions.correct(page.release, note="Le nombre était faux.", user=None, now=clock.now())
    assert "Le nombre" not in before
    assert "Le nombre était faux." in pdf_text(get(client, page, "print.pdf").content)
    assert "Le nombre était faux." in docx_text(get(client, page, "document.docx").content)
    for name in ("text.txt", "ninjs.json", "newsml-g2.xml"):
        assert "Le nombre était faux." in get(client, page, name).content.decode(), name


def test_a_picture_withheld_from_the_reader_is_in_no_format_nor_its_caption(client, room):
    held = make_asset(title="Portrait retenu", credit="Agence secrète", alt="Une photo.")
    body = [("image", {"image": held.image, "caption": "Légende retenue", "decorative": False})]
    page = make_release(room, body=body)
    open_html = get(client, page, "ninjs.json").content.decode()
    assert "Légende retenue" in open_html
    held.withdrawn_at, held.withdrawn_reason = clock.now(), "Sans accord"
    held.save()
    for name in ("text.txt", "ninjs.json", "newsml-g2.xml"):
        text = get(client, page, name).content.decode()
        assert "retenu" not in text, name
        assert "secrète" not in text, name
    assert "retenu" not in pdf_text(get(client, page, "print.pdf").content)
    assert "retenu" not in docx_text(get(client, page, "document.docx").content)


def test_ninjs_has_the_properties_of_version_3_and_no_other(client, room):
    page = make_release(
        room, title="Un titre", body=BODY, contacts=[make_contact(email="presse@tokten.example.org")]
    )
    answer = get(client, page, "ninjs.json")
    said = json.loads(answer.content)
    assert answer["Content-Type"].startswith("application/json")
    assert said["standard"]["version"] == "3.0"
    assert said["uri"] == f"urn:uuid:{page.uid}"
    assert set(said) <= {
        "uri", "type", "representationType", "profile", "version", "firstCreated", "versionCreated", "pubStatus",
        "copyrightHolder", "usageTerms", "edNote", "language", "descriptions", "bodies", "headlines", "people",
        "organisations", "subjects", "infoSources", "title", "by", "slugline", "located", "renditions",
        "associations", "altIds", "standard", "expires", "embargoedUntil",
    }  # fmt: skip
    assert [one["contentType"] for one in said["bodies"]] == ["text/plain", "text/html"]
    assert said["bodies"][0]["wordCount"] == len(said["bodies"][0]["value"].split())
    assert {one["type"] for one in said["people"][0]["contactInfo"]} == {"telephone", "email"}
    assert "data:" not in answer.content.decode()


def test_newsml_is_well_formed_in_the_schema_s_order_and_holds_the_whole_text(client, room):
    topic = Topic.objects.create(name="Santé", slug="sante", locale=locale("fr"))
    body = [*BODY, ("paragraph", "<p>Une ligne<br/>et <b>l’autre</b> & la fin</p>")]
    page = make_release(room, title="Titre <b>&\x0b</b>", body=body, topics=[topic])
    answer = get(client, page, "newsml-g2.xml")
    root = etree.fromstring(answer.content)
    assert answer["Content-Type"] == "application/vnd.iptc.g2.newsitem+xml"
    assert (root.tag, root.get("guid")) == (
        "{http://iptc.org/std/nar/2006-10-01/}newsItem",
        f"urn:uuid:{page.uid}",
    )
    assert [etree.QName(one).localname for one in root] == [
        "catalogRef", "rightsInfo", "itemMeta", "contentMeta", "contentSet",
    ]  # fmt: skip
    assert [etree.QName(one).localname for one in root[2]] == [
        "itemClass", "provider", "versionCreated", "firstCreated", "pubStatus", "title",
    ]  # fmt: skip
    assert root.findtext(".//{*}headline") == "Titre <b>&</b>"
    assert root.findtext(".//{*}subject/{*}name") == "Santé"
    text = " ".join(root.find(".//{http://www.w3.org/1999/xhtml}body").itertext())
    for words in (*SAID, "& la fin"):
        assert words.casefold() in text.casefold(), words


def test_the_card_is_1200_by_630_and_light_even_with_the_longest_title(client, room):
    for title in ("Court", "Mot très long " * 18):
        page = make_release(room, title=title[:250])
        answer = get(client, page, "card.jpg")
        picture = Image.open(io.BytesIO(answer.content))
        assert answer["Content-Type"] == "image/jpeg"
        assert picture.size == (1200, 630)
        assert len(answer.content) < 300_000
        html = client.get(page.public_path).content.decode()
        assert f'<meta property="og:image" content="{page.public_url}card.jpg">' in html


def test_each_release_has_a_card_of_its_own(client, room):
    one, two = (
        make_release(room, title="Les experts reviennent"),
        make_release(room, title="Deux cents missions"),
    )
    assert get(client, one, "card.jpg").content != get(client, two, "card.jpg").content


def test_the_short_address_leads_to_the_page_of_its_language_for_whoever_may_see_it(
    client, admin_client, room
):
    page = make_release(room, until=clock.now() + timedelta(days=1))
    short = actions.around(page, reader=ANONYMOUS, now=clock.now()).short
    path = short[short.index("/p/") :]
    absent = client.get("/p/000000000")
    hidden = client.get(path)
    assert (hidden.status_code, hidden.content) == (404, absent.content)
    assert admin_client.get(path)["Location"] == page.public_path
    actions.lift_embargo(page.release, user=None, now=clock.now())
    assert client.get(path)["Location"] == page.public_path
    assert client.get(path.upper().replace("/P/", "/p/"))["Location"] == page.public_path
    english = in_english(page, title="In English", slug="in-english")
    other = actions.around(english, reader=ANONYMOUS, now=clock.now()).short
    assert other != short
    assert client.get(other[other.index("/p/") :])["Location"] == english.public_path


def test_the_short_address_of_a_withdrawn_release_leads_to_its_tombstone(client, room):
    page = make_release(room)
    short = actions.around(page, reader=ANONYMOUS, now=clock.now()).short
    actions.withdraw(page.release, reason="Erreur", user=None, now=clock.now())
    answer = client.get(short[short.index("/p/") :], follow=True)
    assert answer.status_code == 410
    assert get(client, page, "print.pdf").status_code == 404


def test_the_qr_code_is_drawn_as_svg_and_png(client, room):
    page = make_release(room)
    svg, png = get(client, page, "qr.svg"), get(client, page, "qr.png")
    assert svg["Content-Type"] == "image/svg+xml"
    assert b"<script" not in svg.content
    assert Image.open(io.BytesIO(png.content)).size[0] > 300


def test_sharing_is_by_plain_links_and_not_offered_under_embargo(client, admin_client, room):
    page = make_release(room)
    html = client.get(page.public_path).content.decode()
    for address in ("https://wa.me/?text=", "https://t.me/share/url?url=", "mailto:?subject="):
        assert address in html
    early = make_release(room, until=clock.now() + timedelta(days=1))
    html = admin_client.get(early.public_path).content.decode()
    assert "https://t.me/" not in html
    assert "print.pdf" in html


def test_a_pdf_says_what_it_is_a_copy_of_and_is_never_run_as_something_else(client, room):
    answer = get(client, make_release(room), "print.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert 'rel="canonical"' in answer["Link"]
    assert answer["Cache-Control"] == "public, no-cache"
    again = client.get(answer.request["PATH_INFO"], headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304


def test_the_english_formats_are_in_english(client, room):
    english = in_english(make_release(room), title="In English", slug="in-english")
    with translation.override("fr"):
        text = pdf_text(get(client, english, "print.pdf").content)
    assert "Press release" in text
    assert "Communiqué de presse" not in text


def test_a_kit_is_named_in_a_format_only_to_who_may_open_it(client, room):
    kit = make_kit(room, until=clock.now() + timedelta(days=2))
    page = make_release(room, kit=kit.kit)
    assert kit.public_url not in pdf_text(get(client, page, "print.pdf").content)
    assert kit.public_url not in get(client, page, "text.txt").content.decode()


def test_files_queue_for_their_turn_and_give_up_after_a_while(client, room, settings):
    import psycopg
    from django.db import connection

    from press.actions import formats

    settings.FORMATS_PATIENCE_SECONDS = 0.05
    page = make_release(room)
    known = connection.get_connection_params()
    at = {name: known[name] for name in ("dbname", "host", "port", "user", "password") if name in known}
    with psycopg.connect(**at) as other:
        for slot in range(formats.SLOTS):
            other.execute("SELECT pg_advisory_xact_lock(%s, %s)", [formats.LOCK, slot])
        answer = get(client, page, "print.pdf")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert answer["Cache-Control"] == "no-store"
    assert get(client, page, "print.pdf").status_code == 200
