"""What comes back: returns, complaints, absences, each counted once and against the right mail."""

from __future__ import annotations

import uuid
from datetime import timedelta
from functools import partial
from io import BytesIO
from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import settings as checked
from hypothesis import strategies as st

from cms.contacts.models import Consent, Suppression
from cms.mailing import actions, queries
from cms.mailing.actions.reports import returns_in_a_row
from cms.mailing.mail.letters import envelope_of
from cms.mailing.mail.reports import read
from cms.mailing.mail.verp import return_path, uid_of
from cms.mailing.models import Delivery, Mailing, Report
from tests.factories import mailing as make
from tests.factories.mailing import NOON
from tests.mailing import returns
from tests.mailing.test_drain import assert_invariant

pytestmark = pytest.mark.django_db(transaction=True)
BOX = "retour@tokten.example.org"


@pytest.fixture
def sent(smtp_sink: Any) -> Mailing:
    """Three mails taken by the recipients' server, under return paths of their own."""
    make.sender(bounce_address=BOX)
    mailing = make.launched(3)
    actions.drain(mailing.pk, clock=lambda: NOON)
    smtp_sink.received.clear()
    return mailing


def first(mailing: Mailing) -> Delivery:
    return mailing.deliveries.select_related("mailing__sender").order_by("pk")[0]


def words(row: Delivery, **more: str) -> dict[str, str]:
    path = return_path(BOX, row.uid)
    return {"to": path, "original_from": path, "address": row.address, "message_id": row.message_id, **more}


def come_back(row: Delivery, form: str = returns.POSTFIX, *, days: int = 0, **more: str) -> Any:
    raw = returns.mail(form, **words(row, **more))
    return actions.take_mail(raw, source="stdin", now=NOON + timedelta(days=days, hours=1))


def life(row: Delivery) -> list[tuple[str, str]]:
    return list(row.events.values_list("state", "reason"))


# Returns ---------------------------------------------------------------------------------------------------------
def test_a_mail_to_a_dead_address_comes_back_and_its_address_is_not_written_to_again(sent):
    row = first(sent)
    come_back(row)
    row.refresh_from_db()
    assert (row.state, row.reason) == ("bounced", "no_such_box")
    assert row.sent_at == NOON, "it had been taken, and came back"
    assert life(row) == [("bounced", "no_such_box")]
    assert list(Suppression.objects.values_list("address", "reason")) == [(row.address, "hard_bounce")]
    found = assert_invariant(sent, 3)
    assert (found["sent"], found["bounced"]) == (2, 1)
    again = actions.launch(make.mailing(*sent.audiences.all()), user=None, now=NOON + timedelta(days=1))
    assert queries.counts(again)["suppressed"] == 1


def test_the_same_report_twice_by_two_ways_is_one(sent):
    row = first(sent)
    for source in ("mailbox", "stdin", "mailbox"):
        raw = b"Received: by another way\r\n" + returns.mail(returns.POSTFIX, **words(row))
        actions.take_mail(raw, source=source, now=NOON)
    assert Report.objects.count() == row.events.count() == 1


def test_an_exchange_return_is_read_by_its_machine_part_and_not_by_its_french_words(sent):
    row = first(sent)
    come_back(row, returns.EXCHANGE)
    row.refresh_from_db()
    assert (row.state, row.reason) == ("bounced", "no_such_box")
    assert "RecipientNotFound" in row.events.get().detail
    assert Suppression.objects.get().reason == "hard_bounce"


def test_a_return_in_words_alone_counts_under_the_mails_own_return_path(sent):
    row = first(sent)
    come_back(row, returns.QMAIL)
    row.refresh_from_db()
    assert (row.state, row.reason) == ("bounced", "box_full")
    assert not Suppression.objects.exists()


def test_a_delay_changes_nothing_but_the_mails_life(sent):
    row = first(sent)
    come_back(row, action="delayed", status="4.4.1", said="connect to mail.example.net: Connection timed out")
    row.refresh_from_db()
    assert row.state == "sent"
    assert life(row) == [("sent", "delayed")]


