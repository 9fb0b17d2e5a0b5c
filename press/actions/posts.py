"""The log of what the unit posted of a release on the networks. Nothing is posted from here: people do, and say so."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cms.core.models import ThingLog
from press import queries
from press.actions.releases import PressError
from press.models import Release, SocialPost


@transaction.atomic
def log_post(
    release: Release,
    *,
    network: str,
    link: str,
    posted_at: datetime,
    words: str = "",
    user: Any,
    now: datetime,
) -> SocialPost:
    """Write down a post: where, when, at which address, by whom. The same address twice is one line.

    Raises PressError for a text that not everybody may read, and for an hour that has not come.
    """
    release = Release.objects.select_for_update(no_key=True).get(pk=release.pk)
    if not queries.public_pages_of(release.uid, now=now):
        raise PressError(_("Not everybody may read this text now: nothing of it can have been posted."))
    if posted_at > now:
        raise PressError(_("This hour has not come yet."))
    row, _created = SocialPost.objects.get_or_create(
        release=release,
        link=link,
        defaults={
            "network": network,
            "posted_at": posted_at,
            "words": words,
            "user": user,
            "created_at": now,
        },
    )
    return row


@transaction.atomic
def strike_post(post: SocialPost, *, user: Any, now: datetime) -> None:
    """Take a line off that was written by mistake; who did so stays in the release's history. Twice does nothing."""
    kept = SocialPost.objects.select_for_update().select_related("release").filter(pk=post.pk).first()
    if kept is None:
        return
    ThingLog.objects.create(
        thing_uid=kept.release.uid,
        thing_type="press.Release",
        action="post.struck",
        user=user,
        at=now,
        changes={"network": kept.network, "link": kept.link},
    )
    kept.delete()
