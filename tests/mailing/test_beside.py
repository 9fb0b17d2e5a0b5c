"""Beside e-mail: whom a letter or a message is for, in which order and words, and that it counts."""

from __future__ import annotations

import csv
import ctypes
from datetime import date, timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import translation
from wagtail.models import Locale

from cms.contacts import actions as contacts
from cms.contacts.models import Consent, ContactPhone, Organisation, SuppressionReason
from cms.core import registry
from cms.core.registry import Brief, Parts, Refused, Renderer, Shareable
from cms.mailing import actions, documents
from cms.mailing.mail.paper import letters_on_paper
from cms.mailing.models import Diffusion, Mailing
from cms.mailing.queries import beside
from cms.mailing.views.beside import LettersForm
from tests.factories import mailing as make
from tests.mailing.test_admin import signed_in

pytestmark = pytest.mark.django_db

THING = uuid4()


def brief(uid, language, now):
    if uid != THING:
        raise Refused("Ce texte n’est pas public.")
    return Brief("Journée du TOKTEN", "Un texte.", f"https://tokten.example.org/{language}/journee")


def greets(mailing, language, now):
    links = '<a href="https://a.example/">https://a.example</a> <a href="https://b.example/x">Lire</a>'
    return Parts("Objet", "", f"<p>[[greeting]] {{{{ 7*7 }}}}</p>{links}")


def document(mailing, language, now):
    return Parts("Objet", "Un <début>.\nLigne.\n\nUne fin.", "<!DOCTYPE html><html><p>x</p></html>")


if registry.shareables.get("tests.notice") is None:
    registry.shareables.register(Shareable("tests.notice", "Notice", brief))
    registry.mailing_renderers.register(Renderer("tests.greets", "Notice", greets))
    registry.mailing_renderers.register(Renderer("tests.document", "Notice", document))


def person(number: int, **fields):
    phone = fields.pop("phone", "")
    row = make.contact(number, **{"address": "", **fields})
    if phone:
        ContactPhone.objects.create(contact=row, number=phone, is_primary=True)
    return row


@pytest.fixture
def paper() -> Mailing:
    """Somebody with a mail, three on paper, one whom the post does not find."""
    make.sender()
    ministry = Organisation.objects.create(name="Ministère", postal_address="BP 1", city="Bamako")
    people = [
        make.contact(1, postal_address="BP 9"),
        person(2, name="Zié Koné", postal_address="BP 2", family_name="Koné"),
        person(3, name="Awa Ba", organisation=ministry, protocol_rank=2, language="en"),
        person(
            4,
            name="Modibo Keïta",
            civility="S.E.M.",
            postal_address="BP 4",
            protocol_rank=1,
            salutation="Monsieur le Ministre,",
            closing="Veuillez agréer, Monsieur le Ministre, ma très haute considération.",
        ),
        person(5, name="Sans Adresse", phone="+22376000005"),
    ]
    return make.mailing(make.audience(members=people))


def names(people) -> list[str]:
    return [one.name for one in people]


def test_a_letter_is_for_those_without_an_e_mail_in_protocol_order_and_the_rest_is_named(paper):
    people = beside.on_paper(paper)
    assert names(beside.with_postal_address(people)) == ["Modibo Keïta", "Awa Ba", "Zié Koné"]
    assert names(beside.without_postal_address(people)) == ["Sans Adresse"]


def test_a_dead_address_may_be_written_to_on_paper_but_who_wants_no_mail_never(paper):
    gone = make.contact(6, postal_address="BP 6")
    left = make.contact(7, postal_address="BP 7")
    contacts.suppress(address="personne6@example.org", reason=SuppressionReason.HARD_BOUNCE, now=make.NOON)
    contacts.suppress(address="personne7@example.org", reason=SuppressionReason.UNSUBSCRIBED, now=make.NOON)
    declined = person(8, postal_address="BP 8")
    Consent.objects.create(
        contact=declined, purpose="press", source="paper", given_at=make.NOON, withdrawn_at=make.NOON
    )
    people = [gone, left, declined]
    actions.edit(paper, changes={"contacts": people}, user=None, now=make.NOON)
    assert declined in beside.on_paper(paper)
    paper.kind = Mailing.Kind.PRESS
    assert declined not in beside.on_paper(paper)
    assert gone not in beside.on_paper(paper)
    assert gone in beside.on_paper(paper, dead_too=True)
    assert left not in beside.on_paper(paper, dead_too=True)


