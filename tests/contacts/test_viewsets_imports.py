"""The officer's way from a file to the contacts, and from two cards to one; what a file taken away leaves behind."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook
from wagtail.models import ModelLogEntry

from cms.accounts.models import Role
from cms.contacts import actions, imports
from cms.contacts.models import Consent, Contact, ContactImport, ImportRow, SuppressionReason
from tests.contacts.test_viewsets import signed_in
from tests.factories.contacts import NOON, make_audience, make_contact, make_organisation

pytestmark = pytest.mark.django_db
FILE = (
    "Nom et prénoms;Structure;Courriel;Téléphone\n"
    "Awa Diarra;INRSP;awa@example.org;76 00 00 01\n"
    "Ali Keïta;INRSP;;76 00 00 02\n"
    "Fanta Sow;;pas-une-adresse;\n"
)


@pytest.fixture
def officer() -> Client:
    return signed_in(Role.OFFICER)


def upload(client: Client, data: bytes = FILE.encode("cp1252"), name: str = "liste.csv") -> Any:
    return client.post(reverse("contacts:imports"), {"file": SimpleUploadedFile(name, data)})


def columns(listing: ContactImport, **fields: Any) -> dict[str, Any]:
    named = {f"column-{place}": key for place, key in enumerate(listing.columns)}
    return {"language": "fr", "country": "ML", "audience": "", "evidence": "", **named, **fields}


def looked_at(client: Client, data: bytes = FILE.encode(), **fields: Any) -> ContactImport:
    upload(client, data)
    listing = ContactImport.objects.latest("pk")
    client.post(reverse("contacts:import_columns", args=[listing.pk]), columns(listing, **fields))
    listing.refresh_from_db()
    return listing


def test_a_list_goes_from_the_file_to_the_contacts_in_three_screens(officer: Client) -> None:
    first = officer.get(reverse("contacts:imports"))
    assert "Aucune liste n’est encore entrée" in first.content.decode()
    answer = upload(officer)
    listing = ContactImport.objects.get()
    assert answer.url == reverse("contacts:import_columns", args=[listing.pk])
    page = officer.get(answer.url).content.decode()
    assert "3 lignes lues." in page
    assert "Windows-1252" in page
    assert '<option value="organisation" selected>' in page
    audience = make_audience()
    shared = {"audience": audience.pk, "purposes": ["newsletter"], "evidence": "Forum du 12 mars"}
    answer = officer.post(answer.url, columns(listing, **shared))
    assert answer.url == reverse("contacts:import", args=[listing.pk])
    preview = officer.get(answer.url)
    assert preview.context["plan"] == {"create": 2, "merge": 0, "skip": 0}
    assert preview.context["wrong"] == 1
    page = preview.content.decode()
    assert "pas-une-adresse" not in page
    assert "<strong>Courriel</strong> : Saisissez une adresse" in page.replace("\u00a0", " ")
    assert "1 nouvel organisme" in page
    assert Contact.objects.count() == 0
    listing.refresh_from_db()
    officer.post(answer.url, {"act": "confirm", "version": listing.version})
    assert Contact.objects.count() == Consent.objects.count() == audience.memberships.count() == 2
    report = officer.get(answer.url).content.decode()
    assert "Entrée le" in report
    assert "liste.csv" in officer.get(reverse("contacts:imports")).content.decode()


def test_a_list_that_nobody_known_brought_in_is_shown_too(officer: Client) -> None:
    actions.begin_import(filename="ancienne.csv", data=FILE.encode(), user=None, now=NOON)
    assert "ancienne.csv" in officer.get(reverse("contacts:imports")).content.decode()


@pytest.mark.parametrize(
    "data, sentence",
    [
        (b"", "vide"),
        (b"\xd0\xcf\x11\xe0old", "ancien fichier Excel"),
        (b"Nom\n" + b"a\n" * 10_001, "10\u00a0000"),
        (b"x" * (imports.MOST_BYTES + 1), "5\u00a0Mo"),
    ],
)
def test_a_file_that_is_no_list_is_an_error_on_the_field(data: bytes, sentence: str, officer: Client) -> None:
    answer = upload(officer, data)
    assert answer.status_code == 200
    assert sentence in answer.context["form"].errors["file"][0]
    assert ContactImport.objects.count() == 0


def test_no_file_at_all_is_an_error_too(officer: Client) -> None:
    answer = officer.post(reverse("contacts:imports"), {})
    assert answer.context["form"].errors["file"]


def test_agreement_without_evidence_and_unclear_columns_come_back_with_a_sentence(officer: Client) -> None:
    upload(officer)
    listing = ContactImport.objects.get()
    url = reverse("contacts:import_columns", args=[listing.pk])
    answer = officer.post(url, columns(listing, purposes=["press"]))
    assert "Dites comment" in answer.context["form"].errors["evidence"][0]
    answer = officer.post(url, columns(listing, **{"column-0": ""}))
    assert "contient le nom" in answer.content.decode()
    answer = officer.post(url, columns(listing, **{"column-0": "password"}))
    assert answer.context["form"].errors["column-0"]
    listing.refresh_from_db()
    assert listing.state == "read"


def test_choices_are_kept_before_the_numbers_are_confirmed(officer: Client) -> None:
    inrsp = make_organisation(name="INRSP")
    make_contact(name="Diarra Awa", organisation=inrsp)
    listing = looked_at(officer)
    url = reverse("contacts:import", args=[listing.pk])
    page = officer.get(url).content.decode()
    assert "Compléter la fiche de Diarra Awa (nom proche dans le même organisme)" in page
    post = {"act": "confirm", "version": listing.version, "line-2": "create:0"}
    officer.post(url, post)
    assert Contact.objects.count() == 1
    assert ImportRow.objects.get(line=2).choice == "create"
    listing.refresh_from_db()
    officer.post(url, {"act": "confirm", "version": listing.version, "line-2": "create:0"})
    assert Contact.objects.count() == 3


def test_one_button_decides_for_a_whole_kind_and_another_gives_the_list_up(officer: Client) -> None:
    make_contact(name="Diarra Awa", organisation=make_organisation(name="INRSP"))
    listing = looked_at(officer)
    url = reverse("contacts:import", args=[listing.pk])
    officer.post(url, {"act": "all-merge", "show": "similar"})
    assert ImportRow.objects.get(line=2).choice == "merge"
    officer.post(url, {"act": "drop"})
    assert ContactImport.objects.count() == 0
    assert officer.get(url).status_code == 404


@pytest.mark.parametrize(
    "post",
    [
        {"act": "confirm", "version": "x"},
        {"act": "confirm", "version": "0"},
        {"act": "confirm"},
        {"act": "all-merge", "show": "wrong"},
        {"act": "all-merge", "show": ""},
        {"act": "keep", "line-2": "create", "line-x": "create:0", "line-3": "merge:99999999999999"},
        {},
    ],
)
def test_a_post_that_makes_no_sense_changes_nothing(post: dict[str, str], officer: Client) -> None:
    listing = looked_at(officer)
    assert officer.post(reverse("contacts:import", args=[listing.pk]), post).status_code == 302
    assert Contact.objects.count() == 0
    listing.refresh_from_db()
    assert listing.state == "checked"


def test_a_list_brought_in_is_not_changed_any_more(officer: Client) -> None:
    listing = looked_at(officer)
    url = reverse("contacts:import", args=[listing.pk])
    officer.post(url, {"act": "confirm", "version": listing.version})
    for act in ("confirm", "all-merge"):
        officer.post(url, {"act": act, "version": listing.version, "show": "similar"})
    columns_url = reverse("contacts:import_columns", args=[listing.pk])
    assert officer.get(columns_url).url == url
    assert officer.post(columns_url, columns(listing)).url == url
    assert Contact.objects.count() == 2


def test_the_same_file_again_is_told(officer: Client) -> None:
    listing = looked_at(officer)
    officer.post(
        reverse("contacts:import", args=[listing.pk]), {"act": "confirm", "version": listing.version}
    )
    page = officer.get(upload(officer, FILE.encode()).url).content.decode()
    assert "Ce fichier même est déjà entré" in page


def test_the_lines_to_correct_come_back_as_a_file_that_runs_nothing(officer: Client) -> None:
    listing = looked_at(officer, (FILE + "=cmd|' /C calc'!A0;;;\n").encode())
    answer = officer.get(reverse("contacts:import_errors", args=[listing.pk]))
    text = b"".join(answer.streaming_content).decode()
    assert "Nom et prénoms;Structure;Courriel;Téléphone;Ligne;" in text
    assert "Fanta Sow;;pas-une-adresse;;4;" in text
    assert "'=cmd" in text
    assert "Awa" not in text


def test_nothing_in_a_file_runs_in_the_preview(officer: Client) -> None:
    data = b"Nom;Courriel\n<script>alert(1)</script>;a@example.org\n<img src=x>;pas\n"
    listing = looked_at(officer, data)
    for show in ("new", "wrong"):
        page = officer.get(reverse("contacts:import", args=[listing.pk]), {"show": show}).content.decode()
        assert "<script>alert(1)" not in page
        assert "<img src=x>" not in page


def test_a_page_of_lines_costs_the_same_with_two_lines_and_with_fifty(officer: Client) -> None:
    inrsp = make_organisation(name="INRSP")
    for number in range(50):
        make_contact(name=f"Awa Diarra{number}", organisation=inrsp)

    def queries_of(size: int) -> int:
        rows = "".join(f"Diarra{number} Awa;INRSP;;7600{number:04d}\n" for number in range(size))
        listing = looked_at(officer, (FILE.splitlines()[0] + "\n" + rows).encode())
        with CaptureQueriesContext(connection) as captured:
            page = officer.get(reverse("contacts:import", args=[listing.pk]))
        assert len(page.context["lines"]) == size
        return len(captured)

    queries_of(1)
    assert queries_of(2) == queries_of(50)


URLS = ("imports", "import", "import_columns", "import_errors", "merge")


@pytest.mark.parametrize("role", [Role.PROTOCOL, Role.COORDINATOR, Role.AUTHOR])
@pytest.mark.parametrize("name", URLS)
def test_bringing_in_and_merging_are_for_those_who_may(name: str, role: Role, officer: Client) -> None:
    listing, contact = looked_at(officer), make_contact()
    keys = {"imports": [], "merge": [contact.pk]}.get(name, [listing.pk])
    url = reverse(f"contacts:{name}", args=keys)
    client = signed_in(role)
    if role == Role.PROTOCOL and name != "merge":  # protocol brings its guests in; it merges nobody
        assert client.get(url).status_code == 200
        return
    for answer in (client.get(url), client.post(url, {"act": "confirm", "version": listing.version})):
        assert answer.status_code in (302, 403)
        assert "/import" not in answer.get("Location", "")
    assert Contact.objects.count() == 1


# Merging -----------------------------------------------------------------------------------------------------------
def test_two_cards_are_compared_and_merged(officer: Client) -> None:
    inrsp = make_organisation(name="INRSP")
    awa = make_contact(name="Awa Diarra", email="awa@example.org", organisation=inrsp, function="Directrice")
    other = make_contact(name="A. Diarra", email="a@example.org", organisation=inrsp, function="Ministre")
    actions.suppress(address="a@example.org", reason=SuppressionReason.UNSUBSCRIBED, now=NOON)
    url = reverse("contacts:merge", args=[awa.pk])
    assert "A. Diarra" in officer.get(url).content.decode()
    page = officer.get(url, {"with": other.pk}).content.decode()
    assert 'name="take-function"' in page
    assert "Il ne faut plus écrire à a@example.org" in page
    assert Contact.objects.filter(trashed_at=None).count() == 2
    answer = officer.post(url, {"with": other.pk, "take-function": "other"})
    assert answer.url == reverse("contacts:inspect", args=[awa.pk])
    awa.refresh_from_db()
    assert (awa.function, awa.emails.count()) == ("Ministre", 2)
    assert officer.get(url, {"with": other.pk}).status_code == 200
    assert officer.post(url, {"with": other.pk}).url == url


@pytest.mark.parametrize("other", ["", "x", "0", "999999", "99999999999999999999"])
def test_a_card_that_is_none_is_not_merged(other: str, officer: Client) -> None:
    awa = make_contact()
    url = reverse("contacts:merge", args=[awa.pk])
    assert officer.get(url, {"with": other}).status_code == 200
    assert officer.post(url, {"with": other}).status_code == 302
    assert officer.post(url, {"with": str(awa.pk)}).status_code == 302
    assert Contact.objects.filter(trashed_at=None).count() == 1


def test_a_refusal_is_shown_with_its_reason(officer: Client) -> None:
    from tests.factories.accounts import make_user

    awa = make_contact(account=make_user(Role.INTERNAL))
    other = make_contact(account=make_user(Role.INTERNAL))
    answer = officer.post(reverse("contacts:merge", args=[awa.pk]), {"with": other.pk}, follow=True)
    assert "un seul compte" in answer.content.decode()


# Files taken away --------------------------------------------------------------------------------------------------
def exported(client: Client) -> bytes:
    return b"".join(client.get(reverse("contacts:index"), {"export": "csv"}).streaming_content)


def test_what_is_taken_away_can_be_brought_in_again_without_a_change(officer: Client) -> None:
    with translation.override("fr"):
        done = looked_at(
            officer,
            (
                "Civilité;Nom;Organisation;Nature de l'organisme;Courriel;Téléphone;WhatsApp;Fonction;Pays;Langue\n"
                "Mme;Awa Diarra;INRSP;Université;awa@example.org, b@example.org;76000001 / 66000001;66000001;Cheffe;"
                "Sénégal;anglais\n"
            )
            .replace("76000001 / 66000001;66000001", "+22376000001 / +22366000001;+22366000001")
            .encode(),
        )
    officer.post(reverse("contacts:import", args=[done.pk]), {"act": "confirm", "version": done.version})
    taken = exported(officer)
    again = looked_at(officer, taken)
    assert [row.errors for row in again.rows.all()] == [[]]
    officer.post(reverse("contacts:import", args=[again.pk]), {"act": "confirm", "version": again.version})
    again.refresh_from_db()
    assert again.outcome == {"unchanged": 1}
    assert {
        "name",
        "organisation",
        "organisation_kind",
        "email",
        "phone",
        "whatsapp",
        "country",
        "language",
    } <= set(again.columns)
    assert exported(officer) == taken


def test_who_took_a_list_away_is_written_down_and_read_in_french(officer: Client) -> None:
    for _ in range(3):
        make_contact(country="FR")
    make_contact()
    exported_xlsx = officer.get(reverse("contacts:index"), {"export": "xlsx", "country": "FR"})
    assert load_workbook(BytesIO(exported_xlsx.content)).active.max_row == 4
    entry = ModelLogEntry.objects.get(action="core.export")
    assert entry.user is not None
    assert entry.data == {"format": "xlsx", "number": 3, "asked": {"country": ["FR"]}}
    page = officer.get(reverse("contacts:imports")).content.decode()
    assert "3 lignes emportées dans un fichier (XLSX)" in page
    admin = signed_in(Role.ADMIN)
    report = admin.get(reverse("wagtailadmin_reports:site_history"))
    assert report.status_code == 200
    assert "3 lignes emportées dans un fichier (XLSX)" in report.content.decode()


def test_a_refused_export_is_not_written_down_as_one() -> None:
    make_contact()
    signed_in(Role.PROTOCOL).get(reverse("contacts:index"), {"export": "csv"})
    assert not ModelLogEntry.objects.filter(action="core.export").exists()
