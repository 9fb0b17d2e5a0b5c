"""The history of a card says who changed which field from what to what, in the reader's words."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cms.accounts.models import Role
from cms.contacts import actions
from cms.contacts.models import Contact, ContactEmail, Organisation
from cms.core import registry
from cms.core.models import ThingLog
from tests.contacts.test_viewsets import card, signed_in
from tests.factories.accounts import make_user
from tests.factories.contacts import NOON, make_audience, make_contact, make_organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> Client:
    user = make_user(Role.OFFICER, first_name="Kadiatou", last_name="Sanogo")
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def edited(contact: Contact, **fields: Any) -> dict[str, Any]:
    """What the form of this contact posts, with some fields changed."""
    post = card(name=contact.name, family_name=contact.family_name, **fields)
    emails = list(contact.emails.order_by("pk"))
    post |= {"emails-TOTAL_FORMS": str(len(emails)), "emails-INITIAL_FORMS": str(len(emails))}
    for place, row in enumerate(emails):
        post |= {f"emails-{place}-address": row.address, f"emails-{place}-id": str(row.pk)}
    return post


def test_a_change_is_told_with_who_when_and_from_what_to_what(officer: Client) -> None:
    contact = make_contact(name="Awa Diarra", email="awa@example.org", function="Directrice")
    ministry = make_organisation(name="Ministère de la Santé")
    audience = make_audience(name="Comité de pilotage")
    post = edited(
        contact, function="Ministre", country="FR", organisation=str(ministry.pk), kind="service"
    ) | {"emails-0-address": "ministre@example.org", "lists": [str(audience.pk)]}
    answer = officer.post(reverse("contacts:edit", args=[contact.pk]), post)
    assert answer.status_code == 302, answer.context["form"].errors
    told = ThingLog.objects.get(thing_uid=contact.uid)
    assert told.changes == {
        "function": ["Directrice", "Ministre"],
        "country": ["ML", "FR"],
        "kind": ["person", "service"],
        "organisation": ["", "Ministère de la Santé"],
        "emails": [["awa@example.org"], ["ministre@example.org"]],
        "lists": [[], ["Comité de pilotage"]],
    }
    for name in ("contacts:history", "contacts:inspect"):
        page = officer.get(reverse(name, args=[contact.pk])).content.decode()
        assert "Kadiatou Sanogo" in page
        assert "Fiche modifiée" in page
        assert "Fonction\u00a0: <del>Directrice</del> → <ins>Ministre</ins>" in page
        assert "<del>Mali</del> → <ins>France</ins>" in page
        assert "<del>Personne</del> → <ins>Service ou bureau</ins>" in page
        assert "<del>vide</del> → <ins>Ministère de la Santé</ins>" in page


def test_saving_without_a_change_tells_nothing(officer: Client) -> None:
    contact = make_contact(name="Awa Diarra")
    officer.post(reverse("contacts:edit", args=[contact.pk]), edited(contact))
    assert ThingLog.objects.count() == 0


def test_entering_putting_aside_and_taking_back_are_told(officer: Client) -> None:
    officer.post(reverse("contacts:add"), card())
    contact = Contact.objects.get()
    officer.post(reverse("contacts:delete", args=[contact.pk]))
    officer.post(reverse("contacts:take_back", args=[contact.pk]))
    told = ThingLog.objects.filter(thing_uid=contact.uid).order_by("pk")
    assert [line.action for line in told] == ["created", "put_aside", "taken_back"]
    assert {line.user.get_full_name() for line in told if line.user} == {"Kadiatou Sanogo"}


def test_what_is_put_aside_twice_is_told_once() -> None:
    contact = make_contact()
    actions.put_aside(contact, now=NOON)
    actions.put_aside(contact, now=NOON)
    assert ThingLog.objects.count() == 1


def test_an_organisation_has_its_history_too(officer: Client) -> None:
    body = make_organisation(name="INRSP", kind="university")
    make_contact(name="Awa Diarra", organisation=body)
    post = {"name": "INRSP", "kind": "ministry", "country": "ML", "acronym": "INRSP", "city": "Bamako"}
    assert officer.post(reverse("organisations:edit", args=[body.pk]), post).status_code == 302
    page = officer.get(reverse("organisations:inspect", args=[body.pk])).content.decode()
    assert "Ville\u00a0: <del>vide</del> → <ins>Bamako</ins>" in page
    assert "Awa Diarra" in page
    assert "Fiche modifiée" in officer.get(reverse("organisations:history", args=[body.pk])).content.decode()
    officer.post(reverse("organisations:delete", args=[body.pk]))
    assert ThingLog.objects.filter(thing_uid=body.uid, action="put_aside").exists()
    assert Organisation.objects.count() == 1


def test_the_past_of_a_merged_card_stays_legible_on_the_one_in_use(officer: Client) -> None:
    kept, merged = make_contact(name="Awa Diarra"), make_contact(name="A. Diarra")
    actions.put_aside(merged, now=NOON)
    actions.merge_contacts(kept=kept, merged=merged, user=None, now=NOON)
    page = officer.get(reverse("contacts:inspect", args=[kept.pk])).content.decode()
    assert "Mise de côté" in page
    assert "Une autre fiche a été réunie à celle-ci" in page
    old = officer.get(reverse("contacts:inspect", args=[merged.pk])).content.decode()
    assert reverse("contacts:inspect", args=[kept.pk]) in old


def test_nothing_typed_into_a_card_runs_in_its_history(officer: Client) -> None:
    contact = make_contact(name="Awa Diarra", function="<script>alert(1)</script>")
    officer.post(reverse("contacts:edit", args=[contact.pk]), edited(contact, function="<b>x</b>"))
    page = officer.get(reverse("contacts:history", args=[contact.pk])).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page


@pytest.mark.parametrize(
    "role, status", [(Role.OFFICER, 200), (Role.PROTOCOL, 200), (Role.COORDINATOR, 200), (Role.AUTHOR, 302)]
)
def test_who_sees_a_card_sees_its_history(role: Role, status: int) -> None:
    contact = make_contact()
    for name in ("contacts:history", "contacts:inspect"):
        assert signed_in(role).get(reverse(name, args=[contact.pk])).status_code == status


def test_a_card_costs_as_many_queries_with_one_line_as_with_thirty(
    officer: Client, django_assert_max_num_queries: Any
) -> None:
    contact = make_contact()
    officer.get(reverse("contacts:inspect", args=[contact.pk]))
    for number in range(30):
        actions.put_aside(contact, now=NOON)
        actions.take_back(contact, now=NOON)
        ContactEmail.objects.create(contact=contact, address=f"a{number}@example.org")
    with django_assert_max_num_queries(30):
        officer.get(reverse("contacts:inspect", args=[contact.pk]))


def test_apps_above_tell_their_part_of_a_contact(officer: Client) -> None:
    section = registry.ContactSection(
        key="tests.section",
        order=1,
        title="Ce que raconte le test",
        template="contacts/admin/count.html",
        context=lambda request, contact: {"reach": None} if contact.name == "Awa Diarra" else None,
    )
    registry.contact_sections.register(section)
    try:
        awa, ali = make_contact(name="Awa Diarra"), make_contact(name="Ali Keïta")
        shown = officer.get(reverse("contacts:inspect", args=[awa.pk])).content.decode()
        hidden = officer.get(reverse("contacts:inspect", args=[ali.pk])).content.decode()
    finally:
        del registry.contact_sections._items["tests.section"]
    assert "Ce que raconte le test" in shown
    assert "Ce que raconte le test" not in hidden


def test_who_asks_to_be_erased_leaves_no_value_in_the_history(officer: Client) -> None:
    contact = make_contact(name="Awa Diarra", email="awa@example.org", function="Directrice")
    officer.post(reverse("contacts:edit", args=[contact.pk]), edited(contact, function="Ministre"))
    url = reverse("contacts:forget", args=[contact.pk])
    assert officer.get(url).status_code == 200
    assert "Directrice" in str(ThingLog.objects.values_list("changes", flat=True))
    assert signed_in(Role.PROTOCOL).post(url).status_code == 302
    assert "Directrice" in str(ThingLog.objects.values_list("changes", flat=True))
    officer.post(url)
    assert "Directrice" not in str(ThingLog.objects.values("changes", "reason"))
    page = officer.get(reverse("contacts:inspect", args=[contact.pk])).content.decode()
    assert "Fonction" in page
    assert "oublié" in page
