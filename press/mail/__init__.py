"""The mails of a release: the whole text, its correction, its withdrawal; and a second look before each batch."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import translation
from django.utils.html import escape
from django.utils.translation import gettext as _

from cms.core import formats
from cms.core.reader import ANONYMOUS
from cms.core.registry import Brief, Parts, Refused, Story
from press import exports, queries
from press.mail.followup import recheck as recheck_kit
from press.mail.followup import render_corrected_kit, thing_of
from press.models import Distribution, Kit, KitPage, Release, ReleasePage
from press.queries import correctives
from press.queries.shown import facts_of


def render(mailing: Any, language: str, now: datetime) -> Parts:
    """The Parts of a release's mailing in a language, or in French where it has no such words.

    Raises Refused where there is nothing to send.
    """
    return _whole(_published_page(mailing, language), now)


def _published_page(mailing: Any, language: str) -> ReleasePage:
    release = queries.release_of_uid(mailing.source_uid)
    pages = queries.live_pages_of(release) if release is not None else {}
    page = pages.get(language) or pages.get("fr") or next(iter(pages.values()), None)
    if page is None:
        raise Refused(_("The release is not published any more: there is nothing to send."))
    return page


def _whole(page: ReleasePage, now: datetime) -> Parts:
    """The whole text of a page, in its language."""
    code, release = page.locale.language_code, page.release
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
            # What is withheld is not named either: a mail is read by everyone, and for ever.
            "files": exports.Files(facts_of(page, reader=ANONYMOUS, now=now)),
        }
        prefix = _("UNDER EMBARGO") + " – " if release.is_embargoed(now) else ""
        headers = {"Content-Language": code, correctives.VERSION_HEADER: correctives.version_of(page)}
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


# Those who got a text that was corrected or withdrawn since -------------------------------------------------------
def _distribution(mailing: Any) -> Distribution:
    rows = Distribution.objects.select_related("correction__release", "correction__kit", "release", "kit")
    row = rows.filter(mailing=mailing).first()
    if row is None:
        raise Refused(_("The release of this mailing does not exist any more."))
    return row


def render_correction(mailing: Any, language: str, now: datetime) -> Parts:
    """What was wrong, in the words of the correction, then the text or kit as it stands now. Raises Refused."""
    row = _distribution(mailing)
    corrections = correctives.unmailed(row.correction) if row.correction is not None else []
    if row.kit is not None:
        return render_corrected_kit(row.kit, corrections, language, now)
    page = _published_page(mailing, language)
    with translation.override(page.locale.language_code):
        whole = _whole(page, now)
        said = _("You received this text from us. It has been corrected since:")
        please = _("Please do not use the version you have any more. The corrected text follows.")
        title = _("Correction")
        notes = "".join(f'<li lang="{escape(one.language)}">{escape(one.note)}</li>' for one in corrections)
        text = "\n\n".join([title.upper(), said, *(f"- {one.note}" for one in corrections), please, "* * *"])
        html = f"<h1>{escape(title)}</h1><p>{escape(said)}</p><ul>{notes}</ul><p>{escape(please)}</p><hr>"
        subject = f"{title} – {page.title}"
    return Parts(subject, f"{text}\n\n{whole.text}", html + whole.html, headers=whole.headers)


def recheck_correction(mailing: Any, now: datetime) -> None:
    """As for the text or kit itself; and one that has not left is prepared anew after a further correction."""
    row = _distribution(mailing)
    if row.kit is not None:
        recheck_kit(mailing, now)
    else:
        recheck(mailing, now)
    thing = row.release or row.kit
    last = correctives.latest_correction(thing) if thing is not None else None
    if row.given_up or (last is not None and last.pk != row.correction_id and not mailing.letters.exists()):
        if row.kit is not None:
            raise Refused(_("The kit was corrected again since: prepare this mailing anew from the kit."))
        raise Refused(_("The text was corrected again since: prepare this mailing anew from the release."))


def render_withdrawal(mailing: Any, language: str, now: datetime) -> Parts:
    """That a text or kit is withdrawn, and why; none of its words and files. Raises Refused."""
    thing = thing_of(mailing)
    pages = {page.locale.language_code: page for page in correctives.pages_of(thing)}
    page = pages.get(language) or pages.get("fr") or next(iter(pages.values()), None)
    if page is None:
        raise Refused(_("What this mailing sends does not exist any more."))
    code = page.locale.language_code
    with translation.override(code):
        title = _("Withdrawal")
        said, please = _withdrawn(thing, page.title)
        why = _("Reason: %(reason)s") % {"reason": thing.withdrawn_reason}
        contacts = exports.contact_lines(queries.contacts_of(page, language=code))
        lines = [title.upper(), said, why, please]
        html = f"<h1>{escape(title)}</h1>" + "".join(f"<p>{escape(line)}</p>" for line in lines[1:])
        if contacts:
            items = "".join(f"<li>{escape(line)}</li>" for line in contacts)
            lines.append("\n".join([_("Press contacts"), *contacts]))
            html += f"<h3>{escape(_('Press contacts'))}</h3><ul>{items}</ul>"
        return Parts(
            f"{title} – {page.title}", "\n\n".join(lines) + "\n", html, headers={"Content-Language": code}
        )


def _withdrawn(thing: Release | Kit, title: str) -> tuple[str, str]:
    """What is withdrawn, and what to do with it, in the present language."""
    if isinstance(thing, Kit):
        said = _("You received the press kit « %(title)s » from us. It is withdrawn.") % {"title": title}
        return said, _("Please do not use its files any more, and take down what you have published of them.")
    name = f"« {title} »" + (f" ({thing.label})" if thing.label else "")
    said = _("You received %(release)s from us. This text is withdrawn.") % {"release": name}
    return said, _("Please do not use it, and take it down if you have published it.")


def recheck_withdrawal(mailing: Any, now: datetime) -> None:
    """Only what is withdrawn is said to be."""
    if thing_of(mailing).withdrawn_at is None:
        raise Refused(_("It is not withdrawn: there is nothing to say."))
