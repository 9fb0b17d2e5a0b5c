"""Links to a press kit that stands in no list: made for somebody, ended by their day or by the team."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cms.core import actions as core
from cms.core.models import Audience
from media_library import actions as library
from media_library.models import ShareLink
from press.actions.releases import PressError, refuse_withdrawn
from press.models import Kit


@transaction.atomic
def share_kit(kit: Kit, *, note: str, user: Any, expires_at: datetime, now: datetime) -> ShareLink:
    """Make a link that opens a kit's page, files and archives until `expires_at`, at most 90 days on.

    It opens no embargo: before the kit's hour it leads nowhere. Raises PressError for a kit that is not for whoever
    has its link, for a withdrawn one, and for an end that is not to be.
    """
    row = Kit.objects.select_for_update(no_key=True).get(pk=kit.pk)
    refuse_withdrawn(row)
    if row.audience != Audience.LINK:
        raise PressError(_("This kit is not for whoever has its link: say first who may read it."))
    try:
        link = library.share_thing(row.uid, note=note, user=user, expires_at=expires_at, now=now)
    except library.NotShareable as error:
        raise PressError(str(error)) from error
    core.log_thing(row, action="link.made", user=user, now=now, reason=link.note)
    return link


@transaction.atomic
def unshare_kit(kit: Kit, link: ShareLink, *, user: Any, now: datetime) -> None:
    """Close a link to a kit at once, whatever became of the kit. Idempotent: the first hour stays."""
    if link.thing_uid == kit.uid and library.unshare(link, user=user, now=now):
        core.log_thing(kit, action="link.closed", user=user, now=now, reason=link.note)
