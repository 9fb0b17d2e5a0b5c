"""SVG without programs, addresses and stowaways. Runs in the child of `validators.child` alone, and loads no Django.

svg-hush writes a drawing anew from a list of what is allowed (no script, no handler, no foreign object, no entity) but
leaves addresses cut to their path, and a style sheet's text; what is left of those goes here.
"""

from __future__ import annotations

import re
from typing import Final
from xml.etree import ElementTree  # what it reads was written by svg-hush: no DTD, no entity

import py_svg_hush

SIDE: Final = 1280  # pixels of the longer side: a drawing has no size of its own
MOST_DRAWN: Final = 100_000  # elements, each <use> counted as what it repeats
_SVG: Final = "{http://www.w3.org/2000/svg}"
_HREFS: Final = ("href", "{http://www.w3.org/1999/xlink}href")
_PICTURES: Final = {"image": ["png", "jpeg", "gif", "webp"]}
_ELSEWHERE: Final = re.compile(r"""url\(\s*["']?(?!\s*["']?#)[^)]*\)?""", re.I)
_ADDRESS: Final = re.compile(
    r"(?:@import\b|[a-z][a-z+.-]*:)?//[^\s;,)}'\"]*|@import\b[^;]*;?|/\*.*?\*/", re.I | re.S
)
_PROGRAM: Final = re.compile(r"(?:javascript|vbscript|data):", re.I)
_LENGTH: Final = re.compile(r"\s*(\d+(?:\.\d+)?|\.\d+)\s*(?:px|pt|pc|mm|cm|in)?\s*$")


class Unclean(Exception):
    """What is left would not be the drawing. `code` is "drawing", or "raster" where it holds a photograph."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def clean_svg(data: bytes) -> tuple[bytes, tuple[int, int]]:
    """The drawing with nothing but shapes, and its width and height in pixels. Raises Unclean."""
    try:
        written = py_svg_hush.filter_svg(data, _PICTURES)
        root = ElementTree.fromstring(written)  # noqa: S314 - see the import
    except (ValueError, ElementTree.ParseError) as error:
        raise Unclean("drawing") from error
    if root.tag != f"{_SVG}svg":
        raise Unclean("drawing")
    for element in root.iter():
        _clean(element)
    _refuse_repetition(root)
    size = _size(root)
    ElementTree.register_namespace("", _SVG[1:-1])
    ElementTree.register_namespace("xlink", _HREFS[1][1:-5])
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True), size


def _clean(element: ElementTree.Element) -> None:
    for name, value in list(element.attrib.items()):
        plain = re.sub(r"[\s\x00-\x1f]", "", value)
        if name in _HREFS and plain.lower().startswith("data:"):
            raise Unclean("raster")
        away = name in _HREFS and not plain.startswith("#")
        if away or _PROGRAM.search(plain) or name.rpartition("}")[2].lower().startswith("on"):
            del element.attrib[name]
        else:
            element.set(name, _ELSEWHERE.sub("none", value))
    if element.tag == f"{_SVG}style":
        # without comments and escapes no word can be hidden from the two searches
        said = _ADDRESS.sub("", (element.text or "").replace("\\", ""))
        element.text = _ADDRESS.sub("", _ELSEWHERE.sub("none", said))


def _refuse_repetition(root: ElementTree.Element) -> None:
    """Raise Unclean where <use> in <use> in <use> draws without end: a few lines that stop a browser."""
    named = {name: one for one in root.iter() if (name := one.get("id"))}
    counted: dict[ElementTree.Element, int] = {}

    def drawn(element: ElementTree.Element, above: frozenset[ElementTree.Element]) -> int:
        if element in above:
            raise Unclean("drawing")
        if element not in counted:
            inside = above | {element} if element.tag == f"{_SVG}use" or element.get("id") else above
            total = 1 + sum(drawn(child, inside) for child in element)
            if element.tag == f"{_SVG}use":
                asked = next((element.get(name, "")[1:] for name in _HREFS if element.get(name)), "")
                total += drawn(named[asked], inside) if asked in named else 0
            if total > MOST_DRAWN:
                raise Unclean("drawing")
            counted[element] = total
        return counted[element]

    try:
        drawn(root, frozenset())
    except RecursionError as error:
        raise Unclean("drawing") from error


def _size(root: ElementTree.Element) -> tuple[int, int]:
    """Width and height in the drawing's own proportions; it is given a view box, so that it can be scaled."""
    box = re.split(r"[\s,]+", root.get("viewBox", "").strip())
    try:
        width, height = float(box[2]), float(box[3])
    except (IndexError, ValueError):
        told = [_LENGTH.match(root.get(name, "")) for name in ("width", "height")]
        if None in told:
            raise Unclean("drawing") from None
        width, height = (float(one[1]) for one in told if one)
        root.set("viewBox", f"0 0 {width:g} {height:g}")
    if not (0 < width < 1e6 and 0 < height < 1e6 and 0.01 < width / height < 100):
        raise Unclean("drawing")
    scale = SIDE / max(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))
