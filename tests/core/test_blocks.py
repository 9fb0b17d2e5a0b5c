"""What a body keeps of a text, whoever sends it: the editor's markup, without the blanks of a pasted page."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from cms.core.blocks import ParagraphBlock, without_blanks


def sent(text: str, kind: str, *, style: str = "", entity: dict[str, Any] | None = None) -> str:
    """What a browser posts for a rich text of one paragraph, or what somebody posts in its place."""
    whole = {"offset": 0, "length": len(text)}
    block = {
        "key": "abcde",
        "text": text,
        "type": kind,
        "depth": 0,
        "inlineStyleRanges": [{**whole, "style": style}] if style else [],
        "entityRanges": [{**whole, "key": 0}] if entity else [],
    }
    # a first paragraph, so that the body is not empty where the second is refused
    first = {**block, "key": "first", "text": "Avant.", "type": "unstyled"}
    first |= {"inlineStyleRanges": [], "entityRanges": []}
    entities = {"0": {"mutability": "MUTABLE", **entity}} if entity else {}
    return json.dumps({"blocks": [first, block], "entityMap": entities})


def kept(posted: str) -> str:
    block = ParagraphBlock()
    cleaned = block.clean(block.value_from_datadict({"body": posted}, {}, "body"))
    return re.sub(r' data-block-key="\w+"', "", cleaned.source)


@pytest.mark.parametrize(
    ("posted", "rest"),
    [
        (sent("<script>alert(1)</script>", "unstyled"), "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        (sent("ici", "unstyled", style="CODE"), "<p>ici</p>"),
        (sent("Titre", "header-one"), ""),
        (
            sent("ici", "unstyled", entity={"type": "LINK", "data": {"url": "javascript:alert(1)"}}),
            "<p><a>ici</a></p>",
        ),
        (
            sent("ici", "unstyled", entity={"type": "LINK", "data": {"url": 'https://x.ml/" onclick="x'}}),
            '<p><a href="https://x.ml/&quot; onclick=&quot;x">ici</a></p>',
        ),
        (sent(" ", "atomic", entity={"type": "EMBED", "data": {"url": "https://x.ml/"}}), ""),
        (sent(" ", "atomic", entity={"type": "IMAGE", "data": {"id": 1, "format": "left"}}), ""),
    ],
)
def test_who_posts_other_markup_than_the_editors_has_it_neither_kept_nor_run(posted, rest):
    assert kept(posted) == f"<p>Avant.</p>{rest}"


@pytest.mark.parametrize(
    ("source", "clean"),
    [
        ('<p data-block-key="a">\u00a0</p><p data-block-key="b">Oui.</p>', '<p data-block-key="b">Oui.</p>'),
        ("<p>  Un\u00a0 mot. </p>", "<p>Un mot.</p>"),
        ("<ul><li>\u00a0Un </li></ul><h3> </h3>", "<ul><li>Un</li></ul>"),
        ("<p>Il dit\u00a0: « oui »</p>", "<p>Il dit\u00a0: « oui »</p>"),
        ('<p><a href="/a  b">a</a></p>', '<p><a href="/a  b">a</a></p>'),
        ("<p> </p>", "<p> </p>"),
    ],
)
def test_blanks_that_stand_for_nothing_are_taken_out(source, clean):
    assert without_blanks(source) == clean
    assert without_blanks(clean) == clean
