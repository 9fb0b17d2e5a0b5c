"""Follow-up at the journalists': who took note, one more mail to the others, kits by mail."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from cms.contacts import actions as contacts
from cms.contacts.models import Audience, Contact, MediaProfile
from cms.core import clock
from cms.core.registry import Refused
from cms.mailing import actions as mailing
from cms.mailing.models import Delivery, Mailing
from press import actions
from press.mail import followup as mail
from press.models import Distribution, DoorVisit, Kit
from press.queries import followup
from tests.factories import mailing as make
from tests.factories.accounts import make_user
from tests.factories.media_library import make_asset
from tests.factories.press import Room, make_kit, make_release

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


@pytest.fixture
def room(stocked_room: Room, transactional_db: None) -> Room:
    return deepcopy(stocked_room)


@pytest.fixture
def audience() -> Audience:
    """Three journalists (Personne 0 to 2) and one who is none."""
    make.sender()
    row = make.audience(4)
    for contact in Contact.objects.order_by("pk")[:3]:
        MediaProfile.objects.create(contact=contact, kind="radio")
    return row


@pytest.fixture
def officer() -> Client:
    client = Client()
    client.force_login(make_user("officer"))
    return client


def sent(page: Any, audience: Audience) -> Mailing:
    row = actions.send_release(page.release, audiences=[audience], user=None, now=clock.now()).mailing
    row = mailing.launch(row, user=None, now=clock.now())
    mailing.drain(row.pk, clock=clock.now)
    return row


def journalists(page: Any) -> list[str]:
    return [one.name for one in followup.journalists_of(page.thing)]


def screen(page: Any) -> str:
    return reverse("press_followup", args=[page.THING, page.thing.pk])


def visit(page: Any, person: Contact, what: str = "read") -> None:
    actions.note_visit(person, what=what, thing_uid=page.thing.uid, now=clock.now())


def people() -> list[Contact]:
    return list(Contact.objects.order_by("pk"))


def test_the_follow_up_lists_journalists_alone_and_says_what_is_known_of_each(room, audience, smtp_sink):
    page = make_release(room)
    sent(page, audience)
    first, second, *_others = people()
    visit(page, first, "opened")
    visit(page, first, "downloaded")
    actions.note_request(
        page.release, contact=second, words="Un  entretien\n lundi", user=None, now=clock.now()
    )
    assert journalists(page) == ["Personne 0", "Personne 1", "Personne 2"]
    found = {
        line.contact: line for line in followup.lines(page.release, followup.journalists_of(page.release))
    }
    assert set(found[first].deeds) == {"opened", "downloaded"}
    assert found[second].asked == ["Un entretien lundi"]
    assert [line.mail for line in found.values()] == ["Sent"] * 3 or len(
        {x.mail for x in found.values()}
    ) == 1
    assert [one.name for one in followup.silent(page.release)] == ["Personne 2"]


def test_one_more_mailing_goes_to_those_of_whom_nothing_came_until_it_is_launched(room, audience, smtp_sink):
    page = make_release(room, title="Le rendez-vous")
    sent(page, audience)
    first, second, third, other = people()
    visit(page, first)
    chosen = [first, second, third, other]
    row = actions.send_follow_up(page.release, contacts=chosen, user=None, now=clock.now())
    assert set(row.mailing.contacts.all()) == {second, third}
    visit(page, third, "read")
    mailing.launch(row.mailing, user=None, now=clock.now())
    mailing.drain(row.mailing_id, clock=clock.now)
    assert [one.contact for one in row.mailing.deliveries.all()] == [second]
    assert page.public_url in smtp_sink.messages[-1].get_body(("plain",)).get_content()


def test_a_link_that_was_only_opened_keeps_nobody_from_a_reminder(room, audience, smtp_sink, officer):
    """Programs that check mail for viruses open links: what they did must not pass for the journalist's reading."""
    page = make_release(room)
    sent(page, audience)
    first, *_others = people()
    visit(page, first, "opened")
    assert first in followup.silent(page.release)
    row = actions.send_follow_up(page.release, contacts=[first], user=None, now=clock.now())
    assert list(row.mailing.contacts.all()) == [first]
    shown = officer.get(screen(page)).text
    assert "Sans nouvelles (3)" in shown
    assert "les antivirus des messageries ouvrent les liens aussi" in shown


