"""The mail of a newsletter's issue: its blocks as text and as HTML, as everybody may read what they show.

What is written in an issue is escaped or was cleaned when it was saved; it is no template of any kind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape
from django.utils.translation import gettext as _
from wagtail.images import get_image_model
from wagtail.models import Page

from cms.core import formats, registry
from cms.core.api.references import References
from cms.core.api.streams import say_html
from cms.core.models.things import Audience
from cms.core.reader import ANONYMOUS
from cms.core.registry import Brief, Context, Parts, Refused, Story
from cms.mailing import queries
from cms.mailing.mail import bodies
from cms.mailing.mail.layout import frame, language_name
from cms.mailing.models import Issue, Mailing, Sender

RENDERER = "newsletter.issue"
#: A picture fills the column; it is a JPEG, because not every mail program shows anything newer.
SCALE, WIDTH = "web-720", 536


def render(mailing: Mailing, language: str, now: datetime) -> Parts:
    """The Parts of a mailing's issue in a language, or in French where it has no such words. Raises Refused."""
    versions = queries.issue_versions(mailing.source_uid)
    issue = versions.get(language) or next(iter(versions.values()), None)
    if issue is None:
        raise Refused(_("The issue of this mailing does not exist any more."))
    return parts_of(issue, now=now)


def brief(uid: UUID, language: str, now: datetime) -> Brief:
    """An issue in a few lines, for a messaging app: what it tells of, and the site. Raises Refused as `recheck`."""
    versions = queries.issue_versions(uid)
    issue = versions.get(language) or next(iter(versions.values()), None)
    if issue is None:
        raise Refused(_("The issue of this mailing does not exist any more."))
    if (refused := obstacle(issue, now=now)) is not None:
        raise refused
    pages = _words_of(issue, now=now).pages
    told = [
        f"• {pages[block.value['page'].pk].title}"
        for block in issue.body
        if block.block_type == "story" and block.value["page"] is not None and block.value["page"].pk in pages
    ]
    return Brief(
        title=f"{issue.label} : {issue.title}" if issue.number else issue.title,
        text="\n".join(told) or issue.preheader,
        url=f"{settings.PUBLIC_URL}/{issue.language}/",
        activity=issue.activity,
    )


def place(mailing: Mailing) -> str:
    """Where the words of an issue's mailing are changed: its editor, in French where it has French words."""
    issue = next(iter(queries.issue_versions(mailing.source_uid).values()), None)
    return reverse("wagtailsnippets_mailing_issue:edit", args=[issue.pk]) if issue is not None else ""


def recheck(mailing: Mailing, now: datetime) -> None:
    """Refuse an issue that is gone or empty, or that shows or links what not everybody may read at `now`.

    Once its letters are written they are what leaves: then only what they show counts, whatever became of the issue.
    """
    letters = list(mailing.letters.values_list("text", flat=True)) if mailing.pk else []
    versions = queries.issue_versions(mailing.source_uid)
    if not versions and not letters:
        raise Refused(_("The issue of this mailing does not exist any more."))
    told = [obstacle(issue, now=now, letters=letters) for issue in versions.values()]
    found = [refused for refused in told if refused is not None]
    for_good = [refused for refused in found if refused.until is None]
    if found:
        raise (for_good or sorted(found, key=lambda refused: refused.until or now))[-1]


def obstacle(issue: Issue, *, now: datetime, letters: Sequence[str] = ()) -> Refused | None:
    """What keeps one language of an issue from leaving at `now`: for good, or until an instant.

    With `letters`, the texts already written of it, pages that are not in there do not count. (In their HTML a link
    may go by way of the counter.)
    """
    if not issue.body and not letters:
        return Refused(_("The issue is empty: there is nothing to send."))
    withheld = queries.pages_withheld(_references(issue, now=now).wanted.get(Page, set()), now=now)
    if letters:
        withheld = [
            page for page in withheld if page and any(page.public_url.rstrip("/") in text for text in letters)
        ]
    last: tuple[datetime, str] | None = None
    for page in withheld:
        if page is None:
            return Refused(_("The issue shows a page that does not exist any more: take it out."))
        waits = page.live and page.audience == Audience.PUBLIC and page.shut_because(now) == "embargoed"
        if not waits or page.public_from is None:
            return Refused(
                _("The issue shows “%(title)s”, which not everybody may read: take it out.")
                % {"title": page.title}
            )
        last = max(last, (page.public_from, page.title)) if last else (page.public_from, page.title)
    if last is None:
        return None
    until, title = last
    return Refused(
        _("It shows “%(title)s”: it leaves when everybody may read that, on %(until)s.")
        % {"title": title, "until": formats.long_date(until)},
        until=until,
    )


