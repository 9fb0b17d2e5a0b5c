"""A small tree, and clients that speak JSON to it."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.test import Client

from cms.accounts import actions as accounts
from cms.core import clock
from tests.factories.accounts import make_user
from tests.factories.api import Tree, make_tree
from tests.support.shared import laid

API = "/++api++"


class Api:
    """A client of /++api++/: `get("fr/programme")`, with an optional bearer token."""

    def __init__(self, token: str | None = None) -> None:
        self.http = Client(raise_request_exception=False)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def call(self, method: str, path: str = "", data: Any = None, headers: Any = None, **extra: Any) -> Any:
        more = {**self.headers, **(headers or {})}
        kwargs: dict[str, Any] = {"headers": more, **extra}
        if data is not None:
            import json

            kwargs |= {
                "data": data if isinstance(data, bytes | str) else json.dumps(data),
                "content_type": extra.pop("content_type", "application/json"),
            }
            kwargs.pop("content_type", None)
            return self.http.generic(
                method, f"{API}/{path}", kwargs["data"], "application/json", headers=more, **extra
            )
        return self.http.generic(method, f"{API}/{path}", headers=more, **extra)

    def get(self, path: str = "", headers: Any = None, **params: Any) -> Any:
        return self.http.get(f"{API}/{path}", params, headers={**self.headers, **(headers or {})})

    def patch(self, path: str, data: Any, headers: Any = None) -> Any:
        return self.call("PATCH", path, data, headers)


@pytest.fixture(scope="module")
def laid_tree(django_db_setup: None, django_db_blocker: Any) -> Iterator[Tree]:
    """The tree, laid once for a file; transactional files lay their own (`tree` in them)."""
    with laid(django_db_blocker):
        yield make_tree()


@pytest.fixture
def tree(laid_tree: Tree, db: None) -> Tree:
    return deepcopy(laid_tree)


@pytest.fixture
def api(tree: Tree) -> Api:
    return Api()


def token_for(user: Any, *scopes: str) -> str:
    _row, raw = accounts.issue_token(user=user, name="test", now=clock.now(), scopes=scopes)
    return str(raw)


@pytest.fixture
def admin(tree: Tree) -> Any:
    return make_user(is_superuser=True, is_staff=True)


@pytest.fixture
def writer(admin: Any) -> Api:
    """A client that may read and write everything."""
    return Api(token_for(admin, "read", "write"))