def test_a_second_request_before_launching_is_the_same_mailing(room, audience, smtp_sink):
    page = make_release(room)
    sent(page, audience)
    one = actions.send_follow_up(page.release, contacts=people(), user=None, now=clock.now())
    two = actions.send_follow_up(page.release, contacts=people()[:1], user=None, now=clock.now())
    assert one == two
    assert list(two.mailing.contacts.all()) == people()[:1]


def test_a_reminder_that_waits_for_its_hour_is_the_same_mailing_too(room, audience, smtp_sink):
    page = make_release(room)
    sent(page, audience)
    one = actions.send_follow_up(page.release, contacts=people(), user=None, now=clock.now())
    mailing.schedule(one.mailing, send_at=clock.now() + DAY, user=None, now=clock.now())
    two = actions.send_follow_up(page.release, contacts=people()[:1], user=None, now=clock.now())
    assert one == two
    two.mailing.refresh_from_db()
    assert two.mailing.state == Mailing.State.SCHEDULED
    assert list(two.mailing.contacts.all()) == people()[:1]


def test_nobody_is_reminded_of_a_public_text_twice(room, audience, smtp_sink, officer):
    page = make_release(room)
    sent(page, audience)
    first, second, *_others = people()
    row = actions.send_follow_up(page.release, contacts=[first], user=None, now=clock.now())
    mailing.launch(row.mailing, user=None, now=clock.now())
    for _state in ("while it leaves", "when it has left"):
        with pytest.raises(actions.PressError, match="relancés"):
            actions.send_follow_up(page.release, contacts=[first], user=None, now=clock.now())
        mailing.drain(row.mailing_id, clock=clock.now)
    assert officer.get(screen(page)).text.count("déjà relancé") == 1
    again = actions.send_follow_up(page.release, contacts=[first, second], user=None, now=clock.now())
    assert list(again.mailing.contacts.all()) == [second]
    again.mailing.contacts.add(first)
    mailing.launch(again.mailing, user=None, now=clock.now())
    assert [one.contact for one in again.mailing.deliveries.all()] == [second]


def test_a_reminder_that_was_cancelled_reminded_nobody(room, audience, smtp_sink):
    page = make_release(room)
    sent(page, audience)
    row = actions.send_follow_up(page.release, contacts=people(), user=None, now=clock.now())
    mailing.launch(row.mailing, user=None, now=clock.now())
    mailing.cancel(row.mailing, user=None, now=clock.now())
    again = actions.send_follow_up(page.release, contacts=people(), user=None, now=clock.now())
    assert again != row
    assert again.mailing.contacts.count() == 3


@pytest.mark.parametrize("kind", ["release", "kit"])
def test_send_pressed_twice_prepares_one_mailing_and_other_people_another(
    room, audience, smtp_sink, officer, kind
):
    page = (
        make_release(room)
        if kind == "release"
        else make_kit(room, assets=[make_asset(released=True, alt="Une tribune")])
    )
    ask = reverse("press_button", args=[kind, page.thing.pk, "send"])
    chosen = {"audiences": [audience.pk], "journalists": [people()[1].pk]}
    for _press in range(2):
        officer.post(ask, chosen)
    first = Distribution.objects.get().mailing
    officer.post(ask, {"audiences": [audience.pk]})
    assert Distribution.objects.count() == 2
    mailing.launch(first, user=None, now=clock.now())
    officer.post(ask, chosen)
    assert Distribution.objects.count() == 3, (
        "what has left is no draft: it may be sent once more, on purpose"
    )


