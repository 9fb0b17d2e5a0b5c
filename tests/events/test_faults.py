"""A line that breaks off in the middle of a form, a disk that is full: nothing half kept, and told in words."""

from __future__ import annotations

import io
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils import timezone

from events.models import Answer, EventPage, Occurrence, Registration
from tests.events.test_views_registrations import asked, path
from tests.factories.events import make_registration
from tests.factories.forms import make_question
from tests.factories.media_library import pdf

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """As on a full disk: what is written beyond it raises OSError."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def with_file(page: EventPage, occurrence: Occurrence, body: bytes) -> dict[str, Any]:
    mission = make_question(page.event, "Lettre de mission", "file", is_required=True)
    letter = SimpleUploadedFile("lettre.pdf", body)
    return {**asked(occurrence, asked=mission.field_name), mission.field_name: letter}


@pytest.mark.parametrize("part", [0.2, 0.6, 0.95])
def test_a_form_that_breaks_off_halfway_registers_nobody(
    page: EventPage, occurrence: Occurrence, part: float
) -> None:
    body = encode_multipart(BOUNDARY, with_file(page, occurrence, pdf("x" * 3000)))
    client = Client(raise_request_exception=False)
    begun = {"wsgi.input": io.BytesIO(body[: int(len(body) * part)]), "CONTENT_LENGTH": str(len(body))}
    broken = client.generic("POST", path(page), b"", content_type=MULTIPART_CONTENT, **begun)
    assert broken.status_code in (400, 422)
    assert not Registration.objects.exists()
    assert not Answer.objects.exists()
    for _time in range(2):
        whole = client.generic("POST", path(page), body, content_type=MULTIPART_CONTENT)
        assert whole.status_code == 303
    assert (Registration.objects.count(), Answer.objects.count()) == (1, 1)


def test_a_full_disk_is_told_in_words_and_leaves_no_registration_and_no_half_file(
    page: EventPage, occurrence: Occurrence, tmp_path: Any
) -> None:
    said = with_file(page, occurrence, pdf("x" * 200_000))
    client = Client(raise_request_exception=False)
    with files_of_at_most(100_000):
        full = client.post(path(page), said)
    assert (full.status_code, "rechargez cette page" in full.content.decode()) == (503, True)
    assert not Registration.objects.exists()
    assert not [one for one in tmp_path.rglob("*") if one.is_file()]


@pytest.mark.parametrize("floor", [0.4, 0.0], ids=["even", "control"])
def test_the_time_of_an_answer_tells_nothing_of_an_address(
    client: Client, page: EventPage, occurrence: Occurrence, settings: Any, floor: float
) -> None:
    settings.EVEN_ANSWER_SECONDS = floor
    make_registration(occurrence, email="awa@example.org", now=timezone.now())
    took: dict[str, list[float]] = {"known": [], "new": []}
    for number in range(5):
        for who, name in (("known", "awa"), ("new", f"autre{number}")):
            said, begun = asked(occurrence, email=f"{name}@example.org"), time.perf_counter()
            assert client.post(path(page), said).status_code == 303
            took[who].append(time.perf_counter() - begun)
    known, new = median(took["known"]), median(took["new"])
    print(f"known address {known * 1000:.0f} ms, new address {new * 1000:.0f} ms")
    if floor:
        assert abs(new - known) < 0.03, "less than one request across the town differs from the next"
    else:
        assert known < new
