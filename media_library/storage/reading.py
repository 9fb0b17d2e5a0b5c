"""What a picture says about itself when it arrives: IPTC IIM 4.2, XMP (ISO 16684-1, with the IPTC Photo Metadata
Standard's mapping) and Exif 3.0, in that order of trust. Nothing here is believed further than as words for the
officer to correct; where it was taken is read from the words of the photographer, never from the GPS.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import IO, Any, Final

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import ParseError, fromstring  # type: ignore[import-untyped]
from django.utils import timezone
from PIL import Image, IptcImagePlugin

_RDF: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_DC: Final = "{http://purl.org/dc/elements/1.1/}"
_PHOTOSHOP: Final = "{http://ns.adobe.com/photoshop/1.0/}"
_CORE: Final = "{http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/}"
_RIGHTS: Final = "{http://ns.adobe.com/xap/1.0/rights/}"
_LARGEST_PACKET: Final = 512 * 1024


@dataclass(frozen=True)
class Said:
    """The words found in a file, cut to what the library's columns hold; empty where there are none."""

    title: str = ""
    caption: str = ""
    credit: str = ""
    copyright: str = ""
    restriction: str = ""
    place: str = ""
    taken_at: datetime | None = None
    keywords: tuple[str, ...] = ()


def read_said(content: IO[bytes]) -> Said:
    """Read a picture's own words from its header; no pixel is decoded. Broken or hostile words are no words."""
    try:
        content.seek(0)
        with Image.open(content) as picture:
            iptc: Any = IptcImagePlugin.getiptcinfo(picture) or {}
            exif = picture.getexif()
            packet = picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp") or b""
            inner = exif.get_ifd(0x8769)
        return _said(iptc, _xmp(packet), exif, inner)
    except Exception:  # hostile metadata never stops a sound picture
        return Said()
    finally:
        content.seek(0)


def _said(iptc: Any, xmp: dict[str, list[str]], exif: Any, inner: Any) -> Said:
    def first(*found: Any, most: int = 200) -> str:
        return next((words for one in found if (words := _words(one, most))), "")

    def stated(name: str) -> list[str]:
        return xmp.get(name, [])

    places = [
        first(iptc.get((2, number)), stated(name), most=80)
        for number, name in (
            (92, f"{_CORE}Location"),
            (90, f"{_PHOTOSHOP}City"),
            (101, f"{_PHOTOSHOP}Country"),
        )
    ]
    given = iptc.get((2, 25))
    keywords = given if isinstance(given, list) else [given] if given else stated(f"{_DC}subject")
    return Said(
        title=first(
            iptc.get((2, 105)), iptc.get((2, 5)), stated(f"{_PHOTOSHOP}Headline"), stated(f"{_DC}title")
        ),
        caption=first(iptc.get((2, 120)), stated(f"{_DC}description"), exif.get(0x010E), most=1000),
        credit=first(
            iptc.get((2, 110)),
            stated(f"{_PHOTOSHOP}Credit"),
            iptc.get((2, 80)),
            stated(f"{_DC}creator"),
            exif.get(0x013B),
        ),
        copyright=first(iptc.get((2, 116)), stated(f"{_DC}rights"), exif.get(0x8298)),
        restriction=first(iptc.get((2, 40)), stated(f"{_RIGHTS}UsageTerms"), most=300),
        place=", ".join(dict.fromkeys(part for part in places if part))[:160],
        taken_at=_taken(iptc, stated(f"{_PHOTOSHOP}DateCreated"), inner),
        keywords=tuple(dict.fromkeys(word for one in keywords[:30] if (word := _words(one, 60)))),
    )


def _words(value: Any, most: int) -> str:
    """Printable words on one line. IPTC in UTF-8, else in Latin-1 as old programs wrote it; Exif likewise, which
    Pillow hands over read as Latin-1."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, str):
        with suppress(UnicodeError):
            value = value.encode("latin-1").decode()
    if isinstance(value, bytes):
        try:
            value = value.decode()
        except UnicodeDecodeError:
            value = value.decode("latin-1")
    words = "" if value is None else re.sub(r"\s+", " ", str(value))
    return "".join(char for char in words if char.isprintable()).strip()[:most].strip()


def _xmp(packet: Any) -> dict[str, list[str]]:
    """The simple, alternative, ordered and unordered properties of an XMP packet. Entities are refused outright."""
    raw = packet.encode() if isinstance(packet, str) else bytes(packet)
    if not raw or len(raw) > _LARGEST_PACKET:
        return {}
    try:
        root = fromstring(raw.strip(b"\0 \r\n\t"), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError):
        return {}
    found: dict[str, list[str]] = {}
    for described in root.iter(f"{_RDF}Description"):
        for name, value in described.attrib.items():
            found.setdefault(name, [value])
        for held in described:
            entries = [entry.text or "" for entry in held.iter(f"{_RDF}li")]
            found.setdefault(held.tag, entries or [held.text or ""])
    return found


def _taken(iptc: Any, stated: list[str], inner: Any) -> datetime | None:
    """When it was taken: by the camera's clock, else by the photographer's word; in the site's zone where none is
    given. What lies outside 1826 (the first photograph) and the far future is no date."""
    when = str(inner.get(0x9003, "")).strip("\0 ")
    offset = str(inner.get(0x9011, "")).strip("\0 ")
    tries = [re.sub(r"^(\d{4}):(\d{2}):(\d{2})", r"\1-\2-\3", when) + offset, *stated[:1]]
    day = _words(iptc.get((2, 55)), 8)
    if len(day) == 8:
        tries.append(f"{day[:4]}-{day[4:6]}-{day[6:]}")
    for one in tries:
        try:
            found = datetime.fromisoformat(one.strip())
        except ValueError:
            try:
                found = datetime.combine(date.fromisoformat(one.strip()[:10]), time.min)
            except ValueError:
                continue
        if 1826 <= found.year < 2200:
            return found if timezone.is_aware(found) else timezone.make_aware(found)
    return None
