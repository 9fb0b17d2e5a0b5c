"""Entity tags: whole for reading, the state alone for writing, in all the spellings of servers between."""

import pytest
from django.test import RequestFactory

from cms.core.api.conditions import etag, not_modified, require_state
from cms.core.api.problems import Problem

TAG = etag(7, b"body")


def asked(**headers):
    return RequestFactory().get(
        "/", headers={name.replace("_", "-"): value for name, value in headers.items()}
    )


def test_a_tag_is_the_state_and_a_hash_of_the_bytes():
    assert TAG.startswith('"7.')
    assert etag(7, b"other") != TAG
    assert etag(8, b"body") != TAG


@pytest.mark.parametrize(
    "given", [TAG, f"W/{TAG}", f'"x", {TAG}', TAG[:-1] + '-gzip"', f'W/{TAG[:-1]};br"', "*", f" {TAG} "]
)
def test_if_none_match_knows_the_tag_however_a_server_spelt_it(given):
    assert not_modified(asked(if_none_match=given), TAG)


@pytest.mark.parametrize("given", ['"7.other"', '"7"', "7", '""', "nonsense", '"8.' + TAG.split(".")[1]])
def test_if_none_match_compares_the_whole(given):
    assert not not_modified(asked(if_none_match=given), TAG)


@pytest.mark.parametrize(
    "given", ['"7.other"', 'W/"7.other"', '"7.other-gzip"', '"1.x", "7.y"', "*", '"7"', '"7.a.b"']
)
def test_if_match_compares_the_state_alone(given):
    require_state(asked(if_match=given), 7)


@pytest.mark.parametrize("given", ['"6.other"', '"77.x"', '"x.7"', "7.x", "nonsense", ""])
def test_if_match_refuses_another_state_and_what_it_cannot_read(given):
    with pytest.raises(Problem) as caught:
        require_state(asked(if_match=given), 7)
    assert (caught.value.status, caught.value.code) == (412, "precondition-failed")


def test_no_header_is_no_condition():
    require_state(asked(), 7)
    assert not not_modified(asked(), TAG)
