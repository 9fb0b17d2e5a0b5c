"""Accounts to test with."""

from __future__ import annotations

from itertools import count

from cms.accounts import actions
from cms.accounts.models import Role, User

_number = count(1)


def make_user(role: Role | str | None = None, **fields: object) -> User:
    """An account, in the group of `role` if one is given; password "secret"."""
    username = str(fields.pop("username", f"user{next(_number)}"))
    user = User.objects.create_user(username, password="secret", **fields)  # type: ignore[arg-type]
    if role is not None:
        actions.assign_role(user, role)
    return user
