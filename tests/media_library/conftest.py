"""A site and an officer of it, laid once for a file whose tests are none of them transactional."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.test import Client

from cms.accounts.actions import grant_page_permissions
from cms.accounts.models import User
from tests.factories.accounts import make_user
from tests.factories.core import make_site
from tests.support.shared import laid


@pytest.fixture(scope="module")
def laid_officer(django_db_setup: None, django_db_blocker: Any) -> Iterator[User]:
    with laid(django_db_blocker):
        root, _french, _english = make_site()
        grant_page_permissions(root)
        yield make_user("officer")


@pytest.fixture
def officer(laid_officer: User, client: Client, db: None, settings: Any, tmp_path: Any) -> Client:
    """The officer's browser, with the library's files in a folder of the test's own."""
    settings.MEDIA_ROOT = tmp_path
    client.force_login(deepcopy(laid_officer))
    return client
