"""Who may read a release or a kit, and what happens when a page of it leaves the site."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from cms.core import actions as core
from cms.core.models import Audience, SitePage
from press.actions import holds
from press.actions.releases import AlreadyPublic, PressError, refuse_withdrawn
from press.models import Kit, Release

PressThing = TypeVar("PressThing", Release, Kit)


@transaction.atomic
def set_audience(
    thing: PressThing, *, audience: str, user: Any, now: datetime, reason: str = ""
) -> PressThing:
    """Say who may read a release or a kit; its files go with it, at its hour.

    A kit may be for whoever has a link to it (`share_kit`); a release is not (PressError). Raises AlreadyPublic where
    everyone could read it before `now`: neither words nor files can be called back.
    """
    row = type(thing)._default_manager.select_for_update(no_key=True).get(pk=thing.pk)
    refuse_withdrawn(row)
    if audience == Audience.LINK and not isinstance(row, Kit):
        raise PressError(_("Only a press kit opens by a link."))
    if audience == row.audience:
        return row
    everyone = SitePage.objects.filter(
        thing_uid=row.uid, live=True, public_from__lte=now, audience=Audience.PUBLIC
    )
    if everyone.exists():
        raise AlreadyPublic(
            _("Everyone could read this already, so it stays public. Withdraw it if nobody should any more.")
        )
    changed = core.change_thing(
        thing, action="audience.set", changes={"audience": audience}, user=user, now=now, reason=reason
    )
    holds.settle(changed, now=now)
    return changed


@transaction.atomic
def page_left(model: type[Release] | type[Kit], pk: int, *, now: datetime) -> None:
    """After a page was unpublished or deleted: files that nobody has had go back to the team."""
    thing = model._default_manager.select_for_update(no_key=True).filter(pk=pk).first()
    if thing is not None:
        holds.settle(thing, now=now)