def test_a_letter_has_its_persons_opening_closing_and_language(paper):
    Locale.objects.get_or_create(language_code="en")
    people = beside.with_postal_address(beside.on_paper(paper))
    letters = letters_on_paper(paper, people, place="Bamako", dated=date(2019, 2, 5), now=make.NOON)
    minister, awa, zie = letters
    assert minister.salutation == "Monsieur le Ministre,"
    assert minister.closing == "Veuillez agréer, Monsieur le Ministre, ma très haute considération."
    assert minister.to.lines[0] == "S.E.M. Modibo Keïta"
    assert minister.dated == "Bamako, le 5 février 2019"
    assert "Bonjour <b>Modibo Keïta</b>" in minister.body
    assert "Madame, Monsieur" in zie.closing
    assert (awa.language, "Hello <b>Awa Ba</b> de Ministère" in awa.body) == ("en", True)
    assert awa.dated == "Bamako, 5 February 2019"
    assert "[[" not in minister.body + awa.body + zie.body


def test_words_that_greet_by_themselves_are_not_opened_twice():
    make.sender()
    mailing = make.mailing(
        make.audience(members=[person(1, postal_address="BP 1", salutation="Chère <Awa>,")]),
        renderer="tests.greets",
    )
    people = beside.on_paper(mailing)
    (letter,) = letters_on_paper(mailing, people, place="", dated=date(2019, 2, 5), now=make.NOON)
    assert letter.salutation == ""
    assert letter.body == (
        '<p>Chère &lt;Awa&gt;, {{ 7*7 }}</p>https://a.example <a href="https://b.example/x">Lire</a>'
    )
    assert letter.dated == "5 février 2019"


def test_a_mail_that_is_a_document_of_its_own_is_printed_from_its_text():
    make.sender()
    mailing = make.mailing(
        make.audience(members=[person(1, postal_address="BP 1")]), renderer="tests.document"
    )
    (letter,) = letters_on_paper(
        mailing, beside.on_paper(mailing), place="", dated=date(2019, 2, 5), now=make.NOON
    )
    assert letter.body == "<p>Un &lt;début&gt;.<br>Ligne.</p><p>Une fin.</p>"


def test_printing_is_kept_once_and_counts_a_person_once(paper):
    day = timedelta(days=1)
    given = {
        "people": list(beside.with_postal_address(beside.on_paper(paper))),
        "user": None,
        "now": make.NOON,
    }
    signature = actions.Signature("Bamako", date(2019, 2, 5), "M. Diallo", "Le Coordonnateur")
    assert actions.print_labels(paper, sheet="3x8", start=4, trial=True, **given).startswith(b"%PDF-")
    assert not Diffusion.objects.exists()
    assert actions.print_labels(paper, sheet="3x8", start=4, **given).startswith(b"%PDF-")
    assert actions.print_letters(paper, signature=signature, **given).startswith(b"%PDF-")
    assert beside.count_on_paper(make.NOON - day, make.NOON + day) == 3
    letters = Diffusion.objects.get(channel="letters")
    assert (letters.people, letters.title, letters.mailing) == (3, paper.title, paper)
    assert beside.last_options("labels") == {"sheet": "3x8", "start": 7}
    assert beside.last_options("letters")["name"] == "M. Diallo"
    # for those for whom nothing was printed yet
    late = person(8, name="Nouvelle Venue", postal_address="BP 8")
    actions.edit(paper, changes={"contacts": [late]}, user=None, now=make.NOON)
    fresh = beside.with_postal_address(beside.on_paper(paper, fresh_for="letters"))
    assert names(fresh) == ["Nouvelle Venue"]
    # struck out, it counts no more, and they are to be printed for again
    for row in Diffusion.objects.all():
        actions.strike_out(row, user=None, now=make.NOON)
    assert beside.count_on_paper(make.NOON - day, make.NOON + day) == 0
    assert beside.on_paper(paper, fresh_for="letters").count() == 5


def test_no_letter_and_no_text_message_says_what_is_under_embargo(paper):
    paper.source_uid = THING
    paper.save()
    make.EMBARGOED[THING] = make.NOON + timedelta(hours=2)
    given = {"user": None, "now": make.NOON}
    try:
        with pytest.raises(actions.MailingError, match="Sous embargo"):
            actions.print_letters(
                paper,
                people=beside.on_paper(paper),
                signature=actions.Signature("", date(2019, 2, 5), "M. Diallo"),
                **given,
            )
        with pytest.raises(actions.MailingError, match="Sous embargo"):
            actions.hand_over_numbers(paper, people=beside.by_telephone(paper), texts={"fr": "x"}, **given)
        actions.print_labels(paper, people=beside.on_paper(paper)[:1], sheet="2x7", **given)
    finally:
        del make.EMBARGOED[THING]