def test_send_pressed_five_times_at_once_prepares_one_mailing(room, audience, smtp_sink):
    page = make_release(room)

    def send(_number: int) -> int:
        try:
            now = clock.now()
            return actions.send_release(page.release, audiences=[audience], user=None, now=now).pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as pool:
        assert len(set(pool.map(send, range(5)))) == Distribution.objects.count() == 1


def test_nobody_left_to_remind_is_said(room, audience, smtp_sink):
    page = make_release(room)
    sent(page, audience)
    for person in people():
        visit(page, person)
    with pytest.raises(actions.PressError, match="connaissance"):
        actions.send_follow_up(page.release, contacts=people(), user=None, now=clock.now())


def test_under_embargo_only_unread_early_copies_are_reminded_each_once(room, audience, smtp_sink):
    page = make_release(room, until=clock.now() + DAY)
    first, second, *_others = people()
    for person in (first, second):
        contacts.grant_accreditation(contact=person, now=clock.now())
    copies = actions.give_early_copies(page.release, contacts=[first, second], user=None, now=clock.now())
    for copy in copies:
        actions.mail_copy(copy, user=None, now=clock.now())
    visit(page, first)
    visit(page, second, "opened")
    with pytest.raises(actions.PressError, match="embargo"):
        actions.send_follow_up(page.release, contacts=[second], user=None, now=clock.now())
    assert len(actions.remind(page.release, contacts=[first, second], user=None, now=clock.now())) == 1
    assert actions.remind(page.release, contacts=[first, second], user=None, now=clock.now()) == []
    reminders = Delivery.objects.filter(recipient_key__endswith=":reminder")
    assert [one.contact for one in reminders] == [second]
    assert followup.silent(page.release).count() == 0, "an early copy is no mailing of the text"


def test_a_reminder_is_no_text_that_a_correction_must_reach_again(room, audience, smtp_sink):
    page = make_release(room)
    sent(page, audience)
    row = actions.send_follow_up(page.release, contacts=people(), user=None, now=clock.now())
    actions.correct(page.release, note="Le chiffre est 214.", user=None, now=clock.now())
    actions.send_corrective(page.release, user=None, now=clock.now())
    row.mailing.refresh_from_db()
    assert row.mailing.state == Mailing.State.DRAFT, "a corrective gives up correctives alone"


def test_a_kit_goes_by_mail_with_its_files_named_and_none_attached(room, audience, smtp_sink):
    page = make_kit(
        room,
        assets=[make_asset(title="Le fleuve", alt="Vue", released=True)],
        title="Le dossier",
        lead="Trois images.",
    )
    row = actions.send_kit(
        page.kit, audiences=[audience], extra_contacts=people()[:1], user=None, now=clock.now()
    )
    mailing.launch(row.mailing, user=None, now=clock.now())
    mailing.drain(row.mailing_id, clock=clock.now)
    assert len(smtp_sink.messages) == 4
    message = smtp_sink.messages[0]
    text = message.get_body(("plain",)).get_content()
    assert "Le fleuve" in text
    assert page.public_url in text
    assert not list(message.iter_attachments())


def test_a_kit_that_opens_by_links_alone_is_not_mailed_and_one_for_journalists_says_how_it_opens(
    room, audience, smtp_sink, officer
):
    """Its address leads nowhere; a mail that was prepared before it was closed does not leave."""
    page = make_kit(room, publish=False, title="Le dossier")
    actions.set_audience(page.kit, audience="journalists", user=None, now=clock.now())
    page.save_revision().publish()
    row = actions.send_kit(page.kit, audiences=[audience], user=None, now=clock.now())
    kit = Kit.objects.get(pk=page.kit_id)
    assert "accès presse" in mail.render_kit(row.mailing, "fr", clock.now()).text
    actions.set_audience(kit, audience="link", user=None, now=clock.now())
    with pytest.raises(Refused, match="nulle part"):
        mail.recheck_invitation(row.mailing, clock.now())
    mail.recheck(row.mailing, clock.now())  # what was wrong in it is told all the same
    with pytest.raises(actions.PressError, match="liens"):
        actions.send_kit(kit, audiences=[audience], user=None, now=clock.now())
    button = reverse("press_button", args=["kit", kit.pk, "send"])
    assert button not in officer.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).text


