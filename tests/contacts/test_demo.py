import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from cms.accounts import demo as accounts_demo
from cms.accounts.models import ApiToken, User
from cms.contacts import demo, queries
from cms.contacts.models import (
    Accreditation,
    Audience,
    AudienceMember,
    Consent,
    Contact,
    ContactEmail,
    ContactPhone,
    MediaProfile,
    Organisation,
    Suppression,
)
from cms.core.models import Sector
from cms.plan import demo as plan_demo
from cms.plan.models import Target
from tests.factories.contacts import NOON

pytestmark = pytest.mark.django_db
MODELS = (
    User, ApiToken, Organisation, Contact, ContactEmail, ContactPhone, MediaProfile, Accreditation, Audience,
    AudienceMember, Consent, Suppression, Target,
)  # fmt: skip


@pytest.fixture
def built():
    with override_settings(DEMO=True):
        yield lambda: [app.build(now=NOON) for app in (accounts_demo, demo, plan_demo)]


def test_the_demo_changes_nothing_the_second_time(built) -> None:
    built()
    before = {model.__name__: list(model.objects.order_by("pk").values()) for model in MODELS}
    built()
    assert {model.__name__: list(model.objects.order_by("pk").values()) for model in MODELS} == before


def test_the_demo_has_journalists_people_by_telephone_and_filled_audiences(built) -> None:
    built()
    assert 55 <= Contact.objects.count() <= 75
    assert set(ContactEmail.objects.values_list("address", flat=True)) == {
        address
        for address in ContactEmail.objects.values_list("address", flat=True)
        if "@example.org" in address
    }
    press = queries.audience_contacts(Audience.objects.get(slug="presse-nationale"))
    assert press.count() >= 8
    assert not press.exclude(country="ML").exists()
    assert queries.reach(queries.contacts()).by_telephone_only == 6
    empty = [a.slug for a in Audience.objects.all() if not queries.audience_contacts(a).exists()]
    assert empty == []
    assert set(Target.objects.filter(audience=None)) == set()
    assert Sector.objects.filter(locale__language_code="en").count() == 5


def test_the_demo_passwords_exist_in_the_demo_alone() -> None:
    with override_settings(DEMO=False), pytest.raises(ImproperlyConfigured):
        accounts_demo.build(now=NOON)
    assert not User.objects.exists()


def test_each_demo_account_signs_in_and_only_workers_enter_the_administration(built) -> None:
    built()
    for name in ("officer", "editor", "protocol", "coordinator", "focal", "admin"):
        user = User.objects.get(username=name)
        assert user.check_password(f"demo-{name}")
        assert user.has_perm("wagtailadmin.access_admin") is (name != "focal")
    assert User.objects.get(username="focal").contact.function == "Point focal TOKTEN"