def test_numbers_are_those_without_an_e_mail_each_once_and_nobody_who_wants_no_call():
    make.sender()
    people = [
        person(1, name="Première", phone="+22376000001", protocol_rank=1),
        person(2, name="Même maison", phone="+22376000001"),
        person(3, name="Refuse", phone="+22376000003"),
        person(4, name="Anglophone", phone="+22376000004", language="en"),
        make.contact(5, name="Courriel"),
        make.contact(6, name="Désabonnée"),
    ]
    for number, one in enumerate(people[4:], start=5):
        ContactPhone.objects.create(contact=one, number=f"+2237600000{number}", is_primary=True)
    contacts.suppress(address="personne6@example.org", now=make.NOON)
    Consent.objects.create(
        contact=people[2], purpose="phone", source="staff", given_at=make.NOON, withdrawn_at=make.NOON
    )
    mailing = make.mailing(make.audience(members=people))
    assert names(beside.by_telephone(mailing)) == ["Première", "Anglophone"]
    assert names(beside.by_telephone(mailing, all_numbers=True)) == ["Première", "Anglophone", "Courriel"]
    assert beside.left_out_of_calls(mailing) == 2
    lines = actions.hand_over_numbers(
        mailing,
        people=beside.by_telephone(mailing),
        texts={"fr": "ça " * 30, "en": "Meeting"},
        user=None,
        now=make.NOON,
    )
    rows = list(csv.reader(StringIO(b"".join(lines).decode("utf-8-sig")), delimiter=";"))
    assert [row[0] for row in rows[1:]] == ["+22376000001", "+22376000004"]
    kept = Diffusion.objects.get()
    assert (kept.channel, kept.people, kept.segments) == ("sms", 2, 3)


# Pages -------------------------------------------------------------------------------------------------------
def test_the_officer_prints_from_the_page_and_reads_who_did_what(paper):
    officer = signed_in("officer")
    address = reverse("mailing_paper", args=[paper.pk])
    page = officer.get(address).content.decode()
    assert "Imprimer 3 étiquettes" in page
    assert "Sans Adresse" in page
    trial = officer.post(address, {"do": "labels-trial", "labels-sheet": "2x7", "labels-start": "3"})
    assert trial["Content-Type"] == "application/pdf"
    assert not Diffusion.objects.exists()
    form = {"letters-place": "Bamako", "letters-dated": "2019-02-05", "letters-name": "M. Diallo"}
    answer = officer.post(address, form | {"do": "letters"})
    assert answer.content.startswith(b"%PDF-")
    assert "no-store" in answer["Cache-Control"]
    row = Diffusion.objects.get()
    assert (row.channel, row.people, row.user.username) == ("letters", 3, "officer")
    page = officer.get(address).content.decode()
    assert "officer" in page
    assert "Ce qui est déjà parti" in page
    officer.post(reverse("mailing_strike", args=[row.pk]), {"next": "//evil.example/"})
    row.refresh_from_db()
    assert row.struck_at is not None


def test_a_start_beyond_the_sheet_and_a_missing_signatory_are_form_errors(paper):
    officer = signed_in("officer")
    address = reverse("mailing_paper", args=[paper.pk])
    late = officer.post(address, {"do": "labels", "labels-sheet": "2x7", "labels-start": "15"})
    assert late.status_code == 422
    assert "n’a que 14 étiquettes" in late.content.decode()
    assert officer.post(address, {"do": "letters", "letters-place": "Bamako"}).status_code == 422
    assert not Diffusion.objects.exists()


def test_only_who_may_send_prints_and_only_who_may_export_takes_numbers(paper):
    pages = [reverse(name, args=[paper.pk]) for name in ("mailing_paper", "mailing_text_messages")]
    for role in ("author", "coordinator", "protocol"):
        client = signed_in(role)
        for address in pages:
            assert client.get(address).status_code == 403
            assert client.post(address, {"do": "labels"}).status_code == 403
    assert not Diffusion.objects.exists()


def test_a_text_message_says_its_cost_and_is_never_changed(paper):
    officer = signed_in("officer")
    address = reverse("mailing_text_messages", args=[paper.pk])
    assert "1 numéro" in officer.get(address).content.decode()
    refused = officer.post(address, {"fr": "=1+1"})
    assert refused.status_code == 422
    answer = officer.post(address, {"fr": "Réunion à Kati, ça commence à 10 h"})
    assert answer["Content-Type"] == "text/csv"
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert "+22376000005;Sans Adresse;fr;Réunion à Kati, ça commence à 10 h;UCS-2;1" in text
    assert Diffusion.objects.get().text == "Réunion à Kati, ça commence à 10 h"


