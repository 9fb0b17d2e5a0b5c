"""A call for papers, from the form on the event's page to the book of abstracts."""

from __future__ import annotations

import io
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from cms.contacts.models import Contact
from cms.mailing.models import Delivery
from events import actions, queries
from events.actions import NotTaken, abstracts, reviews
from events.actions.abstracts import CallClosed, Name, Paper
from events.documents.abstracts import author_index, book_html
from events.models import (
    Author,
    Call,
    Event,
    EventPage,
    PaperState,
    Registration,
    RegistrationState,
    Review,
    Submission,
)
from tests.factories.core import NOON
from tests.factories.events import make_registration

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
WORDS = {"title_fr": "Sols de l’Office du Niger", "abstract_fr": "Nous avons mesuré la salinité."}


@pytest.fixture
def call(page: EventPage) -> Call:
    return reviews.keep_call(
        event=page.event,
        values={
            "opens_at": NOON - DAY,
            "closes_at": NOON + 30 * DAY,
            "themes": "Santé\nAgriculture",
            "prizes": "Meilleure affiche",
            "wanted": 2,
        },
        user=None,
        now=NOON,
    )


def send(call: Call, number: int = 1, **values: Any) -> Submission:
    asked: dict[str, Any] = {
        "paper": Paper(
            **WORDS,
            theme="Agriculture",
            authors=[Name("Awa Diarra", "IER", "awa@example.org"), Name("Jean Petit", "Inserm")],
            presents=1,
        ),
        "name": "Awa Diarra",
        "email": f"awa{number}@example.org",
        "language": "fr",
        "now": NOON,
    }
    return abstracts.submit_paper(call=call, **asked | values)


def received(call: Call, number: int = 1, **values: Any) -> Submission:
    return abstracts.confirm_paper(submission=send(call, number, **values), now=NOON)


def accepted(call: Call, number: int = 1) -> Submission:
    row = received(call, number)
    reviews.decide(call=call, chosen={row.pk: row.version}, verdict="accept", note="", user=None, now=NOON)
    row.refresh_from_db()
    return row


def mails(renderer: str) -> list[Delivery]:
    return list(Delivery.objects.filter(mailing__renderer=f"events.{renderer}").order_by("pk"))


# Sending ---------------------------------------------------------------------------------------------------------
def test_an_abstract_counts_once_its_address_is_confirmed_and_gets_the_next_number(call: Call) -> None:
    first, second = send(call, 1), send(call, 2)
    assert first.state == PaperState.PENDING
    assert first.number is None
    assert len(mails("paper_confirm")) == 2
    second = abstracts.confirm_paper(submission=second, now=NOON)
    first = abstracts.confirm_paper(submission=first, now=NOON)
    again = abstracts.confirm_paper(submission=first, now=NOON + DAY)
    assert (second.number, first.number, again.number) == (1, 2, 2)
    assert len(mails("paper_received")) == 2


def test_one_form_posted_twice_is_one_abstract(call: Call) -> None:
    key = uuid.uuid4()
    assert send(call, key=key).pk == send(call, key=key).pk
    assert Submission.objects.count() == 1
    assert len(mails("paper_confirm")) == 1


def test_a_closed_call_takes_nothing_and_what_was_sent_in_time_is_still_confirmed(call: Call) -> None:
    row = send(call, now=call.closes_at - timedelta(minutes=1))
    with pytest.raises(CallClosed):
        send(call, 2, now=call.closes_at)
    late = abstracts.confirm_paper(submission=row, now=call.closes_at + DAY)
    assert late.number == 1


def test_an_abstract_is_whole_in_one_language_by_the_database_too(call: Call) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        send(call, paper=Paper(title_fr="Titre", abstract_en="Words", authors=[Name("A")]))


def test_a_file_that_is_not_what_it_says_is_refused_and_nothing_is_kept(call: Call) -> None:
    with pytest.raises(ValidationError):
        send(call, file=io.BytesIO(b"MZ\x90\x00 not a paper"), file_name="paper.pdf")
    assert not Submission.objects.exists()
    assert not mails("paper_confirm")


