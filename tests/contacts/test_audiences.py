"""Audiences put together from others, drawn by agreements and by what people did; their form and their count."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms.accounts.models import Role
from cms.contacts import actions, queries
from cms.contacts.models import Audience, AudienceKind, Consent, ConsentSource, Contact, Purpose, Suppression
from cms.core import registry
from cms.core.models import Topic
from cms.core.registry import ContactActivity
from tests.contacts.test_viewsets import signed_in
from tests.factories.contacts import NOON, make_audience, make_contact
from tests.factories.core import locale

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> Client:
    return signed_in(Role.OFFICER)


def combined(includes: list[Audience], excludes: list[Audience] | None = None, **fields: object) -> Audience:
    audience = make_audience(kind=AudienceKind.COMBINED, **fields)
    audience.includes.set(includes)
    audience.excludes.set(excludes or [])
    return audience


def test_a_combined_audience_is_who_is_in_one_of_some_and_in_none_of_others() -> None:
    awa, ali, issa, hawa = (make_contact(language=code) for code in ("fr", "fr", "en", "bm"))
    french = make_audience(criteria={"languages": ["fr"]})
    english = make_audience(criteria={"languages": ["en"]})
    by_hand = make_audience(ali, hawa)
    both = combined([french, english], [by_hand])
    assert set(queries.audience_contacts(both)) == {awa, issa}
    assert queries.people_counts([both, french]) == {both.pk: 2, french.pk: 2}
    actions.add_to_audience(audience=both, contacts=[hawa], now=NOON)
    actions.remove_from_audience(audience=both, contacts=[issa], now=NOON)
    assert set(queries.audience_contacts(both)) == {awa, hawa}


def test_a_combined_audience_of_nothing_is_nobody_and_there_is_no_circle_to_fall_into() -> None:
    make_contact()
    first = combined([])
    second = combined([first], [first])
    first.includes.set([second])
    assert not queries.audience_contacts(first).exists()
    assert not queries.audience_contacts(second).exists()


@pytest.mark.parametrize("size", [1, 30])
def test_the_counts_of_combined_audiences_cost_three_queries(size: int, django_assert_num_queries) -> None:
    part = make_audience(make_contact())
    audiences = [combined([part]) for _ in range(size)]
    with django_assert_num_queries(3):
        assert set(queries.people_counts(audiences).values()) == {1}


def test_conditions_name_agreements_that_stand() -> None:
    given, asked, back = make_contact(), make_contact(), make_contact()
    give = {"purpose": Purpose.NEWSLETTER, "source": ConsentSource.PAPER, "now": NOON}
    actions.record_consent(contact=given, **give)
    actions.record_consent(contact=asked, **{**give, "source": ConsentSource.FORM})
    actions.withdraw_consent(actions.record_consent(contact=back, **give), now=NOON)
    assert list(queries.matching({"consents": ["newsletter"]})) == [given]
    assert not queries.matching({"consents": ["press"]}).exists()


def test_conditions_name_what_people_did_as_other_apps_tell_it() -> None:
    came = make_contact(language="bm")
    make_contact()
    if registry.contact_activities.get("tests") is None:
        registry.contact_activities.register(
            ContactActivity(
                "tests",
                99,
                lambda: [("bambara", "Parle bambara")],
                lambda codes: Contact.objects.filter(language="bm", pk__gt=0).values("pk"),
            )
        )
    assert list(queries.matching({"activities": ["tests:bambara"]})) == [came]
    assert not queries.matching({"activities": ["tests:bambara"], "languages": ["fr"]}).exists()
    assert not queries.matching({"activities": ["unknown:thing", "nothing"]}).exists()
    assert ("tests:bambara", "Parle bambara") in queries.activity_choices()


def test_topics_chosen_by_the_person_count_like_those_an_officer_noted() -> None:
    health = Topic.objects.create(name="Santé", slug="sante", locale=locale("fr"))
    noted, chose = make_contact(), make_contact()
    noted.topics.add(health)
    actions.choose(contact=chose, frequency="all", topics=[health], now=NOON)
    assert set(queries.matching({"topics": ["sante"]})) == {noted, chose}


# The form --------------------------------------------------------------------------------------------------------
def test_an_audience_is_put_together_in_its_form_and_its_count_follows(officer: Client) -> None:
    awa, ali = make_contact(name="Awa Diarra"), make_contact(name="Ali Keïta")
    everybody, some = make_audience(awa, ali), make_audience(ali)
    post = {"name": "Sans Ali", "description": "", "kind": "combined"}
    parts = {"includes": [everybody.pk], "excludes": [some.pk]}
    told = officer.get(reverse("audiences:count"), post | parts).content.decode()
    assert "<dd>1</dd>" in told
    assert "Awa Diarra" in told
    answer = officer.post(reverse("audiences:add"), post | parts)
    audience = Audience.objects.get(slug="sans-ali")
    assert answer.url == reverse("audiences:people", args=[audience.pk])
    assert list(queries.audience_contacts(audience)) == [awa]
    page = officer.get(reverse("audiences:edit", args=[audience.pk]))
    assert page.status_code == 200


def test_a_combined_audience_needs_a_part_and_is_no_part_itself(officer: Client) -> None:
    part = make_audience(name="Partie")
    whole = combined([part], name="Ensemble")
    post = {"name": "Rien", "description": "", "kind": "combined"}
    refused = officer.post(reverse("audiences:add"), post)
    assert "audience" in refused.context["form"].errors["kind"][0]
    refused = officer.post(reverse("audiences:add"), post | {"includes": [whole.pk]})
    assert "includes" in refused.context["form"].errors
    edit = reverse("audiences:edit", args=[part.pk])
    refused = officer.post(
        edit, {"name": "Partie", "description": "", "kind": "combined", "includes": [part.pk]}
    )
    assert refused.status_code == 200
    other = make_audience(name="Autre")
    refused = officer.post(
        edit, {"name": "Partie", "description": "", "kind": "combined", "includes": [other.pk]}
    )
    assert "kind" in refused.context["form"].errors


def test_parts_are_dropped_where_the_audience_is_a_list_again(officer: Client) -> None:
    whole = combined([make_audience(name="Partie")], name="Ensemble")
    edit = reverse("audiences:edit", args=[whole.pk])
    officer.post(edit, {"name": "Ensemble", "description": "", "kind": "list", "includes": [whole.pk]})
    officer.post(edit, {"name": "Ensemble", "description": "", "kind": "list"})
    whole.refresh_from_db()
    assert whole.kind == "list"
    assert not whole.includes.exists()


# Agreements ------------------------------------------------------------------------------------------------------
def test_an_agreement_is_recorded_on_the_card_with_source_date_and_author_and_taken_back(
    officer: Client,
) -> None:
    contact = make_contact()
    url = reverse("contacts:consents", args=[contact.pk])
    refused = officer.post(url, {"purpose": "newsletter", "source": "telephone", "evidence": ""})
    assert refused.context["form"].errors["evidence"]
    officer.post(url, {"purpose": "newsletter", "source": "telephone", "evidence": "appel du 3 mars"})
    row = Consent.objects.get()
    assert (row.source, row.evidence, row.recorded_by.username) == (
        "telephone",
        "appel du 3 mars",
        officer.get("/admin/").wsgi_request.user.username,
    )
    page = officer.get(url).content.decode()
    assert "appel du 3 mars" in page
    assert "en vigueur" in page
    officer.post(url, {"withdraw": row.pk})
    row.refresh_from_db()
    assert row.withdrawn_at is not None
    assert "appel du 3 mars" in officer.get(reverse("contacts:edit", args=[contact.pk])).content.decode()


def test_who_only_reads_contacts_records_no_agreement() -> None:
    contact = make_contact()
    url = reverse("contacts:consents", args=[contact.pk])
    reader = signed_in(Role.COORDINATOR)
    assert reader.get(url).status_code == 200
    reader.post(url, {"purpose": "newsletter", "source": "paper", "evidence": "x"})
    assert not Consent.objects.exists()
    assert signed_in(Role.AUTHOR).get(url).status_code == 302


def test_one_contacts_agreement_is_not_taken_back_on_anothers_page(officer: Client) -> None:
    row = actions.record_consent(
        contact=make_contact(), purpose=Purpose.PRESS, source=ConsentSource.PAPER, now=NOON
    )
    wrong = reverse("contacts:consents", args=[make_contact().pk])
    assert officer.post(wrong, {"withdraw": row.pk}).status_code == 404
    row.refresh_from_db()
    assert row.withdrawn_at is None


def test_the_list_of_agreements_is_narrowed_by_state_and_bounded(officer: Client) -> None:
    url = reverse("consents:index")
    used = []
    for size in (1, 20):
        for _ in range(size):
            actions.record_consent(
                contact=make_contact(), purpose=Purpose.PRESS, source=ConsentSource.PAPER, now=NOON
            )
        officer.get(url)
        with CaptureQueriesContext(connection) as captured:
            assert officer.get(url).status_code == 200
        used.append(len(captured))
    assert used[0] == used[1]
    actions.withdraw_consent(Consent.objects.first(), now=NOON)
    assert len(officer.get(url, {"state": "ended"}).context["object_list"]) == 1
    export = officer.get(url, {"export": "csv"})
    assert export.status_code == 200
    assert b"Personne" in b"".join(export.streaming_content)


def test_writing_again_agrees_anew_to_what_was_agreed_when_leaving(officer: Client) -> None:
    contact = make_contact(email="awa@example.org")
    give = {"contact": contact, "source": ConsentSource.PAPER, "now": NOON}
    actions.record_consent(purpose=Purpose.PRESS, **give)
    actions.withdraw_consent(actions.record_consent(purpose=Purpose.NEWSLETTER, **give), now=NOON)
    row = actions.suppress(address="awa@example.org", reason="unsubscribed", now=NOON.replace(hour=13))
    assert queries.wished(contact) == ["invitations"]
    officer.post(reverse("suppressions:delete", args=[row.pk]))
    assert not Suppression.objects.exists()
    assert queries.wished(contact) == ["press", "invitations"]
    anew = Consent.objects.get(purpose=Purpose.PRESS, withdrawn_at=None)
    assert anew.source == "staff"
    assert anew.evidence


def test_of_two_cards_that_become_one_the_newer_choice_stays() -> None:
    kept, merged = make_contact(), make_contact()
    actions.choose(contact=kept, frequency="weekly", topics=(), now=NOON)
    actions.choose(contact=merged, frequency="monthly", topics=(), now=NOON.replace(hour=13))
    into = actions.merge_contacts(kept=kept, merged=merged, user=None, now=NOON)
    assert queries.preference_of(into).frequency == "monthly"