def sample(issue: Issue, *, sender: Sender, now: datetime) -> Parts:
    """An issue as it would leave at `now`, framed, for who composes it; placeholders still in place."""
    renderer = registry.mailing_renderers.get(RENDERER)
    if renderer is None:
        raise Refused
    return frame(
        parts_of(issue, now=now),
        mailing=Mailing(title=issue.title),
        sender=sender,
        renderer=renderer,
        language=issue.language,
        audiences=[],
    )


def parts_of(issue: Issue, *, now: datetime) -> Parts:
    """Subject, text and inner HTML of one language of an issue."""
    with translation.override(issue.language):
        words = _words_of(issue, now=now)
        said = [BLOCKS[block.block_type](block.value, words) for block in issue.body]
        head = " · ".join((issue.label, formats.day(issue.issue_date, weekday=False)))
        text = [head, bodies.shouted(issue.title), *(one for one, _markup in said if one)]
        markup = [
            _preheader(issue.preheader),
            f'<p class="kn-quiet" style="{KICKER}">{escape(head)}</p>',
            f"<h1>{escape(issue.title)}</h1>",
            *(one for _text, one in said if one),
        ]
    return Parts(
        issue.title,
        "\n\n".join(text),
        "\n".join(part for part in markup if part),
        headers={"Content-Language": issue.language},
    )


# What the blocks point at ----------------------------------------------------------------------------------------
@dataclass(frozen=True)
class _Words:
    """What a block needs to be said: pages and files that everybody may have, resolved for all blocks at once."""

    refs: References
    pages: dict[int, Any]
    stories: dict[int, Story]
    language: str


def _references(issue: Issue, *, now: datetime) -> References:
    refs = References(Context(reader=ANONYMOUS, now=now, language=issue.language))
    refs.gather_block(issue.body.stream_block, list(issue.body.raw_data))
    return refs


def _words_of(issue: Issue, *, now: datetime) -> _Words:
    refs = _references(issue, now=now)
    pages = queries.pages_told(set(refs.wanted.get(Page, ())), language=issue.language, now=now)
    for page in pages.values():
        refs.want(get_image_model(), page.card_image_id)
    refs.resolve()
    by_model: dict[type, list[Any]] = defaultdict(list)
    for page in {page.pk: page for page in pages.values()}.values():
        by_model[type(page)].append(page)
    stories: dict[int, Story] = {}
    for model, told in by_model.items():
        if (source := registry.story_sources.get(model)) is not None:
            stories |= source.tell(told, language=issue.language, now=now)
    return _Words(refs, pages, stories, issue.language)


# Blocks ----------------------------------------------------------------------------------------------------------
Said = tuple[str, str]
KICKER = "font-size:14px;line-height:1.4;margin:0 0 6px;color:#5a4433;"
_BOX = "background:#fbf7f0;border-left:3px solid #955a0c;padding:14px 18px 2px;margin:0 0 20px;"


def _preheader(words: str) -> str:
    """What lists of mails show beside the subject, and nobody in the mail."""
    if not words:
        return ""
    return (
        f'<div style="display:none;max-height:0;overflow:hidden;mso-hide:all;">{escape(words)}'
        f"{'&nbsp;&zwnj;' * 30}</div>"
    )


def _picture(key: Any, words: _Words, *, decorative: bool = False) -> str:
    """A picture of the library by its link, with size and other text; "" for one that not everybody may have.

    One that has no other text and should says nothing in its place: the check before sending finds it by that.
    """
    row = words.refs.asset(get_image_model(), key) if key is not None else None
    if row is None:
        return ""
    file = row["scales"][SCALE]
    width = min(WIDTH, file["width"])
    height = round(file["height"] * width / file["width"])
    alt = "" if decorative else str(row.get("alt") or "")
    said = f' alt="{escape(alt)}"' if alt or decorative else ""
    return f'<img src="{escape(file["download"])}"{said} width="{width}" height="{height}">'


