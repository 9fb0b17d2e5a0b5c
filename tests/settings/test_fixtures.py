"""The tests' own tools work as the rest of the suite trusts them to."""

import smtplib

import pytest
from django.core.mail import send_mail
from wagtail.models import Site


@pytest.mark.django_db(transaction=True)
def test_a_transactional_test_may_delete_what_migrations_wrote():
    Site.objects.all().delete()
    assert not Site.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_migrations_wrote_is_back_after_a_transactional_test():
    assert Site.objects.exists()


def test_redis_answers(redis):
    redis.set("key", "value")
    assert redis.get("key") == b"value"


def test_the_sink_keeps_the_bytes_and_may_refuse(smtp_sink):
    send_mail("Objet", "Texte", "from@example.org", ["to@example.org"])
    assert smtp_sink.messages[0]["Subject"] == "Objet"
    smtp_sink.reply = lambda mail_from, rcpt_tos, raw: "451 later"
    with pytest.raises(smtplib.SMTPDataError):
        send_mail("Objet", "Texte", "from@example.org", ["to@example.org"])
    assert len(smtp_sink.received) == 1


def test_the_browser_shows_a_page(browser_page):
    browser_page.set_content("<h1>Bonjour</h1>")
    assert browser_page.inner_text("h1") == "Bonjour"
