"""Small PDF documents written by hand: text that can be selected and read aloud, three kilobytes each."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

WIDTH, HEIGHT, MARGIN = 595, 842, 64


def _text(words: str) -> bytes:
    words = words.replace("\u202f", "\u00a0")
    return (
        words.encode("cp1252", "replace").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    )


def _line(x: float, y: float, size: float, font: str, words: str, colour: str = "0.106 0.09 0.075") -> bytes:
    return f"BT {colour} rg /{font} {size} Tf {x} {y} Td (".encode() + _text(words) + b") Tj ET\n"


def _hem() -> bytes:
    """A strip of bogolan at the head of each sheet."""
    parts = [f"0.106 0.09 0.075 rg 0 {HEIGHT - 46} {WIDTH} 46 re f\n0.984 0.969 0.941 RG 2 w\n"]
    for x in range(-10, WIDTH + 30, 34):
        y = HEIGHT - 23
        parts.append(f"{x} {y} m {x + 14} {y + 12} l {x + 28} {y} l {x + 14} {y - 12} l h S\n")
        parts.append(f"{x + 14} {y + 5} m {x + 14} {y - 5} l S\n")
    return "".join(parts).encode()


def paper(title: str, subtitle: str, sections: Sequence[tuple[str, Sequence[str]]]) -> bytes:
    """Return a PDF (version 1.7, tagged with title and language fr) of headings and paragraphs."""
    sheets: list[bytes] = []
    content, y = _hem(), HEIGHT - 110.0
    for line in textwrap.wrap(title, 34):
        content += _line(MARGIN, y, 24, "F2", line)
        y -= 30
    content += _line(MARGIN, y, 12, "F1", subtitle, "0.353 0.267 0.2")
    y -= 40
    for heading, paragraphs in sections:
        if y < 190:
            sheets.append(content)
            content, y = _hem(), HEIGHT - 100.0
        content += _line(MARGIN, y, 15, "F2", heading, "0.114 0.247 0.447")
        y -= 24
        for paragraph in paragraphs:
            for line in textwrap.wrap(paragraph, 86):
                if y < 80:
                    sheets.append(content)
                    content, y = _hem(), HEIGHT - 100.0
                content += _line(MARGIN, y, 11, "F1", line)
                y -= 16
            y -= 8
        y -= 14
    sheets.append(content)
    return _assembled(title, sheets)


def _assembled(title: str, sheets: list[bytes]) -> bytes:
    kids = " ".join(f"{6 + 2 * n} 0 R" for n in range(len(sheets)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (fr) /ViewerPreferences << /DisplayDocTitle true >> >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(sheets)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
        b"<< /Title (" + _text(title) + b") /Author (TOKTEN-Mali) >>",
    ]
    for number, sheet in enumerate(sheets):
        foot = _line(MARGIN, 40, 9, "F1", f"TOKTEN-Mali · {number + 1} / {len(sheets)}", "0.353 0.267 0.2")
        stream = sheet + foot
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] "
            f"/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> /Contents {7 + 2 * number} 0 R >>".encode()
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n".encode() + stream + b"\nendstream")
    out, places = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    tail = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info 5 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return out + head + table + tail.encode()
