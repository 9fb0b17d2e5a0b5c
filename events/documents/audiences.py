"""The list of people received in an official audience, for the protocol of who receives them."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils import translation

from cms.core import formats
from cms.mailing.documents import as_pdf
from events.documents.letterhead import letterhead
from events.models import OfficialAudience


def audience_html(audience: OfficialAudience) -> str:
    """The list as HTML, in French: the language of the State's own papers. Load `people` with it."""
    with translation.override("fr"):
        when = formats.long_date(audience.starts_at) if audience.starts_at else ""
        context = letterhead() | {"audience": audience, "people": list(audience.people.all()), "when": when}
        return render_to_string("events/paper/audience.html", context)


def audience_pdf(audience: OfficialAudience) -> bytes:
    """Raises cms.mailing.documents.PaperUnavailable where this machine makes no PDF."""
    return as_pdf(audience_html(audience), pdf_tags=True)
