"""Issues of newsletters: composed in blocks from what is on the site, sent to each in their language."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.test.utils.form_data import rich_text

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
from tests.factories.issues import in_language, make_issue, story, typed
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
