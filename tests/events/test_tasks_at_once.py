"""What the clock does, by four schedulers at once: each effect once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile

from cms.core.models import ThingLog
from cms.mailing.models import Delivery
from events import actions
from events.models import Answer, GuestList, Invitation, Occurrence, Passport, Registration
from tests.events.test_oversell import at_once
from tests.factories.core import NOON
from tests.factories.events import make_delegation, make_occurrence, make_registration, name_somebody
from tests.factories.forms import make_question
from tests.factories.guests import make_guest

pytestmark = pytest.mark.django_db(transaction=True)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
START = (NOON + 30 * DAY).date()


def mails() -> Counter[str]:
    rows = Delivery.objects.values_list("mailing__renderer", flat=True)
    return Counter(name.removeprefix("events.") for name in rows)


def four_times(work: Callable[..., Any], now: datetime) -> Counter[str]:
    """Do it in four schedulers at once; the mails that are owed since."""
    before = mails()
    at_once(lambda number: work(now=now), 4)
    return mails() - before


def test_a_lapsed_hold_a_lapsed_offer_and_a_silent_head_have_one_effect_each() -> None:
    hall = make_occurrence(capacity=1, start_date=START)
    robot = make_registration(hall, 1, confirm=False)
    make_registration(hall, 2)
    offered = make_occurrence(capacity=1, offer_hours=2, start_date=START)
    first = make_registration(offered, 3)
    for number in (4, 5):
        make_registration(offered, number)
    actions.cancel(registration=first, now=NOON)
    make_delegation(make_occurrence(start_date=START), names_until=NOON + 3 * DAY)
    owed = four_times(actions.sweep_registrations, NOON + DAY + HOUR)
    assert owed == {"promoted": 1, "offer_lapsed": 1, "offered": 1, "delegation_reminder": 1}
    assert not four_times(actions.sweep_registrations, NOON + DAY + HOUR)
    version = Registration.objects.get(pk=robot.pk).version
    four_times(actions.sweep_registrations, NOON + 8 * DAY)
    robot.refresh_from_db()
    assert (robot.state, robot.version) == ("cancelled", version + 1)


def test_a_term_that_is_over_expires_each_invitation_once() -> None:
    date = make_occurrence(start_date=START)
    guest = make_guest(date)
    Invitation.objects.update(state="sent", sent_at=NOON)
    GuestList.objects.update(answer_by=NOON + HOUR)
    four_times(actions.expire_invitations, NOON + 2 * HOUR)
    assert Invitation.objects.get().version == guest.version + 1
    assert Invitation.objects.get().state == "expired"


def erasable(date: Occurrence) -> None:
    """A person with a file, and a delegate with a passport."""
    person = make_registration(date)
    member = name_somebody(make_delegation(date))
    passport = {"full_name": "A", "number": "B1", "nationality": "BJ"}
    actions.change_delegate(member=member, journey={}, passport=passport, now=NOON)
    question = make_question(date.event, kind="file")
    answer = Answer(registration=person, question=question, answered_at=NOON, file_name="lettre.pdf")
    answer.file.save("file.pdf", ContentFile(b"x"))


def test_what_is_erased_is_erased_once_and_the_journal_says_so_once(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    date = make_occurrence(start_date=START)
    erasable(date)
    later = date.ends_at + 400 * DAY
    four_times(actions.erase_files, later)
    assert not [one for one in tmp_path.rglob("*") if one.is_file()]
    assert set(Answer.objects.values_list("file", "erased_at")) == {("", later)}
    assert not four_times(actions.erase_due, later)
    assert not Passport.objects.exists()
    lines = Counter(ThingLog.objects.filter(action__endswith="erased").values_list("action", flat=True))
    assert lines == {"passports.erased": 1, "registrations.erased": 1}
    assert not Registration.objects.filter(erased_at=None).exists()