def test_a_copied_text_is_kept_with_its_words_and_no_longer_than_a_screen():
    officer = signed_in("officer")
    address = reverse("mailing_share", args=["tests.notice", THING])
    page = officer.get(address).content.decode()
    assert "*Journée du TOKTEN*\n\nUn texte.\n\nhttps://tokten.example.org/fr/journee" in page
    assert officer.post(address, {"text": "x" * 901}).status_code == 422
    assert not Diffusion.objects.exists()
    officer.post(address, {"text": "*Venez*\r\nhttps://tokten.example.org/fr/journee"})
    row = Diffusion.objects.get()
    assert (row.channel, row.text) == ("whatsapp", "*Venez*\nhttps://tokten.example.org/fr/journee")
    assert (row.title, row.source, row.source_uid) == ("Journée du TOKTEN", "tests.notice", THING)
    day = timedelta(days=1)
    assert beside.count_copied(row.at - day, row.at + day) == 1


def test_what_not_everybody_may_read_is_not_copied():
    officer = signed_in("officer")
    address = reverse("mailing_share", args=["tests.notice", uuid4()])
    assert "Ce texte n’est pas public." in officer.get(address).content.decode()
    assert officer.post(address, {"text": "quand même"}).status_code == 422
    assert officer.get(reverse("mailing_share", args=["tests.unknown", THING])).status_code == 404
    assert not Diffusion.objects.exists()


def test_the_follow_up_lists_and_exports_all_of_it_in_as_many_queries(paper, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def keep() -> None:
        actions.print_labels(paper, people=beside.on_paper(paper)[:1], sheet="3x8", user=None, now=make.NOON)

    reader = signed_in("coordinator")
    address = reverse("mailing_diffusions")
    assert "Rien n’est encore parti" in reader.get(address).content.decode()
    keep()
    with CaptureQueriesContext(connection) as one:
        assert "Étiquettes d’adresse" in reader.get(address).content.decode()
    for _time in range(4):
        keep()
    with CaptureQueriesContext(connection) as five:
        reader.get(address)
    assert len(five) == len(one)
    file = b"".join(reader.get(address, {"export": "csv"}).streaming_content).decode("utf-8-sig")
    assert file.count("labels;") == 5
    assert signed_in("author").get(address).status_code in (302, 403)


def test_the_measures_of_the_plan_know_what_left_beside_e_mail():
    for key in ("mailing.paper", "mailing.text_messages", "mailing.whatsapp"):
        measure = registry.measures.get(key)
        assert measure is not None
        assert measure.count(make.NOON, make.NOON) == 0
        with translation.override("fr"):
            assert str(measure.label) != ""


def test_a_server_without_the_libraries_says_so_on_every_page_of_who_prints(monkeypatch, paper):
    officer, author = signed_in("officer"), signed_in("author")
    home = reverse("wagtailadmin_home")
    sentence = "ne peut pas fabriquer de PDF"
    assert sentence not in officer.get(home).content.decode()

    opened = ctypes.CDLL

    def without_pango(name, *args, **kwargs):
        if name and "pango" in str(name):
            raise OSError(name)
        return opened(name, *args, **kwargs)

    monkeypatch.setattr(ctypes, "CDLL", without_pango)
    documents.lacking.cache_clear()
    try:
        page = officer.get(home).content.decode()
        assert sentence in page
        assert "libpango, libpangoft2" in page
        assert sentence in officer.get(reverse("mailing_paper", args=[paper.pk])).content.decode()
        assert sentence not in author.get(home).content.decode()
    finally:
        documents.lacking.cache_clear()


def test_more_letters_than_one_file_holds_are_printed_in_parts_of_the_same_order():
    few = LettersForm(number=100, at_once=100, prefix="letters")
    assert "part" not in few.fields
    data = {"letters-part": "1", "letters-place": "Kati", "letters-dated": "2019-02-05", "letters-name": "A"}
    many = LettersForm(data, number=230, at_once=100, prefix="letters")
    assert [label for _value, label in many.fields["part"].choices] == ["1 – 100", "101 – 200", "201 – 230"]
    assert many.is_valid()
    assert many.slice() == slice(100, 200)
    assert not LettersForm(data | {"letters-part": "3"}, number=230, at_once=100, prefix="letters").is_valid()
