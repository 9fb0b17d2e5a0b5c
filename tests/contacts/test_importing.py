"""A list on its way to the contacts: nothing before it is confirmed, all of it once, and nobody's no forgotten."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from cms.accounts.models import Role
from cms.contacts import actions, imports, queries
from cms.contacts.models import (
    Consent,
    ConsentSource,
    Contact,
    ContactEmail,
    ContactImport,
    ContactPhone,
    ImportRow,
    Organisation,
    Purpose,
    SuppressionReason,
)
from cms.core.models import ThingLog
from tests.factories.accounts import make_user
from tests.factories.contacts import NOON, make_audience, make_contact, make_organisation

pytestmark = pytest.mark.django_db
HEAD = "Nom;Organisation;Courriel;Téléphone;Fonction"
AWA = "Awa Diarra;INRSP;awa@example.org;76 00 00 01;Médecin"
ALI = "Ali Keïta;INRSP;;76 00 00 02;"


@pytest.fixture(autouse=True)
def french() -> Any:
    with translation.override("fr"):
        yield


def begin(*lines: str, head: str = HEAD, **options: Any) -> ContactImport:
    """A list read and looked at, ready to be confirmed."""
    data = "\n".join([head, *lines]).encode()
    listing = actions.begin_import(filename="liste.csv", data=data, user=None, now=NOON)
    shared = {"columns": listing.columns, "language": "fr", "country": "ML", **options}
    return actions.set_columns(listing, **shared)


def confirm(listing: ContactImport, **options: Any) -> ContactImport:
    listing.refresh_from_db()
    return actions.confirm_import(
        listing, **{"version": listing.version, "user": None, "now": NOON, **options}
    )


def row(listing: ContactImport, line: int) -> ImportRow:
    return listing.rows.get(line=line)


def test_nothing_is_written_until_the_list_is_confirmed() -> None:
    listing = begin(AWA, ALI)
    assert Contact.objects.count() == Organisation.objects.count() == ThingLog.objects.count() == 0
    assert [one.verdict for one in listing.rows.all()] == ["new", "new"]
    done = confirm(listing)
    assert (done.state, done.done_at) == ("done", NOON)
    assert done.outcome == {"created": 2, "organisations": 1}


def test_a_line_becomes_a_card_with_all_it_says() -> None:
    user = make_user(Role.OFFICER)
    confirm(begin(AWA), user=user)
    awa = Contact.objects.get()
    assert (awa.name, awa.family_name, awa.function) == ("Awa Diarra", "Diarra", "Médecin")
    assert (awa.name_key, awa.language, awa.country) == ("awa diarra", "fr", "ML")
    assert awa.organisation is not None
    assert awa.organisation.name_key == "inrsp"
    assert (awa.primary_email, awa.primary_phone) == ("awa@example.org", "+22376000001")
    assert ContactEmail.objects.get().is_primary
    assert ContactPhone.objects.get().owner_key == "awa diarra"
    told = ThingLog.objects.get(thing_uid=awa.uid)
    assert (told.action, told.user, told.at, told.reason) == ("imported", user, NOON, "liste.csv:2")
    assert actions.find_or_create_contact(email="awa@example.org", name="x", language="fr", now=NOON) == awa


def test_a_telephone_alone_is_enough_and_a_postal_address_too() -> None:
    confirm(begin("Ali Keïta;76000002;", "Fanta Sow;;BP 12", head="Nom;Téléphone;Adresse"))
    assert Contact.objects.count() == 2
    assert ContactEmail.objects.count() == 0


def test_the_same_file_again_enters_nobody_and_changes_nothing() -> None:
    confirm(begin(AWA, ALI))
    logged = ThingLog.objects.count()
    again = begin(AWA, ALI)
    assert [one.verdict for one in again.rows.all()] == ["known", "known"]
    assert confirm(again).outcome == {"unchanged": 2}
    assert Contact.objects.count() == 2
    assert Organisation.objects.count() == 1
    assert ThingLog.objects.count() == logged


def test_confirming_twice_brings_it_in_once() -> None:
    listing = begin(AWA)
    confirm(listing)
    with pytest.raises(actions.ImportChanged):
        confirm(listing)
    assert Contact.objects.count() == 1


def test_a_confirmation_of_another_preview_than_the_present_one_does_nothing() -> None:
    listing = begin(AWA)
    seen = listing.version
    actions.set_columns(listing, columns=listing.columns, language="en", country="ML")
    with pytest.raises(actions.ImportChanged):
        confirm(listing, version=seen)
    assert Contact.objects.count() == 0


def test_lines_with_an_error_stay_out_and_say_where() -> None:
    listing = begin(AWA, "Ali Keïta;;pas-une-adresse;12;", ";;x@example.org;;")
    assert [one[0] for one in row(listing, 3).errors] == ["Courriel", "Téléphone"]
    assert row(listing, 4).errors == [["Nom", "Il n’y a pas de nom."]]
    done = confirm(listing)
    assert done.outcome["wrong"] == 2
    assert row(done, 3).result == "wrong"
    assert Contact.objects.count() == 1


def test_a_card_is_completed_where_it_is_empty_and_never_overwritten() -> None:
    awa = make_contact(name="Awa Diarra", email="awa@example.org", function="Ministre")
    confirm(begin("Awa Diarra;INRSP;awa@example.org, awa2@example.org;76000001;Médecin"))
    awa.refresh_from_db()
    assert awa.function == "Ministre"
    assert awa.organisation is not None
    assert sorted(awa.emails.values_list("address", flat=True)) == ["awa2@example.org", "awa@example.org"]
    assert awa.emails.get(is_primary=True).address == "awa@example.org"
    told = ThingLog.objects.get(thing_uid=awa.uid)
    assert told.action == "completed"
    assert told.changes["organisation"] == [None, "INRSP"]
    assert told.changes["emails"] == [None, ["awa2@example.org"]]
    assert "function" not in told.changes


def test_a_similar_name_in_the_same_organisation_waits_for_a_decision() -> None:
    inrsp = make_organisation(name="INRSP")
    awa = make_contact(name="Awa Diarra", email="awa@example.org", organisation=inrsp)
    listing = begin("DIARRA Awa;INRSP;autre@example.org;;")
    one = row(listing, 2)
    assert (one.verdict, one.choice) == ("similar", "skip")
    assert one.candidates[0]["contact"] == awa.pk
    assert confirm(listing).outcome == {"skipped": 1}
    assert Contact.objects.count() == 1


@pytest.mark.parametrize("choice, people, addresses", [("skip", 1, 1), ("merge", 1, 2), ("create", 2, 2)])
def test_the_officer_decides_what_a_similar_line_becomes(choice: str, people: int, addresses: int) -> None:
    inrsp = make_organisation(name="INRSP")
    make_contact(name="Awa Diarra", email="awa@example.org", organisation=inrsp)
    listing = begin("DIARRA Awa;INRSP;autre@example.org;;")
    actions.decide_rows(listing, decisions={2: (choice, 0)})
    confirm(listing)
    assert Contact.objects.count() == people
    assert ContactEmail.objects.count() == addresses


def test_one_decision_for_all_lines_of_a_kind_raises_the_version() -> None:
    inrsp = make_organisation(name="INRSP")
    make_contact(name="Awa Diarra", organisation=inrsp)
    listing = begin("DIARRA Awa;INRSP;autre@example.org;;")
    assert actions.decide_all(listing, verdict="similar", choice="create") == 1
    with pytest.raises(actions.ImportChanged):
        confirm(listing, version=listing.version)
    confirm(listing)
    assert Contact.objects.count() == 2
    with pytest.raises(actions.ImportChanged):
        actions.decide_all(listing, verdict="similar", choice="skip")


def test_decisions_about_other_lines_and_places_are_ignored() -> None:
    listing = begin(AWA, "x;;bad;;")
    kept = {2: ("skip", 0), 3: ("create", 0), 99: ("create", 0)}
    assert actions.decide_rows(listing, decisions=kept) == 0
    assert row(listing, 2).choice == "create"


def test_a_mailbox_under_another_name_is_nobody_until_decided_and_is_never_taken_over() -> None:
    make_contact(name="Aminata Traoré", email="contact@example.org")
    listing = begin("Moussa Sow;;contact@example.org;76000009;")
    assert row(listing, 2).choice == "skip"
    actions.decide_rows(listing, decisions={2: ("create", 0)})
    confirm(listing)
    sow = Contact.objects.get(name="Moussa Sow")
    assert (sow.primary_email, sow.primary_phone) == (None, "+22376000009")


def test_two_lines_of_one_person_become_one_card() -> None:
    done = confirm(begin(AWA, "Awa Diarra;;awa@example.org;66 00 00 01;", "Awa Diarra;;;66 00 00 01;Cheffe"))
    assert done.outcome == {"created": 1, "completed": 1, "unchanged": 1, "organisations": 1}
    awa = Contact.objects.get()
    assert awa.phones.count() == 2
    assert awa.function == "Médecin"


def test_a_line_that_completes_one_that_was_left_out_is_left_out_too() -> None:
    make_contact(name="Autre", email="awa@example.org")
    listing = begin(AWA, "Awa Diarra;;;76 00 00 01;")
    actions.decide_rows(listing, decisions={3: ("merge", 0)})
    assert confirm(listing).outcome == {"skipped": 2}


def test_who_came_in_meanwhile_is_left_out_and_told() -> None:
    listing = begin(AWA, ALI)
    make_contact(name="Awa D.", email="awa@example.org")
    done = confirm(listing)
    assert done.outcome == {"overtaken": 1, "created": 1, "organisations": 1}
    assert row(done, 2).result == "overtaken"


def test_a_card_put_aside_comes_back_only_when_an_officer_says_so() -> None:
    awa = actions.put_aside(make_contact(name="Awa Diarra", email="awa@example.org"), now=NOON)
    listing = begin(AWA)
    assert row(listing, 2).choice == "skip"
    actions.decide_rows(listing, decisions={2: ("merge", 0)})
    confirm(listing)
    awa.refresh_from_db()
    assert awa.trashed_at is None


def test_a_card_merged_meanwhile_leads_to_the_one_in_use() -> None:
    awa = make_contact(name="Awa Diarra", email="awa@example.org")
    other = make_contact(name="Awa Diarra", email="awa3@example.org")
    listing = begin(AWA)
    actions.merge_contacts(kept=other, merged=awa, user=None, now=NOON)
    confirm(listing)
    other.refresh_from_db()
    assert other.function == "Médecin"


# What all lines share ----------------------------------------------------------------------------------------------
AGREED = {"purposes": [Purpose.NEWSLETTER, Purpose.PHONE], "evidence": "Forum du 12 mars"}


def test_agreements_are_recorded_with_their_source_and_line() -> None:
    user = make_user(Role.OFFICER)
    done = confirm(begin(AWA, **AGREED), user=user)
    assert done.outcome["consents"] == 2
    consent = Consent.objects.get(purpose=Purpose.NEWSLETTER)
    assert (consent.source, consent.given_at, consent.recorded_by) == (ConsentSource.IMPORT, NOON, user)
    assert consent.evidence == "Forum du 12 mars · liste.csv:2"


def test_an_import_makes_nobody_agree_who_said_no() -> None:
    left = make_contact(name="Awa Diarra", email="awa@example.org")
    actions.record_consent(
        contact=left, purpose=Purpose.NEWSLETTER, source=ConsentSource.PAPER, now=NOON - timedelta(days=9)
    )
    actions.suppress(address="awa@example.org", reason=SuppressionReason.UNSUBSCRIBED, now=NOON)
    back = make_contact(name="Ali Keïta", email="ali@example.org")
    consent = actions.record_consent(
        contact=back, purpose=Purpose.NEWSLETTER, source=ConsentSource.PAPER, now=NOON
    )
    actions.withdraw_consent(consent, now=NOON)
    done = confirm(begin(AWA, "Ali Keïta;;ali@example.org;;", **AGREED))
    assert done.outcome["refused"] == 2
    assert not Consent.objects.filter(purpose=Purpose.NEWSLETTER, withdrawn_at=None).exists()
    assert queries.suppressed("awa@example.org")


def test_who_agreed_already_keeps_that_agreement_and_one_only_asked_is_given() -> None:
    given = make_contact(name="Awa Diarra", email="awa@example.org")
    first = actions.record_consent(
        contact=given, purpose=Purpose.NEWSLETTER, source=ConsentSource.PAPER, now=NOON - timedelta(days=9)
    )
    asked = make_contact(name="Ali Keïta", email="ali@example.org")
    pending = actions.record_consent(
        contact=asked, purpose=Purpose.NEWSLETTER, source=ConsentSource.FORM, now=NOON
    )
    confirm(begin(AWA, "Ali Keïta;;ali@example.org;;", **(AGREED | {"purposes": [Purpose.NEWSLETTER]})))
    assert list(Consent.objects.order_by("pk")) == [first, pending]
    first.refresh_from_db()
    pending.refresh_from_db()
    assert first.source == ConsentSource.PAPER
    assert (pending.given_at, pending.source) == (NOON, ConsentSource.IMPORT)


def test_agreements_without_evidence_are_refused_by_the_database() -> None:
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        begin(AWA, purposes=[Purpose.NEWSLETTER], evidence=" ")


def test_everybody_brought_in_is_put_on_the_list_that_was_chosen() -> None:
    known = make_contact(name="Ali Keïta", email="ali@example.org")
    audience = make_audience(known)
    done = confirm(begin(AWA, "Ali Keïta;;ali@example.org;;", audience=audience))
    assert done.outcome["listed"] == 2
    assert queries.audience_contacts(audience).count() == 2


# Columns and lines kept --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "columns, sentence",
    [
        (["", "", "email", "", ""], "contient le nom"),
        (["name", "", "", "", ""], "adresse électronique"),
        (["name", "function", "email", "", "function"], "choisissez-en une"),
    ],
)
def test_columns_that_make_no_contacts_are_refused(columns: list[str], sentence: str) -> None:
    listing = begin(AWA)
    with pytest.raises(actions.ColumnsUnclear, match=sentence):
        actions.set_columns(listing, columns=columns, language="fr", country="ML")


def test_lines_are_forgotten_when_they_have_served() -> None:
    given_up, done = begin(AWA), confirm(begin(ALI))
    later = NOON + timedelta(days=4)
    actions.begin_import(filename="b.csv", data=f"{HEAD}\n{AWA}".encode(), user=None, now=later)
    assert not ContactImport.objects.filter(pk=given_up.pk).exists()
    assert done.rows.count() == 1
    much_later = NOON + timedelta(days=31)
    actions.begin_import(filename="c.csv", data=f"{HEAD}\n{AWA}".encode(), user=None, now=much_later)
    assert done.rows.count() == 0
    assert ContactImport.objects.filter(pk=done.pk).exists()


def test_a_file_that_is_no_list_leaves_nothing_behind() -> None:
    with pytest.raises(imports.Unreadable):
        actions.begin_import(filename="x.csv", data=b"\x00", user=None, now=NOON)
    assert ContactImport.objects.count() == 0


def test_a_list_given_up_is_gone_and_one_brought_in_stays() -> None:
    listing = begin(AWA)
    actions.drop_import(listing)
    assert ContactImport.objects.count() == ImportRow.objects.count() == 0
    done = confirm(begin(AWA))
    actions.drop_import(done)
    assert ContactImport.objects.count() == 1


def test_a_thousand_lines_cost_a_bounded_number_of_statements() -> None:
    def lines(size: int) -> list[str]:
        return [
            f"Awa {number};Structure {number};p{number}@example.org;760{number:05d};"
            for number in range(size)
        ]

    listing = begin(*lines(1_000), **AGREED)
    with CaptureQueriesContext(connection) as captured:
        assert confirm(listing).outcome["created"] == 1_000
    assert len(captured) < 60


@pytest.mark.django_db(transaction=True)
def test_five_confirmations_at_once_bring_the_list_in_once() -> None:
    listing = begin(AWA, ALI)
    outcomes: list[str] = []

    def run() -> None:
        try:
            outcomes.append(
                actions.confirm_import(listing, version=listing.version, user=None, now=NOON).state
            )
        except actions.ImportChanged:
            outcomes.append("changed")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["changed"] * 4 + ["done"]
    assert Contact.objects.count() == 2
