"""A release in ninjs 3.0, the JSON of IPTC for newsroom systems (ninjs-schema_3.0.json, version 3.0.1)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.utils.html import escape
from django.utils.translation import gettext as _

from press.exports.around import Around
from press.exports.words import Files, body_parts, embargo_line

SCHEMA = "http://www.iptc.org/std/ninjs/ninjs-schema_3.0.json#"
# Scales of a picture that a newsroom takes; `name` by IPTC's own vocabulary of renditions.
RENDITIONS = {"web-480": "thumbnail", "web-1280": "web", "press": "highRes"}


def moment(at: datetime) -> str:
    """An instant as RFC 3339 in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _picture(said: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": said["title"],
        "rel": "illustrates",
        "uri": f"urn:uuid:{_dashed(said['UID'])}",
        "type": "picture",
        "headlines": [{"role": "main", "value": said["title"]}],
        "renditions": [
            {
                "name": name,
                "href": said["scales"][scale]["download"],
                "contentType": "image/jpeg",
                "width": said["scales"][scale]["width"],
                "height": said["scales"][scale]["height"],
            }
            for scale, name in RENDITIONS.items()
        ],
    }
    if said["description"]:
        found["descriptions"] = [{"role": "caption", "value": said["description"]}]
    for name, value in (("by", said["credit"]), ("copyrightNotice", said["copyright"])):
        if value:
            found[name] = value
    return found


def _dashed(uid: str) -> str:
    return "-".join((uid[:8], uid[8:12], uid[12:16], uid[16:20], uid[20:]))


def _contact(one: Any) -> dict[str, Any]:
    reach = (("telephone", one.telephone), ("mobile", one.whatsapp), ("email", one.email))
    return {
        "name": one.name,
        "rel": "contact",
        "contactInfo": [{"type": kind, "role": "press", "value": value} for kind, value in reach if value],
    }


def ninjs(page: Any, around: Around) -> dict[str, Any]:
    """The release as a ninjs object of type "text", its pictures as associations.

    `embargoedUntil` stands while the embargo holds; `version` is the lock version of the page, and the public
    corrections are told in `edNote`. What is empty is left out.
    """
    own = around.organisation
    # Pictures go along as associations, not inside the text.
    text, markup = body_parts(page.body, Files(around.files.facts))
    said: dict[str, Any] = {
        "uri": f"urn:uuid:{page.uid}",
        "standard": {"name": "ninjs", "version": "3.0", "schema": SCHEMA},
        "type": "text",
        "representationType": "full",
        "profile": "press-release",
        "version": str(page.version),
        "pubStatus": "usable",
        "language": page.locale.language_code,
        "title": page.title,
        "headlines": [{"role": "main", "contentType": "text/plain", "value": page.title}],
        "descriptions": [{"role": "lead", "contentType": "text/plain", "value": page.lead}],
        "bodies": _bodies(page, text, markup),
        "subjects": [{"name": topic.name, "rel": "about"} for topic in page.topics.all()],
        "people": [_contact(one) for one in around.contacts],
        "organisations": [{"name": own.name, "rel": "about"}],
        "infoSources": [{"name": own.name, "role": "source", "uri": settings.PUBLIC_URL}],
        "copyrightHolder": own.name,
        "usageTerms": _("Free to reprint with the source named."),
        "located": page.dateline_place,
        "slugline": page.slug,
        "renditions": _renditions(page),
        "associations": [_picture(one) for one in around.assets.values() if one["@type"] == "Image"],
        **_of_the_release(page, around),
    }
    return {name: value for name, value in said.items() if value not in ("", [])}


def _of_the_release(page: Any, around: Around) -> dict[str, Any]:
    """Number, signature, dates and what an editor must know."""
    release = page.release
    published = page.public_from or around.now
    notes = [embargo_line(release, now=around.now), *around.notices(page)]
    said = {
        "firstCreated": moment(published),
        "versionCreated": moment(max(published, page.last_published_at or published)),
        "by": release.signatory_name,
        "edNote": "\n".join(note for note in notes if note),
        "altIds": [{"role": "number", "value": release.label}] if release.label else [],
    }
    if release.is_embargoed(around.now):
        said["embargoedUntil"] = moment(release.embargo_until)
    if release.expires_at:
        said["expires"] = moment(release.expires_at)
    return said


def _bodies(page: Any, text: str, markup: str) -> list[dict[str, Any]]:
    return [
        {
            "role": "main",
            "contentType": "text/plain",
            "charCount": len(text),
            "wordCount": len(text.split()),
            "value": text,
        },
        {"role": "richtext", "contentType": "text/html", "value": f"<p>{escape(page.lead)}</p>\n{markup}"},
    ]


def _renditions(page: Any) -> list[dict[str, Any]]:
    return [
        {"name": "web", "title": "HTML", "href": page.public_url, "contentType": "text/html"},
        {
            "name": "print",
            "title": "PDF",
            "href": f"{page.public_url}print.pdf",
            "contentType": "application/pdf",
        },
    ]
