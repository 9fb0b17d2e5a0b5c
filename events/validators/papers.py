"""The words that differ from one paper to the next: a closed list of fields, and nothing that runs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

#: What an officer may write as ``[[nom]]`` in a badge or a certificate: French, because officers type it.
FIELDS = {
    "nom": gettext_lazy("the person's name"),
    "organisation": gettext_lazy("their organisation"),
    "fonction": gettext_lazy("their function"),
    "categorie": gettext_lazy("their category or part"),
    "evenement": gettext_lazy("the event's title"),
    "dates": gettext_lazy("its dates"),
    "lieu": gettext_lazy("its place"),
    "sujet": gettext_lazy("what the person spoke about"),
}
BADGE_FIELDS = ("nom", "organisation", "fonction", "categorie", "evenement", "dates", "lieu")
CERTIFICATE_FIELDS = tuple(FIELDS)
_ANYTHING = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)


def check_fields(text: str, allowed: Iterable[str]) -> None:
    """Raise ValidationError where `text` holds a ``[[…]]`` that is none of `allowed`: it would be printed as it is.

    Any of them may stand in capitals: ``[[CATEGORIE]]``.
    """
    known = {form for name in allowed for form in (name, name.upper())}
    wrong = [name for name in dict.fromkeys(_ANYTHING.findall(text)) if name not in known]
    if wrong:
        said = ", ".join(f"[[{name}]]" for name in wrong)
        raise ValidationError(_("There is no such field: %(fields)s.") % {"fields": said})


def fill(text: str, values: Mapping[str, str]) -> str:
    """`text` with each field as `values` has it, "" where it has none. What a value holds is never read as a field.

    A field written in capitals is filled in capitals. The answer is plain text: whoever puts it into HTML escapes it.
    """

    def said(found: re.Match[str]) -> str:
        name = found.group(1)
        if name not in values and name.isupper():
            return str(values.get(name.lower(), "")).upper()
        return str(values.get(name, ""))

    return _ANYTHING.sub(said, text)


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text, which blank lines part."""
    return [one.strip() for one in re.split(r"\n\s*\n", text.replace("\r\n", "\n")) if one.strip()]