def test_authors_change_their_words_until_the_call_closes_and_no_longer(call: Call) -> None:
    row = received(call)
    paper = Paper(title_en="Soils", abstract_en="We measured.", authors=[Name("Awa Diarra")])
    changed = abstracts.change_paper(submission=row, paper=paper, now=NOON)
    assert changed.title("fr") == "Soils"
    assert [one.name for one in changed.authors.all()] == ["Awa Diarra"]
    assert changed.version > row.version
    with pytest.raises(CallClosed):
        abstracts.change_paper(submission=row, paper=paper, now=call.closes_at)


def test_an_address_that_nobody_confirms_is_forgotten_after_a_week(call: Call) -> None:
    send(call, 1)
    kept = received(call, 2)
    assert abstracts.forget_papers(now=NOON + 8 * DAY) == 1
    assert list(Submission.objects.all()) == [kept]
    assert abstracts.forget_papers(now=NOON + 8 * DAY) == 0


# Judging ---------------------------------------------------------------------------------------------------------
def named(call: Call, name: str, **values: Any) -> Any:
    address = f"{name.split()[0].lower()}@example.net"
    return reviews.name_reviewer(call=call, name=name, email=address, user=None, now=NOON, **values)


def test_abstracts_are_shared_out_evenly_and_never_to_who_signs_them(call: Call) -> None:
    rows = [received(call, number) for number in range(1, 5)]
    judges = [named(call, name) for name in ("Salif Keita", "Oumou Sy", "Jean Petit", "Rokia Ba")]
    assert reviews.share_out(call=call, user=None, now=NOON) == 8
    assert reviews.share_out(call=call, user=None, now=NOON) == 0
    given = {judge.pk: judge.reviews.count() for judge in judges}
    assert given[judges[2].pk] == 0  # Jean Petit signs each of them
    assert sorted(given.values())[1:] == [2, 3, 3]
    assert all(row.reviews.count() == 2 for row in rows)


def test_a_reviewer_of_other_themes_is_not_given_it(call: Call) -> None:
    received(call)
    named(call, "Oumou Sy", themes="Santé")
    assert reviews.share_out(call=call, user=None, now=NOON) == 0


def test_who_declares_a_conflict_gives_no_verdict_and_another_is_asked(call: Call) -> None:
    row = received(call)
    for name in ("Salif Keita", "Oumou Sy", "Rokia Ba"):
        named(call, name)
    reviews.share_out(call=call, user=None, now=NOON)
    first = row.reviews.order_by("pk").first()
    assert first is not None
    reviews.declare_conflict(review=first, reason="même laboratoire", now=NOON)
    with pytest.raises(NotTaken):
        reviews.judge(review=first, verdict="accept", note="", private_note="", version=row.version, now=NOON)
    assert reviews.share_out(call=call, user=None, now=NOON) == 1
    assert row.reviews.filter(conflict="").count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.filter(pk=first.pk).update(verdict="accept")


def test_who_was_dropped_keeps_their_verdicts_and_is_given_and_written_nothing_more(call: Call) -> None:
    judge, other = named(call, "Oumou Sy"), named(call, "Bakary Sow")
    rows = [received(call, number) for number in (1, 2)]
    for row in rows:
        reviews.assign(submission=row, reviewer=judge, now=NOON)
    given = {"note": "", "private_note": "", "version": rows[0].version, "now": NOON}
    reviews.judge(review=rows[0].reviews.get(), verdict="accept", **given)  # type: ignore[arg-type]
    reviews.declare_conflict(review=rows[1].reviews.get(), reason="Même équipe", now=NOON)
    reviews.drop_reviewer(reviewer=judge, user=None, now=NOON)
    reviews.share_out(call=call, user=None, now=NOON)
    assert set(call.event.call.reviewers.filter(dropped_at=None)) == {other}
    assert list(queries.reviewers_of(call)) == [other]
    assert judge.reviews.count() == 2, "the verdict and the conflict stay"
    judge.refresh_from_db()
    with pytest.raises(NotTaken):
        reviews.assign(submission=received(call, 3), reviewer=judge, now=NOON)
    assert named(call, "Oumou Sy").dropped_at is None, "named again, they judge again"


