"""Kit and releases under embargo, offered to accredited journalists on the page of their seat at an event.

What is shown says no title before the agreement is accepted: who may not read a text learns nothing of it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction

from cms.core import formats
from cms.core.actions import note_try
from cms.core.models import SitePage
from cms.core.policies import visible
from cms.core.reader import ANONYMOUS, Reader
from cms.core.registry import Refused
from events import queries as agenda
from events.models import Event, Registration, RegistrationState
from events.queries.press import is_accredited
from press import actions as press
from press.models import EarlyCopy, Kit, Release
from press.queries import doors

if TYPE_CHECKING:
    from django.http import HttpRequest

KEY = "kit"
#: A link that was lent asks no more often than that; a journalist asks once.
TRIES_A_DAY = 20


def things_of(event: Event) -> list[Kit | Release]:
    """The kits and releases to read with an event that were not withdrawn, in their order (four queries)."""
    uids = agenda.things_read_with(event)
    found: dict[UUID, Kit | Release] = {}
    for model in (Kit, Release):
        found |= {one.uid: one for one in model._default_manager.filter(uid__in=uids, withdrawn_at=None)}
    return [found[uid] for uid in uids if uid in found]


def _embargoed(things: list[Kit | Release], language: str, now: datetime) -> dict[UUID, SitePage]:
    """The pages of those under embargo that an early copy opens: published, in one language each."""
    uids = frozenset(one.uid for one in things if one.is_embargoed(now))
    return _pages(uids, reader=Reader(grants=uids), language=language, now=now)


def _pages(uids: frozenset[UUID], *, reader: Reader, language: str, now: datetime) -> dict[UUID, SitePage]:
    """What this reader may see of things, each in `language` where there is a translation (one query at most)."""
    best: dict[UUID, SitePage] = {}
    found = visible(SitePage.objects.filter(thing_uid__in=uids), reader=reader, now=now)
    for page in found.select_related("locale") if uids else ():
        assert page.thing_uid is not None
        if page.thing_uid not in best or page.locale.language_code == language:
            best[page.thing_uid] = page
    return best


def _may_take(registration: Registration, now: datetime) -> bool:
    """Whether texts under embargo are theirs: a seat for certain at a date to come, and accredited."""
    row = registration.occurrence
    return (
        registration.state == RegistrationState.CONFIRMED
        and not row.is_cancelled
        and not row.is_past(now)
        and is_accredited(registration, now=now)
    )


def _language(registration: Registration) -> str:
    return "en" if registration.language == "en" else settings.LANGUAGE_CODE


def _taken(registration: Registration, things: list[Kit | Release], now: datetime) -> dict[UUID, EarlyCopy]:
    """The copies that open to who registered at `now`, by what they open, where the agreement in force is accepted."""
    if registration.contact is None or not things:
        return {}
    version = doors.agreement_at(now).version
    return {
        copy.thing.uid: copy
        for copy in doors.copies_by(registration.contact).select_related("accreditation")
        if copy.thing in things
        and doors.standing_door(copy.accreditation.uid.hex, now=now) is not None
        and doors.has_agreed(copy.accreditation, now=now, version=version)
    }


def offer(request: HttpRequest, registration: Registration, now: datetime) -> dict[str, Any] | None:
    """What the page of a registration shows: what waits for the agreement, what is open, what is everybody's."""
    things, language = things_of(registration.occurrence.event), _language(registration)
    if not things or not registration.is_active:
        return None
    words = _embargoed(things, language, now)
    theirs = words and not _is_team(request) and _may_take(registration, now)
    early = [one for one in things if one.uid in words] if theirs else []
    taken = _taken(registration, early, now)
    waiting = [one for one in early if one.uid not in taken]
    free = frozenset(one.uid for one in things if one.uid not in words)
    public = _pages(free, reader=ANONYMOUS, language=language, now=now)
    if not (waiting or taken or public):
        return None
    agreement = doors.agreement_at(now)
    text = agreement.text_en if language == "en" and agreement.text_en else agreement.text
    return {
        "waiting": len(waiting),
        "until": [formats.zoned_date(one.embargo_until) for one in waiting if one.embargo_until],
        "opened": [(words[uid].title, doors.copy_url(copy)) for uid, copy in taken.items()],
        "public": [
            (public[one.uid].title, public[one.uid].public_path) for one in things if one.uid in public
        ],
        "agreement": agreement,
        "lines": [line for line in text.splitlines() if line.strip()],
    }


def _is_team(request: HttpRequest) -> bool:
    """An officer, or who keeps the door, looks at a journalist's page: nothing is shown of what is under embargo, and
    nothing accepted in the journalist's name."""
    return bool(request.user.is_authenticated and request.user.has_perm("wagtailadmin.access_admin"))


def take(request: HttpRequest, registration: Registration, now: datetime) -> str:
    """Accept the agreement and open what is under embargo: the address of the one link, "" where there are several.

    Nothing is done, and nothing said, where nothing is theirs. Raises Refused where the agreement has changed
    meanwhile, TooManyTries, PermissionDenied to the team.
    """
    if _is_team(request):
        raise PermissionDenied
    things = things_of(registration.occurrence.event)
    words = _embargoed(things, settings.LANGUAGE_CODE, now)
    held = [one for one in things if one.uid in words]
    if registration.contact is None or not held or not _may_take(registration, now):
        return ""
    note_try(
        kind="early kit",
        value=registration.uid.hex,
        limit=TRIES_A_DAY,
        within=timedelta(days=1),
        now=now,
    )
    copies = _take(registration, held, version=request.POST.get("version", "")[:20], now=now)
    return doors.copy_url(copies[0]).removeprefix(settings.PUBLIC_URL) if len(copies) == 1 else ""


@transaction.atomic
def _take(
    registration: Registration, things: list[Kit | Release], *, version: str, now: datetime
) -> list[EarlyCopy]:
    """All of them or none."""
    assert registration.contact is not None
    try:
        return [
            press.take_early_copy(
                thing,
                contact=registration.contact,
                ground_uid=registration.uid,
                scope_uid=registration.occurrence.event.uid,
                version=version,
                now=now,
            )
            for thing in things
        ]
    except press.PressError as error:
        raise Refused(str(error)) from error
