"""Sending a kit, and asking once more those of whom nothing came."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from cms.contacts.models import Contact
from cms.core import actions as core
from cms.core.models import Audience
from cms.mailing import actions as mailing
from cms.mailing.models import Mailing
from press.actions.door_mails import mail_reminder
from press.actions.doors import note_visit
from press.actions.releases import NotPublished, PressError, refuse_withdrawn
from press.models import Distribution, DoorVisit, Kit, KitPage, Purpose, Release, ReleasePage
from press.queries import followup

if TYPE_CHECKING:
    from collections.abc import Iterable

KIT, FOLLOW_UP = "press.kit", "press.followup"


@transaction.atomic
def send_kit(
    kit: Kit, *, audiences: Iterable[Any], extra_contacts: Iterable[Any] = (), user: Any, now: datetime
) -> Distribution:
    """Prepare the mailing of a kit: what it holds, with the link; launched from its own screen.

    Asked for again while the same one to the same people waits to be launched, that one is returned. Raises
    NotPublished before a page of it was published, PressError for a withdrawn one, and for one that opens by links
    alone: its address leads nowhere.
    """
    row = Kit.objects.select_for_update(no_key=True).get(pk=kit.pk)
    refuse_withdrawn(row)
    if row.audience == Audience.LINK:
        raise PressError(_("This kit opens by its links alone: make one for each newsroom, and hand it on."))
    title, people = _title(row), {"audiences": list(audiences), "contacts": list(extra_contacts)}
    if found := followup.same_waiting(row, **people):
        return found
    draft = mailing.create(
        renderer=KIT,
        source_uid=row.uid,
        title=title,
        audiences=people["audiences"],
        extra_contacts=people["contacts"],
        user=user,
        activity=row.activity,
        now=now,
    )
    return _distribution(draft, row, purpose=Purpose.RELEASE, user=user, now=now)


def _title(thing: Release | Kit) -> str:
    model: Any = ReleasePage if isinstance(thing, Release) else KitPage
    own = {"release" if isinstance(thing, Release) else "kit": thing}
    pages = model.objects.filter(**own, live=True).select_related("locale")
    titles = {page.locale.language_code: page.title for page in pages}
    if not titles:
        raise NotPublished(_("Publish it first: what is sent is what is published."))
    return str(titles.get("fr") or next(iter(titles.values())))[:255]


def _distribution(
    draft: Mailing, thing: Release | Kit, *, purpose: str, user: Any, now: datetime
) -> Distribution:
    own: Any = {"release" if isinstance(thing, Release) else "kit": thing}
    return Distribution.objects.create(
        mailing=draft,
        purpose=purpose,
        release_version=thing.version,
        created_at=now,
        created_by=user if user is not None and user.pk else None,
        **own,
    )


@transaction.atomic
def remind(thing: Release | Kit, *, contacts: Iterable[Contact], user: Any, now: datetime) -> list[int]:
    """Mail the link of their early copy once more to those chosen who have read nothing of it.

    Returns the key of the mailing of each mail, for its bell.
    One reminder a copy, however often and by however many it is asked for.
    """
    refuse_withdrawn(thing)
    keys = {one.pk for one in contacts}
    found = []
    for copy in followup.silent_copies(thing).select_for_update(of=("self",)):
        if copy.contact_id in keys and copy.contact.emails.exists():
            found += mail_reminder(copy, user=user, now=now)
    if found:
        changes = {"number": [None, len(found)]}
        core.log_thing(thing, action="early.reminded", user=user, now=now, changes=changes)
    return found


@transaction.atomic
def send_follow_up(
    thing: Release | Kit, *, contacts: Iterable[Contact], user: Any, now: datetime
) -> Distribution:
    """Prepare one more mailing to those chosen who did nothing with a public thing; launched from its own screen.

    Who does something before it is launched is left out, and who was asked once more before. Asked for again while one
    waits to be launched, at its hour or by hand, that one is returned with the people now chosen. Raises PressError
    where none of those chosen is left, under embargo, or where it is launched at this very moment.
    """
    row: Any = type(thing)._default_manager.select_for_update(no_key=True).get(pk=thing.pk)
    refuse_withdrawn(row)
    if row.is_embargoed(now):
        raise PressError(_("It is under embargo: only those whom it was opened to may be reminded."))
    chosen = list(followup.remindable(row).filter(pk__in=[one.pk for one in contacts]))
    if not chosen:
        raise PressError(
            _("Nobody is left to remind: all of them have taken note or were reminded meanwhile.")
        )
    waiting = followup.distributions_of(row).filter(
        purpose=Purpose.FOLLOW_UP, mailing__state__in=followup.WAITS
    )
    if found := waiting.first():
        try:
            mailing.edit(found.mailing, changes={"contacts": chosen}, user=user, now=now)
        except mailing.WrongState:
            raise PressError(_("The reminder is leaving at this very moment.")) from None
        return found
    draft = mailing.create(
        renderer=FOLLOW_UP,
        source_uid=row.uid,
        title=f"{_('Reminder')} – {_title(row)}"[:255],
        audiences=(),
        extra_contacts=chosen,
        kind=Mailing.Kind.PRESS,
        user=user,
        activity=row.activity,
        now=now,
    )
    return _distribution(draft, row, purpose=Purpose.FOLLOW_UP, user=user, now=now)


def note_request(thing: Release | Kit, *, contact: Contact, words: str, user: Any, now: datetime) -> None:
    """Write down that a journalist asked for something about a thing: an interview, a picture, a figure."""
    note_visit(
        contact,
        what=DoorVisit.What.ASKED,
        thing_uid=thing.uid,
        detail=" ".join(words.split()),
        user=user,
        now=now,
    )
