"""The files that go with a release whatever its language: the signed document, annexes; and for whom it is meant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cms.core import actions as core
from media_library.models import Asset, Kind
from press.actions import holds
from press.actions.releases import PressError, refuse_withdrawn
from press.models import Attachment, Release


@transaction.atomic
def set_files(
    release: Release,
    *,
    scan: Asset | None,
    attachments: Sequence[tuple[Asset, str]],
    user: Any,
    now: datetime,
) -> Release:
    """Say which files go with a release: the signed scan, and (asset, words of the link) in order, each asset once.

    They open with its text, at its hour and for its readers; what is taken off before anybody could have it goes
    back to the team. Raises PressError for a scan that is no PDF, and for a release that was withdrawn.
    """
    row = Release.objects.select_for_update(no_key=True).get(pk=release.pk)
    refuse_withdrawn(row)
    if scan is not None and (scan.kind != Kind.DOCUMENT or scan.blob.content_type != "application/pdf"):
        raise PressError(_("The signed document must be a PDF."))
    row.attachments.all().delete()
    seen: set[int] = {scan.pk} if scan is not None else set()
    for asset, label in attachments:
        if asset.pk in seen:
            continue
        seen.add(asset.pk)
        Attachment.objects.create(release=row, asset=asset, label=label, sort_order=len(seen))
    changed = core.change_thing(
        release, action="files.chosen", changes={"signed_scan": scan}, user=user, now=now
    )
    holds.settle(changed, now=now)
    return changed


def mean_for(release: Release, *, audiences: Iterable[Any]) -> None:
    """Note to which audiences a release is meant to be sent: they are proposed when it is."""
    release.audiences.set(audiences)