def test_a_verdict_on_words_that_changed_meanwhile_is_not_taken(call: Call) -> None:
    row = received(call)
    given = reviews.assign(submission=row, reviewer=named(call, "Oumou Sy"), now=NOON)
    abstracts.change_paper(submission=row, paper=Paper(**WORDS, authors=[Name("A")]), now=NOON)
    said = {"verdict": "accept", "note": "", "private_note": "", "now": NOON}
    with pytest.raises(NotTaken):
        reviews.judge(review=given, version=row.version, **said)
    assert reviews.judge(review=given, version=row.version + 1, **said).verdict == "accept"


def test_a_decision_sent_twice_decides_and_writes_once(call: Call) -> None:
    rows = [received(call, number) for number in (1, 2)]
    chosen = {row.pk: row.version for row in rows}
    ask = {"call": call, "chosen": chosen, "verdict": "accept", "note": "Bravo", "user": None, "now": NOON}
    done, left = reviews.decide(**ask)  # type: ignore[arg-type]
    assert (len(done), len(left)) == (2, 0)
    done, left = reviews.decide(**ask)  # type: ignore[arg-type]
    assert (len(done), len(left)) == (0, 2)
    assert len(mails("paper_decision")) == 2


def test_what_is_to_be_revised_comes_back_to_its_reviewers(call: Call) -> None:
    reviews.keep_call(
        event=call.event, values={"revise_until": (NOON + 40 * DAY).date()}, user=None, now=NOON
    )
    row = received(call)
    given = reviews.assign(submission=row, reviewer=named(call, "Oumou Sy"), now=NOON)
    reviews.judge(
        review=given,
        verdict="revise",
        note="Précisez",
        private_note="faible",
        version=row.version,
        now=NOON,
    )
    reviews.decide(call=call, chosen={row.pk: row.version}, verdict="revise", note="", user=None, now=NOON)
    (mail,) = mails("paper_decision")
    assert mail.values["notes"] == ["Précisez"]
    assert "faible" not in str(mail.values)
    back = abstracts.change_paper(
        submission=row, paper=Paper(**WORDS, authors=[Name("A")]), now=call.closes_at + DAY
    )
    assert back.state == PaperState.SUBMITTED


# The speaker, the prize, the book ----------------------------------------------------------------------------------
def test_the_speaker_who_comes_is_registered_once_and_is_in_the_book(call: Call) -> None:
    row = accepted(call)
    assert queries.papers_given(call) == []
    _row, registration = abstracts.confirm_speaker(submission=row, now=NOON)
    _row, again = abstracts.confirm_speaker(submission=row, now=NOON)
    assert registration is not None
    assert again == registration
    assert (registration.name, registration.state) == ("Jean Petit", RegistrationState.CONFIRMED)
    assert Registration.objects.count() == 1
    assert len(mails("paper_speaker")) == 1
    html = book_html(queries.papers_given(call), title="MSAS", when="", language="fr")
    assert "Sols de l’Office du Niger" in html
    assert "awa@example.org" not in html


def test_two_speakers_of_one_house_both_come_whatever_the_cap_on_newsrooms(call: Call) -> None:
    Event.objects.filter(pk=call.event_id).update(outlet_cap=1)
    for number in (1, 2):
        paper = Paper(**WORDS, theme="Agriculture", authors=[Name(f"Orateur {number}", "IER")])
        row = received(call, number, paper=paper)
        chosen = {row.pk: row.version}
        reviews.decide(call=call, chosen=chosen, verdict="accept", note="", user=None, now=NOON)
        abstracts.confirm_speaker(submission=row, now=NOON)
    assert Registration.objects.filter(state=RegistrationState.CONFIRMED).count() == 2


