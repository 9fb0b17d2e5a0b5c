"""What stands at which step below a service."""

from __future__ import annotations

from cms.core.api.protocol import Operation, Service, allowed

LIST, ONE, PART = (Operation(lambda call: {}, summary) for summary in ("list", "one", "part"))


def test_each_step_below_a_service_has_verbs_of_its_own_and_nothing_stands_deeper():
    service = Service(
        "things", {"GET": LIST}, below={"thing": {"GET": ONE, "PATCH": ONE}, "part": {"GET": PART}}
    )
    found = [service.at(tail) for tail in ("", "a", "a/b", "a/b/c")]
    assert [operations and operations["GET"] for operations in found] == [LIST, ONE, PART, None]
    assert allowed(found[1]) == ("GET", "HEAD", "PATCH", "OPTIONS")
    assert list(service.every()) == [LIST, ONE, ONE, PART]


def test_a_service_without_steps_takes_the_tail_that_it_names():
    plain, tailed = Service("a", {"GET": LIST}), Service("b", {"GET": LIST}, tail="type")
    must = Service("c", {"GET": LIST}, tail="type", tail_required=True)
    assert [bool(service.at("")) for service in (plain, tailed, must)] == [True, True, False]
    assert [bool(service.at("x")) for service in (plain, tailed, must)] == [False, True, True]
