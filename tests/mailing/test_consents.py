"""Who gets none of a mailing, and why: agreement, topics, frequency. Frozen with the audience, in one set."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms.contacts import actions as contacts
from cms.contacts import queries as people_queries
from cms.contacts.models import ConsentSource, Contact, Frequency, Purpose
from cms.core import registry
from cms.core.models import Topic
from cms.mailing import actions, queries
from cms.mailing.models import Mailing
from tests.factories import mailing as make
from tests.factories.core import locale
from tests.factories.mailing import NOON

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
#: The topics of a mailing of the tests' own renderer, by its thing.
ABOUT: dict[Any, list[Any]] = {}


@pytest.fixture(autouse=True)
def a_renderer_with_topics():
    if registry.mailing_renderers.get("tests.topical") is None:
        registry.mailing_renderers.register(
            registry.Renderer(
                key="tests.topical",
                title="Sur un thème",
                render=make.render_notice,
                topics=lambda mailing: ABOUT.get(mailing.pk, []),
            )
        )
    yield
    ABOUT.clear()


def agree(contact: Contact, purpose: str = Purpose.NEWSLETTER, **fields: Any) -> Any:
    options = {"contact": contact, "purpose": purpose, "source": ConsentSource.PAPER, "now": NOON}
    return contacts.record_consent(**{**options, **fields})


def prefer(contact: Contact, frequency: str = Frequency.ALL, topics: Any = ()) -> None:
    contacts.choose(contact=contact, frequency=frequency, topics=topics, now=NOON)


def of_kind(kind: str, *people: Contact, now: Any = NOON, **fields: Any) -> Mailing:
    if queries.default_sender() is None:
        make.sender()
    number = Mailing.objects.count()
    audience = make.audience(slug=f"a-{number}", members=list(people))
    return make.mailing(audience, kind=kind, **fields)


def outcome(mailing: Mailing, now: Any = NOON) -> dict[str, str]:
    """Launch it; the reason of each address, empty where the mail leaves."""
    actions.launch(mailing, user=None, now=now)
    return dict(mailing.deliveries.values_list("address", "reason"))


def people(size: int) -> list[Contact]:
    return [make.contact(number) for number in range(1, size + 1)]


def test_a_newsletter_goes_only_to_those_whose_agreement_is_confirmed():
    given, asked, back, silent = people(4)
    agree(given)
    agree(asked, source=ConsentSource.FORM)
    contacts.withdraw_consent(agree(back), now=NOON)
    agree(silent, Purpose.PRESS)
    mailing = of_kind("newsletter", given, asked, back, silent)
    assert queries.reach(mailing).by_email == 1
    assert (queries.reach(mailing).no_consent, queries.reach(mailing).declined) == (2, 1)
    assert outcome(mailing) == {
        "personne1@example.org": "",
        "personne2@example.org": "no_consent",
        "personne3@example.org": "declined",
        "personne4@example.org": "no_consent",
    }


def test_a_newsletter_without_anybody_who_agreed_is_not_launched():
    with pytest.raises(actions.NobodyToWriteTo):
        actions.launch(of_kind("newsletter", *people(2)), user=None, now=NOON)


@pytest.mark.parametrize(("kind", "purpose"), [("press", Purpose.PRESS), ("invitation", Purpose.INVITATIONS)])
def test_press_and_invitations_need_no_agreement_but_heed_a_refusal(kind, purpose):
    silent, refused, again = people(3)
    for contact in (refused, again):
        contacts.decline(contact=contact, purpose=purpose, source=ConsentSource.FORM, now=NOON)
    agree(again, purpose)
    assert outcome(of_kind(kind, silent, refused, again)) == {
        "personne1@example.org": "",
        "personne2@example.org": "declined",
        "personne3@example.org": "",
    }


def test_a_notice_has_no_purpose_that_could_be_declined():
    (contact,) = people(1)
    for purpose in Purpose.values:
        contacts.decline(contact=contact, purpose=purpose, source=ConsentSource.FORM, now=NOON)
    assert outcome(of_kind("notice", contact)) == {"personne1@example.org": ""}


def test_who_takes_their_agreement_back_is_taken_out_of_what_is_queued():
    stays, leaves = people(2)
    agree(stays)
    consent = agree(leaves)
    newsletter, press = of_kind("newsletter", stays, leaves), of_kind("press", stays, leaves)
    for mailing in (newsletter, press):
        actions.launch(mailing, user=None, now=NOON)
    contacts.withdraw_consent(consent, now=NOON)
    row = newsletter.deliveries.get(contact=leaves)
    assert (row.state, row.reason) == ("suppressed", "declined")
    assert set(press.deliveries.values_list("state", flat=True)) == {"queued"}
    contacts.decline(contact=leaves, purpose=Purpose.PRESS, source=ConsentSource.FORM, now=NOON)
    assert press.deliveries.get(contact=leaves).reason == "declined"
    assert press.deliveries.get(contact=stays).state == "queued"


def test_suppression_comes_before_every_other_reason():
    first, second = people(2)
    agree(second)
    contacts.suppress(address="personne1@example.org", now=NOON)
    assert outcome(of_kind("newsletter", first, second))["personne1@example.org"] == "suppressed"


# Topics ----------------------------------------------------------------------------------------------------------
def topics(*names: str) -> list[Topic]:
    return [Topic.objects.create(name=name, slug=name, locale=locale("fr")) for name in names]


def test_who_chose_topics_gets_what_is_about_one_of_them_or_about_none_in_particular():
    health, farming = topics("sante", "agriculture")
    everything, healthy = people(2)
    prefer(healthy, topics=[health])
    cases = {"farming": [farming], "both": [farming, health], "nothing": []}
    reasons = {}
    for name, about in cases.items():
        mailing = of_kind("press", everything, healthy, renderer="tests.topical")
        ABOUT[mailing.pk] = [topic.translation_key for topic in about]
        reasons[name] = outcome(mailing)["personne2@example.org"]
    assert reasons == {"farming": "other_topics", "both": "", "nothing": ""}


# Frequency -------------------------------------------------------------------------------------------------------
def sent(mailing: Mailing, at: Any) -> None:
    mailing.deliveries.filter(state="queued").update(state="sent", sent_at=at)
    Mailing.objects.filter(pk=mailing.pk).update(state="sent")


def test_at_most_one_a_week_and_at_most_one_a_month_act_when_the_audience_is_frozen():
    always, weekly, monthly = people(3)
    prefer(weekly, Frequency.WEEKLY)
    prefer(monthly, Frequency.MONTHLY)
    everybody = (always, weekly, monthly)
    for days, expected in {0: "", 3: "too_often", 7: "monthly", 14: "monthly", 28: ""}.items():
        at = NOON + days * DAY
        mailing = of_kind("press", *everybody)
        found = outcome(mailing, now=at)
        assert found["personne1@example.org"] == ""
        assert found["personne2@example.org"] == ("too_often" if expected == "too_often" else "")
        assert found["personne3@example.org"] == ("" if expected == "" else "too_often")
        sent(mailing, at)


def test_the_letter_of_each_monday_may_leave_some_minutes_earlier():
    (weekly,) = people(1)
    prefer(weekly, Frequency.WEEKLY)
    first = of_kind("press", weekly)
    actions.launch(first, user=None, now=NOON)
    sent(first, NOON + timedelta(minutes=20))
    second = of_kind("press", weekly)
    assert outcome(second, now=NOON + 7 * DAY - timedelta(minutes=5)) == {"personne1@example.org": ""}


def test_a_mail_still_on_its_way_counts_and_one_that_never_left_does_not():
    other, weekly = people(2)
    prefer(weekly, Frequency.WEEKLY)
    first = of_kind("press", other, weekly)
    actions.launch(first, user=None, now=NOON - 30 * DAY)
    assert outcome(of_kind("press", other, weekly))["personne2@example.org"] == "too_often"
    actions.cancel(first, user=None, now=NOON)
    Mailing.objects.exclude(pk=first.pk).update(state="cancelled")
    assert outcome(of_kind("press", other, weekly))["personne2@example.org"] == ""


def test_invitations_notices_and_owed_mail_are_neither_counted_nor_held_back():
    (monthly,) = people(1)
    prefer(monthly, Frequency.MONTHLY)
    for kind in ("invitation", "notice", "invitation", "press"):
        mailing = of_kind(kind, monthly)
        assert outcome(mailing) == {"personne1@example.org": ""}, kind
        sent(mailing, NOON)
    make.owed(address="personne1@example.org", contact=monthly)
    assert outcome(of_kind("invitation", monthly)) == {"personne1@example.org": ""}


def elsewhere(act: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    """Run `act` in a session of its own; its result comes into the list."""
    found: list[Any] = []

    def run() -> None:
        try:
            found.append(act())
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, found


def wait_for_a_waiting_session() -> None:
    with connection.cursor() as cursor:
        for _look in range(100_000):
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'")
            if cursor.fetchone()[0]:
                return
    raise AssertionError("the second launch did not wait")


@pytest.mark.django_db(transaction=True)
def test_two_launched_at_the_same_instant_are_one_mail_a_week():
    other, weekly = people(2)
    prefer(weekly, Frequency.WEEKLY)
    first, second = of_kind("press", other, weekly), of_kind("press", other, weekly)
    with transaction.atomic():
        actions.launch(first, user=None, now=NOON)
        # The control: as long as the first is not committed, another session would let the second leave too.
        looking, seen = elsewhere(
            lambda: queries.recipients(second, now=NOON).filter(withheld="", pk=weekly.pk).count()
        )
        looking.join(30)
        assert seen == [1]
        launching, _done = elsewhere(lambda: actions.launch(second, user=None, now=NOON))
        wait_for_a_waiting_session()
    launching.join(30)
    assert first.deliveries.get(contact=weekly).state == "queued"
    assert second.deliveries.get(contact=weekly).reason == "too_often"
    assert second.deliveries.get(contact=other).state == "queued"


# Reach and parts -------------------------------------------------------------------------------------------------
def test_the_reach_of_a_mailing_adds_up_and_names_each_reason():
    given, silent, gone, weekly = people(4)
    for contact in (given, gone, weekly):
        agree(contact)
    contacts.suppress(address="personne3@example.org", now=NOON)
    prefer(weekly, Frequency.WEEKLY)
    press = of_kind("press", weekly)
    actions.launch(press, user=None, now=NOON)
    nobody = make.contact(9, address="")
    found = queries.reach(of_kind("newsletter", given, silent, gone, weekly, nobody), now=NOON)
    assert found == queries.MailingReach(
        total=5,
        by_email=1,
        suppressed=1,
        no_consent=1,
        declined=0,
        other_topics=0,
        too_often=1,
        by_telephone_only=0,
        unreachable=1,
    )


def test_who_is_in_an_audience_left_out_gets_nothing_even_if_added_by_name():
    first, second, third = people(3)
    mailing = of_kind("notice", first, second, extra_contacts=[third])
    mailing.left_out.add(make.audience(slug="sans", members=[second, third]))
    assert outcome(mailing) == {"personne1@example.org": ""}


def test_recipients_and_their_reach_cost_the_same_number_of_queries_for_1_and_30():
    few = of_kind("newsletter", make.contact(100))
    many = of_kind("newsletter", *people(30))
    used = []
    for mailing in (few, many):
        with CaptureQueriesContext(connection) as captured:
            list(queries.recipients(mailing, now=NOON))
            queries.reach(mailing, now=NOON)
        used.append(len(captured))
    assert used[0] == used[1] <= 12


def test_an_audience_may_be_drawn_by_who_was_written_to():
    written, never = people(2)
    mailing = of_kind("press", written)
    actions.launch(mailing, user=None, now=timezone.now())
    sent(mailing, timezone.now())
    found = people_queries.matching({"activities": ["mailing:written"]})
    assert list(found) == [written]
    assert never not in found
    assert not people_queries.matching({"activities": ["mailing:unknown", "nobody:knows"]}).exists()
