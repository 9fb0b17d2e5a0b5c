from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from wagtail.models import Locale

from cms.contacts import actions, queries
from cms.contacts.models import ContactEmail, MediaProfile, OrganisationKind
from cms.contacts.models.audiences import validate_criteria
from cms.core import clock
from cms.core.models import Topic
from cms.core.reader import reader_for
from tests.factories.accounts import make_user
from tests.factories.contacts import NOON, make_audience, make_contact, make_organisation

pytestmark = pytest.mark.django_db


def test_a_list_is_its_members_and_a_query_whoever_meets_all_conditions() -> None:
    ministry = make_organisation(kind=OrganisationKind.MINISTRY)
    here = make_contact(organisation=ministry)
    abroad = make_contact(organisation=ministry, country="FR")
    other = make_contact()
    audience = make_audience(other, criteria={"organisation_kinds": ["ministry"], "countries": ["ML", "SN"]})
    assert set(queries.audience_contacts(audience)) == {here, other}
    assert list(queries.audience_contacts(make_audience(abroad))) == [abroad]


def test_conditions_name_languages_kinds_topics_and_media() -> None:
    fr = Locale.objects.get_or_create(language_code="fr")[0]
    health, farming = (Topic.objects.create(name=n, slug=n, locale=fr) for n in ("sante", "agriculture"))
    awa = make_contact(language="bm")
    awa.topics.add(health, farming)
    ali = make_contact(kind="service")
    MediaProfile.objects.create(contact=ali, kind="radio")
    cases = {
        "languages": (["bm"], awa),
        "contact_kinds": (["service"], ali),
        "topics": (["sante", "agriculture"], awa),
        "media_kinds": (["radio", "print"], ali),
    }
    for key, (wanted, expected) in cases.items():
        assert list(queries.matching({key: wanted})) == [expected], key


def test_no_condition_is_nobody() -> None:
    make_contact()
    assert not queries.matching({}).exists()
    assert not queries.matching({"languages": []}).exists()


def test_who_is_put_aside_is_in_no_audience() -> None:
    gone = actions.put_aside(make_contact(), now=NOON)
    assert not queries.audience_contacts(make_audience(gone, criteria={"languages": ["fr"]})).exists()


def test_reach_counts_each_contact_once_by_what_reaches_them() -> None:
    both = make_contact(email="a@example.org", phone="76000000")
    ContactEmail.objects.create(contact=both, address="b@example.org")
    left = make_contact(email="left@example.org")
    actions.suppress(address="left@example.org", now=NOON)
    audience = make_audience(both, left, make_contact(email=None, phone="76000001"), make_contact(email=None))
    found = queries.reach(queries.audience_contacts(audience))
    assert found == queries.Reach(total=4, by_email=1, suppressed=1, by_telephone_only=1, unreachable=1)


def test_the_first_address_is_the_one_marked_first() -> None:
    contact = make_contact(email="old@example.org")
    ContactEmail.objects.update(is_primary=False)
    ContactEmail.objects.create(contact=contact, address="new@example.org", is_primary=True)
    assert queries.with_reach(queries.contacts()).get().address == "new@example.org"
    assert contact.primary_email == "new@example.org"


@pytest.mark.parametrize("size", [1, 30])
def test_an_audience_and_its_reach_cost_two_queries_whatever_its_size(
    size, django_assert_num_queries
) -> None:
    audience = make_audience(*(make_contact() for _ in range(size)), criteria={"languages": ["fr"]})
    with django_assert_num_queries(2):
        rows = list(queries.for_listing(queries.audience_contacts(audience)))
        assert all(row.address for row in rows)
        assert queries.reach(queries.audience_contacts(audience)).total == size


def test_what_is_no_address_counts_as_suppressed() -> None:
    assert queries.suppressed("awa@example.org, ali@example.org")
    assert not queries.suppressed("awa@example.org")


@pytest.mark.parametrize(
    "criteria", [[], {"sql": ["1=1"]}, {"languages": "fr"}, {"languages": [1]}, {"languages": [""]}]
)
def test_a_query_with_unknown_or_ill_written_conditions_is_refused(criteria) -> None:
    with pytest.raises(ValidationError):
        validate_criteria(criteria)


def test_the_card_of_an_account_says_whether_it_is_accredited_now() -> None:
    user = make_user()
    assert queries.contact_of(user, now=NOON) is None
    contact = make_contact(account=user)
    found = queries.contact_of(user, now=NOON)
    assert found == contact
    assert not found.is_accredited
    actions.grant_accreditation(contact=contact, valid_until=NOON + timedelta(hours=1), now=NOON)
    assert queries.contact_of(user, now=NOON).is_accredited
    assert not queries.contact_of(user, now=NOON + timedelta(hours=1)).is_accredited


def test_a_signed_in_journalist_reads_as_one(rf) -> None:
    user = make_user()
    actions.grant_accreditation(contact=make_contact(account=user), now=clock.now())
    request = rf.get("/")
    request.user = user
    assert "journalists" in reader_for(request).audiences
    stranger = rf.get("/")
    stranger.user = make_user()
    assert "journalists" not in reader_for(stranger).audiences
