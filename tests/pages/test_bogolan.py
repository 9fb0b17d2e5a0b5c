"""The pattern: the same for a seed, light to carry, safe to print into a page."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from cms.core import bogolan


def test_a_seed_always_gives_the_same_pattern():
    assert bogolan.band_svg("forum") == bogolan.band_svg("forum")
    assert bogolan.motif("forum") == bogolan.motif("forum")


def test_seeds_differ_from_each_other():
    kinds = [
        "forum",
        "conference",
        "press_conference",
        "ceremony",
        "meeting",
        "workshop",
        "training",
        "audience",
    ]
    assert len({bogolan.stamp_svg(kind) for kind in kinds}) == len(kinds)


def test_a_band_stays_under_600_bytes_whatever_its_seed():
    assert max(len(bogolan.band_svg(f"seed {number}").encode()) for number in range(400)) < 600


def test_a_seed_never_reaches_the_markup():
    svg = bogolan.band_svg('"><script>alert(1)</script>')
    assert "script" not in svg
    ET.fromstring(svg)  # noqa: S314 - our own


def test_a_stamp_has_no_id_to_clash():
    assert "id=" not in bogolan.stamp_svg("forum")
