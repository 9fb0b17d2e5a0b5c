"""The QR code of a short address, as SVG or PNG, black on white."""

from __future__ import annotations

import io

import segno


def _code(address: str) -> segno.QRCode:
    return segno.make(address, error="m", micro=False)


def qr_svg(address: str, *, alone: bool = True) -> str:
    """The code as an SVG of its own, or (`alone=False`) to stand inside HTML."""
    out = io.BytesIO()
    _code(address).save(
        out, kind="svg", scale=8, border=4, light="#fff", xmldecl=alone, svgns=True, title=address, nl=False
    )
    return out.getvalue().decode()


def qr_png(address: str) -> bytes:
    """The code as a PNG of about 330 pixels: enough for a poster of a hand's breadth, small for a mail."""
    out = io.BytesIO()
    _code(address).save(out, kind="png", scale=10, border=4)
    return out.getvalue()
