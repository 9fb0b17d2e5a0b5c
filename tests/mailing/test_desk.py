"""What mailings say on the administration's home."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.utils import translation

from cms.mailing.models import Delivery, Mailing, Sender
from cms.mailing.views import desk
from tests.factories import mailing as make
from tests.factories.accounts import make_user
from tests.factories.mailing import NOON
from tests.mailing.test_figures import met, taken

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=40)


@pytest.fixture(autouse=True)
def french():
    with translation.override("fr"):
        yield


def test_the_line_of_the_queue_counts_what_waits_since_when_and_what_is_tried_again():
    officer = make_user("officer")
    assert desk.queue_line(officer, NOON) == ("info", "Aucun courriel n’attend de partir.")
    mailing = make.launched(4)
    met(mailing, 1, "deferred", "greylisted")
    level, said = desk.queue_line(officer, NOON + timedelta(minutes=2))
    assert level == "info"
    assert said.startswith("3 courriels attendent de partir, le plus ancien depuis ")
    assert "1 courriel sera réessayé à " in said


def test_a_queue_that_stands_still_is_a_warning_and_one_that_moves_is_not():
    officer, mailing = make_user("officer"), make.launched(4)
    level, said = desk.queue_line(officer, LATER)
    assert level == "warning"
    assert "Rien n’est parti depuis un quart d’heure." in said
    taken(mailing, 1, first=LATER - timedelta(minutes=1))
    assert desk.queue_line(officer, LATER)[0] == "info", "a long mailing is no fault"


def test_quiet_hours_are_no_fault():
    officer = make_user("officer")
    make.launched(2)
    Sender.objects.update(quiet_from=time(11), quiet_until=time(18))
    level, said = desk.queue_line(officer, LATER)
    assert level == "info"
    assert "Heures calmes de l’expéditeur" in said
    assert "Rien n’est parti" not in said


def test_each_server_that_is_away_is_named_with_its_reason_and_its_hour():
    officer = make_user("officer")
    make.launched(1)
    assert desk.senders_line(officer, NOON) is None
    Sender.objects.update(held_until=NOON + timedelta(minutes=5), held_reason="454 4.7.0 quota")
    level, said = desk.senders_line(officer, NOON)
    assert level == "critical"
    assert said.startswith("TOKTEN-Mali\u00a0: son serveur de messagerie ne répond pas (454 4.7.0 quota)")
    assert "prochain essai à " in said
    Delivery.objects.update(state="cancelled")
    assert desk.senders_line(officer, NOON)[0] == "warning", "nobody waits for it"


def test_mailings_that_need_a_word_are_counted_with_mails_in_doubt():
    officer, mailing = make_user("officer"), make.launched(3)
    assert desk.word_line(officer, NOON) is None
    met(mailing, 2, "unknown", "no_answer")
    assert desk.word_line(officer, NOON) == (
        "critical",
        "1 envoi attend votre décision. 2 courriels sont en doute.",
    )
    Delivery.objects.update(state="queued")
    Mailing.objects.update(state="paused", reason="Le serveur refuse")
    assert desk.word_line(officer, NOON) == ("critical", "1 envoi attend votre décision.")


@pytest.mark.parametrize("role", ["author", "protocol", "internal"])
def test_who_has_no_business_with_mailings_reads_none_of_it(role):
    user, mailing = make_user(role), make.launched(3)
    met(mailing, 2, "unknown", "no_answer")
    Sender.objects.update(held_until=NOON + timedelta(minutes=5))
    for line in (desk.queue_line, desk.senders_line, desk.word_line):
        assert line(user, NOON) is None
