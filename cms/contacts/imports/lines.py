"""What the cells of a line say, normalised, or why they say nothing."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from babel import Locale
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cms.contacts.imports.columns import BY_KEY, Column
from cms.contacts.imports.files import MOST_CHARACTERS
from cms.contacts.models import ContactKind, OrganisationKind
from cms.contacts.validators import HOME_COUNTRY, name_key, normalise_email, normalise_phone, tidy
from cms.core.models import Topic

Errors = list[list[str]]
_SEVERAL = re.compile(r"\s*(?:[;,/\n]|\bou\b|\bet\b|\bor\b)\s*")
_SCIENTIFIC = re.compile(r"\d+(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)


def _territories() -> dict[str, str]:
    """Names of countries in French and English, and their codes, folded, to ISO 3166-1 codes."""
    found: dict[str, str] = {}
    for language in ("en", "fr"):
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha():
                found[name_key(name)] = found[code.casefold()] = code
    return found


LANGUAGES = {
    **dict.fromkeys(("fr", "francais", "french"), "fr"),
    **dict.fromkeys(("en", "anglais", "english"), "en"),
    **dict.fromkeys(("bm", "bambara", "bamanankan", "bamana"), "bm"),
}
KINDS = {
    **dict.fromkeys(("person", "personne", "personne physique"), ContactKind.PERSON),
    **dict.fromkeys(
        ("service", "bureau", "office", "service ou bureau", "service or office"), ContactKind.SERVICE
    ),
}


def _organisation_kinds() -> dict[str, str]:
    shown = {name_key(str(label)): value for value, label in OrganisationKind.choices}
    return {**shown, **{value.replace("_", " "): value for value in OrganisationKind.values}, **_KIND_WORDS}


_KIND_WORDS = {
    **dict.fromkeys(("ministere", "ministry", "etat", "service de l etat"), OrganisationKind.MINISTRY.value),
    **dict.fromkeys(("ambassade", "consulat", "embassy"), OrganisationKind.EMBASSY.value),
    **dict.fromkeys(("collectivite", "mairie", "commune", "region"), OrganisationKind.LOCAL_AUTHORITY.value),
    **dict.fromkeys(("universite", "ecole", "institut", "university"), OrganisationKind.UNIVERSITY.value),
    **dict.fromkeys(("media", "presse", "radio", "television", "journal"), OrganisationKind.MEDIA.value),
    **dict.fromkeys(("ptf", "bailleur", "donateur", "partenaire", "donor"), OrganisationKind.DONOR.value),
    **dict.fromkeys(("ong", "ngo"), OrganisationKind.NGO.value),
    **dict.fromkeys(("entreprise", "societe", "company"), OrganisationKind.COMPANY.value),
    **dict.fromkeys(("association", "faitiere", "federation"), OrganisationKind.ASSOCIATION.value),
}


@dataclass
class Lookups:
    """What words in cells are looked up in; made once for a list."""

    topics: dict[str, str] = field(
        default_factory=lambda: {
            name_key(name): str(key)
            for key, name in Topic.objects.filter(locale__language_code="fr").values_list("pk", "name")
        }
    )
    countries: dict[str, str] = field(default_factory=_territories)
    organisation_kinds: dict[str, str] = field(default_factory=_organisation_kinds)


def _one_of(words: Mapping[str, str], sentence: Any) -> Callable[[str], str]:
    def read(cell: str) -> str:
        found = words.get(name_key(cell))
        if found is None:
            raise ValidationError(sentence % {"word": cell[:40]})
        return str(found)

    return read


def read_row(
    cells: Sequence[str],
    *,
    headings: Sequence[str],
    columns: Sequence[str],
    lookups: Lookups,
    country: str = HOME_COUNTRY,
) -> tuple[dict[str, Any], Errors]:
    """What a line says, normalised (only what it says), and its errors as [heading, sentence].

    "emails", "phones" and "whatsapp" are lists of addresses and E.164 numbers, "topics" of keys; `country` is where
    numbers without a country code are read, unless the line names one.
    """
    reader = _Reader(lookups, country)
    given: dict[str, list[tuple[str, str]]] = {}
    for place, cell in enumerate(cells):
        heading = headings[place] if place < len(headings) else ""
        if cell and place >= len(headings):
            reader.wrong("", _("This line has more cells than there are headings: “%(cell)s”."), cell)
        elif cell and len(cell) > MOST_CHARACTERS:
            reader.wrong(heading, _("This cell is too long: 2,000 characters at most."))
        elif cell and columns[place]:
            given.setdefault(columns[place], []).append((heading, cell))
    # A number without code is read in the line's country: that comes first.
    for key in sorted(given, key=lambda key: key != "country"):
        for heading, cell in given[key]:
            reader.take(key, heading, cell)
    reader.finish(headings, columns)
    return reader.values, reader.errors


class _Reader:
    """One line being read."""

    def __init__(self, lookups: Lookups, country: str) -> None:
        self.values: dict[str, Any] = {}
        self.errors: Errors = []
        self.lookups, self.country = lookups, country

    def wrong(self, heading: str, sentence: str, cell: str = "") -> None:
        self.errors.append([heading, sentence % {"cell": cell[:40]} if cell else sentence])

    def take(self, key: str, heading: str, cell: str) -> None:
        read = getattr(self, f"_{key}", None)
        try:
            if read is not None:
                read(cell)
            else:
                self._text(BY_KEY[key], cell)
        except ValidationError as error:
            self.wrong(heading, " ".join(error.messages))

    def _text(self, column: Column, cell: str) -> None:
        lines = column.key in {"postal_address", "closing", "notes"}
        value = cell if lines else tidy(cell)
        if before := self.values.get(column.key):
            value = f"{before}\n{value}"
        if column.most and len(value) > column.most:
            raise ValidationError(
                _("Too long: %(most)d characters at most.") % {"most": column.most}, code="too_long"
            )
        self.values[column.key] = value

    def _add(self, key: str, found: str) -> None:
        values = self.values.setdefault(key, [])
        if found not in values:
            values.append(found)

    def _email(self, cell: str) -> None:
        for part in filter(None, re.split(r"[;,\s]+", cell)):
            self._add("emails", normalise_email(part))

    def _phone(self, cell: str) -> None:
        for number in self._numbers(cell):
            self._add("phones", number)

    def _whatsapp(self, cell: str) -> None:
        for number in self._numbers(cell):
            self._add("phones", number)
            self._add("whatsapp", number)

    def _numbers(self, cell: str) -> list[str]:
        if _SCIENTIFIC.fullmatch(cell.replace(" ", "")):
            raise ValidationError(
                _(
                    "The spreadsheet has spoilt this number (“%(cell)s”): format the column as text and enter it again."
                )
                % {"cell": cell[:40]}
            )
        country = self.values.get("country") or self.country
        return [_number(part, country) for part in _SEVERAL.split(cell) if part]

    def _country(self, cell: str) -> None:
        self.values["country"] = _one_of(self.lookups.countries, _("Unknown country: “%(word)s”."))(cell)

    def _language(self, cell: str) -> None:
        read = _one_of(LANGUAGES, _("Unknown language: “%(word)s”. Write French, English or Bambara."))
        self.values["language"] = read(cell)

    def _kind(self, cell: str) -> None:
        self.values["kind"] = _one_of(KINDS, _("Write person or service here, not “%(word)s”."))(cell)

    def _organisation_kind(self, cell: str) -> None:
        read = _one_of(self.lookups.organisation_kinds, _("Unknown kind of organisation: “%(word)s”."))
        self.values["organisation_kind"] = read(cell)

    def _topics(self, cell: str) -> None:
        read = _one_of(self.lookups.topics, _("Unknown topic: “%(word)s”."))
        for part in filter(None, re.split(r"\s*[;,\n]\s*", cell)):
            self._add("topics", read(part))

    def _protocol_rank(self, cell: str) -> None:
        if not cell.isdecimal() or not 0 < int(cell[:6]) <= 32_767:
            raise ValidationError(_("A rank is a whole number from 1 on."))
        self.values["protocol_rank"] = int(cell)

    def finish(self, headings: Sequence[str], columns: Sequence[str]) -> None:
        """Put the name together, and look whether the line is a contact at all."""
        values = self.values
        first = values.pop("first_name", "")
        if not values.get("name"):
            values["name"] = tidy(f"{first} {values.get('family_name', '')}")
        named = next(
            (headings[place] for place, key in enumerate(columns) if key in {"name", "family_name"}), ""
        )
        if len(values["name"]) > 200:
            self.wrong(named, _("Too long: %(most)d characters at most.") % {"most": 200})
        elif not name_key(values["name"]) and not any(heading == named for heading, _words in self.errors):
            self.wrong(named, _("There is no name."))
        reached = ("emails", "phones", "postal_address")
        if not self.errors and not any(values.get(key) for key in reached):
            self.wrong("", _("There is neither an e-mail address, nor a number, nor a postal address."))


def _number(text: str, country: str) -> str:
    digits = re.sub(r"\D", "", text)
    # Spreadsheets drop the + of a number: eleven digits are more than any number of Mali has.
    if len(digits) > 10 and not text.lstrip().startswith(("+", "0")):
        try:
            return normalise_phone(f"+{digits}", country)
        except ValidationError:
            pass
    return normalise_phone(text, country)
