"""A list of ten thousand lines, from the file to the contacts: seconds and memory."""

from __future__ import annotations

import json
import resource
import time
from io import BytesIO

import pytest
from openpyxl import Workbook

from cms.contacts import actions
from cms.contacts.models import Contact, Purpose
from tests.factories.contacts import NOON, make_audience

pytestmark = [pytest.mark.bench, pytest.mark.django_db]
LINES = 10_000
FIRST = ("Awa", "Aminata", "Moussa", "Ali", "Fanta", "Oumar", "Kadia", "Seydou", "Rokia", "Modibo")
LAST = ("Traoré", "Traoré", "Traoré", "Coulibaly", "Keïta", "Diarra", "Sow", "Dembélé")


def workbook() -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(["Nom et prénoms", "Structure", "Fonction", "Courriel", "Téléphone", "Ville"])
    for number in range(LINES):
        # Names that are nobody else's but for the first two words, as in a real list.
        own = "".join(chr(97 + number * 7_919 // 26**place % 26) for place in range(5))
        name = f"{FIRST[number % 10]} {LAST[number % 8]} {own}"
        row = [
            name,
            f"Structure {number % 40}",
            "Cadre",
            f"p{number}@example.org",
            76_000_000 + number,
            "Ségou",
        ]
        sheet.append(row)
    output = BytesIO()
    book.save(output)
    return output.getvalue()


def test_ten_thousand_lines_take_seconds_and_little_memory() -> None:
    data = workbook()
    audience = make_audience()
    took: dict[str, float] = {}
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for again in ("", " again"):
        start = time.perf_counter()
        listing = actions.begin_import(filename="liste.xlsx", data=data, user=None, now=NOON)
        took[f"read{again}"] = time.perf_counter() - start
        start = time.perf_counter()
        listing = actions.set_columns(
            listing,
            columns=listing.columns,
            language="fr",
            country="ML",
            audience=audience,
            purposes=[Purpose.NEWSLETTER],
            evidence="Mesure",
        )
        took[f"examine{again}"] = time.perf_counter() - start
        start = time.perf_counter()
        done = actions.confirm_import(listing, version=listing.version, user=None, now=NOON)
        took[f"confirm{again}"] = time.perf_counter() - start
    assert Contact.objects.count() == LINES
    assert done.outcome == {"unchanged": LINES, "listed": LINES}
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    figures = {name: round(seconds, 2) for name, seconds in took.items()}
    print("\n" + json.dumps({"lines": LINES, "seconds": figures, "memory_mb": round(grown)}))
    assert max(took.values()) < 60
    assert grown < 300