def test_speakers_without_an_address_of_their_own_are_each_registered_by_who_wrote_for_them(
    call: Call,
) -> None:
    by_hand = [Name("Awa Diarra", "IER", "awa@example.org"), Name("Jean Petit", "Inserm")]
    for names, presents in ((by_hand, 1), ([Name("Oumou Sy")], 0), (by_hand, 1)):
        paper = Paper(**WORDS, theme="Agriculture", authors=names, presents=presents)
        row = received(call, paper=paper)
        chosen = {row.pk: row.version}
        reviews.decide(call=call, chosen=chosen, verdict="accept", note="", user=None, now=NOON)
        abstracts.confirm_speaker(submission=row, now=NOON)
    found = Registration.objects.order_by("pk").select_related("contact")
    assert [(one.name, one.email) for one in found] == [
        ("Jean Petit", "awa1@example.org"),
        ("Oumou Sy", "awa1@example.org"),
    ]
    assert len({one.contact_id for one in found}) == 2
    assert not Contact.objects.filter(emails__address="awa1@example.org", name="Jean Petit").exists()


def test_the_committee_sees_which_authors_are_registered_by_whatever_address(call: Call) -> None:
    names = [Name("Awa Diarra", "IER", "awa@example.org"), Name("Jean Petit", "Inserm", "jean@example.org")]
    row = received(call, paper=Paper(**WORDS, theme="Agriculture", authors=names, presents=1))
    assert queries.papers_of(call).get().speaker_registered is False
    date = call.event.occurrences.get()
    registration = make_registration(date, email="jean@example.org", name="Jean Petit")
    assert queries.papers_of(call).get().speaker_registered is True
    actions.cancel(registration=registration, now=NOON)
    assert queries.papers_of(call).get().speaker_registered is False
    reviews.decide(call=call, chosen={row.pk: row.version}, verdict="accept", note="", user=None, now=NOON)
    _row, again = abstracts.confirm_speaker(submission=row, now=NOON)
    assert again is not None
    assert again.email == "jean@example.org"
    assert queries.papers_of(call).get().speaker_registered is True


def test_the_committee_sees_a_speaker_whom_a_full_hall_keeps_waiting(call: Call) -> None:
    Event.objects.filter(pk=call.event_id).update(capacity=1)
    make_registration(call.event.occurrences.get(), 9)
    row = accepted(call)
    abstracts.confirm_speaker(submission=row, now=NOON)
    found = queries.papers_of(call).get()
    assert (found.speaker_registered, found.speaker_seated) == (True, False)
    Event.objects.filter(pk=call.event_id).update(capacity=2)
    Registration.objects.filter(state="waiting").update(state="confirmed")
    assert queries.papers_of(call).get().speaker_seated is True, "the control"


def test_only_an_accepted_abstract_has_a_speaker_who_comes(call: Call) -> None:
    with pytest.raises(NotTaken):
        abstracts.confirm_speaker(submission=received(call), now=NOON)


def test_a_prize_goes_to_who_comes_by_the_database_too(call: Call) -> None:
    row = accepted(call)
    ask = {"submission": row, "form": "poster", "user": None, "now": NOON}
    with pytest.raises(NotTaken):
        reviews.award(prize="Meilleure affiche", **ask)  # type: ignore[arg-type]
    abstracts.confirm_speaker(submission=row, now=NOON)
    with pytest.raises(ValueError, match="Prix inventé"):
        reviews.award(prize="Prix inventé", **ask)  # type: ignore[arg-type]
    assert reviews.award(prize="Meilleure affiche", **ask).form == "poster"  # type: ignore[arg-type]
    assert abstracts.withdraw_paper(submission=row, now=NOON).prize == ""
    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.filter(pk=row.pk).update(prize="Meilleure affiche")


