"""Links to files that are not public, for those whom the staff hand them to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from media_library import policies
from media_library.models import Asset, ShareLink

LONGEST: Final = timedelta(days=90)


class NotShareable(Exception):
    """A link was asked for that would open nothing. The message is for the officer."""


@transaction.atomic
def share(*, assets: Iterable[Asset], note: str, user: Any, expires_at: datetime, now: datetime) -> ShareLink:
    """Make a link that opens these files until `expires_at`, at most 90 days on.

    It opens no embargo: raises NotShareable for what a thing holds back, what is withdrawn, or past its rights.
    """
    found = list(assets)
    for asset in found:
        if asset.quarantined_at is not None or not policies.is_usable(asset, now=now):
            raise NotShareable(_("“%(title)s” is closed: no link can open it.") % {"title": asset.title})
        if policies.is_under_embargo(asset, now=now):
            raise NotShareable(
                _("“%(title)s” is under embargo: journalists read it early by their own access.")
                % {"title": asset.title}
            )
    if not found:
        raise NotShareable(_("A link is open for 1 to 90 days."))
    link = _made(note=note, user=user, expires_at=expires_at, now=now)
    link.assets.set(found)
    _log(link, "media_library.link_made", user)
    return link


def share_thing(thing_uid: UUID, *, note: str, user: Any, expires_at: datetime, now: datetime) -> ShareLink:
    """Make a link to a thing's page and files until `expires_at`, at most 90 days on (NotShareable).

    Whether the thing opens to links, and what of it, is asked of its own app at each request
    (`cms.core.registry.shared_things`).
    """
    return _made(note=note, user=user, expires_at=expires_at, now=now, thing_uid=thing_uid)


def _made(
    *, note: str, user: Any, expires_at: datetime, now: datetime, thing_uid: UUID | None = None
) -> ShareLink:
    if not now < expires_at <= now + LONGEST:
        raise NotShareable(_("A link is open for 1 to 90 days."))
    return ShareLink.objects.create(
        note=note.strip()[:200] or "–",
        created_by=user,
        created_at=now,
        expires_at=expires_at,
        thing_uid=thing_uid,
    )


@transaction.atomic
def unshare(link: ShareLink, *, user: Any, now: datetime) -> bool:
    """Close a link at once, and say in its files' journal who did. Whether it was open: the first hour stays."""
    closed = ShareLink.objects.filter(pk=link.pk, revoked_at__isnull=True).update(revoked_at=now)
    if closed:
        _log(link, "media_library.link_closed", user)
    return bool(closed)


def _log(link: ShareLink, action: str, user: Any) -> None:
    for asset in link.assets.all():
        log(asset, action, user=user, data={"note": link.note})


def count_share(link: ShareLink, *, taken: bool) -> None:
    """One more opening of the link's page, or one more file taken; of nobody."""
    name = "taken_count" if taken else "opened_count"
    ShareLink.objects.filter(pk=link.pk).update(**{name: F(name) + 1})
