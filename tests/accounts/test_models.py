import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from cms.accounts.models import Role, User
from cms.accounts.models.roles import ADMIN_ROLES, role_label
from tests.factories.accounts import make_user

pytestmark = pytest.mark.django_db


def test_two_accounts_may_have_no_address() -> None:
    first, second = make_user(), make_user(email="")
    assert first.email is None
    assert second.email is None


def test_an_address_is_kept_normalised_and_serves_one_account() -> None:
    make_user(email="Awa@Example.org")
    assert User.objects.get().email == "awa@example.org"
    with pytest.raises(IntegrityError):
        make_user(email="AWA@example.ORG")


def test_an_address_with_a_line_break_is_refused() -> None:
    with pytest.raises(ValidationError):
        make_user(email="awa@example.org\nBcc: all@example.org")


def test_user_names_differ_by_more_than_case_and_open_in_any_case() -> None:
    make_user(username="Awa")
    assert User.objects.get_by_natural_key("awa").check_password("secret")
    with pytest.raises(IntegrityError):
        make_user(username="AWA")


def test_the_roles_are_groups_and_only_those_who_work_there_enter_the_administration() -> None:
    assert set(Group.objects.values_list("name", flat=True)) == set(Role.values)
    entering = Group.objects.filter(permissions__codename="access_admin").values_list("name", flat=True)
    assert set(entering) == {role.value for role in ADMIN_ROLES}


def test_a_role_is_named_in_words_and_another_group_by_its_name() -> None:
    assert role_label("officer") == "Chargé de communication"
    assert role_label("Stagiaires") == "Stagiaires"
