"""The mail of a release: the whole text, and a second look before each batch."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from cms.core import formats
from cms.core.reader import ANONYMOUS
from cms.core.registry import Brief, Parts, Refused, Story
from press import exports, queries
from press.models import KitPage, ReleasePage


def render(mailing: Any, language: str, now: datetime) -> Parts:
    """The Parts of a release's mailing in a language, or in French where it has no such words.

    Raises Refused where there is nothing to send.
    """
    release = queries.release_of_uid(mailing.source_uid)
    pages = queries.live_pages_of(release) if release is not None else {}
    page = pages.get(language) or pages.get("fr") or next(iter(pages.values()), None)
    if release is None or page is None:
        raise Refused(_("The release is not published any more: there is nothing to send."))
    code = page.locale.language_code
    with translation.override(code):
        contacts = queries.contacts_of(page, language=code)
        boilerplate = queries.boilerplate_of(page, language=code)
        # A kit is named to everyone only once everyone may open it.
        kit = queries.page_of_kit(release.kit, language=code, reader=ANONYMOUS, now=now)
        words = {
            "boilerplate": boilerplate,
            "contacts": contacts,
            "kit_url": kit.public_url if kit is not None else "",
            "now": now,
        }
        prefix = _("UNDER EMBARGO") + " – " if release.is_embargoed(now) else ""
        headers = {"Content-Language": code}
        return Parts(
            subject=prefix + page.title,
            text=exports.as_text(page, **words),  # type: ignore[arg-type]
            html=exports.as_html(page, **words),  # type: ignore[arg-type]
            headers=headers,
        )


def brief(uid: UUID, language: str, now: datetime) -> Brief:
    """A release in a few lines, for a messaging app. Raises Refused for one that not everybody may read."""
    pages = queries.public_pages_of(uid, now=now)
    page = pages.get(language) or pages.get("fr") or next(iter(pages.values()), None)
    if page is None:
        raise Refused(_("Not everybody may read this text now: there is nothing to hand on."))
    return Brief(title=page.title, text=page.lead, url=page.public_url, activity=page.release.activity)


def topics(mailing: Any) -> list[UUID]:
    """The translation keys of what the release of a mailing is about, in whichever language."""
    release = queries.release_of_uid(mailing.source_uid)
    pages = queries.live_pages_of(release).values() if release is not None else ()
    tagged = ReleasePage.topics.through.objects.filter(releasepage__in=[page.pk for page in pages])
    return list(tagged.order_by().values_list("topic__translation_key", flat=True).distinct())


def recheck(mailing: Any, now: datetime) -> None:
    """Refuse what may not leave now: withdrawn, expired, unpublished, or under embargo.

    An audience is never entitled to an embargoed text: its mailing waits until the embargo lifts. Journalists with a
    personal link are served one by one.
    """
    release = queries.release_of_uid(mailing.source_uid)
    if release is None:
        raise Refused(_("The release of this mailing does not exist any more."))
    if release.withdrawn_at is not None:
        raise Refused(_("The release was withdrawn."))
    if release.expires_at is not None and release.expires_at <= now:
        raise Refused(_("The release has expired."))
    if not queries.live_pages_of(release):
        raise Refused(_("The release is not published."))
    if release.is_embargoed(now):
        hour = formats.long_date(release.embargo_until)  # type: ignore[arg-type]
        raise Refused(
            _("It leaves when the embargo lifts, on %(until)s.") % {"until": hour},
            until=release.embargo_until,
        )


def place(mailing: Any) -> str:
    """Where the words of a release's mailing are changed: the editor of its page."""
    release = queries.release_of_uid(mailing.source_uid)
    page = release.pages.order_by("path").first() if release is not None else None
    return reverse("wagtailadmin_pages:edit", args=[page.pk]) if page is not None else ""


def tell(pages: Iterable[Any], *, language: str, now: datetime) -> dict[int, Story]:
    """What a newsletter says of releases beside title and summary: kind, number and day."""
    releases = queries.releases_of_pages(pages)
    told = {}
    for page in pages:
        release = releases[page.release_id]
        day = formats.day(page.dateline_date, language, weekday=False) if page.dateline_date else ""
        parts = (str(release.kind_label), release.label, day)
        told[page.pk] = Story(kicker=" · ".join(part for part in parts if part), summary=page.lead)
    return told


def tell_kits(pages: Iterable[Any], *, language: str, now: datetime) -> dict[int, Story]:
    """What a newsletter says of press kits beside title and summary."""
    return {page.pk: Story(kicker=_("Press kit")) for page in pages}


def news(since: datetime, now: datetime, language: str) -> list[Any]:
    """The releases that became public since the last issue of a newsletter, the newest first."""
    return list(queries.published_since(ReleasePage, since, now=now, language=language)[:6])


def news_kits(since: datetime, now: datetime, language: str) -> list[Any]:
    """As `news`, of press kits."""
    return list(queries.published_since(KitPage, since, now=now, language=language)[:2])
