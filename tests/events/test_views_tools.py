"""The screens of one event lead to one another, each to those who may open it."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group

from cms.accounts.models import User
from events.models import EventPage
from events.views.tools import TOOLS, tools_of

pytestmark = pytest.mark.django_db


def somebody(role: str) -> User:
    user = User.objects.create_user(username=role, password="secret")
    user.groups.add(Group.objects.get(name=role))
    return user


def test_who_may_open_a_screen_finds_it_and_it_says_where_one_stands(page: EventPage) -> None:
    people = f"/admin/agenda/{page.event_id}/"
    found = tools_of(page.event, somebody("protocol"), f"{people}add/")
    assert [one["url"] for one in found if one["here"]] == [people]
    assert len({one["url"] for one in found}) == len(found) <= len(TOOLS)


def test_who_may_open_none_is_shown_none(page: EventPage) -> None:
    assert tools_of(page.event, somebody("author")) == []
