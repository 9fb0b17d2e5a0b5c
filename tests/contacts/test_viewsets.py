from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from cms.accounts.models import Role
from cms.contacts import actions, queries
from cms.contacts.models import (
    Audience,
    Contact,
    ContactEmail,
    ContactPhone,
    MediaProfile,
    Organisation,
    Suppression,
)
from tests.factories.accounts import make_user
from tests.factories.contacts import NOON, make_audience, make_contact, make_organisation

pytestmark = pytest.mark.django_db
LISTS = ("contacts", "organisations", "journalists", "audiences", "suppressions")


def signed_in(role: Role) -> Client:
    client = Client()
    client.force_login(make_user(role), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def officer() -> Client:
    return signed_in(Role.OFFICER)


def card(emails: tuple[str, ...] = (), phones: tuple[str, ...] = (), **fields: str) -> dict[str, str]:
    """What the contact form posts."""
    data = {
        "kind": "person",
        "name": "Awa Diarra",
        "family_name": "",
        "language": "fr",
        "country": "ML",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
        **fields,
    }
    for prefix, column, values in (("emails", "address", emails), ("phones", "number", phones)):
        data |= {f"{prefix}-TOTAL_FORMS": str(len(values)), f"{prefix}-INITIAL_FORMS": "0"}
        for place, value in enumerate(values):
            data |= {f"{prefix}-{place}-{column}": value, f"{prefix}-{place}-id": ""}
    return data


@pytest.mark.parametrize("name", LISTS)
def test_an_empty_list_says_in_french_how_to_begin(name: str, officer: Client) -> None:
    answer = officer.get(reverse(f"{name}:index"))
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "help-info" in page
    assert str(answer.context["empty_text"]) in page.replace("&#x27;", "'")
    with translation.override(None):
        assert str(answer.context["view"].empty_text) not in page


def test_a_contact_is_entered_with_addresses_and_numbers(officer: Client) -> None:
    post = card(emails=("Awa@Example.org", "bureau@example.org"), phones=("76 00 00 00",))
    answer = officer.post(reverse("contacts:add"), post | {"emails-1-is_primary": "on"})
    assert answer.status_code == 302, answer.context["form"].errors
    contact = Contact.objects.get()
    assert contact.family_name == "Diarra"
    assert contact.primary_email == "bureau@example.org"
    assert contact.primary_phone == "+22376000000"
    assert ContactEmail.objects.filter(is_primary=True).count() == 1
    assert ContactPhone.objects.get().is_primary


@pytest.mark.parametrize(
    "address, sentence",
    [
        ("awa@example.org\r\nBcc: all@example.org", "saut de ligne"),
        ("awa@example.org\r\n", "saut de ligne"),
        ("awa@example.org, ali@example.org", "une seule adresse"),
        ("awa@example.org;ali@example.org", "une seule adresse"),
        ("Awa <awa@example.org>", "sans nom"),
        ("awa", "adresse électronique valide"),
    ],
)
def test_two_addresses_or_a_line_break_in_one_field_is_an_error_on_the_field(
    address: str, sentence: str, officer: Client
) -> None:
    answer = officer.post(reverse("contacts:add"), card(emails=(address,)))
    assert answer.status_code == 200
    (errors,) = [form.errors for form in answer.context["form"].formsets["emails"].forms]
    assert sentence in errors["address"][0]
    assert Contact.objects.count() == 0


def test_a_line_break_is_refused_when_somebody_is_suppressed_too(officer: Client) -> None:
    post = {"address": "awa@example.org\nBcc: x@example.org", "reason": "manual", "note": ""}
    answer = officer.post(reverse("suppressions:add"), post)
    assert "saut de ligne" in answer.context["form"].errors["address"][0]
    assert officer.post(reverse("suppressions:add"), post | {"address": "Awa@example.org"}).status_code == 302
    assert Suppression.objects.get().address == "awa@example.org"
    again = officer.post(reverse("suppressions:add"), post | {"address": "awa@example.org"})
    assert "déjà" in again.context["form"].errors["address"][0]


def test_an_address_twice_in_one_form_or_on_another_card_is_an_error(officer: Client) -> None:
    twice = officer.post(reverse("contacts:add"), card(emails=("a@example.org", "A@Example.org")))
    assert twice.status_code == 200
    make_contact(email="awa@example.org")
    taken = officer.post(reverse("contacts:add"), card(emails=("AWA@example.org",)))
    errors = taken.context["form"].formsets["emails"].forms[0].errors["address"]
    assert errors == ["Un autre contact a déjà cette adresse."]
    assert Contact.objects.count() == 1


def test_the_same_number_under_the_same_name_is_an_error_under_another_name_it_is_not(
    officer: Client,
) -> None:
    make_contact(email=None, phone="76000000", name="Awa Diarra")
    taken = officer.post(reverse("contacts:add"), card(phones=("76 00 00 00",), name="AWA DIARRA"))
    assert "déjà ce numéro" in taken.context["form"].formsets["phones"].forms[0].errors["number"][0]
    shared = officer.post(reverse("contacts:add"), card(phones=("76 00 00 00",), name="Moussa Diarra"))
    assert shared.status_code == 302


def test_the_lists_of_a_contact_follow_the_boxes(officer: Client) -> None:
    one, two = make_audience(), make_audience()
    officer.post(reverse("contacts:add"), card() | {"lists": [str(one.pk)]})
    contact = Contact.objects.get()
    assert list(queries.audience_contacts(one)) == [contact]
    officer.post(reverse("contacts:edit", args=[contact.pk]), card() | {"lists": [str(two.pk)]})
    assert not queries.audience_contacts(one).exists()
    assert list(queries.audience_contacts(two)) == [contact]


def test_deleting_a_contact_puts_it_aside_and_it_can_be_taken_back(officer: Client) -> None:
    contact = make_contact(name="Awa Diarra")
    assert officer.get(reverse("contacts:delete", args=[contact.pk])).status_code == 200
    assert queries.contacts().exists()
    officer.post(reverse("contacts:delete", args=[contact.pk]))
    assert list(officer.get(reverse("contacts:index")).context["object_list"]) == []
    assert list(officer.get(reverse("contacts:index"), {"shelf": "aside"}).context["object_list"]) == [
        contact
    ]
    assert officer.get(reverse("contacts:take_back", args=[contact.pk])).status_code == 200
    assert not queries.contacts().exists()
    officer.post(reverse("contacts:take_back", args=[contact.pk]))
    assert queries.contacts().exists()


def test_contacts_are_found_by_name_address_and_filters(officer: Client) -> None:
    outlet = make_organisation(name="Le Courrier", kind="media")
    awa = make_contact(name="Awa Diarra", email="awa.d@example.org", organisation=outlet)
    MediaProfile.objects.create(contact=awa, kind="print", outlet=outlet)
    ali = make_contact(name="Ali Keïta", email=None, phone="76000001", country="FR")
    actions.suppress(address="awa.d@example.org", now=NOON)
    for query, expected in (
        ({"q": "diarra"}, awa),
        ({"q": "awa.d@example.org"}, awa),
        ({"q": "KEITA ali"}, ali),
        ({"q": "76-00-00-01"}, ali),
        ({"q": "courrier"}, awa),
        ({"reach": "telephone"}, ali),
        ({"reach": "suppressed"}, awa),
        ({"media_profile__kind": "print"}, awa),
        ({"organisation__kind": "media"}, awa),
        ({"country": "FR"}, ali),
        ({"audience": make_audience(ali).pk}, ali),
    ):
        found = list(officer.get(reverse("contacts:index"), query).context["object_list"])
        assert found == [expected], query


@pytest.mark.parametrize("path", [f"{name}:index" for name in LISTS])
def test_lists_cost_the_same_with_one_row_and_with_thirty(path: str, officer: Client) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def rows(size: int) -> None:
        for _ in range(size):
            outlet = make_organisation()
            contact = make_contact(organisation=outlet, phone="76000000")
            MediaProfile.objects.create(contact=contact, kind="radio", outlet=outlet)
            make_audience(contact, criteria={"languages": ["fr"]})
            actions.suppress(address=f"gone{contact.pk}@example.org", now=NOON)

    rows(1)
    officer.get(reverse(path))
    with CaptureQueriesContext(
        connection,
    ) as one:
        officer.get(reverse(path))
    rows(24)
    with CaptureQueriesContext(connection) as many:
        officer.get(reverse(path))
    assert len(many) == len(one)


def test_exports_run_nothing_and_are_for_those_who_may(officer: Client) -> None:
    make_contact(name='=HYPERLINK("http://example.org")', email="a@example.org", phone="76000000")
    csv = b"".join(officer.get(reverse("contacts:index"), {"export": "csv"}).streaming_content).decode()
    assert "'=HYPERLINK" in csv
    assert "+22376000000" in csv
    xlsx = officer.get(reverse("contacts:index"), {"export": "xlsx"})
    sheet = load_workbook(BytesIO(xlsx.content)).active
    assert {cell.data_type for row in sheet.rows for cell in row} <= {"s", "inlineStr", "n", "d"}
    assert sheet["B1"].value == "Nom"
    protocol = signed_in(Role.PROTOCOL)
    assert protocol.get(reverse("contacts:index")).status_code == 200
    refused = protocol.get(reverse("contacts:index"), {"export": "csv"})
    assert refused.status_code == 302
    assert b"a@example.org" not in refused.content


@pytest.mark.parametrize(
    "role, may_see, may_add",
    [
        (Role.OFFICER, True, True),
        (Role.PROTOCOL, True, True),
        (Role.COORDINATOR, True, False),
        (Role.AUTHOR, False, False),
    ],
)
def test_each_role_sees_and_enters_what_is_its_own(role: Role, may_see: bool, may_add: bool) -> None:
    client = signed_in(role)
    assert (client.get(reverse("contacts:index")).status_code == 200) is may_see
    assert (client.get(reverse("contacts:add")).status_code == 200) is may_add


def test_an_audience_by_conditions_is_made_counted_and_shown(officer: Client) -> None:
    awa = make_contact(organisation=make_organisation(kind="ministry"))
    make_contact()
    post = {"name": "Ministères", "description": "", "kind": "query", "organisation_kinds": ["ministry"]}
    answer = officer.post(reverse("audiences:add"), post)
    audience = Audience.objects.get()
    assert answer.url == reverse("audiences:people", args=[audience.pk])
    assert audience.slug == "ministeres"
    assert audience.criteria == {"organisation_kinds": ["ministry"]}
    people = officer.get(answer.url)
    assert [row.pk for row in people.context["page"]] == [awa.pk]
    edit = officer.get(reverse("audiences:edit", args=[audience.pk])).content.decode()
    assert 'value="ministry" id' in edit or "checked" in edit


def test_conditions_are_needed_for_a_query_and_dropped_for_a_list(officer: Client) -> None:
    post = {"name": "Tous", "description": "", "kind": "query"}
    refused = officer.post(reverse("audiences:add"), post)
    assert "condition" in refused.context["form"].errors["kind"][0]
    officer.post(
        reverse("audiences:add"), {"name": "A", "kind": "list", "languages": ["fr"], "description": ""}
    )
    assert Audience.objects.get().criteria == {}


def test_the_count_follows_the_boxes_and_changes_nothing(officer: Client) -> None:
    make_contact(language="bm", name="Awa Diarra")
    make_contact()
    url = reverse("audiences:count")
    found = officer.get(url, {"kind": "query", "languages": "bm", "name": "x"}).content.decode()
    assert "Awa Diarra" in found
    assert "<dd>1</dd>" in found
    assert "Awa Diarra" not in officer.get(url, {"kind": "list", "languages": "bm"}).content.decode()
    assert officer.get(url, {"kind": "query", "languages": "klingon", "audience": "x"}).status_code == 200
    assert Audience.objects.count() == 0
    assert signed_in(Role.AUTHOR).get(url).status_code == 200


def test_people_are_added_taken_out_and_let_in_again(officer: Client) -> None:
    awa = make_contact()
    audience = make_audience(criteria={"languages": ["fr"]})
    url = reverse("audiences:people", args=[audience.pk])
    officer.post(url, {"act": "remove", "contact": awa.pk})
    assert not queries.audience_contacts(audience).exists()
    assert awa in officer.get(url).context["kept_out"]
    officer.post(url, {"act": "add", "contact": awa.pk})
    assert queries.audience_contacts(audience).exists()
    assert officer.post(url, {"act": "add", "contact": ""}).status_code == 302
    assert officer.post(url, {"act": "add", "contact": "999999"}).status_code == 404
    coordinator = signed_in(Role.COORDINATOR)
    assert coordinator.get(url).status_code == 200
    coordinator.post(url, {"act": "remove", "contact": awa.pk})
    assert queries.audience_contacts(audience).exists()


def test_a_suppression_is_lifted_but_never_edited(officer: Client) -> None:
    row = actions.suppress(address="awa@example.org", now=NOON)
    assert officer.get(reverse("suppressions:index")).status_code == 200
    assert officer.post(reverse("suppressions:delete", args=[row.pk])).status_code == 302
    assert Suppression.objects.count() == 0


def test_an_organisation_is_entered_once_whatever_its_accents(officer: Client) -> None:
    post = {"name": "Université de Ségou", "kind": "university", "country": "ML"}
    assert officer.post(reverse("organisations:add"), post).status_code == 302
    again = officer.post(reverse("organisations:add"), post | {"name": "UNIVERSITE DE SEGOU"})
    assert again.status_code == 200
    assert Organisation.objects.count() == 1


def test_the_contact_chooser_shows_how_people_are_reached(officer: Client) -> None:
    make_contact(name="Awa Diarra", email="awa@example.org")
    page = officer.get(reverse("contact_chooser:choose")).json()["html"]
    assert "Awa Diarra" in page
    assert "awa@example.org" in page


CHOOSERS = [
    (name, address)
    for name in ("contact_chooser", "organisation_chooser")
    for address in ("", "results/", "results/?q=awa", "chosen/{pk}/", "chosen-multiple/?id={pk}")
]


@pytest.mark.parametrize("name, address", CHOOSERS)
def test_a_chooser_names_people_to_those_alone_who_may_see_contacts(name: str, address: str) -> None:
    contact = make_contact(name="Awa Diarra", email="awa@example.org")
    made = contact if name == "contact_chooser" else make_organisation(name="Awa Diarra")
    url = f"/admin/{name}/{address.format(pk=made.pk)}"
    refused = signed_in(Role.AUTHOR).get(url, headers={"X-Requested-With": "XMLHttpRequest"})
    assert refused.status_code == 403
    assert "Diarra" not in refused.content.decode()
    for role in (Role.OFFICER, Role.PROTOCOL, Role.COORDINATOR):
        answer = signed_in(role).get(url)
        assert answer.status_code == 200
        assert "Diarra" in answer.content.decode()


def test_who_sees_audiences_without_contacts_has_figures_and_no_name() -> None:
    make_contact(name="Awa Diarra")
    audience = make_audience(criteria={"languages": ["fr"]})
    count = reverse("audiences:count") + f"?kind=query&languages=fr&audience={audience.pk}"
    people = reverse("audiences:people", args=[audience.pk])
    author, officer = signed_in(Role.AUTHOR), signed_in(Role.OFFICER)
    assert "<dd>1</dd>" in (told := author.get(count).content.decode())
    assert "Diarra" not in told
    assert author.get(people).status_code == 302
    assert "Diarra" in officer.get(count).content.decode()
    assert "Diarra" in officer.get(people).content.decode()
