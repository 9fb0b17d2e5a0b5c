"""Facets: what narrows a list, each choice with its number and the address that keeps the other choices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

LONGEST = 200


@dataclass(frozen=True)
class Choice:
    """One choice of a facet: its value, words, number, address, and whether it is the present one."""

    value: str
    label: Any
    count: int
    chosen: bool
    address: str


@dataclass(frozen=True)
class Facet:
    """A facet for includes/facets.html: what it is about, the way back to all, and its choices."""

    name: str
    title: Any
    all: Choice
    choices: list[Choice]

    @property
    def chosen(self) -> Choice | None:
        return next((one for one in self.choices if one.chosen), None)


def asked(parameters: Any, *names: str) -> dict[str, str]:
    """What a reader asked by these parameters: short, without NUL, "" where nothing."""
    return {name: str(parameters.get(name, "")).replace("\0", "").strip()[:LONGEST] for name in names}


def facet(
    path: str, name: str, title: Any, counted: Iterable[tuple[str, Any, int]], wanted: Mapping[str, str]
) -> Facet:
    """A facet of (value, words, number), with addresses below `path` that keep what else is `wanted`."""

    def address(value: str) -> str:
        kept = {key: one for key, one in (dict(wanted) | {name: value}).items() if one}
        return f"{path}?{urlencode(kept)}" if kept else path

    choices = [
        Choice(value, label, count, value == wanted.get(name), address(value))
        for value, label, count in counted
    ]
    return Facet(name, title, Choice("", "", 0, not wanted.get(name), address("")), choices)
