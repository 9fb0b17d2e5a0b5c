"""Words that go out at their hour: each once, and none held back by another."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.urls import reverse
from wagtail.models import PageLogEntry, Revision

from cms.core import clock
from cms.core.actions import publish_due
from press.models import ReleasePage
from press.views.scheduled import publications_due
from tests.core.test_approval import typed
from tests.factories.accounts import make_user
from tests.factories.press import make_release, refreshed

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def room(laid_room):
    return deepcopy(laid_room)


def scheduled(room, at, **words):
    """A release whose words go out at `at`, as the editor keeps it."""
    page = make_release(room, publish=False, **words)
    page.go_live_at = at
    page.save_revision().publish()
    return page


def fresh(page):
    return ReleasePage.objects.get(pk=page.pk)


def overdue(page):
    """Let its hour pass: as if it had been scheduled for a minute ago."""
    Revision.objects.filter(object_id=str(page.pk)).update(approved_go_live_at=clock.now() - HOUR)


def test_before_its_hour_nobody_has_it_and_it_has_no_number(client, room):
    now = clock.now()
    page = scheduled(room, now + HOUR)
    assert publish_due(now=now) == 0
    assert client.get(page.public_path).status_code == 404
    assert refreshed(page).number is None


def test_at_its_hour_it_is_published_numbered_and_logged(client, room):
    now = clock.now()
    page = scheduled(room, now + HOUR)
    assert publish_due(now=now + HOUR) == 1
    assert fresh(page).live
    assert fresh(page).go_live_at is None
    assert refreshed(page).number == 1
    assert PageLogEntry.objects.filter(page=page.pk, action="wagtail.publish.scheduled").count() == 1
    assert publish_due(now=now + HOUR) == 0
    assert client.get(page.public_path).status_code == 200


def test_new_words_of_a_published_text_replace_the_old_ones_at_their_hour(client, room):
    page = make_release(room, lead="Avant.")
    draft = fresh(page)
    draft.lead, draft.go_live_at = "Après.", clock.now() + HOUR
    draft.save_revision().publish()
    assert "Avant." in client.get(page.public_path).content.decode()
    publish_due(now=clock.now() + HOUR)
    assert "Après." in client.get(page.public_path).content.decode()


def two_of_which_the_first_fails(room):
    """The first one's address was taken meanwhile, so that it cannot go out."""
    now = clock.now()
    broken = scheduled(room, now + HOUR, slug="pris")
    whole = scheduled(room, now + 2 * HOUR, slug="libre")
    ReleasePage.objects.filter(pk=broken.pk).update(slug="pris-autrefois")
    make_release(room, slug="pris")
    return broken, whole


def test_one_that_fails_holds_no_other_back_and_the_officer_is_told(room):
    broken, whole = two_of_which_the_first_fails(room)
    later = clock.now() + 3 * HOUR
    assert publish_due(now=later) == 1
    assert fresh(whole).live
    assert not fresh(broken).live
    (todo,) = publications_due(make_user("officer"), later)
    assert (todo.level, str(broken.pk) in todo.url) == ("critical", True)
    assert publications_due(make_user("protocol"), later) == []
    ReleasePage.objects.filter(slug="pris").delete()
    assert publish_due(now=later) == 1, "it is tried again by every sweep"


def test_the_control_without_isolation_the_failing_one_holds_all_others_back(room):
    broken, whole = two_of_which_the_first_fails(room)
    for page in (broken, whole):
        overdue(page)
    with pytest.raises(ValidationError):
        call_command("publish_scheduled")
    assert not fresh(whole).live


def test_the_officer_schedules_in_the_editor_and_an_author_does_not(client, room):
    page = make_release(room, publish=False)
    client.force_login(make_user("officer"))
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert "go_live_at" in client.get(url).content.decode()
    at = clock.now() + HOUR
    data = typed(go_live_at=f"{at:%Y-%m-%d %H:%M}", slug=page.slug, **{"action-publish": "1"})
    assert client.post(url, data).status_code == 302
    assert not fresh(page).live
    assert Revision.objects.filter(object_id=str(page.pk), approved_go_live_at__isnull=False).count() == 1
    (todo,) = publications_due(make_user("editor"), clock.now())
    assert todo.level == "info"
    client.force_login(make_user("author"))
    other = make_release(room, publish=False)
    client.post(
        reverse("wagtailadmin_pages:edit", args=[other.pk]),
        typed(go_live_at=f"{at:%Y-%m-%d %H:%M}", slug=other.slug, **{"action-publish": "1"}),
    )
    assert not Revision.objects.filter(object_id=str(other.pk), approved_go_live_at__isnull=False).exists()
