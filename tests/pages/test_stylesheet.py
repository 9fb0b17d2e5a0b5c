"""The tokens: every pair used for text can be read, in light and in dark."""

from __future__ import annotations

import re

import pytest

from tests.pages.conftest import stylesheet

TEXT = ("ink", "mud", "indigo", "ochre", "leaf", "brick")
GROUNDS = ("paper", "sand")
PAIRS = [(text, ground) for text in TEXT for ground in GROUNDS] + [
    ("on", "indigo"),
    ("on", "brick"),
    ("paper", "mud"),
]


def schemes() -> dict[str, dict[str, str]]:
    blocks = re.findall(r":root\s*\{([^}]*)\}", stylesheet().decode())
    light, dark = (dict(re.findall(r"--(\w+):\s*(#[0-9a-f]{6})", block)) for block in blocks[:2])
    return {"light": light, "dark": dark}


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_every_pair_of_text_and_ground_reaches_four_and_a_half(scheme, text, ground):
    tokens = schemes()[scheme]
    assert contrast(tokens[text], tokens[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_borders_of_fields_reach_three(scheme):
    tokens = schemes()[scheme]
    assert contrast(tokens["mud"], tokens["paper"]) >= 3


def test_the_stylesheet_asks_for_nothing_else():
    css = stylesheet().decode()
    assert "url(" not in css
    assert "@import" not in css


def test_colours_stand_in_the_tokens_only():
    css = re.sub(r":root\s*\{[^}]*\}", "", stylesheet().decode())
    assert set(re.findall(r"#[0-9a-f]{3,8}\b", css)) <= {"#fff", "#000"}, "a QR code and print alone"
