"""Who of a list may be on file already, or stand twice in the list: by address, by number and name, by name."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.db.models import Q

from cms.contacts.models import Contact, ContactEmail, ContactPhone, ImportRow, Organisation
from cms.contacts.validators import name_key

Values = dict[str, Any]
Candidate = dict[str, Any]
MOST_CANDIDATES = 4

ADDRESS, PHONE, NAME = "address", "phone", "name"


def alike(one: str, other: str) -> bool:
    """Whether two folded names may be one person's: the same words in any order, but for one initial or slip.

    "traore aminata" is "aminata traore", "a traore" and "aminta traore", but not "awa traore" nor "traore".
    """
    if one == other:
        return True
    first, second = sorted(one.split()), sorted(other.split())
    if len(first) != len(second) or len(first) < 2:
        return False
    for word in [word for word in first if word in second]:
        if word in second:
            first.remove(word)
            second.remove(word)
    return not first or (len(first) == 1 and _slip(first[0], second[0]))


@lru_cache(maxsize=65_536)
def _slip(one: str, other: str) -> bool:
    """One is the other's initial, or they differ by one letter (by two where they are long)."""
    if one[0] == other[0] and 1 in (len(one), len(other)):
        return True
    allowed = 1 if min(len(one), len(other)) < 8 else 2
    if min(len(one), len(other)) < 4 or abs(len(one) - len(other)) > allowed:
        return False
    return _distance(one, other) <= allowed


def _distance(one: str, other: str) -> int:
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, start=1):
        before, row[0] = row[0], place
        for index, against in enumerate(other, start=1):
            before, row[index] = (
                row[index],
                min(row[index] + 1, row[index - 1] + 1, before + (letter != against)),
            )
    return row[-1]


class Matcher:
    """Compares the lines of one list, in their order, with the contacts on file and with the lines before.

    Four queries for each call of `find`, whatever the number of lines; what it keeps grows with the list alone.
    """

    def __init__(self) -> None:
        self._lines_by_address: dict[str, int] = {}
        self._lines_by_number: dict[tuple[str, str], int] = {}
        self._names_by_line: dict[int, str] = {}
        self._lines_by_mark: dict[tuple[str, ...], list[int]] = {}

    def find(self, lines: Sequence[tuple[int, Values]]) -> dict[int, list[Candidate]]:
        """The candidates of each of these lines (number, values), the surest first: see `ImportRow.candidates`."""
        known = _OnFile(values for _line, values in lines)
        found: dict[int, list[Candidate]] = {}
        for line, values in lines:
            candidates = [*known.candidates(values), *self._before(values)]
            found[line] = _each_once(candidates)[:MOST_CANDIDATES]
            self._remember(line, values)
        return found

    def _before(self, values: Values) -> Iterable[Candidate]:
        key = name_key(values["name"])
        for address in values.get("emails", ()):
            if (line := self._lines_by_address.get(address)) is not None:
                yield {"line": line, "why": ADDRESS, "sure": alike(key, self._names_by_line[line])}
        for number in values.get("phones", ()):
            if (line := self._lines_by_number.get((number, key))) is not None:
                yield {"line": line, "why": PHONE, "sure": True}
        organisation = name_key(values.get("organisation", ""))
        for mark in _marks(key):
            for line in self._lines_by_mark.get((organisation, *mark), ()):
                if _same_name(key, self._names_by_line[line], inside=bool(organisation)):
                    yield {"line": line, "why": NAME, "sure": False}

    def _remember(self, line: int, values: Values) -> None:
        key = name_key(values["name"])
        self._names_by_line[line] = key
        for address in values.get("emails", ()):
            self._lines_by_address.setdefault(address, line)
        for number in values.get("phones", ()):
            self._lines_by_number.setdefault((number, key), line)
        organisation = name_key(values.get("organisation", ""))
        for mark in _marks(key):
            self._lines_by_mark.setdefault((organisation, *mark), []).append(line)


def _marks(key: str) -> set[tuple[str, str]]:
    """Where a name is looked for: each of its words with the initials of the others. Half the list may be Traorés."""
    words = key.split()
    return {
        (word, "".join(sorted(other[0] for index, other in enumerate(words) if index != place)))
        for place, word in enumerate(words)
    }


def _same_name(one: str, other: str, *, inside: bool) -> bool:
    """Inside an organisation names that are alike are told; among all the others, the very same name only."""
    return alike(one, other) if inside else one == other


