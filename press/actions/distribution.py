"""Sending a release: a mailing of the outbox, and the row that says what it carried."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from cms.mailing import actions as mailing
from press.actions.releases import NotPublished, PressError
from press.models import Distribution, Release, ReleasePage
from press.queries import followup

if TYPE_CHECKING:
    from collections.abc import Iterable

RENDERER = "press.release"


@transaction.atomic
def send_release(
    release: Release,
    *,
    audiences: Iterable[Any],
    extra_contacts: Iterable[Any] = (),
    user: Any,
    now: datetime,
    send_at: datetime | None = None,
) -> Distribution:
    """Prepare the mailing of a release to audiences and single contacts; it is launched from its own screen.

    Asked for again while the same one to the same people waits to be launched, that one is returned. Raises
    NotPublished before a page of it was published, PressError for a withdrawn one.
    """
    release = Release.objects.select_for_update(no_key=True).get(pk=release.pk)
    if release.withdrawn_at is not None:
        raise PressError(_("This release was withdrawn: it is not sent."))
    if not ReleasePage.objects.filter(release=release, live=True).exists():
        raise NotPublished(_("Publish the release first: what is sent is the published text."))
    people, besides = list(audiences), list(extra_contacts)
    if found := followup.same_waiting(release, audiences=people, contacts=besides):
        return found
    row = mailing.create(
        renderer=RENDERER,
        source_uid=release.uid,
        title=mailing_title(release),
        audiences=people,
        extra_contacts=besides,
        user=user,
        activity=release.activity,
        send_at=send_at,
        now=now,
    )
    return Distribution.objects.create(
        mailing=row,
        release=release,
        release_version=release.version,
        created_at=now,
        created_by=user if user is not None and user.pk else None,
    )


def mailing_title(release: Release) -> str:
    """What a mailing of a release is called in the list of mailings."""
    pages = {
        page.locale.language_code: page.title
        for page in ReleasePage.objects.filter(release=release, live=True).select_related("locale")
    }
    title = pages.get("fr") or next(iter(pages.values()), "")
    return f"{release.label} – {title}"[:255] if release.label else title[:255]
