"""500 badges and 500 certificates, as the office prints them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pypdfium2
import pytest

from events.documents.badges import Badge, badges_pdf
from events.documents.certificates import Paper, certificates_pdf
from tests.factories.core import make_site

pytestmark = [pytest.mark.bench, pytest.mark.django_db]
NUMBER = 500


def seconds(make: Callable[[], bytes]) -> tuple[float, bytes]:
    begun = time.perf_counter()
    data = make()
    return time.perf_counter() - begun, data


def say(bench: str, value: float, **more: Any) -> None:
    print(json.dumps({"bench": bench, "value": round(value, 2), "unit": "s", **more}))


def test_five_hundred_badges() -> None:
    badges = [
        Badge("Forum de la diaspora scientifique", f"Aminata Coulibaly-Traoré {number}", ["Chercheuse", "Université"],
              "EXPERT", "#1d3f72", f"7K3M9Q{number:03}")
        for number in range(NUMBER)
    ]  # fmt: skip
    spent, data = seconds(lambda: badges_pdf(badges, size="90x55"))
    assert len(pypdfium2.PdfDocument(data)) == NUMBER // 10
    say("500 badges", spent, bytes=len(data))


def test_five_hundred_certificates() -> None:
    make_site()
    signs = [{"name": "Issa Koné", "function": "Coordinateur"}, {"name": "Awa Bâ", "function": "Doyenne"}]
    words = {"title": "Attestation", "place": "Bamako", "signatories": signs,
             "paragraphs": ["a pris part au Forum de la diaspora, du 5 au 7 mai 2027, à Bamako."]}  # fmt: skip
    papers = [
        Paper(
            f"Aminata Coulibaly-Traoré {number}",
            words,
            "fr",
            "8 mai 2027",
            f"7k3m9qtz2abcd{number:03}",
            "7K3M-9QTZ",
        )
        for number in range(NUMBER)
    ]
    spent, data = seconds(lambda: certificates_pdf(papers))
    assert len(pypdfium2.PdfDocument(data)) == NUMBER
    say("500 certificates", spent, bytes=len(data))
