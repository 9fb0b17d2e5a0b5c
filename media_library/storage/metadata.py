"""What a picture says about itself: the credit is read and kept; places, serial numbers and the rest go.

Formats: Exif 3.0, XMP (ISO 16684-1), IPTC IIM 4.2, JPEG (ITU T.81), PNG 3.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from html import escape
from typing import IO

from PIL import Image, IptcImagePlugin

_EXIF_ARTIST, _EXIF_COPYRIGHT, _EXIF_ORIENTATION, _EXIF_TAKEN = 0x013B, 0x8298, 0x0112, 0x9003


@dataclass(frozen=True)
class Credit:
    """The words of credit that travel inside a picture's public bytes."""

    credit: str = ""
    copyright: str = ""
    caption: str = ""
    orientation: int = 1
    taken: str = ""  # "YYYY:MM:DD HH:MM:SS", local time of the camera
    city: str = ""


def read_credit(content: IO[bytes]) -> Credit:
    """Read credit, copyright and caption from IPTC and Exif; empty where there is none or it is broken."""
    try:
        content.seek(0)
        with Image.open(content) as picture:
            exif = picture.getexif()
            iptc = IptcImagePlugin.getiptcinfo(picture) or {}
            taken = str(exif.get_ifd(0x8769).get(_EXIF_TAKEN, ""))
            return Credit(
                credit=_text(iptc.get((2, 110))) or _text(iptc.get((2, 80))) or _text(exif.get(_EXIF_ARTIST)),
                copyright=_text(iptc.get((2, 116))) or _text(exif.get(_EXIF_COPYRIGHT)),
                caption=_text(iptc.get((2, 120))),
                orientation=int(exif.get(_EXIF_ORIENTATION, 1) or 1),
                taken=taken if len(taken) == 19 else "",
                city=_text(iptc.get((2, 90))),
            )
    except Exception:  # hostile metadata never stops a sound picture
        return Credit()
    finally:
        content.seek(0)


def _text(value: object) -> str:
    if isinstance(value, list):
        value = value[0] if value else b""
    if isinstance(value, bytes):
        try:
            words = value.decode()
        except UnicodeDecodeError:
            words = value.decode("latin-1")
    else:
        words = "" if value is None else str(value)
    return "".join(char for char in words if char.isprintable() or char == " ").strip()[:200]


def exif_of(words: Credit, *, orientation: int = 1) -> bytes:
    """A minimal Exif block: orientation, artist, copyright; nothing else."""
    exif = Image.Exif()
    if orientation != 1:
        exif[_EXIF_ORIENTATION] = orientation
    if words.credit:
        exif[_EXIF_ARTIST] = words.credit
    if words.copyright:
        exif[_EXIF_COPYRIGHT] = words.copyright
    return exif.tobytes() if len(exif) else b""


def xmp_of(words: Credit) -> bytes:
    """A minimal XMP packet with credit, creator, rights and description."""
    parts = ""
    if words.credit:
        parts += f"<photoshop:Credit>{escape(words.credit, quote=False)}</photoshop:Credit>"
        parts += f"<dc:creator><rdf:Seq><rdf:li>{escape(words.credit, quote=False)}</rdf:li></rdf:Seq></dc:creator>"
    for name, value in (("rights", words.copyright), ("description", words.caption)):
        if value:
            entry = f'<rdf:li xml:lang="x-default">{escape(value, quote=False)}</rdf:li>'
            parts += f"<dc:{name}><rdf:Alt>{entry}</rdf:Alt></dc:{name}>"
    if not parts:
        return b""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/">'
        f'{parts}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    ).encode()


def iptc_of(words: Credit) -> bytes:
    """A minimal IPTC record in an Adobe resource block: credit, copyright, caption, in UTF-8."""
    records = b""
    for number, value in (
        (110, words.credit),
        (80, words.credit),
        (116, words.copyright),
        (120, words.caption),
    ):
        if value:
            body = value.encode()[: 32 if number in (110, 80) else 2000].decode(errors="ignore").encode()
            records += struct.pack(">BBBH", 0x1C, 2, number, len(body)) + body
    if not records:
        return b""
    records = b"\x1c\x01\x5a\x00\x03\x1b%G" + records
    padding = b"\0" * (len(records) % 2)
    block = b"8BIM" + struct.pack(">HHI", 0x0404, 0, len(records)) + records + padding
    return b"Photoshop 3.0\0" + block


def jpeg_segment(marker: int, body: bytes) -> bytes:
    """One marker segment of a JPEG; empty for an empty body."""
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body if body else b""


def clean_jpeg(data: bytes, words: Credit) -> bytes:
    """Return the same JPEG, pixel for pixel, with our credit and no other metadata, ended at its end of image.

    Colour profile (ICC) and Adobe's colour transform stay; Exif, XMP, IPTC, comments, thumbnails, multi-picture
    files and whatever follows the picture go. Raises ValueError where the markers cannot be followed.
    """
    exif = exif_of(words, orientation=words.orientation)
    xmp = xmp_of(words)
    parts = [
        b"\xff\xd8",
        jpeg_segment(0xE1, exif),
        jpeg_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp if xmp else b""),
        jpeg_segment(0xED, iptc_of(words)),
    ]
    at = 2
    while True:
        at, marker = _marker(data, at)
        if marker == 0xD9:
            return b"".join([*parts, b"\xff\xd9"])
        length = int.from_bytes(data[at : at + 2], "big")
        if length < 2:
            raise ValueError("a JPEG segment without length")
        if _is_kept(marker, data[at + 2 : at + 16]):
            parts.append(bytes((0xFF, marker)) + data[at : at + length])
        at += length
        if marker == 0xDA:
            end = _end_of_scan(data, at)
            parts.append(data[at:end])
            at = end


def _marker(data: bytes, at: int) -> tuple[int, int]:
    if data[at : at + 1] != b"\xff":
        raise ValueError("no JPEG marker where one is due")
    while data[at : at + 1] == b"\xff":
        at += 1
    if at >= len(data):
        raise ValueError("a JPEG without end of image")
    return at + 1, data[at]


def _is_kept(marker: int, body: bytes) -> bool:
    if 0xE0 <= marker <= 0xEF:
        return (marker == 0xE2 and body.startswith(b"ICC_PROFILE")) or (
            marker == 0xEE and body.startswith(b"Adobe")
        )
    return marker != 0xFE


def _end_of_scan(data: bytes, at: int) -> int:
    """The place of the marker that ends the entropy-coded data: neither stuffing nor a restart marker."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            raise ValueError("a JPEG without end of image")
        following = data[at + 1]
        if following == 0 or 0xD0 <= following <= 0xD7:
            at += 2
        elif following == 0xFF:
            at += 1
        else:
            return at
