"""Guest lists on the secretariat's screens, each behind its permission; and the guest's own page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from cms.contacts import actions as contacts
from cms.contacts.models import Contact, ContactImport
from cms.mailing.models import Delivery
from events import actions, queries
from events.models import Event, EventPage, Invitation, Occurrence, Registration
from tests.events.test_views_admin import signed_in
from tests.factories.contacts import make_audience, make_contact
from tests.factories.events import make_event, make_registration
from tests.factories.guests import make_guest

pytestmark = pytest.mark.django_db


@pytest.fixture
def guest(occurrence: Occurrence) -> Invitation:
    return make_guest(occurrence, now=timezone.now(), may_bring=1, name="Awa Keïta", email="awa@example.org")


def address(page: EventPage, rest: str = "") -> str:
    return f"/admin/agenda/{page.event_id}/guests/{rest}"


def own(guest: Invitation) -> str:
    return f"/i/{queries.guest_key(guest)}"


# The secretariat ----------------------------------------------------------------------------------------------------
def test_protocol_chooses_people_sees_how_many_are_new_and_puts_them_on_the_list(page, occurrence, guest):
    client = signed_in("protocol")
    audience = make_audience(make_contact(name="Moussa Diarra", protocol_rank=3), guest.contact)
    asked = {"audiences": [audience.pk], "may_bring": 2, "step": "look"}
    seen = client.post(address(page, "add/"), asked).content.decode()
    assert "2 personnes sont choisies" in seen
    assert "1 est déjà sur la liste" in seen
    assert Invitation.objects.count() == 1
    done = client.post(address(page, "add/"), {**asked, "step": "add"})
    assert done.status_code == 302
    html = client.get(done["Location"]).content.decode()
    assert html.index("Moussa Diarra") < html.index("Awa Keïta"), "the rank comes first"
    assert dict(Invitation.objects.values_list("contact__name", "may_bring")) == {
        "Moussa Diarra": 2,
        "Awa Keïta": 1,
    }


def test_a_file_is_read_line_by_line_and_nobody_is_invited_before_it_is_confirmed(page, occurrence):
    client = signed_in("protocol")
    text = "Nom;Organisation;Courriel;Rang\nAwa Keïta;Ministère;awa@example.org;2\nX;Y;pas une adresse;1\n"
    sent = client.post(address(page, "file/"), {"file": SimpleUploadedFile("invites.csv", text.encode())})
    listing = ContactImport.objects.get()
    assert sent["Location"].endswith(f"/{listing.pk}/columns/")
    checked = contacts_of_file(listing)
    assert dict(checked.rows.values_list("line", "verdict")) == {2: "new", 3: "wrong"}
    assert not Contact.objects.filter(name="Awa Keïta").exists()
    assert not Invitation.objects.exists()
    contacts.confirm_import(checked, version=checked.version, user=None, now=timezone.now())
    assert "invites.csv (1 personne)" in client.get(address(page, "add/")).content.decode()
    client.post(address(page, "add/"), {"listing": listing.pk, "may_bring": 0, "step": "add"})
    [row] = Invitation.objects.all()
    assert (row.contact.name, row.rank) == ("Awa Keïta", 2)


def contacts_of_file(listing: ContactImport) -> ContactImport:
    return contacts.set_columns(listing, columns=listing.columns, language="fr", country="ML")


def test_the_secretariat_records_an_answer_given_by_telephone(page, guest):
    client = signed_in("protocol")
    asked = client.get(address(page, f"{guest.uid}/answer/"))
    assert "Qui a appelé ou signé" in asked.content.decode()
    done = client.post(
        address(page, f"{guest.uid}/answer/"),
        {
            "channel": "phone",
            "with_whom": "Son secrétariat, 76 00 11 22",
            "state": "substituted",
            "substitute_name": "Moussa Diarra",
            "substitute_function": "Conseiller",
        },
    )
    assert done.status_code == 302
    guest.refresh_from_db()
    assert (guest.state, guest.answered_by, guest.answered_with) == (
        "substituted",
        "phone",
        "Son secrétariat, 76 00 11 22",
    )
    assert guest.answered_user.username == "protocol"
    html = client.get(address(page), {"asked": "represented"}).content.decode()
    assert "Moussa Diarra" in html
    assert "Awa Keïta" not in client.get(address(page), {"asked": "unanswered"}).content.decode()


def test_link_and_code_are_shown_to_be_handed_on_and_made_anew(page, guest):
    client = signed_in("protocol")
    shown = client.get(address(page, f"{guest.uid}/link/"))
    assert own(guest) in shown.content.decode()
    assert queries.guest_code(guest) in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    client.post(address(page, f"{guest.uid}/link/"))
    assert client.get(own(guest)).status_code == 404


@pytest.mark.parametrize(
    ("role", "sees", "keeps"), [("protocol", 200, 200), ("coordinator", 200, 302), ("author", 302, 302)]
)
def test_who_may_see_guests_and_who_keeps_them(page, guest, role, sees, keeps):
    client = signed_in(role)
    assert client.get(address(page)).status_code == sees
    for rest in ("add/", "letter/", f"{guest.uid}/answer/", f"{guest.uid}/link/"):
        assert client.get(address(page, rest)).status_code == keeps
    assert ("Noter la réponse" in client.get(address(page), follow=True).content.decode()) is (keeps == 200)


def test_a_guest_of_another_event_is_not_found(page, guest):
    other = make_event()
    wrong = f"/admin/agenda/{other.pk}/guests/{guest.uid}/answer/"
    assert signed_in("protocol").post(wrong, {"state": "declined"}).status_code == 404
    guest.refresh_from_db()
    assert not guest.is_answered


def test_thirty_guests_cost_as_many_queries_as_one(
    page, occurrence, guest, django_assert_max_num_queries: Callable[..., object]
):
    client = signed_in("protocol")
    client.get(address(page))
    with django_assert_max_num_queries(100) as one:
        client.get(address(page))
    for number in range(29):
        other = make_guest(occurrence, now=timezone.now(), name=f"Invitée {number}")
        if number % 2:
            said = actions.Answer("accepted")
            how = actions.How("link")
            actions.answer(invitation=other, said=said, how=how, now=timezone.now())
    with django_assert_max_num_queries(len(one)):
        assert "Invitée 28" in client.get(address(page)).content.decode()


# The guest ----------------------------------------------------------------------------------------------------------
def test_a_get_changes_nothing_and_a_post_answers(client: Client, guest):
    shown = client.get(own(guest))
    html = shown.content.decode()
    assert "Je viens" in html
    assert "Qui vous accompagne : 1 personne au maximum" in html
    assert (shown["Cache-Control"], shown["Referrer-Policy"]) == ("private, no-store", "same-origin")
    assert "<script" not in html
    guest.refresh_from_db()
    assert guest.state == "to_send"
    done = client.post(own(guest), {"state": "accepted", "brings": "Sira Keïta\n\n"})
    assert done.status_code == 303
    html = client.get(done["Location"]).content.decode()
    assert "nous vous attendons" in html
    registration = Registration.objects.get(name="Awa Keïta")
    assert f"/r/{queries.key_of(registration)}" in html
    assert Registration.objects.get(name="Sira Keïta").state == "confirmed"
    ics = client.get(f"{own(guest)}/event.ics").content.decode()
    assert "/i/" not in ics
    assert "/r/" not in ics


def test_what_is_missing_or_too_much_is_said_and_kept(client: Client, guest):
    wrong = client.post(own(guest), {"state": "substituted", "substitute_name": ""})
    assert wrong.status_code == 422
    assert "Écrivez qui vient." in wrong.content.decode()
    many = client.post(own(guest), {"state": "accepted", "brings": "Un\nDeux"})
    assert many.status_code == 422
    assert "1 personne au maximum" in many.content.decode()
    assert not Registration.objects.exists()


def test_the_answer_can_be_changed_from_what_was_said(client: Client, guest):
    client.post(own(guest), {"state": "accepted", "brings": "Sira Keïta"})
    again = client.get(f"{own(guest)}?change").content.decode()
    assert "Sira Keïta</textarea>" in again
    assert "awa@example.org" not in again, "the address of the card is not asked again"
    client.post(own(guest), {"state": "accepted", "email": "billets@example.org", "phone": "76001122"})
    again = client.get(f"{own(guest)}?change").content.decode()
    assert ('value="billets@example.org"' in again, 'value="+22376001122"' in again) == (True, True)
    desk = signed_in("protocol").get(f"/admin/agenda/{guest.occurrence.event_id}/guests/{guest.uid}/answer/")
    assert 'value="billets@example.org"' in desk.content.decode(), "recording a companion keeps the address"
    client.post(own(guest), {"state": "declined", "brings": "Sira Keïta", "note": "Désolée"})
    guest.refresh_from_db()
    assert (guest.state, guest.note) == ("declined", "Désolée")
    assert not Registration.objects.active().exists()


def test_a_guest_of_a_full_hall_is_not_told_that_they_are_expected(client: Client, occurrence, guest):
    for number in (1, 2):
        make_registration(occurrence, number, now=timezone.now())
    Event.objects.update(has_waiting_list=True, offer_hours=1)
    client.post(own(guest), {"state": "accepted"})
    html = client.get(own(guest)).content.decode()
    assert "nous vous attendons" not in html
    assert "Toutes les places sont prises pour l’instant" in html
    mine = guest.registrations.get()
    actions.cancel(registration=Registration.objects.get(name="Invité 1"), now=timezone.now())
    assert (
        f'<a href="/r/{queries.key_of(mine)}">Prendre la place</a>' in client.get(own(guest)).content.decode()
    )
    actions.cancel(registration=mine, now=timezone.now())
    Invitation.objects.update(state="accepted")  # as after an offer that lapsed
    assert "Aucune place n’a pu être gardée" in client.get(own(guest)).content.decode()


def test_naming_a_substitute_opens_none_of_their_other_dates(client: Client, occurrence, guest):
    later = make_event(start_date=occurrence.starts_at.date(), now=timezone.now()).occurrences.get()
    known = make_registration(later, email="sira@example.org", now=timezone.now())
    client.post(own(guest), {"state": "substituted", "substitute_name": "Sira", "email": "sira@example.org"})
    ticket = f"/r/{queries.key_of(guest.registrations.get())}"
    assert "calendar.ics" not in client.get(ticket).content.decode()
    assert client.get(f"{ticket}/calendar.ics").status_code == 404
    assert client.get(f"/r/{queries.key_of(known)}/calendar.ics").status_code == 200


def test_the_letters_code_with_the_name_leads_to_the_page_and_the_answer_says_so(client: Client, guest):
    assert client.get("/i/").status_code == 200
    sent = client.post("/i/", {"code": queries.guest_code(guest).lower(), "surname": "keita"})
    assert (sent.status_code, sent["Location"]) == (303, f"{own(guest)}?code")
    client.post(sent["Location"], {"state": "accepted"})
    guest.refresh_from_db()
    assert guest.answered_by == "code"


def test_a_wrong_code_and_a_wrong_name_get_the_same_answer_and_tries_are_bounded(client: Client, guest):
    answers = {
        (reply.status_code, reply.content.decode().split("</h1>")[1].split("<form")[0])
        for reply in (
            client.post("/i/", {"code": "0000-0000", "surname": "Keïta"}),
            client.post("/i/", {"code": queries.guest_code(guest), "surname": "Traoré"}),
        )
    }
    assert len(answers) == 1
    for _try in range(18):
        client.post("/i/", {"code": "0000-0000", "surname": "Keïta"})
    late = client.post("/i/", {"code": queries.guest_code(guest), "surname": "Keïta"})
    assert late.status_code == 429


@pytest.mark.parametrize("token", ["x", "A" * 43, "é" * 43])
def test_a_link_that_is_none_is_not_found(client: Client, token: str, db: None):
    assert client.get(f"/i/{token}").status_code == 404


def test_a_link_of_another_kind_opens_nothing(client: Client, guest):
    client.post(own(guest), {"state": "accepted"})
    ticket = queries.key_of(Registration.objects.get())
    assert client.get(f"/i/{ticket}").status_code == 404
    assert client.get(f"/r/{queries.guest_key(guest)}").status_code == 404


# Mails and paper ----------------------------------------------------------------------------------------------------
def test_a_mail_is_planned_read_as_it_will_be_and_sent_by_a_second_button(page, occurrence, guest):
    client = signed_in("protocol")
    planned = client.post(address(page, "mails/"), {"kind": "invitation", "days": "", "at": ""})
    shown = client.get(planned["Location"]).content.decode()
    assert "Envoyer à 1 personne maintenant" in shown
    assert "awa@example.org" in shown
    assert own(guest) in shown
    assert not Delivery.objects.exists()
    client.post(planned["Location"], {"do": "send"})
    client.post(planned["Location"], {"do": "send"})
    [row] = Delivery.objects.all()
    assert row.address == "awa@example.org"
    assert signed_in("coordinator").post(planned["Location"], {"do": "send"}).status_code == 302
    wrong = client.post(address(page, "mails/"), {"kind": "remind", "days": "300"})
    assert wrong.status_code == 422
    assert "Cette heure est passée" in wrong.content.decode()


def test_paper_is_chosen_by_whom_no_mail_reaches_and_given_as_pdf(page, occurrence, guest):
    make_guest(occurrence, now=timezone.now(), name="Ramata Sow", email=None, phone="+22376001122")
    client = signed_in("protocol")
    shown = client.get(address(page, "paper/")).content.decode()
    assert "Ramata Sow" in shown
    assert "Awa Keïta" not in shown
    asked = {"who": "fresh", "dated": "2026-11-23", "sheet": "3x8", "start": 1, "do": "letters"}
    printed = client.post(address(page, "paper/"), asked)
    assert printed["Content-Type"] == "application/pdf"
    assert printed.content.startswith(b"%PDF")
    assert Invitation.objects.get(contact__name="Ramata Sow").number == 1


def test_the_list_leaves_in_a_file_without_formulas_and_only_for_who_may(page, occurrence, guest):
    make_guest(occurrence, now=timezone.now(), name="=HYPERLINK(1)", email=None, phone="+22376001122")
    client = signed_in("protocol")
    text = b"".join(client.get(address(page, "export.csv"))).decode()
    assert "Awa Keïta" in text
    assert "'=HYPERLINK" in text
    assert client.get(address(page, "export.xlsx")).content.startswith(b"PK")
    assert signed_in("coordinator").get(address(page, "export.csv")).status_code == 302
