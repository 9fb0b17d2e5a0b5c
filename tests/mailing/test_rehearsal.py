"""A mailing as one person would get it: on the screen, and as a test in a real mailbox."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client

from cms.accounts.models import Role
from cms.contacts import actions as contacts
from cms.contacts.models import Organisation
from cms.core import clock
from cms.core.registry import Parts
from cms.mailing import actions
from cms.mailing.mail import signing
from cms.mailing.mail.rehearsal import rehearse, values_of
from cms.mailing.models import Delivery, Mailing, Trial
from tests.factories import mailing as make
from tests.factories.accounts import make_user
from tests.factories.core import make_site
from tests.mailing.test_admin import signed_in, url

pytestmark = pytest.mark.django_db
TRIAL = f"{settings.PUBLIC_URL}/m/essai"


@pytest.fixture
def aminata() -> Any:
    return make.contact(
        1,
        name="Aminata Traoré",
        salutation="Madame la Directrice,",
        function="Directrice",
        organisation=Organisation.objects.create(name="Radio Kayes"),
    )


@pytest.fixture
def mailing(aminata) -> Mailing:
    make.sender(reply_to="communication@tokten.example.org")
    return make.mailing(make.audience(members=[aminata, make.contact(2)]))


def personal_page(client: Client, mailing: Mailing, contact: Any = None, **query: str) -> str:
    asked = query | ({"contact": str(contact.pk)} if contact is not None else {})
    answer = client.get(url("mailing_rehearsal", mailing), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_preview_puts_a_persons_own_words_in_their_places(mailing, aminata):
    officer = signed_in("officer")
    page = personal_page(officer, mailing, aminata)
    assert "Madame la Directrice," in page
    assert "Journée du TOKTEN – été" in page
    frame = officer.get(url("mailing_preview", mailing, "fr"), {"contact": aminata.pk})
    assert "<b>Aminata Traoré</b> de Radio Kayes" in frame.content.decode()
    assert TRIAL in frame.content.decode()
    assert "default-src 'none'" in frame["Content-Security-Policy"]


def test_what_a_preview_takes_of_a_contact_is_what_the_launch_keeps(mailing, aminata):
    """The launch copies in the database what the preview reads in Python: the two say the same."""
    actions.launch(mailing, user=None, now=make.NOON)
    row = mailing.deliveries.get(contact=aminata)
    assert row.values == values_of(aminata)
    assert mailing.deliveries.exclude(contact=aminata).get().values["organisation"] == ""


def test_what_somebody_typed_into_a_card_stays_inert_in_the_preview(mailing, aminata):
    aminata.name = "<script>alert(1)</script> [[unsubscribe_url]] www.piege.example"
    aminata.save()
    frame = (
        signed_in("officer")
        .get(url("mailing_preview", mailing, "fr"), {"contact": aminata.pk})
        .content.decode()
    )
    assert "<script>" not in frame
    assert "www.piege.example" not in frame


def test_the_screen_says_when_there_are_no_words_in_a_persons_language():
    make_site()
    make.sender()
    reader = make.contact(1, language="en")
    mailing = make.worded(make.audience(members=[reader]), headers={"Content-Language": "fr"})
    page = personal_page(signed_in("officer"), mailing, reader)
    assert "français : il n’y a pas de texte en anglais" in page


def test_any_contact_is_found_by_name_and_said_to_be_no_recipient(mailing):
    make.contact(7, name="Oumou Diarra")
    officer = signed_in("officer")
    found = personal_page(officer, mailing, q="oumou")
    key = re.search(r'href="\?contact=(\d+)">Oumou Diarra', found)
    assert key
    assert (
        "(hors des destinataires)"
        in officer.get(url("mailing_rehearsal", mailing), {"contact": key[1]}).content.decode()
    )


@pytest.mark.parametrize("junk", ["", "abc", "-1", "9" * 40, "%00", "0"])
def test_an_odd_contact_is_nobody(mailing, junk):
    officer = signed_in("officer")
    for name, more in (("mailing_rehearsal", ()), ("mailing_preview", ("fr",))):
        answer = officer.get(url(name, mailing, *more), {"contact": junk, "q": junk, "width": junk})
        assert answer.status_code == 200


def test_who_may_look_reads_a_preview_and_sends_no_test(mailing, aminata):
    reader = signed_in("coordinator")
    assert "Envoyer un essai" not in personal_page(reader, mailing, aminata)
    posted = reader.post(url("mailing_rehearsal", mailing), {"addresses": "a@example.org"})
    assert posted.status_code == 403
    assert Client().get(url("mailing_rehearsal", mailing)).status_code == 302
    assert signed_in("author").get(url("mailing_rehearsal", mailing)).status_code == 403
    assert not Trial.objects.exists()


def try_out(
    mailing: Mailing, *addresses: str, user: Any = None, contact: Any = None, now: Any = None
) -> list[Trial]:
    return actions.try_out(
        mailing,
        addresses=addresses or ["test@example.org"],
        contact=contact,
        user=user or make_user(Role.OFFICER),
        now=now or clock.now(),
    )


def test_a_test_is_the_real_mail_but_for_its_mark_and_its_personal_links(mailing, aminata, smtp_sink):
    now = clock.now()
    [row] = try_out(mailing, contact=aminata, now=now)
    assert (row.outcome, row.language) == (Trial.Outcome.TAKEN, "fr")
    actions.launch(mailing, user=None, now=now)
    actions.drain(mailing.pk, clock=lambda: now)
    test, real = (
        smtp_sink.messages[0],
        next(one for one in smtp_sink.messages[1:] if "personne1@" in one["To"]),
    )
    assert test["Subject"] == f"[Essai] {real['Subject']}"
    assert smtp_sink.received[0].rcpt_tos == ["test@example.org"]
    own = {"Subject", "To", "Message-ID", "List-Unsubscribe", "Content-Type", "Date"}
    assert [head for head in test.items() if head[0] not in own] == [
        head for head in real.items() if head[0] not in own
    ]
    for kind in ("plain", "html"):
        sent = real.get_body((kind,)).get_content()
        personal = re.sub(
            rf"{re.escape(settings.PUBLIC_URL)}/m/[\w-]{{43}}(/unsubscribe|/preferences/?)?", TRIAL, sent
        )
        assert test.get_body((kind,)).get_content() == personal
        assert personal != sent


def test_a_test_is_signed_where_the_real_mail_would_be(mailing, smtp_sink, settings, tmp_path):
    settings.DKIM_FOLDER = str(tmp_path / "dkim")
    try_out(mailing)
    call_command("dkim", "new", "tokten.example.org", "k1", stdout=io.StringIO())
    signing.use("tokten.example.org", "k1")
    try_out(mailing)
    assert [message["DKIM-Signature"] is not None for message in smtp_sink.messages] == [False, True]


def test_a_test_counts_nowhere_and_leaves_the_mailing_as_it_was(mailing, smtp_sink):
    try_out(mailing)
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.DRAFT
    assert not Delivery.objects.exists()
    assert Trial.objects.get().mailing == mailing


def test_what_has_left_is_neither_previewed_nor_tried(mailing, smtp_sink):
    actions.launch(mailing, user=None, now=make.NOON)
    mailing.refresh_from_db()
    answer = signed_in("officer").get(url("mailing_rehearsal", mailing))
    assert answer["Location"] == url("mailing_detail", mailing)
    with pytest.raises(actions.WrongState):
        try_out(mailing)
    assert not smtp_sink.received


def test_the_personal_links_of_a_test_do_nothing(mailing, aminata, smtp_sink):
    try_out(mailing, contact=aminata)
    assert smtp_sink.messages[0]["List-Unsubscribe"] == f"<{TRIAL}>"
    assert "Ce courriel était un essai" in Client().get("/m/essai").content.decode()
    posted = Client(enforce_csrf_checks=True).post("/m/essai", {"List-Unsubscribe": "One-Click"})
    assert posted.status_code == 200
    assert not posted.cookies
    from cms.contacts.models import Suppression

    assert not Suppression.objects.exists()


def test_a_test_goes_to_five_addresses_each_once(mailing, smtp_sink):
    many = [f"a{number}@example.org" for number in range(6)]
    with pytest.raises(actions.MailingError, match="5"):
        try_out(mailing, *many)
    assert not smtp_sink.received
    assert len(try_out(mailing, *many[:5], "A0@example.org")) == 5
    assert len(smtp_sink.received) == 5


def test_an_account_sends_twenty_an_hour_and_another_is_not_held_back(mailing, smtp_sink):
    user, now = make_user(Role.OFFICER), clock.now()
    for turn in range(4):
        try_out(mailing, *(f"a{turn}{number}@example.org" for number in range(5)), user=user, now=now)
    with pytest.raises(actions.MailingError, match="20"):
        try_out(mailing, user=user, now=now + timedelta(minutes=59))
    assert len(try_out(mailing, now=now)) == 1
    assert len(try_out(mailing, user=user, now=now + timedelta(minutes=61))) == 1


@pytest.mark.parametrize("address", ["", "pas une adresse", "a@example.org\r\nBcc: b@example.org", "a@b"])
def test_what_is_no_address_is_refused_before_anything_leaves(mailing, smtp_sink, address):
    with pytest.raises((actions.MailingError, ValidationError)):
        try_out(mailing, address)
    assert not smtp_sink.received


def test_who_asked_to_be_left_alone_gets_no_test_either(mailing, smtp_sink):
    contacts.suppress(address="test@example.org", now=make.NOON)
    with pytest.raises(actions.MailingError, match="test@"):
        try_out(mailing)
    assert not smtp_sink.received


class TestUnderEmbargo:
    """A text under embargo reaches the team's own boxes and no other."""

    @pytest.fixture
    def embargoed(self, mailing) -> Any:
        from uuid import uuid4

        Mailing.objects.filter(pk=mailing.pk).update(source_uid=uuid4())
        mailing.refresh_from_db()
        make.EMBARGOED[mailing.source_uid] = clock.now() + timedelta(hours=2)
        return mailing

    def test_a_stranger_gets_no_test_even_where_it_leaves_after_the_embargo(self, embargoed, smtp_sink):
        Mailing.objects.filter(pk=embargoed.pk).update(send_at=clock.now() + timedelta(hours=5))
        embargoed.refresh_from_db()
        with pytest.raises(actions.MailingError, match="test@"):
            try_out(embargoed)
        assert not smtp_sink.received

    def test_the_team_does(self, embargoed, smtp_sink):
        make_user(Role.EDITOR, email="redaction@example.org")
        make_user(Role.JOURNALIST, email="journaliste@example.org")
        assert try_out(embargoed, "redaction@example.org")[0].outcome == Trial.Outcome.TAKEN
        with pytest.raises(actions.MailingError, match="journaliste"):
            try_out(embargoed, "redaction@example.org", "journaliste@example.org")
        assert len(smtp_sink.received) == 1

    def test_what_is_refused_for_good_is_not_tried(self, embargoed, smtp_sink):
        make.EMBARGOED[embargoed.source_uid] = None
        with pytest.raises(actions.MailingError, match="embargo"):
            try_out(embargoed)
        assert not smtp_sink.received


