"""Who opens which screen of the house, role by role: the protocol sees guests, not drafts of releases."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils import timezone

from cms.accounts.models import Role
from tests.factories.accounts import make_user
from tests.factories.events import make_delegation, make_event, make_registration
from tests.factories.press import make_release

pytestmark = pytest.mark.django_db

AUTHOR, OFFICER, EDITOR = Role.AUTHOR, Role.OFFICER, Role.EDITOR
PROTOCOL, COORDINATOR, ADMIN = Role.PROTOCOL, Role.COORDINATOR, Role.ADMIN
READERS = {OFFICER, EDITOR, PROTOCOL, COORDINATOR, ADMIN}
KEEPERS = READERS - {COORDINATOR}
TEAM = {OFFICER, EDITOR, ADMIN}
#: Which roles open a screen of an event; what stands here is read off the brief, not off the permissions.
EVENT_SCREENS = {
    "events_people": READERS,
    "events_add": KEEPERS,
    "events_export": KEEPERS,
    "events_delegations": READERS,
    "events_delegation_add": KEEPERS,
    "events_delegation_export": KEEPERS,
    "events_guests": READERS,
    "events_door": READERS,
    "events_abstracts": TEAM,
    "events_privacy": {PROTOCOL, ADMIN},
    "events_journal": READERS,
    "events_figures": READERS,
    "events_programme": READERS,
    "events_running": READERS,
    "events_certificates": READERS,
}


@pytest.fixture
def room(laid_room: Any) -> Any:
    return deepcopy(laid_room)


def opens(client: Client, address: str) -> bool:
    return client.get(address).status_code == 200


@pytest.mark.parametrize("role", list(Role), ids=str)
def test_each_role_opens_the_screens_that_are_its_own_and_no_other(client, room, role) -> None:
    now = timezone.now()
    event = make_event(start_date=(now + timedelta(days=9)).date(), kind="msas", now=now)
    make_delegation(event.occurrences.get(), now=now)
    person = make_registration(event.occurrences.get(), now=now)
    draft = make_release(room, title="Brouillon", publish=False)
    client.force_login(make_user(role))
    found = {name: opens(client, reverse(name, args=[event.pk])) for name in EVENT_SCREENS}
    assert found == {name: role in roles for name, roles in EVENT_SCREENS.items()}
    edit = reverse("wagtailadmin_pages:edit", args=[draft.pk])
    assert opens(client, edit) is (role in TEAM)
    data = reverse("events_person_data", args=[event.pk, person.uid])
    assert opens(client, data) is (role in {PROTOCOL, ADMIN})


@pytest.mark.parametrize("role", [None, Role.AUTHOR, Role.INTERNAL, Role.JOURNALIST], ids=str)
def test_no_screen_of_an_event_opens_to_who_has_no_part_in_events(client, room, role) -> None:
    event = make_event(now=timezone.now())
    if role is not None:
        client.force_login(make_user(role))
    tried = 0
    for name in {name for name in get_resolver().reverse_dict if str(name).startswith("events_")}:
        try:
            address = reverse(name, args=[event.pk])
        except NoReverseMatch:
            continue
        tried += 1
        assert not opens(client, address), name
    assert tried > 10
