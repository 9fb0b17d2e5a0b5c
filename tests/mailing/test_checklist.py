"""What is looked at before a mailing leaves, and that nothing goes round it."""

from __future__ import annotations

import socket
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation

from cms.contacts import actions as contacts
from cms.core import clock, links
from cms.core.models import SitePage
from cms.core.registry import Parts
from cms.mailing import actions
from cms.mailing.mail.addresses import judge
from cms.mailing.mail.checklist import HEAVY_FILE, MOST_ADDRESSES, checklist
from cms.mailing.models import Mailing
from media_library.models import Asset
from tests.factories import mailing as make
from tests.factories.api import make_tree, put_under_embargo
from tests.factories.core import make_site
from tests.factories.media_library import make_asset
from tests.mailing.test_admin import signed_in, url

pytestmark = pytest.mark.django_db
SITE = settings.PUBLIC_URL
BIG = b"x" * (HEAVY_FILE + 1)


@pytest.fixture
def readers() -> Any:
    make.sender()
    return make.audience(2)


def found(mailing: Mailing, *, now: Any = make.NOON) -> dict[str, bool]:
    """The codes of what was found, and whether each blocks."""
    return {point.code: point.blocks for point in checklist(mailing, now=now)}


def test_a_whole_mail_has_nothing_to_mend(readers):
    assert checklist(make.worded(readers, html="<p>Bonjour [[name]],</p>"), now=make.NOON) == []


@pytest.mark.parametrize(
    ("words", "code", "blocks"),
    [
        ({"subject": " "}, "no_subject", True),
        ({"text": "", "html": "<p> </p>"}, "no_text", True),
        ({"html": "<p></p>"}, "no_text", True),
        ({"text": " \n"}, "no_plain_text", True),
        ({"html": "<p>Bonjour [[prenom]],</p>"}, "placeholder", True),
        ({"subject": "Pour [[nom]]"}, "placeholder", True),
        ({"html": '<p><a href="https://example.org/?qui=[[name]]">ici</a></p>'}, "placeholder", True),
        ({"html": '<p>Voir<img src="https://example.org/[[name]].png" alt=""></p>'}, "placeholder", True),
        ({"text": "Voir https://example.org/[[organisation]]"}, "placeholder", True),
        ({"html": '<p><img src="https://example.org/a.png"></p>'}, "alt", False),
        ({"html": '<p><a href="www.example.org">ici</a></p>'}, "broken", False),
        ({"html": '<p><a href="/fr/presse/">ici</a></p>'}, "broken", False),
        ({"html": '<p><a href="javascript:alert(1)">ici</a></p>'}, "dangerous", True),
        ({"text": "Voir http://exemple et voilà"}, "broken", False),
        ({"attachments": [("photo.jpg", "image/jpeg", BIG)]}, "heavy_file", False),
        ({"attachments": [(f"{n}.jpg", "image/jpeg", BIG) for n in range(10)]}, "heavy_files", True),
        ({"html": "<p>" + "mot " * 16_000 + "</p>"}, "heavy_text", True),
        ({"html": "<!doctype html><p>Bonjour</p>"}, "no_way_out", True),
    ],
)
def test_each_fault_is_found_and_says_whether_it_blocks(readers, words, code, blocks):
    assert found(make.worded(readers, **words))[code] is blocks


def test_a_decorative_picture_and_the_places_for_ones_own_words_are_no_faults(readers):
    html = '<p><img src="https://example.org/a.png" alt="">[[greeting]] <a href="[[view_url]]">ici</a></p>'
    assert found(make.worded(readers, html=html)) == {}


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/page?x=1#y",
        "http://exemple.org",
        "https://xn--bcher-kva.example/",
        "https://192.0.2.7/a",
        "mailto:presse@example.org?subject=Bonjour",
        "tel:+223 20 22 00 00",
        "#haut",
        "[[unsubscribe_url]]",
    ],
)
def test_a_whole_address_is_let_through(address):
    assert judge(address, at=make.NOON) is None


