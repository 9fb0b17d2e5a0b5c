"""Sending a release: the journey from "Envoyer" to an inbox, and the embargo on the way."""

from __future__ import annotations

import re
from copy import deepcopy
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from cms.contacts.models import Audience, Suppression
from cms.core import clock, formats, registry
from cms.core.registry import Refused
from cms.mailing import actions as mailing
from cms.mailing import queries as outbox
from cms.mailing.exports import for_whatsapp
from cms.mailing.models import Delivery, Mailing
from media_library import actions as library
from press import actions
from tests.factories import mailing as make
from tests.factories.accounts import make_user
from tests.factories.media_library import make_asset, pdf
from tests.factories.press import make_kit, make_release

pytestmark = pytest.mark.django_db(transaction=True)
NO_EMBARGO = "SOUS EMBARGO"


@pytest.fixture
def room(stocked_room: Any, transactional_db: None) -> Any:
    return deepcopy(stocked_room)


@pytest.fixture
def audience() -> Audience:
    make.sender(reply_to="presse@tokten.example.org")
    row = make.audience(3, slug="presse-nationale")
    row.name = "Presse nationale"
    row.save()
    return row


def prepared(page: Any, audience: Audience) -> Mailing:
    return actions.send_release(page.release, audiences=[audience], user=None, now=clock.now()).mailing


def state(row: Mailing) -> str:
    row.refresh_from_db()
    return row.state


def test_an_embargoed_release_leaves_at_the_hour_its_embargo_lifts_with_no_word_of_it(
    room, audience, smtp_sink
):
    until = clock.now() + timedelta(days=1)
    kit = make_kit(room, until=until)
    page = make_release(room, until=until, title="Les experts reviennent", kit=kit.kit)
    row = prepared(page, audience)
    mailing.launch(row, user=None, now=clock.now())
    assert state(row) == "scheduled"
    with translation.override("fr"):
        hour = formats.long_date(until)
    assert row.reason == f"Partira à la levée de l’embargo, le {hour}."
    assert mailing.sweep(now=until - timedelta(seconds=1)) == []
    assert not Delivery.objects.exists()
    assert mailing.sweep(now=until) == [row.pk]
    mailing.drain(row.pk, clock=lambda: until)
    assert len(smtp_sink.received) == 3
    for message in smtp_sink.messages:
        assert message["Subject"] == "Les experts reviennent"
        text = message.get_body(("plain",)).get_content()
        assert NO_EMBARGO not in text
        assert kit.public_url in text


def test_an_embargo_delayed_after_the_launch_is_waited_for_and_one_lifted_is_not(room, audience):
    until = clock.now() + timedelta(days=1)
    page = make_release(room, until=until)
    row = prepared(page, audience)
    mailing.launch(row, user=None, now=clock.now())
    actions.set_embargo(page.release, until=until + timedelta(days=1), user=None, now=clock.now())
    assert mailing.sweep(now=until + timedelta(hours=1)) == []
    assert state(row) == "scheduled"
    assert row.leaves_at == until + timedelta(days=1)
    actions.lift_embargo(page.release, user=None, now=clock.now())
    assert mailing.sweep(now=clock.now()) == [row.pk]
    assert state(row) == "sending"


def test_a_release_withdrawn_while_its_mailing_waits_stops_it_with_a_sentence(room, audience):
    until = clock.now() + timedelta(days=1)
    page = make_release(room, until=until)
    row = prepared(page, audience)
    mailing.launch(row, user=None, now=clock.now())
    actions.withdraw(page.release, reason="Annulé.", user=None, now=clock.now())
    assert mailing.sweep(now=until) == []
    assert state(row) == "draft"
    assert row.reason == "Le communiqué a été retiré."
    assert row in outbox.troubled(until)
    assert not Delivery.objects.exists()


def test_the_officer_reads_when_it_will_leave(room, audience):
    page = make_release(room, until=clock.now() + timedelta(days=1))
    row = prepared(page, audience)
    client = Client()
    client.force_login(make_user("officer"))
    for name in ("mailing_compose", "mailing_confirm"):
        assert (
            "Partira à la levée de l’embargo, le "
            in client.get(reverse(name, args=[row.pk])).content.decode()
        )
    said = client.post(
        reverse("mailing_confirm", args=[row.pk]), {"expected": "3"}, follow=True
    ).content.decode()
    assert "Partira à la levée de l’embargo, le " in said
    preview = client.get(reverse("mailing_preview", args=[row.pk, "fr"])).content.decode()
    assert NO_EMBARGO not in preview, "what is shown is what will leave"


