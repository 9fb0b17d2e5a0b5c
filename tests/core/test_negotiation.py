"""Accept decides between HTML and JSON (RFC 9110, section 12.5.1)."""

import pytest
from django.test import RequestFactory

from cms.core.negotiation import wants_json


@pytest.mark.parametrize(
    "accept,json",
    [
        ("", False),
        ("*/*", False),
        ("text/html", False),
        ("application/json", True),
        ("application/json, */*", True),
        ("application/json;q=0.9, text/html", False),
        ("application/json, text/html;q=0.9", True),
        ("text/html, application/json", False),
        ("application/*", True),
        ("application/json;q=0", False),
        ("APPLICATION/JSON", True),
        ("application/json;q=zero", False),
        ("text/html;q=0.5, application/*;q=0.8", True),
    ],
)
def test_the_better_quality_wins_and_html_wins_ties(accept, json):
    assert wants_json(RequestFactory().get("/", headers={"accept": accept})) is json