@pytest.mark.parametrize(
    "address",
    ["https://", "https://a b.org", "http://localhost", "https://user:pass@example.org", "http://[::1", "mailto:x",
     "tel:abc", "ftp://example.org/x", "https://example.org:99999/"],
)  # fmt: skip
def test_an_address_that_leads_nowhere_is_named(address):
    wrong = judge(address, at=make.NOON)
    assert wrong is not None
    assert not wrong.blocks


def test_no_other_server_is_asked_anything(readers):
    """A server that listens sees nobody come; the control is a connection by hand."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        port = server.getsockname()[1]
        html = (
            f'<p><a href="http://127.0.0.1:{port}/">a</a><a href="http://169.254.169.254/latest/">b</a></p>'
        )
        assert found(make.worded(readers, html=html)) == {}
        with pytest.raises(TimeoutError):
            server.accept()
        with socket.create_connection(("127.0.0.1", port)):
            server.accept()[0].close()


class TestOurOwnSite:
    """Addresses of the site are judged as an anonymous reader finds them at the hour of leaving."""

    @pytest.fixture
    def tree(self) -> Any:
        return make_tree()

    def at(self, path: str, **later: int) -> tuple[str, bool] | None:
        wrong = judge(f"{SITE}{path}", at=clock.now() + timedelta(**later))
        return (wrong.code, wrong.blocks) if wrong is not None else None

    def test_what_everybody_may_read_opens_with_its_own_files(self, tree):
        assert self.at(tree.article.public_path) is None
        assert self.at(f"{tree.article.public_path}?utm=x#suite") is None
        assert self.at("/") is None
        assert self.at("/robots.txt") is None

    def test_what_is_under_embargo_blocks_until_its_hour(self, tree):
        put_under_embargo(tree.canary, until=clock.now() + timedelta(days=1))
        assert self.at(tree.canary.public_path) == ("embargoed", True)
        assert self.at(f"{tree.canary.public_path}text.txt") == ("embargoed", True)
        assert self.at(tree.canary.public_path, days=2) is None, "the hour of leaving decides, not the clock"

    def test_the_sentence_names_the_hour_and_never_the_title(self, tree):
        with translation.override("fr"):
            wrong = judge(f"{SITE}{tree.canary.public_path}", at=clock.now())
        assert "sous embargo jusqu’au" in wrong.sentence

    def test_drafts_withdrawn_reserved_and_missing_pages_are_told_apart(self, tree):
        path, rows = tree.article.public_path, SitePage.objects.filter(pk=tree.article.pk)
        rows.update(audience="members")
        assert self.at(path) == ("reserved", False)
        rows.update(audience="public", withdrawn_at=clock.now())
        assert self.at(path) == ("withdrawn", False)
        rows.update(withdrawn_at=None, public_until=clock.now())
        assert self.at(path) == ("ended", False)
        rows.update(public_until=None, live=False)
        assert self.at(path) == ("unpublished", True)
        assert self.at(f"{tree.section.public_path}nulle-part/") == ("missing", False)
        assert self.at("/nulle/part/") == ("missing", False)

    def test_the_administration_and_a_persons_own_link_are_no_addresses_for_many(self, tree):
        token = links.make("registration", tree.article.uid)
        assert self.at(f"/r/{token}") == ("personal", True)
        assert self.at("/admin/pages/3/edit/") == ("reserved", False)

    def test_a_file_is_judged_at_the_hour_of_leaving_too(self, tree):
        asset = make_asset()
        path = f"/media/{asset.uid.hex}/{asset.filename}"
        Asset.objects.filter(pk=asset.pk).update(released_at=clock.now() + timedelta(hours=2))
        assert self.at(path) == ("file_shut", True)
        assert self.at(path, hours=3) is None


def test_only_so_many_addresses_are_looked_at(readers):
    links_ = "".join(f'<a href="https://example.org/{n}">x</a>' for n in range(MOST_ADDRESSES + 5))
    assert found(make.worded(readers, html=f"<p>{links_}</p>")) == {"many": False}


def test_nobody_to_write_to_and_no_sender_block():
    assert found(make.worded()) == {"sender": True}
    make.sender()
    assert found(make.worded(make.audience(0))) == {"nobody": True}


def test_who_reads_a_language_without_words_is_counted_with_the_fallback():
    make_site()
    make.sender()
    people = [make.contact(1), make.contact(2, language="en"), make.contact(3, language="bm")]
    mailing = make.worded(make.audience(members=people), headers={"Content-Language": "fr"})
    with translation.override("fr"):
        points = checklist(mailing, now=make.NOON)
    assert [(point.code, point.blocks) for point in points] == [("language", False)] * 2
    assert "1 personne lit en anglais et reçoit le texte en français." in [point.sentence for point in points]


def test_a_fault_of_one_language_names_it_and_one_of_all_is_said_once():
    make_site()
    make.sender()
    people = [make.contact(1), make.contact(2, language="en")]

    def say(language: str, now: Any) -> Parts:
        html = "<p>Bonjour [[partout]]</p>" + ("<p>[[only]]</p>" if language == "en" else "")
        return Parts("Objet", "Bonjour.", html, [], {})

    mailing = make.worded(make.audience(members=people), say=say)
    points = {point.sentence: point.languages for point in checklist(mailing, now=make.NOON)}
    assert sorted(points.values()) == [(), ("en",)]


def test_what_blocks_stops_a_launch_and_a_schedule_whoever_asks(readers):
    mailing = make.worded(readers, html="<p>[[prenom]]</p>")
    for act in (
        lambda: actions.launch(mailing, user=None, now=make.NOON),
        lambda: actions.schedule(mailing, send_at=make.NOON + timedelta(days=1), user=None, now=make.NOON),
    ):
        with pytest.raises(actions.NotFit, match="prenom"):
            act()
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.DRAFT
    assert not mailing.deliveries.exists()


def test_what_became_wrong_since_it_was_scheduled_asks_instead_of_leaving(readers):
    words = {"html": "<p>Bonjour</p>"}
    mailing = make.worded(
        readers, say=lambda _language, _now: Parts("Objet", "Bonjour.", words["html"], [], {})
    )
    hour = make.NOON + timedelta(hours=1)
    actions.schedule(mailing, send_at=hour, user=None, now=make.NOON)
    words["html"] = "<p>[[prenom]]</p>"
    actions.sweep(now=hour)
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.DRAFT
    assert "prenom" in mailing.reason


def test_the_screens_say_what_to_mend_and_where_and_offer_no_sending(readers):
    mailing = make.worded(readers, html="<p>[[prenom]]</p>")
    officer = signed_in("officer")
    compose = officer.get(url("mailing_compose", mailing)).content.decode()
    assert "[[prenom]]" in compose
    assert 'href="/admin/texte/"' in compose
    confirm = officer.get(url("mailing_confirm", mailing)).content.decode()
    assert "À corriger d’abord" in confirm
    assert "Oui, envoyer" not in confirm
    page = officer.post(url("mailing_confirm", mailing), {"expected": "2"}, follow=True).content.decode()
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.DRAFT
    assert "prenom" in page


def test_a_warning_is_read_and_does_not_hold_back(readers):
    mailing = make.worded(readers, html='<p><img src="https://example.org/a.png">Bonjour</p>')
    officer = signed_in("officer")
    confirm = officer.get(url("mailing_confirm", mailing)).content.decode()
    assert "À savoir" in confirm
    assert "Oui, envoyer à 2 contacts" in confirm
    officer.post(url("mailing_confirm", mailing), {"expected": "2"})
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.SENDING


def test_a_scheduled_mailing_is_judged_at_its_hour(readers):
    tree = make_tree()
    put_under_embargo(tree.canary, until=make.NOON + timedelta(hours=2))
    mailing = make.worded(readers, html=f'<p><a href="{SITE}{tree.canary.public_path}">ici</a></p>')
    assert found(mailing) == {"embargoed": True}
    Mailing.objects.filter(pk=mailing.pk).update(send_at=make.NOON + timedelta(hours=3))
    mailing.refresh_from_db()
    assert found(mailing) == {}


def test_a_suppressed_reader_is_no_reader(readers):
    for number in range(2):
        contacts.suppress(address=f"personne{number}@example.org", now=make.NOON)
    assert found(make.worded(readers)) == {"nobody": True}
