"""The mail of a kit, and the one more mail to those of whom nothing came."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from cms.core import formats
from cms.core.models import Audience
from cms.core.reader import ANONYMOUS
from cms.core.registry import Context, Parts, Refused
from media_library import queries as library
from press import exports, queries
from press.models import Correction, Kit, KitPage, Release, ReleasePage


def thing_of(mailing: Any) -> Release | Kit:
    """The release or kit that a mailing is about. Raises Refused where it is gone."""
    found = queries.release_of_uid(mailing.source_uid) or Kit.objects.filter(uid=mailing.source_uid).first()
    if found is None:
        raise Refused(_("What this mailing sends does not exist any more."))
    return found


def _page(thing: Release | Kit, language: str) -> Any:
    model: Any = ReleasePage if isinstance(thing, Release) else KitPage
    own = {"release" if isinstance(thing, Release) else "kit": thing}
    pages = {
        page.locale.language_code: page
        for page in model.objects.filter(**own, live=True).select_related("locale")
    }
    page = pages.get(language) or pages.get("fr") or next(iter(pages.values()), None)
    if page is None:
        raise Refused(_("It is not published any more: there is nothing to send."))
    return page


def _letter(
    page: Any, parts: list[str], *, subject: str, files: list[str], button: str, now: datetime
) -> Parts:
    """A short letter: some lines, what is in it, the link, whom to call."""
    code = page.locale.language_code
    contacts = exports.contact_lines(queries.contacts_of(page, language=code))
    if page.audience == Audience.JOURNALISTS:
        parts = [
            *parts,
            _("It is kept for accredited journalists: open it once you are in your press access."),
        ]
    text = [*parts, "\n".join(f"- {line}" for line in files), f"{button} :\n{page.public_url}"]
    html = format_html_join("", "<p>{}</p>", ((line,) for line in parts))
    if files:
        html += format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((line,) for line in files)))
    html += format_html('<p><a class="button" href="{}">{}</a></p>', page.public_url, button)
    if contacts:
        title = _("Press contacts")
        text.append("\n".join([title, *contacts]))
        items = format_html_join("", "<li>{}</li>", ((line,) for line in contacts))
        html += format_html("<h3>{}</h3><ul>{}</ul>", title, items)
    whole = "\n\n".join(part for part in text if part) + "\n"
    heading = format_html("<h1>{}</h1>", subject)
    return Parts(subject, whole, str(heading + html), headers={"Content-Language": code})


def render_kit(mailing: Any, language: str, now: datetime) -> Parts:
    """A kit: its words, its files with their sizes, the link. Raises Refused where there is nothing to send."""
    page = _page(thing_of(mailing), language)
    with translation.override(page.locale.language_code):
        return _kit_letter(page, [page.lead], subject=page.title, now=now)


def _kit_letter(page: KitPage, parts: list[str], *, subject: str, now: datetime) -> Parts:
    """Some lines, then the files of a kit as they are now, in the page's language."""
    ctx = Context(reader=ANONYMOUS, now=now, language=page.locale.language_code)
    items = queries.open_items(queries.items_of(page.kit), ctx)
    files = [_file(item.asset) for item in items[:12]]
    if len(items) > 12:
        files.append(_("and %(n)s more") % {"n": len(items) - 12})
    return _letter(page, parts, subject=subject, files=files, button=_("Open the press kit"), now=now)


def render_corrected_kit(kit: Kit, corrections: list[Correction], language: str, now: datetime) -> Parts:
    """What was changed in a kit, in the reader's language where it was said in it, then its files. Raises Refused."""
    page = _page(kit, language)
    code = page.locale.language_code
    with translation.override(code):
        said = _("You received this press kit from us. It has been corrected since:")
        please = _("Please use its files as they are now, and no longer those you have.")
        notes = [f"– {one.said_in(code).words}" for one in corrections]
        return _kit_letter(page, [said, *notes, please], subject=f"{_('Correction')} – {page.title}", now=now)


def _file(asset: Any) -> str:
    size = library.size_of(asset, "press")
    return f"{asset.title} ({formats.filesize(size)})" if size else str(asset.title)


def render_follow_up(mailing: Any, language: str, now: datetime) -> Parts:
    """A release or kit once more, in three lines with its link. Raises Refused where there is nothing to send."""
    thing = thing_of(mailing)
    page = _page(thing, language)
    with translation.override(page.locale.language_code):
        said = _("We sent you this some days ago. May we be of help – an interview, a picture, a figure?")
        button = _("Read it on the site") if isinstance(thing, Release) else _("Open the press kit")
        subject = f"{_('Reminder')} – {page.title}"
        return _letter(page, [said, page.lead], subject=subject, files=[], button=button, now=now)


def recheck(mailing: Any, now: datetime) -> None:
    """Refuse what may not leave now: withdrawn, expired, unpublished, or under embargo (then it waits)."""
    thing = thing_of(mailing)
    if thing.withdrawn_at is not None:
        raise Refused(_("It was withdrawn."))
    if thing.expires_at is not None and thing.expires_at <= now:
        raise Refused(_("It has expired."))
    _page(thing, "fr")
    if thing.is_embargoed(now) and thing.embargo_until is not None:
        hour = formats.long_date(thing.embargo_until)
        raise Refused(
            _("It leaves when the embargo lifts, on %(until)s.") % {"until": hour}, until=thing.embargo_until
        )


def recheck_invitation(mailing: Any, now: datetime) -> None:
    """As `recheck`, of a mail that is nothing without its address: one that opens by links alone is not sent by it."""
    recheck(mailing, now)
    if thing_of(mailing).audience == Audience.LINK:
        raise Refused(_("It opens by its links alone: its address leads nowhere."))


def place(mailing: Any) -> str:
    """Where the words are changed: the editor of the page."""
    try:
        return reverse("wagtailadmin_pages:edit", args=[_page(thing_of(mailing), "fr").pk])
    except Refused:
        return ""