def test_a_refusal_is_told_with_the_servers_words_and_the_others_go(mailing, smtp_sink):
    smtp_sink.reply = lambda _from, to, _raw: "550 5.1.1 inconnu" if "a1@" in to[0] else "250 OK"
    rows = try_out(mailing, "a1@example.org", "a2@example.org")
    assert [row.outcome for row in rows] == [Trial.Outcome.REFUSED, Trial.Outcome.TAKEN]
    assert "inconnu" in Trial.objects.get(address="a1@example.org").said


def test_a_server_that_is_away_is_a_sentence_on_the_screen(mailing, settings):
    from tests.conftest import free_port

    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    page = signed_in("officer").post(
        url("mailing_rehearsal", mailing), {"addresses": "a@example.org, b@example.org"}, follow=True
    )
    said = page.content.decode()
    assert "a@example.org : le serveur de messagerie a refusé" in said
    assert "b@example.org : l’essai n’a plus été tenté" in said


def test_a_test_from_the_screen_says_where_it_went_and_shows_in_the_journal(mailing, aminata, smtp_sink):
    officer = signed_in("officer")
    posted = {"addresses": "a@example.org\nb@example.org", "contact": aminata.pk}
    page = officer.post(url("mailing_rehearsal", mailing), posted, follow=True).content.decode()
    assert "Les essais sont partis à a@example.org, b@example.org." in page
    assert f"comme {aminata}" in page
    wrong = officer.post(url("mailing_rehearsal", mailing), {"addresses": "rien"})
    assert wrong.status_code == 422
    assert Trial.objects.count() == 2


def test_a_rehearsal_writes_nothing(mailing, aminata):
    before = [model.objects.count() for model in (Delivery, Trial, Mailing)]
    mail = rehearse(mailing, contact=aminata, sender=mailing.sender, now=make.NOON)
    assert isinstance(mail.parts, Parts)
    assert [model.objects.count() for model in (Delivery, Trial, Mailing)] == before


def test_mail_that_a_person_is_owed_has_no_preview_for_all():
    make.sender()
    queue = make.owed().mailing
    answer = signed_in("officer").get(url("mailing_preview", queue, "fr"))
    assert answer.status_code == 404
