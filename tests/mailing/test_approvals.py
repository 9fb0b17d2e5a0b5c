"""Above the team's number a second person says yes, and what leaves is what they said yes to."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from cms.accounts.models import Role
from cms.contacts import actions as contacts
from cms.contacts.models import AudienceMember
from cms.core import clock
from cms.core.models import Approval
from cms.core.registry import Parts
from cms.mailing import actions, queries
from cms.mailing.models import Mailing, MailingApproval, Sender
from cms.mailing.views.approvals import due
from tests.factories import mailing as make
from tests.factories.accounts import make_user
from tests.mailing.test_admin import url

pytestmark = pytest.mark.django_db
NOW = make.NOON


@pytest.fixture
def officer() -> Any:
    return make_user(Role.OFFICER, username="kadiatou")


@pytest.fixture
def editor() -> Any:
    return make_user(Role.EDITOR, username="boubacar")


@pytest.fixture
def words() -> dict[str, str]:
    return {"html": "<p>Bonjour [[name]].</p>"}


@pytest.fixture
def mailing(words) -> Mailing:
    """Three recipients where two is the most that leaves unasked."""
    Approval.objects.create(mailing_above=2)
    make.sender()
    return make.worded(
        make.audience(3), say=lambda _language, _now: Parts("Objet", "Bonjour.", words["html"], [], {})
    )


def ask(mailing: Mailing, officer: Any) -> MailingApproval:
    return actions.ask_approval(mailing, user=officer, now=NOW)


def approve(
    asked: MailingApproval, user: Any, *, reason: str = "", seen: str = "", now: Any = NOW
) -> Mailing:
    mailing = Mailing.objects.get(pk=asked.mailing_id)
    token = seen or actions.leaving(mailing, now=now).token
    return actions.approve(asked, seen=token, reason=reason, user=user, now=now)


def state(mailing: Mailing) -> str:
    mailing.refresh_from_db()
    return mailing.state


def test_without_the_rule_and_up_to_its_number_whoever_may_send_sends(mailing, officer):
    Approval.objects.update(mailing_above=3)
    assert actions.launch(mailing, user=officer, now=NOW).state == Mailing.State.SENDING
    Approval.objects.update(mailing_above=None)
    other = make.mailing(mailing.audiences.get())
    assert actions.launch(other, user=officer, now=NOW).state == Mailing.State.SENDING


def test_above_the_number_no_way_leads_past_the_second_person(mailing, officer, editor):
    for act in (
        lambda: actions.launch(mailing, user=officer, now=NOW),
        lambda: actions.launch(mailing, user=editor, now=NOW),
        lambda: actions.schedule(mailing, send_at=NOW + timedelta(hours=1), user=officer, now=NOW),
    ):
        with pytest.raises(actions.NeedsApproval):
            act()
    # Even one that was scheduled before the rule came asks instead of leaving.
    Mailing.objects.filter(pk=mailing.pk).update(state="scheduled", send_at=NOW, launched_by=officer)
    actions.sweep(now=NOW)
    assert state(mailing) == Mailing.State.DRAFT
    assert "seconde personne" in mailing.reason
    assert not mailing.deliveries.exists()


def test_an_approval_lets_it_leave_at_once_in_the_name_of_whoever_asked(mailing, officer, editor):
    row = approve(ask(mailing, officer), editor)
    assert (row.state, row.launched_by) == (Mailing.State.SENDING, officer)
    assert queries.counts(row)["queued"] == 3
    given = mailing.approvals.get()
    assert (given.state, given.decided_by, len(given.people)) == ("given", editor, 3)


def test_or_at_its_hour(mailing, officer, editor):
    hour = NOW + timedelta(hours=3)
    Mailing.objects.filter(pk=mailing.pk).update(send_at=hour)
    assert approve(ask(mailing, officer), editor).state == Mailing.State.SCHEDULED
    actions.sweep(now=hour)
    assert state(mailing) == Mailing.State.SENDING


def test_nobody_approves_their_own_without_a_reason_which_is_kept(mailing, editor):
    asked = ask(mailing, editor)
    with pytest.raises(actions.OwnRequest):
        approve(asked, editor, reason="  ")
    assert state(mailing) == Mailing.State.DRAFT
    approve(asked, editor, reason="Seul de garde, rectificatif urgent")
    assert state(mailing) == Mailing.State.SENDING
    entry = ModelLogEntry.objects.get(action="mailing.approve_own")
    assert entry.user == editor
    assert "Seul de garde" in entry.message


def test_the_database_itself_refuses_an_approval_of_ones_own_without_a_reason(mailing, editor):
    asked = ask(mailing, editor)
    with pytest.raises(IntegrityError, match="of_ones_own_request_has_a_reason"), transaction.atomic():
        MailingApproval.objects.filter(pk=asked.pk).update(
            state="given", decided_by=editor, decided_at=NOW, words="x"
        )


def scheduled(mailing: Mailing, officer: Any, editor: Any) -> Any:
    hour = NOW + timedelta(hours=3)
    Mailing.objects.filter(pk=mailing.pk).update(send_at=hour)
    approve(ask(mailing, officer), editor)
    return hour


def test_other_words_than_those_approved_ask_again(mailing, officer, editor, words):
    hour = scheduled(mailing, officer, editor)
    words["html"] = "<p>Tout autre chose.</p>"
    actions.sweep(now=hour)
    assert state(mailing) == Mailing.State.DRAFT
    assert "a changé depuis l’accord" in mailing.reason
    assert not mailing.deliveries.exists()


def test_another_sender_asks_again(mailing, officer, editor):
    hour = scheduled(mailing, officer, editor)
    Sender.objects.update(address="autre@tokten.example.org")
    actions.sweep(now=hour)
    assert state(mailing) == Mailing.State.DRAFT


def test_somebody_more_asks_again_even_in_the_place_of_another(mailing, officer, editor):
    hour = scheduled(mailing, officer, editor)
    audience = mailing.audiences.get()
    AudienceMember.objects.filter(audience=audience).first().delete()
    AudienceMember.objects.create(audience=audience, contact=make.contact(9), added_at=NOW)
    actions.sweep(now=hour)
    assert state(mailing) == Mailing.State.DRAFT
    assert "1 personne s’est ajoutée" in mailing.reason


def test_somebody_less_does_not(mailing, officer, editor):
    Approval.objects.update(mailing_above=1)
    hour = scheduled(mailing, officer, editor)
    contacts.suppress(address="personne1@example.org", now=NOW)
    actions.sweep(now=hour)
    assert state(mailing) == Mailing.State.SENDING
    assert queries.counts(mailing)["queued"] == 2


def test_changing_an_approved_mailing_on_its_screen_makes_it_a_draft_that_says_why(mailing, officer, editor):
    scheduled(mailing, officer, editor)
    more = make.audience(slug="radios", members=[make.contact(8)])
    changes = {"audiences": [*mailing.audiences.all(), more], "send_at": NOW + timedelta(hours=3)}
    actions.edit(mailing, changes=changes, user=officer, now=NOW)
    assert state(mailing) == Mailing.State.DRAFT
    assert "depuis l’accord" in mailing.reason


def test_what_changed_while_the_approver_was_reading_is_read_again(mailing, officer, editor, words):
    asked = ask(mailing, officer)
    seen = actions.leaving(mailing, now=NOW).token
    words["html"] = "<p>Glissé entre-temps.</p>"
    with pytest.raises(actions.ChangedMeanwhile):
        approve(asked, editor, seen=seen)
    assert state(mailing) == Mailing.State.DRAFT
    assert mailing.approvals.get().state == "asked"


def test_a_refusal_needs_a_reason_and_leaves_it_on_the_mailing(mailing, officer, editor):
    asked = ask(mailing, officer)
    with pytest.raises(actions.MailingError):
        actions.refuse(asked, reason="", user=editor, now=NOW)
    actions.refuse(asked, reason="Le titre est faux", user=editor, now=NOW)
    assert state(mailing) == Mailing.State.DRAFT
    assert "Le titre est faux" in mailing.reason
    assert ask(mailing, officer).state == "asked", "and it may be asked for once more"


def test_an_approval_that_nothing_can_leave_by_is_no_approval(mailing, officer, editor, words):
    asked = ask(mailing, officer)
    words["html"] = "<p>[[prenom]]</p>"
    with pytest.raises(actions.NotFit):
        approve(asked, editor)
    assert mailing.approvals.get().state == "asked"
    words["html"] = "<p>Bonjour</p>"
    officer.groups.clear()
    with pytest.raises(actions.MailingError, match="plus le droit"):
        approve(MailingApproval.objects.get(), editor)


def test_it_is_asked_once_and_taken_back_by_who_may_send(mailing, officer):
    asked = ask(mailing, officer)
    with pytest.raises(actions.WrongState):
        ask(mailing, officer)
    actions.take_back(asked, user=officer, now=NOW)
    assert ask(mailing, officer).pk != asked.pk


def test_approvers_find_it_on_their_home_and_nobody_else(mailing, officer, editor):
    asked = ask(mailing, officer)
    [line] = due(editor, NOW)
    assert line.url == reverse("mailing_decide", args=[asked.pk])
    assert "3 destinataires" in line.detail
    assert due(make_user(Role.COORDINATOR), NOW) != []
    for user in (officer, make_user(Role.OFFICER), make_user(Role.AUTHOR)):
        assert due(user, NOW) == []
    approve(asked, editor)
    assert due(editor, NOW) == []


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_journey_by_the_screens(mailing, officer, editor):
    asking, deciding = client_of(officer), client_of(editor)
    confirm = asking.get(url("mailing_confirm", mailing)).content.decode()
    assert "Demander l’accord pour envoyer à 3 contacts" in confirm
    assert "Oui, envoyer" not in confirm
    said = asking.post(url("mailing_confirm", mailing), {"expected": "3", "note": "Avant midi"}, follow=True)
    assert "L’accord est demandé" in said.content.decode()
    asked = mailing.approvals.get()
    assert (state(mailing), asked.note) == (Mailing.State.DRAFT, "Avant midi")

    screen = reverse("mailing_decide", args=[asked.pk])
    assert asking.get(screen).status_code == 403
    assert asking.post(screen, {"approve": "1"}).status_code == 403
    home = deciding.get(reverse("wagtailadmin_home")).content.decode()
    assert screen in home
    page = deciding.get(screen)
    assert "Donner mon accord pour 3 contacts" in page.content.decode()
    assert "Avant midi" in page.content.decode()
    deciding.post(screen, {"approve": "1", "seen": page.context["token"]})
    assert state(mailing) == Mailing.State.SENDING
    again = deciding.get(screen, follow=True)
    assert "la décision a été prise" in again.content.decode()


def test_a_stale_screen_and_a_forged_token_approve_nothing(mailing, officer, editor, words):
    asked = ask(mailing, officer)
    deciding, screen = client_of(editor), reverse("mailing_decide", args=[asked.pk])
    token = deciding.get(screen).context["token"]
    words["html"] = "<p>Autre</p>"
    for seen in (token, "", "0" * 64):
        page = deciding.post(screen, {"approve": "1", "seen": seen}, follow=True)
        assert "relisez-les" in page.content.decode()
        assert state(mailing) == Mailing.State.DRAFT


def test_who_asks_and_may_approve_is_led_to_give_the_reason(mailing, editor):
    client = client_of(editor)
    page = client.post(url("mailing_confirm", mailing), {"expected": "3"}, follow=True)
    assert "Donner moi-même l’accord, pour ce motif" in page.content.decode()
    screen = reverse("mailing_decide", args=[mailing.approvals.get().pk])
    client.post(screen, {"approve": "1", "seen": page.context["token"]})
    assert state(mailing) == Mailing.State.DRAFT
    client.post(screen, {"approve": "1", "seen": page.context["token"], "reason": "De garde"})
    assert state(mailing) == Mailing.State.SENDING


@pytest.mark.django_db(transaction=True)
def test_of_two_who_approve_at_once_one_lets_it_leave(mailing, officer, editor):
    asked, other = ask(mailing, officer), make_user(Role.ADMIN)
    now = clock.now()
    token = actions.leaving(mailing, now=now).token
    came: list[str] = []

    def decide(user: Any) -> None:
        try:
            actions.approve(asked, seen=token, user=user, now=now)
            came.append("given")
        except actions.WrongState:
            came.append("late")
        finally:
            connection.close()

    both = [threading.Thread(target=decide, args=(user,)) for user in (editor, other)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(came) == ["given", "late"]
    assert mailing.deliveries.count() == 3
