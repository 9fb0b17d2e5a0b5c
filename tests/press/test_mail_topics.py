"""A release's mailing and the topics that people chose; how the press room's readers come to receive it."""

import pytest

from cms.contacts import actions as contacts
from cms.core import clock
from cms.core.models import Topic
from cms.mailing import queries as outbox
from press import actions
from tests.factories import mailing as make
from tests.factories.core import locale
from tests.factories.press import make_release

pytestmark = pytest.mark.django_db


def test_who_chose_other_topics_than_a_releases_is_counted_out_with_the_reason(laid_room):
    make.sender()
    health, farming = (Topic.objects.create(name=n, slug=n, locale=locale("fr")) for n in ("sante", "eau"))
    page = make_release(laid_room)
    page.topics.add(health)
    page.save()
    people = [make.contact(number) for number in (1, 2, 3)]
    for contact, chosen in zip(people, ([], [farming], [health, farming]), strict=True):
        contacts.choose(contact=contact, frequency="all", topics=chosen, now=clock.now())
    audience = make.audience(members=people)
    mailing = actions.send_release(page.release, audiences=[audience], user=None, now=clock.now()).mailing
    assert outbox.topics_of(mailing) == [health.translation_key]
    found = outbox.reach(mailing)
    assert (found.by_email, found.other_topics) == (2, 1)


def test_the_press_room_leads_to_the_sign_up_for_press_releases(laid_room, client):
    html = client.get(laid_room.room.public_path).content.decode()
    assert 'href="/fr/lettre-d-information/?purposes=press"' in html
