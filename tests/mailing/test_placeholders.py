"""The closed list of personal words, and values that stay words whatever was typed into them."""

from __future__ import annotations

import pytest

from cms.mailing.mail.placeholders import (
    PLACEHOLDERS,
    WORDS,
    in_addresses,
    inert,
    inert_values,
    sampled,
    unknown,
)


@pytest.mark.parametrize(
    "text,names",
    [
        ("[[greeting]] [[name]]", []),
        ("[[nom]] et [[nom]]", ["nom"]),
        ("[[unsubscribe_url]]", ["unsubscribe_url"]),
        ("[[ name ]]", [" name "]),
        ("[[name.__class__]] {{ name }}", ["name.__class__"]),
        ("tableau [1] [2]", []),
    ],
)
def test_only_words_of_the_list_are_known(text, names):
    assert unknown(text) == names


@pytest.mark.parametrize(
    "text",
    [
        '<a href="https://example.org/[[name]]">x</a>',
        "<a href='[[name]]'>x</a>",
        "voir https://example.org/?q=[[name]]",
        "www.[[name]].org",
        "mailto:[[name]]",
    ],
)
def test_a_personal_word_in_an_address_is_seen_linked_or_bare(text):
    assert in_addresses(text) == ["name"]


def test_a_personal_word_beside_a_link_is_fine():
    assert (
        in_addresses('[[greeting]] <a href="https://example.org/">[[name]]</a> https://example.org [[name]]')
        == []
    )


def test_who_types_a_placeholder_into_their_name_gets_its_letters():
    assert "[[" not in inert("[[unsubscribe_url]]")
    assert inert("[[unsubscribe_url]]").replace("\u2060", "") == "[[unsubscribe_url]]"
    assert "[[" not in inert("[[[name]]]")
    assert "[[" not in inert_values({"title": {"deep": ["[[view_url]]"]}})["title"]["deep"][0]


def test_a_preview_shows_a_sample_of_each_word_escaped_in_html():
    text = " ".join(f"[[{name}]]" for name in PLACEHOLDERS)
    assert "[[" not in sampled(text, markup=True)
    for one in WORDS.values():
        assert str(one.sample) in sampled(text, markup=False)
    assert sampled("{{ name }} [[other]] <b>", markup=True) == "{{ name }} [[other]] <b>"
