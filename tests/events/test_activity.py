"""Audiences drawn by who registered, who came, and in which activity of the plan."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cms.contacts import queries as contacts
from cms.plan.models import Activity, CommunicationPlan, Objective
from events.models import Registration
from tests.factories.events import make_event, make_registration

pytestmark = pytest.mark.django_db


def drawn(*codes: str) -> set[str]:
    found = contacts.matching({"activities": [f"events:{code}" for code in codes]})
    return set(found.values_list("name", flat=True))


def test_an_audience_is_drawn_by_registering_coming_and_the_activity_of_the_plan():
    now = timezone.now()
    plan = CommunicationPlan.objects.create(
        slug="plan", title="Plan", starts_date=now.date(), ends_date=now.date(), printed_total_xof=0
    )
    objective = Objective.objects.create(plan=plan, slug="faire-savoir", title="Faire savoir")
    activity = Activity.objects.create(objective=objective, number=91, slug="forum", title="Forum")
    soon = (now + timedelta(days=3)).date()
    forum = make_event(start_date=soon, now=now).occurrences.get()
    type(forum.event).objects.filter(pk=forum.event_id).update(activity=activity)
    old = make_event(start_date=soon, now=now).occurrences.get()
    came = make_registration(forum, 1, now=now)
    make_registration(forum, 2, now=now)
    make_registration(old, 3, now=now)
    type(old).objects.filter(pk=old.pk).update(starts_at=now - timedelta(days=500))
    Registration.objects.filter(pk=came.pk).update(attended_at=now)
    assert drawn("registered") == {"Invité 1", "Invité 2"}
    assert drawn("attended") == {"Invité 1"}
    assert drawn("activity-91") == {"Invité 1", "Invité 2"}
    assert drawn("activity-92", "activity-x", "unknown") == set()
    assert ("events:activity-91", f"A participé à : {activity}") in contacts.activity_choices()