@pytest.mark.parametrize(
    "status, said, reason, dead",
    [
        ("5.1.1", "550 5.1.1 <x>: Recipient address rejected", "no_such_box", True),
        ("5.0.0", "550-5.1.1 The email account that you tried to reach does not exist", "no_such_box", True),
        ("5.0.0", "550 No such user here", "no_such_box", True),
        ("5.1.10", "550 5.1.10 nullMX", "no_such_box", True),
        ("5.2.2", "552 5.2.2 Over quota", "box_full", False),
        ("4.2.2", "452 4.2.2 mailbox full", "box_full", False),
        ("5.7.1", "550 5.7.1 [192.0.2.1] blocked, see 5.1.1.1", "policy", False),
        ("5.4.4", "Host or domain name not found", "no_such_domain", False),
        ("4.4.7", "Message expired", "too_long", False),
        ("5.3.4", "552 5.3.4 message too big", "too_big", False),
    ],
)
def test_the_reason_of_a_return_is_read_from_its_most_exact_code(sent, status, said, reason, dead):
    row = first(sent)
    come_back(row, status=status, said=said)
    row.refresh_from_db()
    assert (row.state, row.reason, Suppression.objects.exists()) == ("bounced", reason, dead)


def test_a_report_of_several_recipients_gives_one_finding_each():
    block = "Final-Recipient: rfc822; {}\nAction: failed\nStatus: 5.1.1\n"
    two = block.format("a@example.org") + "\n" + block.format("b@example.org")
    raw = returns.POSTFIX.replace(
        "Final-Recipient: rfc822; {address}\nOriginal-Recipient: rfc822;{address}\nAction: {action}\n"
        "Status: {status}\nRemote-MTA: dns; mail.example.net\nDiagnostic-Code: smtp; {said}\n",
        two,
    )
    found = read(returns.mail(raw))
    assert [(one.kind, one.address) for one in found] == [
        ("bounce", "a@example.org"),
        ("bounce", "b@example.org"),
    ]
    assert len({one.key for one in found}) == 2


# Whose report may count ------------------------------------------------------------------------------------------
def test_a_forged_return_path_counts_against_nobody(sent):
    row = first(sent)
    forged = f"retour+{row.uid.hex}aaaaaaaa@tokten.example.org"
    for to in (forged, f"retour+{row.uid.hex}@tokten.example.org", BOX):
        come_back(row, to=to, number=to)
    row.refresh_from_db()
    assert row.state == "sent"
    assert not Suppression.objects.exists()
    come_back(row, number="control")
    row.refresh_from_db()
    assert row.state == "bounced"


def test_without_return_paths_a_mail_is_known_by_its_message_id(smtp_sink):
    mailing = make.launched(1)
    actions.drain(mailing.pk, clock=lambda: NOON)
    row = first(mailing)
    come_back(row, to="presse@tokten.example.org")
    row.refresh_from_db()
    assert row.state == "bounced"


def test_a_return_path_stands_the_change_of_its_case_and_of_the_key(settings):
    uid = uuid.uuid4()
    path = return_path(BOX, uid)
    assert len(path.partition("@")[0]) <= 64, "RFC 5321, 4.5.3.1.1"
    assert uid_of(path.upper()) == uid
    settings.LINK_KEY_FALLBACKS, settings.LINK_KEY = [settings.LINK_KEY], "another key " * 6
    assert uid_of(path) == uid
    settings.LINK_KEY_FALLBACKS = []
    assert uid_of(path) is None


# Soft returns ----------------------------------------------------------------------------------------------------
def a_mail_every_week(number: int, *, came_back: set[int], said: str = "552 5.2.2 full") -> str:
    """Mails to one person, a week apart, of which some came back; the last state of the address."""
    if not queries.default_sender():
        make.sender(bounce_address=BOX)
    audience = make.audience(1)
    for week in range(number):
        now = NOON + timedelta(weeks=week)
        mailing = actions.launch(make.mailing(audience), user=None, now=now)
        actions.drain(mailing.pk, clock=partial(max, now, now))
        if week in came_back:
            code = said.split()[1]
            come_back(first(mailing), number=f"w{week}", days=7 * week, status=code, said=said)
    return "suppressed" if Suppression.objects.exists() else "written to"


def test_an_address_from_which_four_mails_in_a_row_come_back_is_not_written_to_again(smtp_sink, settings):
    assert settings.MAILING_SOFT_BOUNCES == 4
    assert a_mail_every_week(4, came_back={0, 1, 2}) == "written to"
    come_back(
        Mailing.objects.order_by("-pk")[0].deliveries.get(), number="w3", days=21, status="5.2.2", said="full"
    )
    row = Suppression.objects.get()
    assert (row.reason, row.note.startswith("4 ")) == ("soft_bounce", True)


def test_a_mail_that_arrived_between_them_begins_the_count_anew(smtp_sink):
    assert a_mail_every_week(6, came_back={0, 1, 3, 4, 5}) == "written to"
    assert returns_in_a_row("personne0@example.org", now=NOON + timedelta(weeks=6)) == 3


