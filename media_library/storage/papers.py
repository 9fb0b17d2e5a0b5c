"""PDFs without who wrote them and without the places of their pictures. Runs in the child alone, without Django.

ISO 32000-2 (14.3 metadata, 14.5 page-piece dictionaries, 12.8 signatures); XMP (ISO 16684-1).
"""

from __future__ import annotations

import io
import zlib
from typing import Any, BinaryIO, Final
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Dictionary, Name, Stream

from media_library.storage.enclosed import without_place
from media_library.storage.packages import DEEPEST, Locked, clean_package

_PICTURES: Final = ("/DCTDecode", "/JPXDecode")
_SPACES: Final = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
}
# whose document it is, and which standard of long keeping or of access it meets
_KEPT: Final = (
    "xmpRights:Marked",
    "xmpRights:WebStatement",
    "pdfaid:part",
    "pdfaid:conformance",
    "pdfaid:rev",
    "pdfuaid:part",
    "pdfuaid:rev",
)


def clean_pdf(content: BinaryIO, *, depth: int = 0) -> bytes:
    """The same pages, links, forms and enclosed files, with the title and the copyright and no other property: no
    author, no program, no former state of the file, no place in its pictures. The bytes follow from what is in it.

    A signed one is given back as it is: any change would break what was signed. Restrictions on printing and
    copying go, since they rest on an encryption that cannot be written twice alike. Raises Locked for one that
    asks for a password, pikepdf.PdfError and ValueError for what cannot be read.
    """
    try:
        given = pikepdf.open(content)
    except pikepdf.PasswordError as error:
        raise Locked from error
    with given:
        if any(_is_signature(thing) for thing in given.objects):
            content.seek(0)
            return content.read()
        _say_less(given)
        for thing in [*given.objects]:
            if isinstance(thing, (Dictionary, Stream)):
                _strip(given, thing, depth)
        for page in given.pages:
            _unnamed(page)
        out = io.BytesIO()
        given.save(
            out,
            deterministic_id=True,
            linearize=given.is_linearized,
            fix_metadata_version=False,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
    return out.getvalue()


def _is_signature(thing: Any) -> bool:
    return isinstance(thing, Dictionary) and Name.ByteRange in thing and Name.Contents in thing


def _say_less(given: pikepdf.Pdf) -> None:
    """Write the two places of a document's properties anew."""
    packet, title = _packet(given)
    if Name.ID in given.trailer:
        del given.trailer[Name.ID]  # the first half of it names the file that was sent
    if Name.Info in given.trailer:
        del given.trailer[Name.Info]
    if title:
        given.trailer[Name.Info] = given.make_indirect(Dictionary(Title=title))
    if Name.Metadata in given.Root:
        del given.Root[Name.Metadata]
    if packet:
        given.Root[Name.Metadata] = given.make_stream(packet, Type=Name.Metadata, Subtype=Name.XML)


def _packet(given: pikepdf.Pdf) -> tuple[bytes, str]:
    """What is kept of its XMP, "" where that is nothing, and its title."""
    said = given.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False)
    info = given.trailer.get(Name.Info)
    named = info.get(Name.Title) if isinstance(info, Dictionary) else None
    title = str(named or said.get("dc:title") or "")
    parts = ""
    for name, value in (("dc:title", title), ("dc:rights", said.get("dc:rights"))):
        if value:
            entry = f'<rdf:li xml:lang="x-default">{escape(str(value))}</rdf:li>'
            parts += f"<{name}><rdf:Alt>{entry}</rdf:Alt></{name}>"
    for name in _KEPT:
        if value := said.get(name):
            parts += f"<{name}>{escape(str(value))}</{name}>"
    if not parts:
        return b"", title
    spaces = " ".join(f'xmlns:{name}="{address}"' for name, address in _SPACES.items())
    packet = (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" {spaces}>{parts}</rdf:Description></rdf:RDF></x:xmpmeta>'
        '<?xpacket end="w"?>'
    )
    return packet.encode(), title


def _strip(given: pikepdf.Pdf, thing: Any, depth: int) -> None:
    """Take from an object what programs write beside what it shows."""
    is_root = thing.objgen == given.Root.objgen
    for key in (Name.PieceInfo,) if is_root else (Name.PieceInfo, Name.Metadata):
        if key in thing:
            del thing[key]
    if not isinstance(thing, Stream):
        files = thing.get(Name.EF)  # of a file specification; the streams need not say what they are
        for one in files.values() if isinstance(files, Dictionary) else ():
            if isinstance(one, Stream):
                _enclosed(one, depth)
    elif thing.get(Name.Subtype) == Name.Image:
        _picture(given, thing)
    elif thing.get(Name.Type) == Name.EmbeddedFile:
        _enclosed(thing, depth)


def _picture(given: pikepdf.Pdf, stream: Any) -> None:
    named = stream.get(Name.Filter)
    filters = [*named] if isinstance(named, pikepdf.Array) else [named]
    if filters[-1] is None or str(filters[-1]) not in _PICTURES:
        return
    data = stream.read_raw_bytes()
    for number, packed in enumerate(filters[:-1]):
        data = _unpacked(given, data, packed, stream.get(Name.DecodeParms), number)
    clean = without_place(data, turned=False)
    if clean != data:
        parms = stream.get(Name.DecodeParms)
        last = parms[-1] if isinstance(parms, pikepdf.Array) else parms
        stream.write(clean, filter=filters[-1], decode_parms=last)


def _unpacked(given: pikepdf.Pdf, data: bytes, packed: Any, parms: Any, number: int) -> bytes:
    """Bytes through the one filter `packed` of several; the stream that does it is written nowhere."""
    one = given.make_stream(b"")
    said = parms[number] if isinstance(parms, pikepdf.Array) else None
    one.write(data, filter=packed, decode_parms=said if isinstance(said, Dictionary) else None)
    return bytes(one.read_bytes())


def _enclosed(stream: Any, depth: int) -> None:
    data = stream.read_bytes()
    clean = _clean(data, depth) if depth < DEEPEST else data
    if clean != data:
        stream.write(zlib.compress(clean, 9), filter=Name.FlateDecode)
        if Name.Params in stream:
            del stream[Name.Params]  # its size and checksum, and its dates


def _clean(data: bytes, depth: int) -> bytes:
    """An enclosed file without who wrote it and where; one under a password, which nobody reads, as it is."""
    is_package = data.startswith(b"PK\x03\x04") and (
        b"[Content_Types].xml" in data or b"application/vnd.oasis.opendocument" in data[:200]
    )
    try:
        if is_package:
            return clean_package(io.BytesIO(data), depth=depth + 1)
        if data[:1024].lstrip().startswith(b"%PDF-"):
            return clean_pdf(io.BytesIO(data), depth=depth + 1)
    except Locked:
        return data
    return without_place(data)


def _unnamed(page: Any) -> None:
    """Take the names of who commented from a page; /T of a field is the field's own."""
    for note in page.obj.get(Name.Annots, []):
        if isinstance(note, Dictionary) and note.get(Name.Subtype) != Name.Widget and Name.T in note:
            del note[Name.T]
