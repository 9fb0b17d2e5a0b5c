"""What a file of transactional tests shares is in each one's database, whatever the one before it did."""

import pytest

from press.models import KitIndexPage

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("_time", ["first", "again"])
def test_what_is_stocked_is_back_after_a_test_that_deleted_it(stocked_room, _time):
    assert KitIndexPage.objects.filter(pk=stocked_room.kits.pk).exists()
    KitIndexPage.objects.get(pk=stocked_room.kits.pk).delete()
    assert not KitIndexPage.objects.filter(pk=stocked_room.kits.pk).exists()
