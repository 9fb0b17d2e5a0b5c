"""What stands at the head of every paper of an event."""

from __future__ import annotations

import io
from base64 import b64encode
from typing import Any

import segno
from django.utils.safestring import SafeString, mark_safe
from wagtail.models import Site

from cms.core.bogolan import band_svg
from cms.pages.models import Organisation

MUD = "#5a4433"
#: The colours of the house (`events.models.programme.Colour`), on paper.
COLOURS = {"indigo": "#1d3f72", "ochre": "#955a0c", "leaf": "#1a6640", "brick": "#9b2c1f", "mud": MUD}


def letterhead(seed: str = "djenne") -> dict[str, Any]:
    """The organisation's names, its address and the band, as a template's values (two queries)."""
    own = Organisation.for_site(Site.objects.get(is_default_site=True))
    return {
        "letterhead": own.name,
        "full_name": own.full_name,
        "under": " · ".join(part for part in (" ".join(own.address.split()), own.phone, own.email) if part),
        "band": band(seed),
    }


def band(seed: str, colour: str = MUD) -> SafeString:
    """A band of the house's geometry in a colour."""
    return mark_safe(band_svg(seed).replace("currentColor", colour))  # noqa: S308 - drawn by us


def qr_data(text: str, *, error: str = "m") -> str:
    """A QR code as the address of a picture with its bytes in it, sharp at any size on paper."""
    out = io.BytesIO()
    segno.make(text, error=error, micro=False).save(out, kind="png", scale=8, border=4)
    return f"data:image/png;base64,{b64encode(out.getvalue()).decode()}"
