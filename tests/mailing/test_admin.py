"""The officer's side: who may do what, counting before sending, figures that move."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from cms.accounts.models import User
from cms.contacts import actions as contacts
from cms.core import clock, links
from cms.mailing import actions, queries
from cms.mailing.models import Delivery, DeliveryEvent, Mailing, RecipientDomain, Sender
from tests.factories import mailing as make

pytestmark = pytest.mark.django_db


def signed_in(role: str) -> Client:
    user = User.objects.create_user(username=role, password="x")
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def officer() -> Client:
    return signed_in("officer")


@pytest.fixture
def draft() -> Mailing:
    make.sender()
    people = [make.contact(1), make.contact(2), make.contact(3), make.contact(4, address="")]
    contacts.suppress(address="personne3@example.org", now=make.NOON)
    return make.mailing(make.audience(members=people))


def url(name: str, mailing: Mailing, *more: str) -> str:
    return reverse(name, args=[mailing.pk, *more])


def test_the_officer_reads_the_number_before_and_on_the_button(officer, draft):
    page = officer.get(url("mailing_detail", draft), follow=True)
    assert "Envoyer à 2 contacts" in page.content.decode()
    confirm = officer.get(url("mailing_confirm", draft))
    assert "Oui, envoyer à 2 contacts" in confirm.content.decode()
    assert "personne1@example.org" in confirm.content.decode()
    assert "personne3@example.org" not in confirm.content.decode()


def test_only_the_second_word_sends(officer, draft, django_capture_on_commit_callbacks):
    officer.get(url("mailing_confirm", draft))
    draft.refresh_from_db()
    assert draft.state == Mailing.State.DRAFT
    officer.post(url("mailing_confirm", draft), {"expected": "2"})
    draft.refresh_from_db()
    assert draft.state == Mailing.State.SENDING
    assert draft.launched_by.username == "officer"
    assert queries.counts(draft)["queued"] == 2


def test_a_number_that_changed_in_between_is_read_again(officer, draft):
    contacts.suppress(address="personne2@example.org", now=make.NOON)
    page = officer.post(url("mailing_confirm", draft), {"expected": "2"}, follow=True)
    draft.refresh_from_db()
    assert draft.state == Mailing.State.DRAFT
    assert "Oui, envoyer à 1 contact" in page.content.decode()


@pytest.mark.parametrize("role", ["author", "coordinator", "protocol"])
def test_who_may_not_send_gets_403_and_nothing_leaves(role, draft):
    client = signed_in(role)
    assert client.post(url("mailing_confirm", draft), {"expected": "2"}).status_code == 403
    draft.refresh_from_db()
    assert draft.state == Mailing.State.DRAFT
    actions.launch(draft, user=None, now=clock.now())
    for verb in ("pause", "resume", "cancel", "retry", "arrived", "resend", "unschedule"):
        assert client.post(url("mailing_act", draft, verb)).status_code == 403
    draft.refresh_from_db()
    assert draft.state == Mailing.State.SENDING


def test_a_visitor_is_asked_to_sign_in(draft):
    for name in ("mailing_detail", "mailing_confirm", "mailing_progress"):
        assert Client().get(url(name, draft)).status_code == 302


def test_pause_resume_and_cancel_from_the_page(officer, draft):
    actions.launch(draft, user=None, now=clock.now())
    for verb, state in (("pause", "paused"), ("resume", "sending"), ("cancel", "cancelled")):
        officer.post(url("mailing_act", draft, verb))
        draft.refresh_from_db()
        assert draft.state == state
    assert officer.get(url("mailing_act", draft, "resume")).status_code == 302
    draft.refresh_from_db()
    assert draft.state == "cancelled"


def test_an_action_that_comes_too_late_is_a_sentence_not_an_error(officer, draft):
    page = officer.post(url("mailing_act", draft, "pause"), follow=True)
    assert page.status_code == 200
    assert "a changé entre-temps" in page.content.decode()


def test_progress_is_true_and_json(officer, draft):
    actions.launch(draft, user=None, now=clock.now())
    figures = officer.get(url("mailing_progress", draft)).json()
    assert (figures["total"], figures["over"], figures["running"]) == (3, 1, True)
    assert figures["state"] == "sending"
    assert {count["state"]: count["number"] for count in figures["counts"]}["queued"] == 2


def test_the_page_says_speed_reasons_replies_and_draws_the_minutes(officer, draft):
    actions.launch(draft, user=None, now=make.NOON)
    first, second = draft.deliveries.filter(state="queued").order_by("pk")
    Delivery.objects.filter(pk=first.pk).update(state="sent", sent_at=make.NOON)
    Delivery.objects.filter(pk=second.pk).update(
        state="failed", reason="box_full", smtp_text="552 5.2.2 pleine"
    )
    DeliveryEvent.objects.create(delivery=second, at=make.NOON, state="failed", reason="box_full")
    Sender.objects.update(reply_to="redaction@tokten.example.org")
    page = officer.get(url("mailing_detail", draft)).content.decode()
    assert "les réponses arrivent à redaction@tokten.example.org" in page
    assert "Réponse du serveur, par exemple\u00a0: 552 5.2.2 pleine" in page
    assert 'href="?state=failed&amp;reason=box_full#recipients"' in page
    assert '<svg viewBox="0 0 720 200" role="img" aria-labelledby="chart-title chart-said">' in page
    assert "1 remis en tout" in page
    assert "Refusés, reportés ou en doute\u00a0: 1." in page
    figures = page[page.index("Le graphique en chiffres") :]
    assert '<td class="mailing-number">1</td><td class="mailing-number">1</td>' in figures
    narrowed = officer.get(url("mailing_detail", draft), {"reason": "box_full"}).content.decode()
    assert second.address in narrowed
    assert first.address not in narrowed


def test_a_confirmation_says_where_answers_arrive(officer, draft):
    Sender.objects.update(reply_to="redaction@tokten.example.org")
    confirm = officer.get(url("mailing_confirm", draft)).content.decode()
    assert "<dt>Réponses reçues à</dt><dd>redaction@tokten.example.org</dd>" in confirm


def test_the_list_asks_for_the_figures_of_what_is_being_sent(officer, draft):
    address = reverse("mailing_list_progress")
    assert "data-mailing" not in officer.get(reverse("mailing_index")).content.decode()
    actions.launch(draft, user=None, now=clock.now())
    page = officer.get(reverse("mailing_index")).content.decode()
    assert f'data-mailing="{draft.pk}" data-url="{address}"' in page
    assert "mailing/progress.js" in page
    figures = officer.get(address, {"pk": [draft.pk, "junk", "9" * 30]}).json()
    assert figures == {
        str(draft.pk): {
            "done": 0,
            "total": 3,
            "words": "0 / 3",
            "trouble": "",
            "state_label": "En cours d’envoi",
            "running": True,
        }
    }
    assert signed_in("author").get(address, {"pk": draft.pk}).status_code in (302, 403)


def test_lists_show_every_recipient_with_filters(officer, draft):
    actions.launch(draft, user=None, now=clock.now())
    page = officer.get(url("mailing_detail", draft), {"state": "suppressed"}).content.decode()
    assert "personne3@example.org" in page
    assert "personne1@example.org" not in page
    page = officer.get(url("mailing_detail", draft), {"q": "Personne 2"}).content.decode()
    assert "personne2@example.org" in page
    assert "personne1@example.org" not in page


def test_recipients_leave_as_a_table_as_the_page_narrows_them_and_run_no_formula(officer, draft):
    actions.launch(draft, user=None, now=clock.now())
    Delivery.objects.filter(address="personne2@example.org").update(values={"name": "=HYPERLINK(1)"})
    table = b"".join(officer.get(url("mailing_recipients_file", draft, "csv"))).decode("utf-8-sig")
    assert len(table.splitlines()) == 4
    assert "'=HYPERLINK(1);" in table
    some = b"".join(
        officer.get(url("mailing_recipients_file", draft, "csv"), {"state": "suppressed"})
    ).decode()
    assert "personne3@example.org" in some
    assert "personne1@example.org" not in some
    assert officer.get(url("mailing_recipients_file", draft, "xlsx")).content[:2] == b"PK"
    assert officer.get(url("mailing_recipients_file", draft, "ods")).status_code == 404
    looker = signed_in("coordinator")
    assert looker.get(url("mailing_recipients_file", draft, "csv")).status_code == 403
    assert "recipients.csv" not in looker.get(url("mailing_detail", draft)).content.decode()
    assert "recipients.csv" in officer.get(url("mailing_detail", draft)).content.decode()


def test_the_list_takes_the_same_queries_for_one_and_thirty(officer, draft, django_assert_max_num_queries):
    officer.get(reverse("mailing_index"))
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as one:
        assert officer.get(reverse("mailing_index")).status_code == 200
    for _number in range(29):
        make.mailing()
    with CaptureQueriesContext(connection) as thirty:
        assert officer.get(reverse("mailing_index")).status_code == 200
    assert len(thirty) == len(one)


def test_composing_saves_audiences_and_hour(officer, draft):
    audience = make.audience(slug="radio", members=[make.contact(9)])
    form = {"title": "Autre", "audiences": [audience.pk], "sender": draft.sender_id, "send_at": ""}
    assert officer.post(url("mailing_compose", draft), form).status_code == 302
    draft.refresh_from_db()
    assert draft.title == "Autre"
    assert queries.reach(draft).by_email == 1
    late = officer.post(url("mailing_compose", draft), form | {"send_at": "2001-01-01 10:00"})
    assert late.status_code == 422


def test_a_line_break_in_a_title_or_a_senders_name_is_a_form_error(officer, draft):
    form = {"title": "Un\r\nBcc: x@example.org", "audiences": [], "sender": draft.sender_id}
    answer = officer.post(url("mailing_compose", draft), form)
    assert answer.status_code == 422
    assert "sur une seule ligne" in answer.content.decode()
    admin = signed_in("admin")
    sender = {
        "name": "A\nB",
        "address": "a@example.org, b@example.org",
        "connections": "1",
        "rate_per_minute": "0",
    }
    page = admin.post(reverse("mailing_senders:add"), sender)
    assert page.status_code == 200
    assert Sender.objects.count() == 1
    assert "sur une seule ligne" in page.content.decode()


def test_the_page_of_a_mail_that_was_withheld_shows_no_mail(officer, draft):
    actions.launch(draft, user=None, now=clock.now())
    withheld = draft.deliveries.get(state="suppressed")
    other = draft.deliveries.filter(state="queued").first()
    words, frame = "Ce courriel n’a pas été envoyé à cette personne.", "<iframe"
    shown = officer.get(reverse("mailing_delivery", args=[withheld.pk])).content.decode()
    assert words in shown
    assert frame not in shown
    shown = officer.get(reverse("mailing_delivery", args=[other.pk])).content.decode()
    assert words not in shown
    assert frame in shown


def test_previews_and_letters_run_nothing(officer, draft):
    shown = officer.get(url("mailing_preview", draft, "fr"))
    assert "default-src 'none'" in shown["Content-Security-Policy"]
    assert "«\u202fnom\u202f»" in shown.content.decode()
    actions.launch(draft, user=None, now=clock.now())
    assert officer.get(url("mailing_letter", draft, "fr")).status_code == 200
    assert officer.get(url("mailing_letter", draft, "en")).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_the_downloaded_mail_is_what_was_sent_byte_for_byte(smtp_sink):
    mailing = make.launched(1)
    actions.drain(mailing.pk, clock=lambda: make.NOON)
    row = mailing.deliveries.get()
    answer = signed_in("editor").get(reverse("mailing_delivery_eml", args=[row.pk]))
    assert answer.content == smtp_sink.received[0].raw
    page = signed_in("coordinator").get(reverse("mailing_delivery", args=[row.pk]))
    assert row.message_id.strip("<>") in page.content.decode()


def test_who_only_looks_reads_a_mail_without_its_recipients_links(draft):
    row = make.owed(values={"event": "Conférence", "ticket_url": "https://tokten.example.org/r/abc"})
    actions.launch(draft, user=None, now=clock.now())
    bulk = draft.deliveries.filter(state="queued").first()
    Delivery.objects.update(dated_at=make.NOON)
    keys = ["/r/abc", links.make("mail", bulk.uid, 1)]
    seen = {}
    for role in ("coordinator", "officer"):
        client = signed_in(role)
        names = ("mailing_delivery", "mailing_delivery_letter", "mailing_delivery_eml")
        answers = [client.get(reverse(name, args=[one.pk])) for one in (row, bulk) for name in names]
        seen[role] = (
            {one.status_code for one in answers},
            [any(key in one.content.decode() for one in answers) for key in keys],
        )
        letters = [answers[1].content.decode(), answers[4].content.decode()]
        assert "place est gardée" in letters[0], "the words are there for both"
        assert "https://tokten.example.org/dossier" in letters[1], "and what everybody was sent"
        assert ("mail.eml" in answers[0].content.decode()) is (role == "officer")
    assert seen["coordinator"] == ({200, 403}, [False, False])
    assert seen["officer"] == ({200}, [True, True]), "the control: who may send has them"


@pytest.mark.parametrize("junk", ["%00", "%ff", "9" * 40, "-1", "x" * 5000])
def test_an_odd_query_on_a_mailing_is_no_failure(officer, draft, junk):
    actions.launch(draft, user=None, now=make.NOON)
    for address in (url("mailing_detail", draft), reverse("mailing_index")):
        query = "&".join(f"{name}={junk}" for name in ("q", "p", "state", "kind", "ordering"))
        assert officer.get(f"{address}?{query}").status_code in (200, 400, 404)


def test_domains_that_are_not_to_be_pressed_are_an_administrators_business():
    now = clock.now()
    RecipientDomain.objects.create(domain="gmail.com", rate_per_minute=60)
    soon, past = now + timedelta(minutes=7), now - timedelta(days=300)
    slow = RecipientDomain.objects.create(domain="slow.example", slowed_until=soon, slowed_reason="421 later")
    assert (slow.slowed(now), RecipientDomain(slowed_until=past).slowed(now)) == (soon, None)
    words = signed_in("admin").get(reverse("mailing_domains:index")).content.decode()
    assert "gmail.com" in words
    assert "421 later" in words
    assert signed_in("officer").get(reverse("mailing_domains:index")).status_code == 302
