"""Before sending: figures and names that follow the boxes, for who may have them."""

import pytest
from django.urls import reverse

from cms.accounts.models import Role
from cms.contacts import actions as contacts
from cms.contacts.models import ConsentSource, Purpose
from cms.mailing.models import Mailing
from tests.contacts.test_viewsets import signed_in
from tests.factories import mailing as make
from tests.factories.mailing import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def newsletter() -> Mailing:
    make.sender()
    agreed, silent = make.contact(1, name="Awa Diarra"), make.contact(2, name="Ali Keïta")
    contacts.record_consent(contact=agreed, purpose=Purpose.NEWSLETTER, source=ConsentSource.PAPER, now=NOON)
    return make.mailing(make.audience(members=[agreed, silent]), kind="newsletter")


def test_the_screen_says_who_has_not_agreed_and_that_a_newsletter_asks_for_it(newsletter):
    page = signed_in(Role.OFFICER).get(reverse("mailing_compose", args=[newsletter.pk])).content.decode()
    assert "N’ont pas donné leur accord" in page
    assert "Une lettre d’information ne part que vers ceux qui l’ont acceptée" in page
    assert "Awa Diarra" in page
    assert "Ali Keïta" not in page
    assert "Envoyer à 1 contact" in page


def test_figures_and_names_follow_the_boxes_and_nothing_is_saved(newsletter):
    url, officer = reverse("mailing_reach", args=[newsletter.pk]), signed_in(Role.OFFICER)
    inside = newsletter.audiences.get()
    told = officer.get(url, {"audiences": inside.pk}).content.decode()
    assert "Awa Diarra" in told
    outside = make.audience(slug="sans", members=[inside.members.get(name="Awa Diarra")])
    told = officer.get(url, {"audiences": inside.pk, "left_out": [outside.pk, "x"]}).content.decode()
    assert "Awa Diarra" not in told
    assert "Awa Diarra" not in officer.get(url).content.decode()
    newsletter.refresh_from_db()
    assert list(newsletter.audiences.all()) == [inside]
    assert not newsletter.left_out.exists()


def test_what_is_left_out_is_kept_by_saving(newsletter):
    officer, outside = signed_in(Role.OFFICER), make.audience(0, slug="sans")
    officer.post(
        reverse("mailing_compose", args=[newsletter.pk]),
        {
            "title": "Lettre",
            "audiences": [newsletter.audiences.get().pk],
            "left_out": [outside.pk],
            "sender": newsletter.sender_id,
        },
    )
    assert list(newsletter.left_out.all()) == [outside]


def test_who_may_not_look_at_mailings_has_no_figure(newsletter):
    url = reverse("mailing_reach", args=[newsletter.pk])
    assert signed_in(Role.AUTHOR).get(url).status_code == 403