def test_refusals_of_our_server_are_not_counted_against_an_address(smtp_sink):
    assert a_mail_every_week(6, came_back=set(range(6)), said="550 5.7.1 blocked") == "written to"


def test_returns_of_one_day_count_once(sent):
    row = first(sent)
    for number in range(6):
        come_back(row, number=str(number), status="5.2.2", said="552 5.2.2 full")
    assert not Suppression.objects.exists()
    assert returns_in_a_row(row.address, now=NOON + timedelta(days=1)) == 1


# Complaints and answers ------------------------------------------------------------------------------------------
def test_a_complaint_takes_the_address_off_and_its_consents_back(sent):
    row = first(sent)
    Consent.objects.create(contact=row.contact, purpose="press", source="paper", given_at=NOON)
    come_back(row, returns.COMPLAINT)
    row.refresh_from_db()
    assert (row.state, row.reason) == ("sent", "complaint"), "it arrived, and was not wanted"
    assert Suppression.objects.get().reason == "complaint"
    assert Consent.objects.get().withdrawn_at is not None


def test_a_complaint_without_return_path_is_known_by_the_mail_it_holds(sent):
    row = first(sent)
    come_back(row, returns.COMPLAINT, original_from="hidden@example.com")
    assert Suppression.objects.get().address == row.address


def test_feedback_that_is_no_complaint_takes_nobody_off(sent):
    for kind in ("not-spam", "auth-failure", "virus"):
        come_back(first(sent), returns.COMPLAINT, kind=kind, number=kind)
    assert not Suppression.objects.exists()


def test_a_notice_of_absence_is_told_from_a_return_even_with_a_code_in_its_words(sent):
    row = first(sent)
    come_back(row, returns.ABSENCE)
    row.refresh_from_db()
    assert row.state == "sent"
    assert life(row) == [("sent", "auto_reply")]
    assert not Suppression.objects.exists()


def test_a_persons_answer_to_the_return_address_is_noted_as_one(sent):
    row = first(sent)
    (found,) = come_back(row, returns.ANSWER)
    assert not found.understood
    assert life(row) == [("sent", "reply")]


# The order of things ---------------------------------------------------------------------------------------------
def test_a_report_that_comes_before_the_workers_word_waits_for_it(sent):
    row = first(sent)
    held = {
        "state": "sending",
        "sent_at": None,
        "claim_token": uuid.uuid4(),
        "lease_until": NOON,
        "handed_at": NOON,
    }
    Delivery.objects.filter(pk=row.pk).update(**held)
    come_back(row)
    row.refresh_from_db()
    assert row.state == "sending"
    Delivery.objects.filter(pk=row.pk).update(state="sent", sent_at=NOON, claim_token=None, lease_until=None)
    assert actions.apply_reports(now=NOON + timedelta(hours=1)) == 1
    assert actions.apply_reports(now=NOON + timedelta(hours=1)) == 0
    row.refresh_from_db()
    assert row.state == "bounced"


@pytest.mark.parametrize("form, state", [(returns.POSTFIX, "bounced"), (returns.ABSENCE, "sent")])
def test_a_report_settles_a_mail_that_was_in_doubt(sent, form, state):
    row = first(sent)
    Delivery.objects.filter(pk=row.pk).update(
        state="unknown", sent_at=None, handed_at=NOON, reason="no_answer"
    )
    come_back(row, form)
    row.refresh_from_db()
    assert (row.state, row.sent_at) == (state, NOON)


def test_what_is_queued_for_a_dead_address_does_not_leave_but_what_its_owner_is_owed_does(sent, smtp_sink):
    row = first(sent)
    other = actions.launch(make.mailing(*sent.audiences.all()), user=None, now=NOON)
    ticket = make.owed(address=row.address)
    come_back(row)
    ticket.refresh_from_db()
    assert other.deliveries.get(address=row.address).state == "suppressed"
    assert ticket.state == "queued"


@given(raw=st.binary(max_size=400))
@checked(max_examples=60, deadline=None)
def test_any_bytes_give_a_finding_and_never_an_exception(raw):
    head = b"Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\nContent-Type: message/delivery-status\r\n\r\n"
    assert read(raw)
    assert read(head + raw)


def test_the_command_takes_a_mail_from_its_standard_input(sent, capsys):
    row = first(sent)
    raw = returns.mail(returns.POSTFIX, **words(row, to="retour@tokten.example.org"))
    call_command("mail_report", to=envelope_of(row, row.mailing.sender), stdin=BytesIO(raw))
    assert capsys.readouterr().out.strip() == f"bounce 5.1.1 {row.address}"
    row.refresh_from_db()
    assert row.state == "bounced"
