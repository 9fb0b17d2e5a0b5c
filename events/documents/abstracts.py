"""The book of abstracts: contents, abstracts by theme in both languages, an index of authors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from cms.contacts.validators import name_key
from events.documents.letterhead import letterhead
from events.models import Submission


def book_html(rows: Sequence[Submission], *, title: str, when: str, language: str) -> str:
    """The book as HTML. `rows`: the abstracts in the book's order, authors loaded; headings are in `language`."""
    with translation.override(language):
        parts = [
            (theme, [_entry(one, language) for one in group])
            for theme, group in groupby(rows, key=lambda one: one.theme)
        ]
        context = letterhead() | {
            "language": language,
            "heading": _("Book of abstracts"),
            "title": title,
            "when": when,
            "parts": parts,
            "index": author_index(rows),
        }
        return render_to_string("events/paper/abstracts.html", context)


def _entry(one: Submission, language: str) -> dict[str, Any]:
    """An abstract as the book shows it: the words of the book's language first."""
    codes = (language, *(code for code in ("fr", "en") if code != language))
    words = [(code, getattr(one, f"title_{code}"), getattr(one, f"abstract_{code}")) for code in codes]
    return {
        "number": one.number,
        "heading": one.title(language),
        "names": list(one.authors.all()),
        "form": one.get_form_display(),
        "prize": one.prize,
        "words": [said for said in words if said[1]],
    }


def author_index(rows: Sequence[Submission]) -> list[tuple[str, str]]:
    """Each author once, by name without accents, with the numbers of their abstracts."""
    found: dict[str, tuple[str, list[int]]] = defaultdict(lambda: ("", []))
    for one in rows:
        for author in one.authors.all():
            key = name_key(author.name)
            name, numbers = found[key]
            found[key] = (name or author.name, [*numbers, one.number or 0])
    return [
        (name, ", ".join(str(number) for number in sorted(set(numbers))))
        for _key, (name, numbers) in sorted(found.items())
    ]
