"""Counting clicks: only where an officer asked for it and the mail says so, never by whom, never elsewhere."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from wagtail.models import Locale

from cms.core import links
from cms.mailing import actions
from cms.mailing.mail.clicks import LINK_PURPOSE, addresses_in, by_way_of
from cms.mailing.mail.letters import in_browser
from cms.mailing.models import CountedLink, Delivery
from tests.factories import mailing as make

pytestmark = pytest.mark.django_db

FOLDER = "https://tokten.example.org/dossier"


def launched(size: int, *, counts: bool = True):
    make.sender()
    mailing = make.mailing(make.audience(size))
    actions.edit(mailing, changes={"counts_clicks": counts}, user=None, now=make.NOON)
    return actions.launch(mailing, user=None, now=make.NOON)


def test_nothing_is_counted_unless_an_officer_asked_for_it():
    mailing = launched(12, counts=False)
    letter = mailing.letters.get()
    assert FOLDER in letter.html
    assert "/c/" not in letter.html
    assert "Nous comptons" not in letter.html
    assert not CountedLink.objects.exists()


def test_a_mail_whose_clicks_are_counted_says_so_and_leads_everybody_by_the_same_address():
    mailing = launched(12)
    letter = mailing.letters.get()
    row = CountedLink.objects.get(url=FOLDER)
    token = links.make(LINK_PURPOSE, row.uid)
    assert f"/c/{token}" in letter.html
    assert "Nous comptons combien de fois ses liens sont ouverts" in letter.html
    assert "Nous comptons combien de fois ses liens sont ouverts" in letter.text
    sender = mailing.sender
    seen = {
        frozenset(re.findall(r"/c/[\w-]+", in_browser(one, sender=sender, now=make.NOON)))
        for one in mailing.deliveries.all()[:3]
    }
    assert len(seen) == 1
    # what is personal stays as it is, and nothing is loaded to count who opened it
    assert "[[unsubscribe_url]]" in letter.html
    assert not re.search(r"<img\b[^>]*(/c/|width=.?1\b)", letter.html)


def test_for_a_few_recipients_a_number_would_say_who_it_was_so_nothing_is_counted_nor_said():
    mailing = launched(9)
    assert mailing.counts_clicks is False
    assert not CountedLink.objects.exists()
    assert "Nous comptons" not in mailing.letters.get().html


def test_a_language_with_few_readers_is_not_counted_its_addresses_would_tell_who_clicked():
    Locale.objects.get_or_create(language_code="en")
    make.sender()
    few = [make.contact(number, language="en") for number in range(50, 59)]
    mailing = make.mailing(make.audience(10), make.audience(slug="few", members=few))
    actions.edit(mailing, changes={"counts_clicks": True}, user=None, now=make.NOON)
    mailing = actions.launch(mailing, user=None, now=make.NOON)
    assert mailing.counts_clicks
    french, english = (mailing.letters.get(language=code) for code in ("fr", "en"))
    assert "/c/" in french.html
    assert "/c/" not in english.html
    assert "We count" not in english.html + english.text


def test_a_click_counts_one_and_leads_on_without_cookie_or_trace():
    mailing = launched(10)
    row = CountedLink.objects.get(mailing=mailing, url=FOLDER)
    address = f"/c/{links.make(LINK_PURPOSE, row.uid)}"
    client = Client()
    for _time in range(3):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"]) == (302, FOLDER)
    assert not answer.cookies
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "no-referrer"
    client.head(address)
    client.get(address, headers={"Sec-Purpose": "prefetch;prerender"})
    assert client.post(address).status_code == 405
    row.refresh_from_db()
    assert row.clicks == 3
    kept = {field.name for field in CountedLink._meta.get_fields()}
    assert kept == {"id", "uid", "mailing", "url", "clicks"}
    assert not Delivery.objects.filter(mailing=mailing, events__isnull=False).exists()


def test_no_other_address_can_be_asked_for():
    mailing = launched(10)
    row = CountedLink.objects.get(mailing=mailing, url=FOLDER)
    good = links.make(LINK_PURPOSE, row.uid)
    for wrong in (good[:-1] + ("A" if good[-1] != "A" else "B"), links.make("mail", row.uid), "x", "y" * 43):
        assert Client().get(f"/c/{wrong}").status_code == 404
    assert Client().get(f"/c/{good}?url=https://evil.example/")["Location"] == FOLDER


def test_a_click_that_cannot_be_counted_leads_on_all_the_same():
    mailing = launched(10)
    row = CountedLink.objects.get(mailing=mailing, url=FOLDER)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '50ms'")
        cursor.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE 'no'; END$$;"
            "CREATE TRIGGER refuse BEFORE UPDATE ON mailing_countedlink EXECUTE FUNCTION refuse()"
        )
    assert Client().get(f"/c/{links.make(LINK_PURPOSE, row.uid)}")["Location"] == FOLDER


HTML = (
    '<a href="https://a.example/?x=1&amp;y=2">a</a> <a class="b" href=\'http://b.example/\'>b</a>'
    '<a href="[[view_url]]">c</a><a href="mailto:x@example.org">d</a><a href="#e">e</a>'
    '<a href="https://a.example/[[name]]">f</a><img src="https://a.example/p.png"><a href="tel:+223">g</a>'
)


def test_only_addresses_that_are_the_same_for_all_are_counted():
    assert addresses_in(HTML) == ["https://a.example/?x=1&y=2", "http://b.example/"]
    changed = by_way_of(HTML, lambda url: "https://site/c/1?a&b")
    assert changed.count("https://site/c/1?a&amp;b") == 2
    assert '<a href="[[view_url]]">' in changed
    assert '<img src="https://a.example/p.png">' in changed
