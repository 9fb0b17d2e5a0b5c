"""`visible()`: embargo, expiry, withdrawal and audience, in one place."""

from datetime import timedelta
from itertools import product
from uuid import uuid4

import pytest
from wagtail.models import Page

from cms.core.models import SitePage
from cms.core.policies import next_boundary, tombstones, visible
from cms.core.reader import ANONYMOUS, Reader
from tests.factories.core import NOON, locale

pytestmark = pytest.mark.django_db

BEFORE, AFTER = NOON - timedelta(hours=1), NOON + timedelta(hours=1)


@pytest.fixture
def page(db):
    """A live, public page of which each test changes the columns it speaks of."""
    top = Page.objects.get(depth=1)
    page = SitePage(title="Canari", slug="canari", locale=locale("fr"), live=True)
    top.add_child(instance=page)
    return page


def put(page, **columns):
    SitePage.objects.filter(pk=page.pk).update(**columns)


def seen(reader=ANONYMOUS, now=NOON):
    return visible(SitePage.objects.all(), reader=reader, now=now).exists()


def oracle(*, live, start, end, withdrawn, audience, now):
    """The same rule, said once more in plain Python."""
    return (
        live
        and start is not None
        and start <= now
        and (end is None or now < end)
        and withdrawn is None
        and audience == "public"
    )


def test_visible_agrees_with_the_rule_on_every_combination(page):
    moments = (None, BEFORE, NOON, AFTER)
    for live, start, end, withdrawn, audience in product(
        (True, False), moments, moments, (None, BEFORE), ("public", "journalists", "staff")
    ):
        Page.objects.filter(pk=page.pk).update(live=live)
        put(page, public_from=start, public_until=end, withdrawn_at=withdrawn, audience=audience)
        expected = oracle(live=live, start=start, end=end, withdrawn=withdrawn, audience=audience, now=NOON)
        assert seen() is expected, (live, start, end, withdrawn, audience)


def test_an_embargo_lifts_at_its_very_instant_and_not_a_microsecond_before(page):
    put(page, public_from=NOON)
    assert not seen(now=NOON - timedelta(microseconds=1))
    assert seen(now=NOON)


def test_a_grant_opens_one_page_before_its_time_and_no_other(page):
    thing = uuid4()
    put(page, public_from=AFTER, thing_uid=thing)
    assert seen(Reader(grants=frozenset({thing})))
    assert seen(Reader(grants=frozenset({page.uid})))
    assert not seen(Reader(grants=frozenset({uuid4()})))


def test_a_grant_does_not_open_what_is_withdrawn_or_unpublished(page):
    reader = Reader(grants=frozenset({page.uid}))
    put(page, public_from=BEFORE, withdrawn_at=BEFORE)
    assert not seen(reader)
    put(page, withdrawn_at=None)
    Page.objects.filter(pk=page.pk).update(live=False)
    assert not seen(reader)


def test_a_tombstone_is_only_what_was_public_before(page):
    def is_tombstone(**columns):
        put(page, **columns)
        return tombstones(SitePage.objects.all(), reader=ANONYMOUS, now=NOON).exists()

    assert is_tombstone(public_from=BEFORE, withdrawn_at=BEFORE)
    assert not is_tombstone(public_from=AFTER, withdrawn_at=BEFORE)
    assert not is_tombstone(public_from=BEFORE, withdrawn_at=BEFORE, audience="staff")


def test_what_was_withdrawn_before_its_hour_leaves_no_tombstone_when_the_hour_comes(page):
    put(page, public_from=NOON, withdrawn_at=BEFORE)
    assert not tombstones(SitePage.objects.all(), reader=ANONYMOUS, now=AFTER).exists()
    put(page, public_from=BEFORE, withdrawn_at=NOON)  # the control: at its hour it was there
    assert tombstones(SitePage.objects.all(), reader=ANONYMOUS, now=AFTER).exists()


def test_without_the_policy_the_embargoed_page_is_found(page):
    """The control: the row is there and live, so that only `visible` hides it."""
    put(page, public_from=AFTER)
    assert not seen()
    assert SitePage.objects.filter(live=True).exists()


@pytest.mark.parametrize(
    "start,end,expected", [(AFTER, None, AFTER), (BEFORE, AFTER, AFTER), (BEFORE, None, None)]
)
def test_the_next_boundary_is_the_next_change_by_time_alone(page, start, end, expected):
    page.public_from, page.public_until = start, end
    assert next_boundary(page, now=NOON) == expected
