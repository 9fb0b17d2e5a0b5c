"""Who is reading: the one value that every channel hands to `visible()` and `may_serve()`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cms.core import clock, registry

if TYPE_CHECKING:
    from django.http import HttpRequest

# Roles (groups of accounts) that read everything live, embargo or not, on the site itself.
EMBARGO_ROLES = frozenset({"officer", "editor", "coordinator", "admin"})
STAFF_ROLES = EMBARGO_ROLES | {"author", "protocol"}


@dataclass(frozen=True)
class Reader:
    """A person (or nobody) with what a personal link or an accreditation opens to them.

    user: a signed-in account or None. contact: a row of contacts or None. grants: uids of things and pages
    opened to this reader before their time or outside their audience. roles: names of the account's groups.
    """

    user: Any = None
    contact: Any = None
    grants: frozenset[UUID] = frozenset()
    roles: frozenset[str] = frozenset()

    @property
    def is_anonymous(self) -> bool:
        return self.user is None and self.contact is None and not self.grants

    @property
    def reads_embargoed(self) -> bool:
        """Whether embargo and audience do not bind this reader (they still see only what is live)."""
        return bool(self.user is not None and (self.user.is_superuser or self.roles & EMBARGO_ROLES))

    @property
    def audiences(self) -> frozenset[str]:
        """The audiences of pages open to this reader."""
        found = {"public"}
        if self.user is not None:
            if self.user.is_superuser or self.roles & STAFF_ROLES:
                found |= {"members", "staff", "journalists", "event"}
            if "internal" in self.roles:
                found.add("members")
            if "journalist" in self.roles:
                found.add("journalists")
        if self.contact is not None and getattr(self.contact, "is_accredited", False):
            found.add("journalists")
        return frozenset(found)

    @property
    def key(self) -> str:
        """A short name of what this reader may see, equal for readers who see the same."""
        if self.reads_embargoed:
            return "all"
        parts = sorted(self.audiences) + sorted(str(grant) for grant in self.grants)
        return ",".join(parts)


ANONYMOUS = Reader()


class BadToken(Exception):
    """A bearer token was given and is not one of ours: a 401, never an anonymous answer (contract, API)."""


def _account(request: HttpRequest) -> Any:
    header = request.headers.get("Authorization", "")
    scheme, _, raw = header.partition(" ")
    if scheme.lower() == "bearer":
        for authenticate in registry.authenticators:
            if (user := authenticate(raw.strip(), clock.now())) is not None:
                return user
        raise BadToken
    user = getattr(request, "user", None)
    return user if user is not None and user.is_authenticated else None


def reader_for(request: HttpRequest) -> Reader:
    """Return the reader behind a request, remembered on it. Raises BadToken for an unknown bearer token."""
    known: Reader | None = getattr(request, "_kunnafoni_reader", None)
    if known is not None:
        return known
    user = _account(request)
    roles = frozenset(user.groups.values_list("name", flat=True)) if user is not None else frozenset()
    contact, grants = None, set()
    for source in registry.reader_sources:
        if opened := source(request):
            contact = contact or opened.get("contact")
            grants |= set(opened.get("grants", ()))
    reader = Reader(user=user, contact=contact, grants=frozenset(grants), roles=roles)
    if reader == ANONYMOUS:
        reader = ANONYMOUS
    request._kunnafoni_reader = reader  # type: ignore[attr-defined]
    return reader
