"""Newsrooms at a date: how many people each has there, against the number that one may send.

A newsroom is known by its name, without case, accents, points ("O.R.T.M.") or the article before it; by its acronym,
where our list of organisations has it; and by the journalist's own card there, whatever they typed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from cms.contacts.models import MediaProfile, Organisation, OrganisationKind
from cms.contacts.validators import name_key
from events.models import Occurrence, Registration, RegistrationState

#: Who counts: those who have a seat, were offered one, or have their place in the waiting list.
COUNTED = (RegistrationState.CONFIRMED, RegistrationState.OFFERED, RegistrationState.WAITING)
_ARTICLES = ("l", "le", "la", "les")


def outlet_key(name: str) -> str:
    """The form under which two spellings of a newsroom's name are the same: "O.R.T.M." and "ORTM", "L’Essor" and
    "Essor". "" for no name."""
    words = name_key(name).split()
    if len(words) > 1 and words[0] in _ARTICLES and not all(len(word) == 1 for word in words):
        words = words[1:]
    together = "".join(words) if all(len(word) == 1 for word in words) else " ".join(words)
    return together


class Newsrooms:
    """Tells which newsroom somebody is of. One query for the acronyms of our media, when the first name is asked."""

    def __init__(self) -> None:
        self._acronyms: dict[str, str] | None = None

    def named(self, name: str) -> str:
        """The newsroom called so, as its key."""
        key = outlet_key(name)
        if self._acronyms is None:
            self._acronyms = _acronyms()
        return self._acronyms.get(key, key)

    def of(self, people: Iterable[Registration], *, typed: bool = False) -> list[str]:
        """The newsroom of each, in their order: that of their card with us, else the one they named; "" for none.

        `typed`: the one they named alone, for who has not shown yet that the address is theirs.
        """
        listed = list(people)
        cards = {} if typed else _cards({one.contact_id for one in listed if one.contact_id})
        return [self.named(cards.get(one.contact_id) or one.organisation) for one in listed]


def _acronyms() -> dict[str, str]:
    """From the key of an acronym to that of the name, for media in use; one that two of them share says nothing."""
    found: dict[str, set[str]] = {}
    media = Organisation.objects.filter(kind=OrganisationKind.MEDIA, trashed_at=None).exclude(acronym="")
    for name, acronym in media.order_by().values_list("name", "acronym"):
        found.setdefault(outlet_key(acronym), set()).add(outlet_key(name))
    return {acronym: names.pop() for acronym, names in found.items() if len(names) == 1}


def _cards(contacts: set[int]) -> dict[int | None, str]:
    known = MediaProfile.objects.filter(contact__in=contacts, outlet__isnull=False)
    return dict(known.values_list("contact_id", "outlet__name")) if contacts else {}


def outlet_counts(
    row: Occurrence, *, but: Registration | None = None, newsrooms: Newsrooms | None = None
) -> Counter[str]:
    """How many people each newsroom has at a date, by its key. Who is of none counts nowhere. `but` is not counted."""
    known = newsrooms or Newsrooms()
    found = Registration.objects.filter(occurrence=row, state__in=COUNTED)
    if but is not None and but.pk:
        found = found.exclude(pk=but.pk)
    said = found.order_by().values_list("organisation", "contact__media_profile__outlet__name")
    return Counter(key for typed, card in said if (key := known.named(card or typed)))


def outlet_is_full(registration: Registration, row: Occurrence, *, typed: bool = False) -> bool:
    """Whether the newsroom of a registration has all the people at a date that the event lets one send.

    `typed` as in Newsrooms.of: a stranger who types somebody's address learns nothing of where they work.
    """
    cap = row.event.outlet_cap
    if not cap:
        return False
    newsrooms = Newsrooms()
    (key,) = newsrooms.of([registration], typed=typed)
    return bool(key) and outlet_counts(row, but=registration, newsrooms=newsrooms)[key] >= cap


def over_cap(people: list[Registration]) -> set[int]:
    """The keys of those in a list whose newsroom is full without them; no query where no event has such a number."""
    counts: dict[int, Counter[str]] = {}
    newsrooms, found = Newsrooms(), set()
    asking = [
        one for one in people if one.state in ("pending", "requested") and one.occurrence.event.outlet_cap
    ]
    for one, key in zip(asking, newsrooms.of(asking) if asking else (), strict=True):
        row: Any = one.occurrence
        if row.pk not in counts:
            counts[row.pk] = outlet_counts(row, newsrooms=newsrooms)
        if key and counts[row.pk][key] >= row.event.outlet_cap:
            found.add(one.pk)
    return found
