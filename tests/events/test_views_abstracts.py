"""An abstract's way through the browser: author, reviewer, committee."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from cms.accounts.models import User
from cms.mailing.models import Delivery
from events import queries
from events.actions import reviews
from events.models import Call, EventPage, PaperState, Submission

pytestmark = pytest.mark.django_db

FORM = {
    "step": "send",
    "title_fr": "Sols salés",
    "abstract_fr": "Nous avons mesuré la salinité.",
    "theme": "Agriculture",
    "form": "talk",
    "name": "Awa Diarra",
    "email": "awa@example.org",
    "author0_name": "Awa Diarra",
    "author0_organisation": "IER",
    "presents": "0",
    "rows": "3",
}


@pytest.fixture
def call(page: EventPage) -> Call:
    now = timezone.now()
    values = {
        "opens_at": now - timedelta(days=1),
        "closes_at": now + timedelta(days=2),
        "themes": "Santé\nAgriculture",
        "most_words": 50,
    }
    return reviews.keep_call(event=page.event, values=values, user=None, now=now)


@pytest.fixture
def officer(client: Client) -> Client:
    user = User.objects.create_user(username="officer", password="secret")
    user.groups.add(Group.objects.get(name="officer"))
    client.force_login(user)
    return client


def test_an_abstract_goes_from_the_page_to_the_book(page: EventPage, call: Call, officer: Client) -> None:
    visitor = Client()
    home = visitor.get(page.public_path).content.decode()
    assert f'href="{page.public_path}communications/"' in home
    address = f"{page.public_path}communications/"
    shown = visitor.get(address)
    assert (shown.status_code, shown.headers["Cache-Control"]) == (200, "private, no-store")
    assert visitor.post(address, FORM).status_code == 303
    row = Submission.objects.get()
    mine = f"/a/{queries.paper_token(row)}"
    assert "Confirmer mon résumé" in visitor.get(mine).content.decode()
    visitor.post(mine, {"do": "confirm"})
    people = f"/admin/agenda/{page.event_id}/papers/"
    officer.post(f"{people}reviewers/", {"do": "name", "name": "Oumou Sy", "email": "oumou@example.net"})
    officer.post(f"{people}reviewers/", {"do": "share"})
    judge = queries.reviewers_of(call).get()
    theirs = f"/e/{queries.reviewer_token(judge)}"
    assert "Sols salés" in visitor.get(theirs).content.decode()
    row.refresh_from_db()
    said = {"verdict": "accept", "note": "Bien", "private_note": "", "version": row.version}
    assert visitor.post(f"{theirs}/1/", said).status_code == 303
    assert "Accepter" in officer.get(people).content.decode()
    chosen = {"paper": f"{row.pk}:{row.version}", "verdict": "accept", "note": "Bravo"}
    preview = officer.post(f"{people}decide/", chosen).content.decode()
    assert "Bravo" in preview and "Bien" in preview  # noqa: PT018 - one mail
    assert queries.paper_token(row) not in preview
    assert officer.post(f"{people}decide/", chosen | {"do": "send"}).status_code == 302
    visitor.post(mine, {"do": "speaker"})
    row.refresh_from_db()
    assert row.state == PaperState.CONFIRMED
    assert officer.get(f"{people}{row.uid}/").status_code == 200
    assert officer.get(f"{people}book.pdf").content[:5] == b"%PDF-"
    assert visitor.get(f"{page.public_path}recueil.pdf").status_code == 404
    reviews.keep_call(event=page.event, values={"book_public": True}, user=None, now=timezone.now())
    assert visitor.get(f"{page.public_path}recueil.pdf").content[:5] == b"%PDF-"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"theme": ""}, "Choisissez un thème"),
        ({"title_fr": "", "abstract_fr": ""}, "en français ou en anglais"),
        ({"abstract_fr": "mot " * 51}, "51 mots"),
        ({"author0_name": ""}, "au moins un auteur"),
        ({"presents": "2"}, "un auteur que vous avez nommé"),
        ({"author1_email": "x@example.org"}, "le nom de cet auteur"),
        ({"title_en": "Soils"}, "ni l’un ni l’autre"),
        ({"email": "nobody"}, "field wrong"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    page: EventPage, call: Call, client: Client, changes: dict[str, str], words: str
) -> None:
    answer = client.post(f"{page.public_path}communications/", FORM | changes)
    assert answer.status_code == 422
    body = answer.content.decode()
    assert words in body
    assert "IER" in body
    assert not Submission.objects.exists()


def test_room_for_more_authors_keeps_what_was_typed_and_judges_nothing(
    page: EventPage, call: Call, client: Client
) -> None:
    answer = client.post(f"{page.public_path}communications/", FORM | {"step": "more", "title_fr": ""})
    body = answer.content.decode()
    assert answer.status_code == 200
    assert "author5_name" in body
    assert "author6_name" not in body
    assert "Nous avons mesuré" in body
    assert 'class="field wrong"' not in body


def test_a_robot_is_thanked_and_an_event_without_a_call_has_no_form(
    page: EventPage, call: Call, client: Client
) -> None:
    address = f"{page.public_path}communications/"
    assert client.post(address, FORM | {"website": "x"}).status_code == 303
    assert not Submission.objects.exists()
    call.delete()
    assert client.get(address).status_code == 404


def test_an_address_typed_in_again_and_again_is_written_to_a_few_times(
    page: EventPage, call: Call, client: Client
) -> None:
    answers = {client.post(f"{page.public_path}communications/", FORM).status_code for _ in range(7)}
    assert answers == {303}
    assert Delivery.objects.filter(mailing__renderer="events.paper_confirm").count() == 4


def test_a_closed_call_says_so_to_who_posts_late(page: EventPage, call: Call, client: Client) -> None:
    values: dict[str, Any] = {"closes_at": timezone.now() - timedelta(minutes=1)}
    reviews.keep_call(event=page.event, values=values, user=None, now=timezone.now())
    answer = client.post(f"{page.public_path}communications/", FORM)
    assert answer.status_code == 409
    assert "clos" in answer.content.decode()


def test_an_officer_opens_a_call_and_is_told_what_is_wrong(page: EventPage, officer: Client) -> None:
    people = f"/admin/agenda/{page.event_id}/papers/"
    assert "Ouvrir un appel" in officer.get(people).content.decode()
    asked = {"opens_at": "2027-01-10 08:00", "closes_at": "2027-01-09 08:00", "most_words": 300, "wanted": 2}
    assert officer.post(f"{people}call/", asked).status_code == 422
    assert officer.post(f"{people}call/", asked | {"closes_at": "2027-02-09 08:00"}).status_code == 302
    assert "Ouvert du" in officer.get(people).content.decode()