def test_an_embargoed_kit_waits_and_names_nothing_before_its_hour(room, audience, smtp_sink):
    page = make_kit(room, until=clock.now() + DAY, title="Le dossier secret")
    row = actions.send_kit(page.kit, audiences=[audience], user=None, now=clock.now())
    mailing.launch(row.mailing, user=None, now=clock.now())
    row.mailing.refresh_from_db()
    assert (row.mailing.state, row.mailing.hold_until) == (Mailing.State.SCHEDULED, page.kit.embargo_until)
    assert not smtp_sink.messages


def test_the_screen_filters_notes_and_prepares_the_reminder(room, audience, smtp_sink, officer):
    page = make_release(room)
    sent(page, audience)
    first, second, third, *_others = people()
    visit(page, first)
    shown = officer.get(screen(page)).text
    assert "Sans nouvelles (2)" in shown
    noted = officer.get(screen(page), {"show": "noted"}).text
    assert "Personne 0" in noted
    assert "Personne 1" not in noted
    data = {"do": "asked", "contact": second.pk, "words": "Une photo du fleuve"}
    assert "Une photo du fleuve" in officer.post(screen(page), data, follow=True).text
    assert DoorVisit.objects.get(what="asked").user.username
    answer = officer.post(screen(page), {"do": "remind", "contact": [second.pk, third.pk]})
    row = Distribution.objects.get(purpose="follow_up")
    assert answer.url == reverse("mailing_detail", args=[row.mailing_id])
    assert list(row.mailing.contacts.all()) == [third]


def test_the_list_is_taken_as_a_workbook(room, audience, smtp_sink, officer):
    page = make_release(room)
    sent(page, audience)
    book = load_workbook(BytesIO(officer.get(screen(page), {"export": "xlsx"}).content))
    rows = list(book.active.iter_rows(values_only=True))
    assert [row[0] for row in rows[1:]] == ["Personne 0", "Personne 1", "Personne 2"]


def test_the_screen_costs_as_many_queries_for_thirty_journalists_as_for_one(room, smtp_sink, officer):
    make.sender()
    page = make_release(room)

    def queries(size: int) -> int:
        members = [make.contact(100 * size + number) for number in range(size)]
        sent(page, make.audience(members=members, slug=f"presse-{size}"))
        for contact in Contact.objects.filter(media_profile=None):
            MediaProfile.objects.create(contact=contact, kind="print")
            visit(page, contact)
        officer.get(screen(page))
        with CaptureQueriesContext(connection) as found:
            assert officer.get(screen(page)).status_code == 200
        return len(found)

    few = queries(2)
    assert queries(30) == few


@pytest.mark.parametrize(("role", "sees"), [("editor", 200), ("author", 302), ("protocol", 302)])
def test_who_sees_and_sends_is_named_by_permissions(room, audience, smtp_sink, role, sees):
    page = make_release(room)
    sent(page, audience)
    client = Client()
    client.force_login(make_user(role))
    assert client.get(screen(page)).status_code == sees
    assert client.post(screen(page), {"do": "remind", "contact": [people()[0].pk]}).status_code == 302
    assert not Distribution.objects.filter(purpose="follow_up").exists()


def test_sending_takes_journalists_besides_or_instead_of_an_audience(room, audience, smtp_sink, officer):
    page = make_release(room)
    ask = reverse("press_button", args=["release", page.release_id, "send"])
    assert "Choisissez un public ou un journaliste" in officer.post(ask, {}).text
    officer.post(ask, {"journalists": [people()[1].pk]})
    assert list(Mailing.objects.exclude(kind="owed").get().contacts.all()) == [people()[1]]
