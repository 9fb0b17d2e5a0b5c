"""Issues of newsletters: composed in blocks from what is on the site, sent to each in their language."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.db.models import ProtectedError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from cms.accounts.models import Role
from cms.core import clock, registry
from cms.core.registry import Refused
from cms.mailing import actions, queries
from cms.mailing.exports import for_whatsapp
from cms.mailing.mail import issues as mail
from cms.mailing.models import Issue, IssueSending, Mailing
from press import actions as press
from tests.factories import mailing as make
from tests.factories.accounts import make_user
from tests.factories.core import locale
from tests.factories.events import make_event_page
from tests.factories.issues import in_language, make_issue, story
from tests.factories.media_library import make_asset
from tests.factories.press import in_english, make_release, make_room

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


def typed(*body: tuple[str, Any], **values: Any) -> dict[str, str]:
    data: dict[str, str] = nested_form_data(
        {
            "series": "tokten_info",
            "number": "1",
            "issue_date": "2026-11-23",
            "title": "Les experts reviennent",
            "preheader": "",
            "activity": "",
            "body": streamfield(list(body)),
            **values,
        }
    )
    return data


def mails(sink: Any) -> dict[str, Any]:
    """What arrived, by address."""
    return {one.rcpt_tos[0]: one.message for one in sink.received}


def words_of(message: Any) -> tuple[str, str]:
    text, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    return text.replace("\r\n", "\n"), html


def test_an_officer_composes_an_issue_and_each_contact_gets_it_in_their_language(officer, room, smtp_sink):
    make.sender(reply_to="presse@tokten.example.org")
    release = make_release(room, title="Cent experts & plus", lead="Ils arrivent.")
    in_english(release, title="A hundred experts", slug="a-hundred-experts")
    page = officer.get(reverse(ADD))
    assert page.status_code == 200
    assert "Cent experts" in page.content.decode(), "a new issue begins with what became news"
    body = [
        ("paragraph", rich_text("<p>[[greeting]] voici les nouvelles.</p>")),
        ("story", {"page": str(release.pk), "text": "", "picture": "on"}),
    ]
    answer = officer.post(reverse(ADD), {**typed(*body), "action-send": "1"})
    mailing = Mailing.objects.get()
    assert answer.url == reverse("mailing_compose", args=[mailing.pk]), answer.context
    assert (mailing.kind, mailing.title) == ("newsletter", "TOKTEN-info n° 1 – Les experts reviennent")
    in_language(Issue.objects.get(), "en", title="The experts are back")
    people = [
        make.contact(1, salutation="Madame la Ministre,"),
        make.contact(2, language="en"),
        make.contact(3, language="de"),
    ]
    actions.edit(
        mailing,
        changes={"audiences": [make.audience(members=make.agreeing(people))]},
        user=None,
        now=clock.now(),
    )
    actions.launch(mailing, user=None, now=clock.now())
    actions.drain(mailing.pk, clock=clock.now)
    arrived = mails(smtp_sink)
    text, html = words_of(arrived["personne1@example.org"])
    assert arrived["personne1@example.org"]["Subject"] == "Les experts reviennent"
    assert "Madame la Ministre, voici les nouvelles." in text
    assert f"Cent experts & plus\nIls arrivent.\n{release.public_url}" in text
    assert "Cent experts &amp; plus" in html
    assert release.public_url in html
    text, html = words_of(arrived["personne2@example.org"])
    assert arrived["personne2@example.org"]["Subject"] == "The experts are back"
    assert "A hundred experts" in html, "a page is told in the language of the issue where it has one"
    assert "Cent experts" not in html
    assert arrived["personne3@example.org"]["Subject"] == "Les experts reviennent"
    assert "List-Unsubscribe" in arrived["personne3@example.org"]


def test_a_contact_whose_language_the_issue_has_not_reads_the_french_and_is_told(room, smtp_sink):
    make.sender()
    locale("en")
    issue = make_issue()
    mailing = actions.prepare_issue(issue, user=None, now=clock.now())
    people = [make.contact(1, language="en"), make.contact(2)]
    actions.edit(
        mailing,
        changes={"audiences": [make.audience(members=make.agreeing(people))]},
        user=None,
        now=clock.now(),
    )
    actions.launch(mailing, user=None, now=clock.now())
    actions.drain(mailing.pk, clock=clock.now)
    notice = "This mail does not exist in your language: here it is in French."
    for said in words_of(mails(smtp_sink)["personne1@example.org"]):
        assert notice in said
        assert "voici des nouvelles" in said
    for said in words_of(mails(smtp_sink)["personne2@example.org"]):
        assert notice not in said


def test_an_issue_that_shows_an_embargoed_release_waits_for_it(room):
    make.sender()
    until = clock.now() + timedelta(days=1)
    release = make_release(room, until=until, title="Sous clef")
    issue = make_issue(story(release))
    assert "Sous clef" not in mail.parts_of(issue, now=clock.now()).html
    assert "Sous clef" in mail.parts_of(issue, now=until).html
    mailing = actions.prepare_issue(issue, user=None, now=clock.now())
    actions.edit(
        mailing,
        changes={"audiences": [make.audience(members=make.agreeing([make.contact(1)]))]},
        user=None,
        now=clock.now(),
    )
    row = actions.launch(mailing, user=None, now=clock.now())
    assert (row.state, row.hold_until) == ("scheduled", until)
    assert "Sous clef" in row.reason
    assert not row.letters.exists()


@pytest.mark.parametrize("linked", [False, True], ids=["shown", "linked"])
def test_an_issue_that_shows_or_links_what_was_withdrawn_does_not_leave(room, linked):
    release = make_release(room, title="Retiré")
    issue = make_issue(
        ("paragraph", f'<p><a linktype="page" id="{release.pk}">lire</a></p>') if linked else story(release)
    )
    assert mail.obstacle(issue, now=clock.now()) is None
    press.withdraw(release.release, reason="Erreur", user=None, now=clock.now())
    refused = mail.obstacle(issue, now=clock.now())
    assert refused is not None
    assert refused.until is None
    assert "Retiré" in str(refused)
    mailing = actions.prepare_issue(issue, user=None, now=clock.now())
    with pytest.raises(Refused):
        mail.recheck(mailing, clock.now())


def test_what_is_being_sent_is_held_by_what_it_shows_and_not_by_what_is_written_after(room, smtp_sink):
    make.sender()
    shown, later = make_release(room), make_release(room, until=clock.now() + timedelta(days=1))
    issue = make_issue(story(shown))
    mailing = actions.prepare_issue(issue, user=None, now=clock.now())
    actions.edit(
        mailing,
        changes={"audiences": [make.audience(members=make.agreeing([make.contact(1)]))]},
        user=None,
        now=clock.now(),
    )
    mailing = actions.launch(mailing, user=None, now=clock.now())
    issue.body = [story(shown), story(later)]
    issue.save()
    mail.recheck(mailing, clock.now())
    press.withdraw(shown.release, reason="Erreur", user=None, now=clock.now())
    with pytest.raises(Refused):
        mail.recheck(mailing, clock.now())
    assert not actions.drain(mailing.pk, clock=clock.now).sent
    assert not smtp_sink.received


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


HOSTILE = "<script>alert(1)</script>{{ settings.SECRET_KEY }}</mj-text>@@footer@@"


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


def test_an_issue_is_prepared_in_one_mailing_whatever_the_language_it_is_begun_in():
    make.sender()
    issue = make_issue()
    english = in_language(issue, "en", title="News")
    first = actions.prepare_issue(issue, user=None, now=clock.now())
    assert actions.prepare_issue(english, user=None, now=clock.now()) == first
    Mailing.objects.update(state="cancelled")
    assert actions.prepare_issue(english, user=None, now=clock.now()) != first
    assert IssueSending.objects.count() == 2


def test_number_and_date_are_the_issues_in_every_language():
    issue = make_issue(number=4)
    english = in_language(issue, "en")
    english.number, english.series = 5, "newsletter"
    english.save()
    issue.refresh_from_db()
    assert (issue.number, issue.series) == (5, "newsletter")
    assert queries.next_number("newsletter") == 6


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


def test_an_issue_costs_as_many_queries_with_one_story_as_with_eight(room):
    pages = [make_release(room) for _number in range(8)]

    def cost(number: int) -> int:
        issue = make_issue(*(story(page, picture=True) for page in pages[:number]))
        issue = Issue.objects.select_related("locale").get(pk=issue.pk)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            mail.parts_of(issue, now=clock.now())
        return len(asked)

    assert cost(1) == cost(8)


def test_an_issue_is_handed_on_as_a_list_of_what_it_tells_once_everybody_may_read_that(room):
    now = clock.now()
    shown = make_release(room, title="Les experts reviennent")
    issue = make_issue(story(shown), title="La rentrée", number=4)
    share = registry.shareables.get(mail.RENDERER)
    assert share is not None
    said = for_whatsapp(share.brief(issue.translation_key, "fr", now))
    assert said.startswith("*TOKTEN-info n° 4 : La rentrée*\n\n• Les experts reviennent\n\nhttp")
    hidden = make_release(room, title="Plus tard", until=now + timedelta(days=1))
    other = make_issue(story(hidden), title="Trop tôt")
    with pytest.raises(Refused):
        share.brief(other.translation_key, "fr", now)
