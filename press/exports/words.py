"""A release as plain text and as the inner HTML of a mail: the whole text, whatever blocks it is made of."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from cms.core import formats
from cms.core.formats import plain
from cms.mailing.mail import bodies

WIDTH = 78


# Links of rich text are stored as <a linktype="page" id="…">: outside the site only whole addresses lead anywhere.
_INNER_LINK = re.compile(r"<a\b(?![^>]*\bhref=)[^>]*>(.*?)</a>", re.DOTALL)
_EMBED = re.compile(r"<embed\b[^>]*/?>")


def outside(markup: str) -> str:
    """Stored rich text without links that lead only inside the site, and without embeds."""
    return _EMBED.sub("", _INNER_LINK.sub(r"\1", markup))


@dataclass(frozen=True)
class Files:
    """What a reader may have of the files that a body shows.

    facts(row) returns the JSON of a picture, document or recording, None where it may not be had: then no word of it is
    said. source(row) returns what the `src` of a picture holds (a data address), "" where none is shown.
    """

    facts: Callable[[Any], dict[str, Any] | None]
    source: Callable[[Any], str] = field(default=lambda row: "")


Said = tuple[str, str]
NOTHING: Said = ("", "")


def _callout(value: Any, files: Files | None) -> Said:
    source = outside(value["text"].source)
    head = f"<h3>{escape(value['title'])}</h3>" if value["title"] else ""
    return (f"{value['title']}\n" if value["title"] else "") + plain(source), head + source


def _picture(value: Any, files: Files | None) -> Said:
    words, image, alt = value["caption"] or "", "", ""
    if files is not None:
        facts = files.facts(value["image"])
        if facts is None:
            return NOTHING
        words = " ".join(
            part
            for part in (words or facts["description"], f"© {facts['credit']}" if facts["credit"] else "")
            if part
        )
        image, alt = files.source(value["image"]), "" if value["decorative"] else facts["alt"]
    note = f"[{_('Picture')} : {words}]" if words else ""
    if image:
        caption = f"<figcaption>{escape(words)}</figcaption>" if words else ""
        return note, f'<figure><img src="{escape(image)}" alt="{escape(alt)}">{caption}</figure>'
    return note, f"<p><em>{escape(note)}</em></p>" if note else ""


def _file(kind: str, name: str) -> Callable[[Any, Files | None], Said]:
    def said(value: Any, files: Files | None) -> Said:
        row = value[kind]
        if files is not None and (row is None or files.facts(row) is None):
            return NOTHING
        words = value.get("label") or (row.title if row else "")
        note = f"[{_(name)} : {words}]" if words else ""
        spoken = value.get("transcript") or ""
        text = note + (f"\n{spoken}" if spoken else "")
        markup = f"<p><em>{escape(note)}</em></p>" if note else ""
        return text, markup + (f"<p>{escape(spoken)}</p>" if spoken else "")

    return said


def _gallery(value: Any, files: Files | None) -> Said:
    pairs = [_picture(one, files) for one in value["images"]]
    return "\n".join(text for text, _m in pairs if text), "".join(markup for _t, markup in pairs)


def _paragraph(value: Any, files: Files | None) -> Said:
    source = outside(value.source)
    return plain(source), source


def _words_alone(say: Callable[[Any], Said]) -> Callable[[Any, Files | None], Said]:
    return lambda value, files: say(value)


BLOCKS: dict[str, Callable[[Any, Files | None], Said]] = {
    "heading": _words_alone(bodies.heading),
    "paragraph": _paragraph,
    "quote": _words_alone(bodies.quote),
    "image": _picture,
    "gallery": _gallery,
    "figures": _words_alone(bodies.figures),
    "table": _words_alone(bodies.table),
    "timeline": _words_alone(bodies.timeline),
    "callout": _callout,
    "document": _file("document", gettext_noop("Document to download")),
    "audio": _file("audio", gettext_noop("Sound")),
    "video": _file("video", gettext_noop("Film")),
}


def body_parts(body: Any, files: Files | None = None) -> Said:
    """A body as (plain text, inner HTML). Without `files` each file is named and none is shown."""
    texts, markups = [], []
    for block in body:
        text, markup = BLOCKS[block.block_type](block.value, files)
        if text:
            texts.append(text)
        if markup:
            markups.append(markup)
    return "\n\n".join(texts), "\n".join(markups)


def embargo_line(release: Any, *, now: Any, language: str | None = None) -> str:
    """« SOUS EMBARGO jusqu'au mardi 5 février 2019 à 10 h 00 GMT (heure de Bamako) », or nothing.

    The clock is named as the site's TIME_ZONE is, and is said to be Bamako's only there.
    """
    if not release.is_embargoed(now):
        return ""
    until = formats.zoned_date(release.embargo_until, language)
    if formats.is_bamako_time():
        return _("UNDER EMBARGO until %(until)s (Bamako time)") % {"until": until}
    return _("UNDER EMBARGO until %(until)s") % {"until": until}


def dateline(page: Any) -> str:
    """ "Bamako, le 5 février 2019" or the part that is known."""
    date = formats.day(page.dateline_date, weekday=False) if page.dateline_date else ""
    if page.dateline_place and date:
        return _("%(place)s, %(date)s") % {"place": page.dateline_place, "date": date}
    return page.dateline_place or date


def contact_lines(contacts: Any) -> list[str]:
    """Press contacts, one line each: whom to call, on which number, when, in which language."""
    lines = []
    for one in contacts:
        name = f"{one.name}, {one.function}" if one.function else one.name
        whatsapp = f"WhatsApp {one.whatsapp}" if one.whatsapp else ""
        parts = (one.telephone, whatsapp, one.email, one.on_call, one.languages_spoken)
        reach = " · ".join(part for part in parts if part)
        lines.append(f"{name} – {reach}" if reach else name)
    return lines


def signature_lines(release: Any) -> list[str]:
    """Who signs, in which function, and the reference of the signed letter, as far as they are known."""
    reference = f"{_('Reference')} {release.reference}" if release.reference else ""
    return [part for part in (release.signatory_name, release.signatory_function, reference) if part]


def correction_lines(thing: Any, language: str = "") -> list[str]:
    """ "Corrected (3 mars 2026, 10 h 00): …", one for each public correction of a release or kit, the newest first.

    In `language` where it was said in it too.
    """
    if not thing.corrected_at:
        return []
    said = _("Corrected (%(at)s): %(note)s")
    return [
        said % {"at": formats.short_moment(one.at), "note": one.said_in(language).words}
        for one in thing.corrections.all()
    ]


def as_text(
    page: Any,
    *,
    boilerplate: Any,
    contacts: Any,
    kit_url: str,
    now: Any,
    files: Files | None = None,
    notices: Sequence[str] = (),
) -> str:
    """The whole release as plain text, ready to paste; `notices` stand above it, below the embargo."""
    release = page.release
    body, _markup = body_parts(page.body, files)
    head = [
        embargo_line(release, now=now),
        *notices,
        " – ".join(part for part in (str(release.kind_label), release.label) if part),
    ]
    sections = [
        "\n".join(line for line in head if line),
        page.title,
        page.lead,
        dateline(page),
        body,
        "\n".join(signature_lines(release)),
    ]
    if boilerplate is not None:
        sections.append(f"{boilerplate.title}\n{plain(outside(boilerplate.text))}")
    if contacts:
        sections.append("\n".join([_("Press contacts"), *contact_lines(contacts)]))
    if kit_url:
        sections.append(_("Press kit: %(url)s") % {"url": kit_url})
    sections.append(page.public_url)
    return html.unescape("\n\n".join(part for part in sections if part)) + "\n"


def as_html(
    page: Any, *, boilerplate: Any, contacts: Any, kit_url: str, now: Any, files: Files | None = None
) -> str:
    """The whole release as the inner HTML of a mail: no pictures to load, every word in it."""
    release = page.release
    _text, body = body_parts(page.body, files)
    parts = []
    if line := embargo_line(release, now=now):
        parts.append(
            f'<p style="background:#9b2c1f;color:#fbf7f0;padding:12px 16px;font-weight:700">{escape(line)}</p>'
        )
    kicker = " – ".join(part for part in (str(release.kind_label), release.label) if part)
    parts += [f"<p>{escape(kicker)}</p>", f"<h1>{escape(page.title)}</h1>"]
    parts.append(f"<p><strong>{escape(page.lead)}</strong></p>")
    if where := dateline(page):
        parts.append(f"<p>{escape(where)}</p>")
    parts.append(body)
    if sign := "<br>".join(escape(line) for line in signature_lines(release)):
        parts.append(f"<p>{sign}</p>")
    if kit_url:
        words = escape(_("Open the press kit"))
        parts.append(f'<p><a class="button" href="{escape(kit_url)}">{words}</a></p>')
    if boilerplate is not None:
        parts.append(f"<hr><h3>{escape(boilerplate.title)}</h3>{outside(boilerplate.text)}")
    if contacts:
        items = "".join(f"<li>{escape(line)}</li>" for line in contact_lines(contacts))
        parts.append(f"<h3>{escape(_('Press contacts'))}</h3><ul>{items}</ul>")
    online = escape(_("Read it on the site"))
    parts.append(f'<p><a href="{escape(page.public_url)}">{online}</a></p>')
    return "\n".join(parts)
