"""The demo's site for the tests of the public face."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import TestCase

from cms.core.models import Sector
from cms.pages import demo
from cms.plan.models import SectorResult
from tests.factories.core import NOON, locale
from tests.support.shared import laid

ROWS = [
    ("Éducation", "education", 172, 149, 10132),
    ("Agriculture", "agriculture", 22, 7, 218),
    ("Santé", "sante", 20, 14, 169),
    ("PME-PMI", "pme-pmi", 41, 12, 332),
    ("Autres administrations et secteurs d’intervention", "autres-administrations", 15, 13, 463),
]


@pytest.fixture(scope="module")
def laid_demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The tree and words of the demo with the plan's results, laid once a module and rolled back after it."""
    with laid(django_db_blocker):
        with TestCase.captureOnCommitCallbacks(execute=True):
            demo.build(now=NOON)
        for order, (name, slug, planned, done, trained) in enumerate(ROWS):
            sector, _made = Sector.objects.get_or_create(
                slug=slug, locale=locale("fr"), defaults={"name": name}
            )
            SectorResult.objects.get_or_create(
                sector=sector,
                first_year=2012,
                last_year=2016,
                defaults={"planned": planned, "done": done, "trained": trained, "order": order},
            )
        yield


@pytest.fixture
def demo_site(laid_demo: None, db: None) -> None:
    """The demo's site; what a test changes is undone after it."""


def stylesheet() -> bytes:
    """The one stylesheet, as it lies in the app."""
    found = finders.find("pages/site.css")
    assert isinstance(found, str)
    return Path(found).read_bytes()


def weight(response: Any) -> int:
    """What a first visit costs: HTML and stylesheet by gzip -6, in bytes."""
    return len(gzip.compress(response.content, 6)) + len(gzip.compress(stylesheet(), 6))
