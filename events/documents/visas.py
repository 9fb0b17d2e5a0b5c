"""The letter that a delegate shows at a consulate."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from cms.contacts.viewsets.words import country_name
from cms.core import formats
from cms.mailing.documents import as_pdf
from events.documents.letterhead import letterhead
from events.models import Payer


def visa_html(member: Any, *, passport: Any, title: str, said: Mapping[str, Any], now: datetime) -> str:
    """The letter as HTML, in French, which Mali's consulates read. `said` are what its form asks."""
    delegate, row = member.delegate, member.occurrence
    with translation.override("fr"):
        context = {
            "member": member,
            "delegate": delegate,
            "delegation": member.delegation,
            "passport": passport,
            "nationality": country_name(passport.nationality),
            "title": title,
            "when": row.when("fr"),
            "place": row.where,
            "stay": _stay(delegate),
            "care": care_words(delegate),
            "said": said,
            "dated": formats.day(formats.local(now).date(), "fr", weekday=False),
            **letterhead(),
        }
        return render_to_string("events/paper/visa_letter.html", context)


def _stay(delegate: Any) -> str:
    arrives, leaves = delegate.arrival_date, delegate.departure_date
    if arrives and leaves:
        return _("from %(first)s to %(last)s") % {
            "first": formats.day(arrives, weekday=False),
            "last": formats.day(leaves, weekday=False),
        }
    return ""


def care_words(delegate: Any) -> list[str]:
    """Who pays for what, a line each; nothing of what is not settled or not needed."""
    settled = (Payer.US, Payer.PARTNER, Payer.THEMSELVES)
    found = []
    for name, label in (
        ("transport", _("Transport")),
        ("lodging", _("Lodging")),
        ("per_diem", _("Per diem")),
    ):
        payer = getattr(delegate, name)
        if payer in settled:
            found.append(f"{label} : {Payer(payer).label}")
    return found


def visa_letter(member: Any, *, passport: Any, title: str, said: Mapping[str, Any], now: datetime) -> bytes:
    """The letter on A4. Raises cms.mailing.documents.PaperUnavailable where this machine makes none."""
    return as_pdf(visa_html(member, passport=passport, title=title, said=said, now=now), pdf_tags=True)
