from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from wagtail.models import GroupCollectionPermission, GroupPagePermission, Page

from cms.accounts import actions
from cms.accounts.models import ApiToken, Role, Scope
from cms.core import registry
from tests.factories.accounts import make_user

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def test_a_token_opens_its_account_and_its_secret_is_not_kept() -> None:
    user = make_user()
    token, raw = actions.issue_token(user=user, name="Site du ministère", now=NOON)
    found = actions.authenticate_token(raw, now=NOON)
    assert found == token
    assert found is not None
    assert found.user == user
    row = ApiToken.objects.values().get()
    assert not any(raw in str(value) for value in row.values())
    assert raw.startswith(row["prefix"])
    assert len(raw) >= len(row["prefix"]) + 22  # 128 bits at least stay unknown to who reads the table


def test_tokens_are_never_alike() -> None:
    user = make_user()
    secrets = {actions.issue_token(user=user, name="x", now=NOON)[1] for _ in range(50)}
    assert len(secrets) == 50


def test_a_token_is_refused_when_unknown_expired_revoked_or_its_account_closed() -> None:
    user = make_user()
    end = NOON + timedelta(hours=1)
    _, raw = actions.issue_token(user=user, name="x", now=NOON, expires_at=end)
    token, other = actions.issue_token(user=user, name="y", now=NOON)
    assert actions.authenticate_token(raw, now=end - timedelta(microseconds=1)) is not None
    assert actions.authenticate_token(raw, now=end) is None
    assert actions.authenticate_token(raw + "x", now=NOON) is None
    assert actions.authenticate_token("", now=NOON) is None
    assert actions.authenticate_token("kun_" + "é" * 2000, now=NOON) is None
    actions.revoke_token(token, now=NOON)
    assert actions.authenticate_token(other, now=NOON) is None
    user.is_active = False
    user.save()
    assert actions.authenticate_token(raw, now=NOON) is None


def test_the_digest_itself_opens_nothing() -> None:
    token, _ = actions.issue_token(user=make_user(), name="x", now=NOON)
    assert actions.authenticate_token(token.digest, now=NOON) is None
    assert actions.authenticate_token("kun_" + token.digest, now=NOON) is None


def test_revoking_twice_keeps_the_first_instant() -> None:
    token, _ = actions.issue_token(user=make_user(), name="x", now=NOON)
    actions.revoke_token(token, now=NOON)
    assert actions.revoke_token(token, now=NOON + timedelta(days=1)).revoked_at == NOON


def test_the_last_use_is_written_once_a_minute_at_most(django_assert_num_queries) -> None:
    token, raw = actions.issue_token(user=make_user(), name="x", now=NOON)
    actions.authenticate_token(raw, now=NOON)
    with django_assert_num_queries(1):
        actions.authenticate_token(raw, now=NOON + timedelta(seconds=59))
    token.refresh_from_db()
    assert token.last_used_at == NOON


def test_a_scope_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="everything"):
        actions.issue_token(user=make_user(), name="x", now=NOON, scopes=["everything"])
    token, _ = actions.issue_token(user=make_user(), name="x", now=NOON, scopes=[Scope.WRITE, Scope.READ])
    assert token.scopes == ["read", "write"]


def test_the_api_asks_the_registry_and_finds_the_token() -> None:
    user = make_user()
    _, raw = actions.issue_token(user=user, name="x", now=NOON)
    answers = [authenticate(raw, NOON) for authenticate in registry.authenticators]
    assert user in answers


def test_page_permissions_are_granted_once() -> None:
    root = Page.objects.get(depth=1)
    actions.grant_page_permissions(root)
    pages, collections = GroupPagePermission.objects.count(), GroupCollectionPermission.objects.count()
    assert pages
    assert collections
    actions.grant_page_permissions(root)
    assert GroupPagePermission.objects.count() == pages
    assert GroupCollectionPermission.objects.count() == collections


def test_an_author_drafts_an_officer_publishes_and_protocol_sees_no_draft() -> None:
    actions.grant_page_permissions(Page.objects.get(depth=1))
    page = Page.objects.get(depth=2)
    author, officer, protocol = (make_user(role) for role in (Role.AUTHOR, Role.OFFICER, Role.PROTOCOL))
    assert page.permissions_for_user(author).can_add_subpage()
    assert not page.permissions_for_user(author).can_publish()
    assert page.permissions_for_user(officer).can_publish()
    assert not page.permissions_for_user(protocol).can_edit()


def test_an_administrator_is_a_superuser_and_nobody_else_is() -> None:
    assert make_user(Role.ADMIN).is_superuser
    assert not make_user(Role.COORDINATOR).is_superuser
    assert Group.objects.get(name="admin").user_set.count() == 1