# The journey's fourth step, sentence by sentence ---------------------------------------------------------------
@pytest.fixture
def sent(room, audience, smtp_sink) -> tuple[Any, Any, Mailing]:
    """A release with its kit, sent to the national press."""
    kit = make_kit(room)
    quote = {"text": "Le savoir rentre au pays.", "speaker": "Awa Coulibaly", "function": "Ministre"}
    body = [("paragraph", "<p>Premier paragraphe.</p>"), ("quote", quote), ("paragraph", "<p>Fin.</p>")]
    page = make_release(room, title="Les experts reviennent", kit=kit.kit, body=body)
    row = prepared(page, audience)
    mailing.launch(row, user=None, now=clock.now())
    mailing.drain(row.pk, clock=clock.now)
    return page, kit, row


def test_a_release_sent_to_the_national_press_is_one_row_per_journalist_and_all_are_sent(sent, smtp_sink):
    _page, _kit, row = sent
    assert outbox.counts(row)["sent"] == outbox.counts(row)["total"] == 3
    assert {one.rcpt_tos[0] for one in smtp_sink.received} == set(
        row.deliveries.values_list("address", flat=True)
    )
    assert state(row) == "sent"


def test_each_mail_has_the_whole_text_in_both_parts_and_the_link_to_the_kit(sent, smtp_sink):
    page, kit, _row = sent
    for message in smtp_sink.messages:
        assert message.get_content_type() == "multipart/alternative"
        text = message.get_body(("plain",)).get_content()
        html = message.get_body(("html",)).get_content()
        for part in (text, html):
            for words in (page.title, page.lead, "Premier paragraphe.", "Le savoir rentre au pays.", "Fin."):
                assert words in part
            assert kit.public_url in part


def test_each_mail_carries_its_rows_message_id_and_one_click_headers(sent, smtp_sink):
    _page, _kit, row = sent
    ids = [message["Message-ID"] for message in smtp_sink.messages]
    assert sorted(ids) == sorted(row.deliveries.values_list("message_id", flat=True))
    for message in smtp_sink.messages:
        assert re.fullmatch(r"<https?://\S+/m/[\w-]+/unsubscribe>", message["List-Unsubscribe"])
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_one_click_takes_the_journalist_off_and_a_get_of_the_same_address_does_not(sent, smtp_sink):
    message = smtp_sink.messages[0]
    path = urlsplit(message["List-Unsubscribe"].strip("<>")).path
    client = Client(enforce_csrf_checks=True)
    for _time in range(2):
        assert client.get(path).status_code == client.head(path).status_code == 200
    assert not Suppression.objects.exists()
    answer = client.post(path, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    assert [one.address for one in Suppression.objects.all()] == [message["To"].addresses[0].addr_spec]
    assert not answer.cookies


def test_the_officer_sees_the_progress_and_every_recipients_state(sent):
    _page, _kit, row = sent
    client = Client()
    client.force_login(make_user("officer"))
    shown = client.get(reverse("mailing_detail", args=[row.pk])).content.decode()
    assert "100 %" in shown
    assert shown.count("Envoyé</span>") >= 3
    for address in row.deliveries.values_list("address", flat=True):
        assert address in shown


def test_a_release_is_handed_on_in_a_few_lines_once_everybody_may_read_it(room):
    until = clock.now() + timedelta(days=1)
    page = make_release(room, until=until, title="Les experts reviennent")
    share = registry.shareables.get("press.release")
    assert share is not None
    with pytest.raises(Refused):
        share.brief(page.release.uid, "fr", until - timedelta(seconds=1))
    said = for_whatsapp(share.brief(page.release.uid, "en", until))
    assert said.startswith("*Les experts reviennent*\n\n")
    assert page.lead in said
    assert said.endswith(page.public_url)
    actions.withdraw(page.release, reason="Une erreur.", user=None, now=until)
    with pytest.raises(Refused):
        share.brief(page.release.uid, "fr", until)


def test_a_mail_names_no_file_that_is_withheld(room, audience, smtp_sink):
    shown = make_asset(pdf(), "note.pdf", title="La note", released=True)
    hidden = make_asset(pdf("autre"), "secret.pdf", title="Le rapport retiré", released=True)
    body = [("document", {"document": one.document, "label": ""}) for one in (shown, hidden)]
    page = make_release(room, body=body)
    library.withdraw(hidden, reason="Erreur", now=clock.now())
    row = mailing.launch(prepared(page, audience), user=None, now=clock.now())
    mailing.drain(row.pk, clock=clock.now)
    for kind in ("plain", "html"):
        words = smtp_sink.messages[0].get_body((kind,)).get_content()
        assert "La note" in words
        assert "Le rapport" not in words