def _each_once(candidates: Iterable[Candidate]) -> list[Candidate]:
    seen: dict[tuple[Any, Any], Candidate] = {}
    for candidate in sorted(candidates, key=lambda one: not one["sure"]):
        seen.setdefault((candidate.get("contact"), candidate.get("line")), candidate)
    return list(seen.values())


class _OnFile:
    """The contacts that some lines may be."""

    def __init__(self, lines: Iterable[Values]) -> None:
        rows = list(lines)
        addresses = {address for values in rows for address in values.get("emails", ())}
        numbers = {number for values in rows for number in values.get("phones", ())}
        mails = ContactEmail.objects.filter(address__in=addresses)
        self._by_address = {
            address: (contact, key, aside is not None)
            for address, contact, key, aside in mails.values_list(
                "address", "contact", "contact__name_key", "contact__trashed_at"
            )
        }
        self._by_number: dict[tuple[str, str], tuple[int, bool]] = {}
        calls = ContactPhone.objects.filter(number__in=numbers)
        for number, owner, key, contact, aside in calls.values_list(
            "number", "owner_key", "contact__name_key", "contact", "contact__trashed_at"
        ):
            for name in (owner, key):
                self._by_number.setdefault((number, name), (contact, aside is not None))
        self._organisations(rows)

    def _organisations(self, rows: Sequence[Values]) -> None:
        names = {values["organisation"] for values in rows if values.get("organisation")}
        self._bodies = organisations_named(names)
        keys = {name_key(values["name"]) for values in rows}
        people = Contact.objects.filter(trashed_at=None).filter(
            Q(organisation__in=set(self._bodies.values())) | Q(organisation=None, name_key__in=keys)
        )
        self._people: dict[tuple[Any, ...], list[tuple[int, str]]] = {}
        for contact, key, organisation in people.order_by("pk").values_list("pk", "name_key", "organisation"):
            for mark in _marks(key):
                self._people.setdefault((organisation, *mark), []).append((contact, key))

    def candidates(self, values: Values) -> Iterable[Candidate]:
        key = name_key(values["name"])
        for address in values.get("emails", ()):
            if found := self._by_address.get(address):
                contact, name, aside = found
                yield {"contact": contact, "why": ADDRESS, "sure": alike(key, name), "aside": aside}
        for number in values.get("phones", ()):
            if call := self._by_number.get((number, key)):
                yield {"contact": call[0], "why": PHONE, "sure": True, "aside": call[1]}
        organisation = self._bodies.get(name_key(values.get("organisation", "")))
        if values.get("organisation") and organisation is None:
            return
        for mark in _marks(key):
            for contact, name in self._people.get((organisation, *mark), ()):
                if _same_name(key, name, inside=organisation is not None):
                    yield {"contact": contact, "why": NAME, "sure": False, "aside": False}


def organisations_named(names: Iterable[str]) -> dict[str, int]:
    """Organisations on file by folded name or acronym, for those of `names` that there are."""
    keys = {name_key(name) for name in names}
    acronyms = {name.upper() for name in names if len(name) <= 30}
    rows = Organisation.objects.filter(Q(name_key__in=keys) | Q(acronym__in=acronyms)).order_by("-pk")
    found: dict[str, int] = {}
    for pk, key, acronym in rows.values_list("pk", "name_key", "acronym"):
        if acronym and name_key(acronym) in keys:
            found.setdefault(name_key(acronym), pk)
        found[key] = pk
    return found


def verdict_of(errors: Sequence[Any], candidates: Sequence[Candidate]) -> str:
    """What a line is, before an officer looks at it."""
    if errors:
        return ImportRow.Verdict.WRONG
    if not candidates:
        return ImportRow.Verdict.NEW
    return ImportRow.Verdict.KNOWN if candidates[0]["sure"] else ImportRow.Verdict.SIMILAR


def choice_of(verdict: str, candidates: Sequence[Candidate]) -> str:
    """What is done unless an officer says otherwise: in doubt, nothing."""
    if verdict == ImportRow.Verdict.NEW:
        return ImportRow.Choice.CREATE
    if verdict == ImportRow.Verdict.KNOWN and not candidates[0].get("aside"):
        return ImportRow.Choice.MERGE
    return ImportRow.Choice.SKIP
