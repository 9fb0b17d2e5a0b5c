"""Sounds ready for broadcast that go with a release or an event, in the order that the team gives them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from cms.core import actions as core
from cms.core.models import Audience, SitePage
from media_library import policies
from media_library.actions.rights import hold, is_releasable, release
from media_library.models import Asset, Kind, SoundBite

WORDS = ("speaker", "function", "language", "verbatim", "launch")


class NotASoundBite(Exception):
    """What was asked for cannot be a sound ready for broadcast. The message is for the officer."""


@transaction.atomic
def add_sound(
    *, page: SitePage, asset: Asset, words: Mapping[str, str], user: Any, now: datetime
) -> SoundBite:
    """Put a sound at the end of those that go with the page's thing; `words` has the names of `WORDS`.

    Raises NotASoundBite for what is no sound, or goes with the thing already.
    """
    thing = _locked(page)
    if asset.kind != Kind.AUDIO:
        raise NotASoundBite(_("This is not a sound. Send it as a sound first."))
    if SoundBite.objects.filter(thing_uid=thing.uid, asset=asset).exists():
        raise NotASoundBite(_("This sound is in the list already."))
    last = SoundBite.objects.filter(thing_uid=thing.uid).aggregate(last=Max("position"))["last"]
    said = {name: words.get(name, "").strip() for name in WORDS}
    row = SoundBite.objects.create(thing_uid=thing.uid, asset=asset, position=(last or 0) + 1, **said)
    core.log_thing(thing, action="sound.added", user=user, now=now, changes={"sound": asset.title})
    return row


@transaction.atomic
def change_sound(*, page: SitePage, sound: SoundBite, words: Mapping[str, str]) -> SoundBite:
    """Change what is said of a sound; the sound itself stays."""
    _locked(page)
    for name in WORDS:
        setattr(sound, name, words.get(name, "").strip())
    sound.save(update_fields=WORDS)
    return sound


@transaction.atomic
def move_sound(*, page: SitePage, sound: SoundBite, earlier: bool) -> None:
    """Exchange a sound with the one before or after it; at the end of the list nothing happens."""
    _locked(page)
    rows = list(SoundBite.objects.filter(thing_uid=sound.thing_uid))
    at = next((index for index, row in enumerate(rows) if row.pk == sound.pk), None)
    if at is None or not 0 <= (other := at + (-1 if earlier else 1)) < len(rows):
        return
    rows[at], rows[other] = rows[other], rows[at]
    for position, row in enumerate(rows, 1):
        row.position = position
    SoundBite.objects.bulk_update(rows, ["position"])


@transaction.atomic
def remove_sound(*, page: SitePage, sound: SoundBite, user: Any, now: datetime) -> None:
    """Take a sound off the list; it stays in the library."""
    thing = _locked(page)
    title = sound.asset.title
    sound.delete()
    core.log_thing(thing, action="sound.removed", user=user, now=now, changes={"sound": title})


@transaction.atomic
def open_sounds_of(page: SitePage, *, now: datetime) -> int:
    """Release the sounds that go with a page's thing, for the page's readers and not before its hour; return how many.

    For things that have no files of their own to see to. What is withdrawn or past its last day stays as it is.
    """
    if not page.live or page.withdrawn_at or page.thing_uid is None:
        return 0
    fresh = [
        asset
        for asset in Asset.objects.filter(sound_bites__thing_uid=page.thing_uid).prefetch_related("holds")
        if is_releasable(asset, now=now) and not policies.is_public(asset, now=now)
    ]
    opens_at = max(page.public_from or now, now)
    if opens_at > now or page.audience != Audience.PUBLIC:
        hold(fresh, until=opens_at, audience=page.audience, source_uid=page.thing_uid, now=now)
    for asset in fresh:
        release(asset, now=now)
    return len(fresh)


def _locked(page: SitePage) -> Any:
    """The thing behind a page, held: two who change its list wait for each other."""
    thing: Any = page.thing
    return type(thing).objects.select_for_update(no_key=True).get(pk=thing.pk)
