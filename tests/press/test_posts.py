"""Posts on the networks: words that fit, counted as each network counts; and the log of what was posted."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from cms.accounts.models import Role
from cms.core import clock, links
from cms.core.models import ThingLog
from press import actions
from press.exports.posts import MOST, count, ready_posts
from press.models import Coverage, Network, SocialPost
from tests.factories.accounts import make_user
from tests.factories.press import make_release

pytestmark = pytest.mark.django_db
LINK = "https://x.example/tokten/1"


@pytest.fixture
def officer(client, room):
    user = make_user(Role.OFFICER)
    client.force_login(user)
    return user


@pytest.mark.parametrize(
    ("network", "text", "length"),
    [
        ("x", "abc https://tokten.example/une-adresse-bien-longue", 4 + 23),
        ("x", "ɛɔɲŋ é « »", 10),
        ("x", "🎉", 2),
        ("bluesky", "e\u0301té", 3),
        ("telegram", "🎉é", 3),
    ],
)
def test_a_text_is_counted_as_its_network_counts(network, text, length):
    assert count(network, text) == length


@pytest.mark.parametrize("words", [3, 60, 900])
def test_ready_words_fit_each_network_keep_the_address_and_cut_no_word(words):
    title = "Vingt ans du programme TOKTEN au Mali"
    lead = " ".join(f"compétence{n}" for n in range(words))
    for one in ready_posts(title=title, lead=lead, url="https://tokten.example/p/7k3m9qtz2"):
        assert one.length == count(one.network, one.text) <= MOST[Network(one.network)]
        assert one.text.startswith(title)
        assert one.text.endswith("\n\nhttps://tokten.example/p/7k3m9qtz2")
        kept = one.text.removeprefix(title).removesuffix("https://tokten.example/p/7k3m9qtz2").split()
        assert [word.removesuffix("…") for word in kept] == lead.split()[: len(kept)]


def test_a_title_longer_than_the_network_takes_is_cut_before_its_address():
    found = ready_posts(title="Expertise " * 60, lead="", url="https://tokten.example/p/7k3m9qtz2")
    assert all(one.length <= one.most for one in found)
    assert all(one.text.endswith("/p/7k3m9qtz2") for one in found)


def test_a_post_is_logged_once_by_whom_and_when_and_struck_with_a_trace(room):
    release, now, user = make_release(room).release, clock.now(), make_user(Role.OFFICER)
    for _twice in range(2):
        row = actions.log_post(release, network="x", link=LINK, posted_at=now, user=user, now=now)
    assert (SocialPost.objects.count(), row.user) == (1, user)
    for _twice in range(2):
        actions.strike_post(row, user=user, now=now)
    assert SocialPost.objects.count() == 0
    assert ThingLog.objects.get(thing_uid=release.uid, action="post.struck").changes["link"] == LINK


def test_nothing_can_be_logged_of_a_text_under_embargo_or_of_an_hour_to_come(room):
    now = clock.now()
    hidden = make_release(room, until=now + timedelta(days=1)).release
    shown = make_release(room).release
    for release, at in ((hidden, now), (shown, now + timedelta(hours=1))):
        with pytest.raises(actions.PressError):
            actions.log_post(release, network="x", link=LINK, posted_at=at, user=None, now=now)


def test_an_officer_copies_words_and_writes_down_what_was_posted(client, room, officer):
    page = make_release(room, title="Vingt ans")
    url = reverse("press_posts", args=[page.release.pk])
    html = client.get(url).content.decode()
    assert links.short_address(page.uid) in html
    assert html.count("<textarea") == len(Network)
    typed = {"network": "facebook", "link": "javascript:alert(1)", "posted_at": "2020-01-01 10:00"}
    assert set(client.post(url, typed).context["form"].errors) == {"link"}
    assert client.post(url, {**typed, "link": LINK}).status_code == 302
    post = SocialPost.objects.get()
    assert (post.network, post.user) == ("facebook", officer)
    client.post(url, {"strike": str(post.pk)})
    assert not SocialPost.objects.exists()


def test_words_under_embargo_are_not_offered_to_be_posted(client, room, officer):
    page = make_release(room, title="Encore fermé", until=clock.now() + timedelta(days=1))
    response = client.get(reverse("press_posts", args=[page.release.pk]))
    assert (response.context["ready"], "<textarea" in response.content.decode()) == ([], False)


def test_the_editor_of_a_release_shows_what_the_media_said_of_it_to_who_may_see_it(client, room, officer):
    page = make_release(room, title="Vingt ans")
    Coverage.objects.create(
        outlet="Le Fleuve",
        medium="print",
        said_date=date(2019, 2, 5),
        reach=8765,
        thing_uid=page.release.uid,
    )
    html = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert reverse("press_posts", args=[page.release.pk]) in html
    assert f"{reverse('press_coverage_report')}?source={page.pk}" in html
    assert "8 765" in html.replace("\u202f", " ").replace("\xa0", " ")
