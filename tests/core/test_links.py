"""Personal links: derived, for one purpose, revocable."""

from uuid import uuid4

import pytest

from cms.core import links


def test_a_link_names_its_row_and_proves_it():
    uid = uuid4()
    token = links.make("registration", uid, 3)
    assert len(token) == 43
    assert links.uid_of(token) == uid
    assert links.verify(token, purpose="registration", uid=uid, generation=3)


@pytest.mark.parametrize("purpose,generation", [("delivery", 3), ("registration", 4)])
def test_a_link_serves_one_purpose_and_dies_with_its_generation(purpose, generation):
    uid = uuid4()
    token = links.make("registration", uid, 3)
    assert not links.verify(token, purpose=purpose, uid=uid, generation=generation)


def test_a_link_of_another_row_is_refused():
    one, other = uuid4(), uuid4()
    assert not links.verify(links.make("registration", one), purpose="registration", uid=other)


def test_every_altered_character_is_refused():
    uid = uuid4()
    token = links.make("registration", uid)
    for place in range(len(token)):
        for letter in set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") - {
            token[place]
        }:
            altered = token[:place] + letter + token[place + 1 :]
            named = links.uid_of(altered)
            assert named is None or not links.verify(altered, purpose="registration", uid=uid)


@pytest.mark.parametrize("token", ["", "x", "A" * 42, "A" * 44, "é" * 43, "=" * 43, "A" * 42 + "\n"])
def test_what_is_no_token_is_none(token):
    assert links.uid_of(token) is None


def test_older_keys_still_open_links_after_a_rotation(settings):
    uid = uuid4()
    token = links.make("registration", uid)
    settings.LINK_KEY_FALLBACKS = [settings.LINK_KEY]
    settings.LINK_KEY = "another-key-of-fifty-characters-for-the-rotation!!"
    assert links.verify(token, purpose="registration", uid=uid)
    settings.LINK_KEY_FALLBACKS = []
    assert not links.verify(token, purpose="registration", uid=uid)
