"""Issues of newsletters at the screen: what the editor refuses, says and shows, who may do what."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse
from wagtail.test.utils.form_data import rich_text

from cms.accounts.models import Role
from cms.core import clock
from cms.mailing import actions
from cms.mailing.models import Issue, Mailing
from tests.factories import mailing as make
from tests.factories.accounts import make_user
from tests.factories.core import locale
from tests.factories.issues import make_issue, story, typed
from tests.factories.press import make_release, make_room

pytestmark = pytest.mark.django_db(transaction=True)
ADD = "wagtailsnippets_mailing_issue:add"
EDIT = "wagtailsnippets_mailing_issue:edit"


@pytest.fixture
def room() -> Any:
    return make_room()


@pytest.fixture
def officer(client: Client) -> Client:
    client.force_login(make_user(Role.OFFICER))
    return client


@pytest.mark.parametrize(
    "body,sentence",
    [
        (("paragraph", "<p>[[nom]]</p>"), "[[nom]] n’est pas un mot personnel"),
        (("paragraph", "<p>[[unsubscribe_url]]</p>"), "[[unsubscribe_url]] n’est pas un mot personnel"),
        (("paragraph", "<p>https://example.org/[[name]]</p>"), "[[name]] se trouve dans une adresse"),
    ],
)
def test_a_personal_word_that_is_none_or_leads_somewhere_is_refused(officer, body, sentence):
    page = officer.post(reverse(ADD), typed((body[0], rich_text(body[1]))))
    assert sentence in str(page.context["form"].errors["body"])
    assert "mot personnel" in page.content.decode() or "se trouve dans une adresse" in page.content.decode()
    assert not Issue.objects.exists()


def test_the_preview_shows_the_mail_with_samples_dark_and_as_text(officer):
    make.sender()
    issue = make_issue(("paragraph", "<p>[[greeting]] bonjour [[name]].</p>"))
    url = reverse("wagtailsnippets_mailing_issue:preview_on_edit", args=[issue.pk])
    data = typed(("paragraph", rich_text("<p>[[greeting]] bonjour [[name]].</p>")))
    assert officer.post(url, data).json()["is_available"]
    light = officer.get(url)
    html = light.content.decode()
    assert "Madame la Directrice, bonjour Aminata Traoré." in html
    assert "[[" not in html
    assert "script" not in light["Content-Security-Policy"]
    assert "default-src 'none'" in light["Content-Security-Policy"]
    assert light["X-Frame-Options"] == "SAMEORIGIN"
    assert "@media (prefers-color-scheme:dark)" in html
    dark = officer.get(url, {"mode": "dark"}).content.decode()
    assert "@media (prefers-color-scheme:dark)" not in dark
    text = officer.get(url, {"mode": "text"})
    assert text["Content-Type"].startswith("text/plain")
    assert "Madame la Directrice, bonjour Aminata Traoré." in text.content.decode()


def test_the_preview_says_what_keeps_an_issue_from_leaving_and_shows_it_as_it_will_be(officer, room):
    make.sender()
    release = make_release(room, until=clock.now() + timedelta(days=2), title="Sous clef")
    issue = make_issue(story(release))
    url = reverse("wagtailsnippets_mailing_issue:preview_on_edit", args=[issue.pk])
    shown = ("story", {"page": str(release.pk), "text": "", "picture": ""})
    assert officer.post(url, typed(shown)).json()["is_available"]
    html = officer.get(url).content.decode()
    assert "il partira quand tout le monde pourra lire cette page" in html
    assert html.count("Sous clef") >= 2


def test_the_editor_says_languages_weight_and_what_was_sent(officer):
    make.sender()
    locale("en")
    issue = make_issue()
    html = officer.get(reverse(EDIT, args=[issue.pk])).content.decode().replace("\xa0", " ")
    assert re.search(r"\d,?\d? ko, sur 60 ko au plus", html), html
    assert "Non rédigé en : English. Qui lit ces langues le reçoit en Français" in html
    assert "[[greeting]]" in html
    assert "Enregistrer et envoyer…" in html
    mailing = actions.prepare_issue(issue, user=None, now=clock.now())
    html = officer.get(reverse(EDIT, args=[issue.pk])).content.decode()
    assert reverse("mailing_detail", args=[mailing.pk]) in html
    assert "En préparation" in html


def test_an_issue_that_leaves_by_itself_is_not_saved_by_itself(officer):
    make.sender()
    issue = make_issue()
    mailing = actions.prepare_issue(issue, user=None, now=clock.now())
    assert officer.get(reverse(EDIT, args=[issue.pk])).context["autosave_enabled"]
    actions.edit(
        mailing,
        changes={"audiences": [make.audience(members=make.agreeing([make.contact(1)]))]},
        user=None,
        now=clock.now(),
    )
    actions.schedule(mailing, send_at=clock.now() + timedelta(hours=1), user=None, now=clock.now())
    assert not officer.get(reverse(EDIT, args=[issue.pk])).context["autosave_enabled"]


def test_a_number_is_taken_by_one_issue(officer):
    make_issue(number=1)
    page = officer.post(reverse(ADD), typed(("heading", "Titre")))
    assert "Un numéro portant ce chiffre existe déjà." in page.content.decode()
    assert Issue.objects.count() == 1


def test_what_was_sent_or_is_being_prepared_is_not_deleted(officer):
    make.sender()
    issue, other = make_issue(), make_issue()
    actions.prepare_issue(issue, user=None, now=clock.now())
    with pytest.raises(ProtectedError):
        issue.delete()
    one = reverse("wagtailsnippets_mailing_issue:delete", args=[issue.pk])
    many = reverse("wagtail_bulk_action", args=["mailing", "issue", "delete"])
    for url in (one, f"{many}?id={issue.pk}&id={other.pk}"):
        page = officer.post(url, follow=True)
        assert "ne se supprime pas" in page.content.decode()
    assert Issue.objects.count() == 2
    officer.post(f"{many}?id={other.pk}")
    assert Issue.objects.get() == issue


@pytest.mark.parametrize("role,composes,prepares", [("author", 200, False), ("coordinator", 302, False)])
def test_who_may_not_send_is_not_offered_to(role, composes, prepares, client):
    client.force_login(make_user(role))
    issue = make_issue()
    page = client.get(reverse(EDIT, args=[issue.pk]))
    assert page.status_code == composes
    assert ("action-send" in page.content.decode()) is prepares
    client.post(reverse(EDIT, args=[issue.pk]), {**typed(("heading", "x")), "action-send": "1"})
    assert not Mailing.objects.exists()
    assert client.get(reverse("wagtailsnippets_mailing_issue:list")).status_code == 200


def test_the_menu_leads_to_mailings_and_newsletters(officer):
    html = officer.get(reverse("wagtailadmin_home")).content.decode()
    for address in (reverse("mailing_index"), reverse("wagtailsnippets_mailing_issue:list")):
        assert address in html
    assert Group.objects.filter(name="officer", permissions__codename="change_issue").exists()
