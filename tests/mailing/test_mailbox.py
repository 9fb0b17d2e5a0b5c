"""The mailbox where reports arrive, read over IMAP and POP3 from a real socket."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from cms.core.models import Heartbeat
from cms.mailing import actions, tasks
from cms.mailing.actions.mailbox import _LOCK
from cms.mailing.mail.mailbox import FAULTS, plain_fault
from cms.mailing.models import Report
from cms.mailing.views import desk
from tests.factories import mailing as make
from tests.factories.accounts import make_user
from tests.factories.mailing import NOON
from tests.mailing import returns
from tests.mailing.mailboxes import served
from tests.mailing.test_reports import BOX, first, words

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=["imap", "pop3"])
def box(request: Any) -> Any:
    with served(request.param) as found:
        yield found


@pytest.fixture
def row(smtp_sink: Any) -> Any:
    make.sender(bounce_address=BOX)
    mailing = make.launched(1)
    actions.drain(mailing.pk, clock=lambda: NOON)
    return first(mailing)


def visit(box: Any) -> tuple[int, int]:
    found = actions.read_mailbox(box.place, clock=lambda: NOON)
    return found.taken, found.left


def test_reports_are_taken_and_thrown_away_and_a_persons_answer_is_left_and_read_once(box, row):
    box.add(returns.mail(returns.POSTFIX, **words(row)))
    letter = box.add(returns.mail(returns.ANSWER, to="retour@tokten.example.org", address="a@example.org"))
    box.add(returns.mail(returns.ABSENCE, **words(row)))
    bulletin = box.add(b"From: a@example.net\r\nPrecedence: bulk\r\nSubject: Lettre\r\n\r\nBonjour\r\n")
    foreign = box.add(returns.mail(returns.POSTFIX, address="autre@example.org", number="n9"))
    assert visit(box) == (2, 3)
    assert list(box.mails) == [letter, bulletin, foreign]
    assert visit(box) == (0, 0)
    assert box.fetched.count(letter) == 1
    row.refresh_from_db()
    assert row.state == "bounced"
    assert {one.reason for one in row.events.all()} == {"no_such_box", "auto_reply"}


def test_a_visit_that_breaks_off_loses_nothing_and_counts_nothing_twice(box, row):
    box.add(returns.mail(returns.POSTFIX, **words(row)))
    box.breaks = True
    with pytest.raises(FAULTS):
        visit(box)
    assert len(box.mails) == 1
    box.breaks = False
    assert visit(box) == (1, 0)
    box.add(returns.mail(returns.POSTFIX, **words(row)))
    assert visit(box) == (1, 0)
    assert Report.objects.count() == row.events.count() == 1


def test_two_visits_at_once_are_one(box):
    box.add(b"Subject: x\r\n\r\nx\r\n")
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", _LOCK)
        assert visit(box) == (0, 0)
        # Given back by a word: a backend whose connection is closed may still hold it when the next visit asks.
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", _LOCK)
    other.close()
    assert visit(box) == (0, 1)


def test_a_wrong_password_is_a_fault_said_in_one_line_without_the_password(box):
    with pytest.raises(FAULTS) as caught:
        visit(type(box)(place=replace(box.place, password="secret")))
    assert plain_fault(caught.value).endswith("wrong password")


def test_the_officer_is_told_when_the_mailbox_is_not_read_any_more(settings, box):
    settings.MAILING_REPORTS = vars(replace(box.place, port=1))
    officer = make_user("officer")
    tasks.read_reports()
    assert "n’a jamais été lue" in desk.reports_line(officer, NOON)[1]
    settings.MAILING_REPORTS = vars(box.place)
    tasks.read_reports()
    beat = Heartbeat.objects.get(name="mail-reports").beat_at
    assert desk.reports_line(officer, beat + timedelta(minutes=14)) is None
    level, sentence = desk.reports_line(officer, beat + timedelta(minutes=16))
    assert (level, "depuis le" in sentence) == ("warning", True)
    settings.MAILING_REPORTS = None
    assert desk.reports_line(officer, beat + timedelta(days=1)) is None