def test_an_author_of_several_stands_once_in_the_index_by_name(call: Call) -> None:
    for number in (1, 2):
        abstracts.confirm_speaker(submission=accepted(call, number), now=NOON)
    assert author_index(queries.papers_given(call)) == [("Awa Diarra", "1, 2"), ("Jean Petit", "1, 2")]


def test_two_cards_of_one_reviewer_become_one_reviewer(call: Call) -> None:
    row = received(call)
    one, other = named(call, "Oumou Sy"), named(call, "Oumou Sy-Traoré")
    other.contact = Contact.objects.create(name="Oumou Sy")
    other.save()
    for judge in (one, other):
        reviews.assign(submission=row, reviewer=judge, now=NOON)
    reviews.move_reviewers(source=other.contact, target=one.contact, user=None, now=NOON)
    assert list(call.reviewers.all()) == [one]
    assert row.reviews.count() == 1


# Pages ---------------------------------------------------------------------------------------------------------------
def test_the_committees_list_asks_as_much_of_the_database_for_one_as_for_thirty(
    call: Call, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        row = Submission.objects.create(
            call=call,
            number=number + 1,
            state="submitted",
            name="A",
            email=f"a{number}@example.org",
            created_at=NOON,
            **WORDS,
        )
        Author.objects.create(submission=row, order=0, name="A", presents=True)
    with django_assert_max_num_queries(3):
        rows = list(queries.papers_of(call))
        assert len(rows) == 30
        assert all(list(row.authors.all()) and not row.reviews.all() for row in rows)


def test_a_reviewer_of_a_blind_call_sees_neither_names_nor_files(client: Client, call: Call) -> None:
    row = received(call)
    judge = named(call, "Oumou Sy")
    reviews.assign(submission=row, reviewer=judge, now=NOON)
    address = f"/e/{queries.reviewer_token(judge)}/{row.number}/"
    seen = client.get(address).content.decode()
    assert "salinité" in seen
    assert "Petit" not in seen
    assert "Awa" not in seen
    assert client.get(f"{address}file").status_code == 404
    reviews.keep_call(event=call.event, values={"blind": False}, user=None, now=NOON)
    assert "Jean Petit" in client.get(address).content.decode()  # the control: names are there to be hidden


def test_a_reviewer_finds_only_what_was_given_to_them_and_nothing_once_dropped(
    client: Client, call: Call
) -> None:
    rows = [received(call, number) for number in (1, 2)]
    judge = named(call, "Oumou Sy")
    reviews.assign(submission=rows[0], reviewer=judge, now=NOON)
    home = f"/e/{queries.reviewer_token(judge)}"
    assert client.get(f"{home}/1/").status_code == 200
    assert client.get(f"{home}/2/").status_code == 404
    reviews.drop_reviewer(reviewer=judge, user=None, now=NOON)
    assert client.get(home).status_code == 404


def test_an_authors_link_is_theirs_alone_and_a_get_changes_nothing(client: Client, call: Call) -> None:
    row = send(call)
    address = queries.paper_url(row).removeprefix("http://localhost:8000")
    assert client.get(address).headers["Cache-Control"] == "private, no-store"
    row.refresh_from_db()
    assert row.state == PaperState.PENDING
    assert client.get(address[:-1] + ("A" if address[-1] != "A" else "B")).status_code == 404
    assert client.get(f"/a/{queries.paper_token(row)}/file").status_code == 404


def test_abstracts_are_the_committees_not_protocols(call: Call, client: Client) -> None:
    from django.contrib.auth.models import Group

    from cms.accounts.models import User

    row = received(call)
    for role, status in (("officer", 200), ("protocol", 403), ("coordinator", 403)):
        user = User.objects.create_user(username=role, password="secret")
        user.groups.add(Group.objects.get(name=role))
        client.force_login(user)
        for rest in ("", "call/", "reviewers/", "export.csv", f"{row.uid}/"):
            answer = client.get(f"/admin/agenda/{call.event_id}/papers/{rest}")
            assert (role, rest, answer.status_code in (status, 302 if status == 403 else status)) == (
                role,
                rest,
                True,
            )
