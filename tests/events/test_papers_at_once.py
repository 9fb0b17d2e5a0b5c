"""Certificates and programmes, asked for by several people really at once."""

from __future__ import annotations

from contextlib import suppress

import pytest

from cms.mailing.models import Delivery
from events.actions import certificates
from events.actions import programme as programmes
from events.models import Certificate, ProgrammeVersion, Registration
from tests.events.test_actions_certificates import WORDS
from tests.events.test_oversell import at_once
from tests.factories.core import NOON
from tests.factories.events import make_registration
from tests.factories.programme import make_forum, make_session, publish

pytestmark = pytest.mark.django_db(transaction=True)


def test_given_by_six_at_once_each_has_one_certificate_and_one_mail_and_the_programme_one_version() -> None:
    event = make_forum()
    make_session(event)
    for number in range(3):
        make_registration(event.occurrences.get(), number)
    Registration.objects.update(attended_at=NOON)
    certificates.change_model(event=event, role="attendee", language="fr", values=WORDS, user=None, now=NOON)

    def work(_place: int) -> int:
        made = certificates.issue_certificates(
            event=event, role="attendee", people=Registration.objects.all(), user=None, now=NOON
        )
        with suppress(programmes.NothingToPublish):
            publish(event)
        return len(made)

    assert sorted(at_once(work, 6)) == [0, 0, 0, 0, 0, 3]
    assert Certificate.objects.count() == 3
    assert Delivery.objects.filter(mailing__renderer="events.certificate").count() == 3
    assert [one.number for one in ProgrammeVersion.objects.all()] == [1]