def _story(value: Any, words: _Words) -> Said:
    chosen = value["page"]
    page = words.pages.get(chosen.pk) if chosen is not None else None
    if page is None:
        return "", ""
    told = words.stories.get(page.pk, Story())
    summary = value["text"] or page.summary or told.summary
    other = page.locale.language_code
    note = ""
    if other != words.language:
        note = _("in %(language)s") % {"language": language_name(other, inside=words.language)}
    kicker = " · ".join(part for part in (told.kicker, note) if part)
    url, lang = page.public_url, "" if other == words.language else f' lang="{escape(other)}"'
    text = "\n".join(part for part in (kicker, page.title, *told.facts, summary, url) if part)
    picture = _picture(page.card_image_id, words) if value["picture"] else ""
    markup = [
        f'<p class="kn-quiet" style="{KICKER}margin-top:28px;">{escape(kicker)}</p>' if kicker else "",
        f'<h2 style="{_story_heading(bool(kicker))}"{lang}><a href="{escape(url)}">{escape(page.title)}</a></h2>',
        f'<p style="margin:0 0 12px;">{picture}</p>' if picture else "",
        f"<p><strong>{'<br>'.join(escape(fact) for fact in told.facts)}</strong></p>" if told.facts else "",
        f"<p{lang}>{escape(summary)}</p>" if summary else "",
    ]
    return text, "\n".join(part for part in markup if part)


def _story_heading(below_a_kicker: bool) -> str:
    return (
        f"font-size:21px;line-height:1.3;font-weight:700;margin:{'0' if below_a_kicker else '28px'} 0 12px;"
    )


def _paragraph(value: Any, words: _Words) -> Said:
    markup = say_html(value.source, words.refs)
    return formats.plain(markup), markup


def _callout(value: Any, words: _Words) -> Said:
    text, markup = _paragraph(value["text"], words)
    title = value["title"]
    head = f'<h3 style="font-size:18px;margin:0 0 8px;">{escape(title)}</h3>' if title else ""
    return "\n".join(
        part for part in (title, text) if part
    ), f'<div class="kn-box" style="{_BOX}">{head}{markup}</div>'


def _image(value: Any, words: _Words) -> Said:
    key = value["image"].pk if value["image"] is not None else None
    tag = _picture(key, words, decorative=value["decorative"])
    if not tag:
        return "", ""
    row = words.refs.asset(get_image_model(), key) or {}  # type: ignore[arg-type]
    caption = value["caption"] or str(row.get("description") or "")
    credit = f"© {row['credit']}" if row.get("credit") else ""
    below = " ".join(part for part in (caption, credit) if part)
    alt = "" if value["decorative"] else str(row.get("alt") or "")
    note = below or alt
    text = f"[{_('Picture')} : {note}]" if note else ""
    return text, f"<figure>{tag}{f'<figcaption>{escape(below)}</figcaption>' if below else ''}</figure>"


def _button(value: Any, words: _Words) -> Said:
    page = words.pages.get(value["page"].pk) if value["page"] is not None else None
    url = page.public_url if page is not None else value["url"]
    if not url:
        return "", ""
    label = value["label"]
    return (
        f"{label} :\n{url}",
        f'<p style="margin:8px 0 24px;"><a class="button" href="{escape(url)}">{escape(label)}</a></p>',
    )


def _plainly(say: Callable[[Any], Said]) -> Callable[[Any, _Words], Said]:
    return lambda value, words: say(value)


BLOCKS: dict[str, Callable[[Any, _Words], Said]] = {
    "story": _story,
    "heading": _plainly(bodies.heading),
    "paragraph": _paragraph,
    "figures": _plainly(bodies.figures),
    "image": _image,
    "quote": _plainly(bodies.quote),
    "callout": _callout,
    "table": _plainly(bodies.table),
    "button": _button,
}
