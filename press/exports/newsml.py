"""A release in NewsML-G2, the XML of IPTC for newsroom systems (newsItem, core conformance of version 2.35)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.html import escape
from django.utils.translation import gettext as _
from lxml import etree, html

from press.exports.around import Around
from press.exports.ninjs import moment
from press.exports.words import Files, body_parts, dateline, embargo_line

CONTENT_TYPE = "application/vnd.iptc.g2.newsitem+xml"  # registered with IANA
NAMESPACE = "http://iptc.org/std/nar/2006-10-01/"
CATALOG = "http://www.iptc.org/std/catalog/catalog.IPTC-G2-Standards_38.xml"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# What XML 1.0 cannot carry at all.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _child(parent: Any, name: str, text: str = "", **attributes: str) -> Any:
    found = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}", attributes)
    if text:
        found.text = _NOT_XML.sub("", text)
    return found


def _named(parent: Any, name: str, words: str, **attributes: str) -> None:
    """A concept that is known by its name alone."""
    _child(_child(parent, name, **attributes), "name", words)


def release_newsml(page: Any, around: Around) -> bytes:
    """The release as one newsItem, its text as XHTML inside; `embargoed` stands while the embargo holds."""
    with translation.override(page.locale.language_code):
        root = etree.Element(
            f"{{{NAMESPACE}}}newsItem",
            {
                "guid": f"urn:uuid:{page.uid}",
                "version": str(page.version),
                "standard": "NewsML-G2",
                "standardversion": "2.35",
                "conformance": "core",
                _LANG: page.locale.language_code,
            },
            nsmap={None: NAMESPACE},
        )
        _child(root, "catalogRef", href=CATALOG)
        rights = _child(root, "rightsInfo")
        _named(rights, "copyrightHolder", around.organisation.name, uri=settings.PUBLIC_URL)
        _child(rights, "usageTerms", _("Free to reprint with the source named."))
        _item(_child(root, "itemMeta"), page, around)
        _content(_child(root, "contentMeta"), page)
        text = _child(_child(root, "contentSet"), "inlineXML", contenttype="application/xhtml+xml")
        text.append(_xhtml(page, around))
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True))


def _published(page: Any, around: Around) -> datetime:
    at: datetime = page.public_from or around.now
    return at


def _item(meta: Any, page: Any, around: Around) -> None:
    """What concerns the item as such, in the order of the schema."""
    release, published = page.release, _published(page, around)
    _child(meta, "itemClass", qcode="ninat:text")
    _named(meta, "provider", around.organisation.name, uri=settings.PUBLIC_URL)
    _child(meta, "versionCreated", moment(max(published, page.last_published_at or published)))
    _child(meta, "firstCreated", moment(published))
    if release.is_embargoed(around.now):
        _child(meta, "embargoed", moment(release.embargo_until))
    _child(meta, "pubStatus", qcode="stat:usable")
    _child(meta, "title", page.title)
    for note in (embargo_line(release, now=around.now), *around.notices(page)):
        if note:
            _child(meta, "edNote", note)


def _content(meta: Any, page: Any) -> None:
    """What the text is about, in the order of the schema."""
    release = page.release
    if page.dateline_place:
        _named(meta, "located", page.dateline_place, literal=_NOT_XML.sub("", page.dateline_place))
    if release.signatory_name:
        _named(meta, "creator", release.signatory_name, literal=_NOT_XML.sub("", release.signatory_name))
    if release.label:
        _child(meta, "altId", release.label)
    _child(meta, "language", tag=page.locale.language_code)
    for topic in page.topics.all():
        _named(meta, "subject", topic.name, literal=topic.slug)
    _child(meta, "slugline", page.slug)
    _child(meta, "headline", page.title)
    if where := dateline(page):
        _child(meta, "dateline", where)
    _child(meta, "description", page.lead, role="drol:summary")


def _xhtml(page: Any, around: Around) -> Any:
    """The whole text as an XHTML document, without pictures."""
    _text, markup = body_parts(page.body, Files(around.files.facts))
    words = _NOT_XML.sub("", f"<p><strong>{escape(page.lead)}</strong></p>{markup}")
    head = _NOT_XML.sub("", f"<title>{escape(page.title)}</title>")
    document = html.document_fromstring(f"<html><head>{head}</head><body>{words}</body></html>")
    html.html_to_xhtml(document)
    return document
