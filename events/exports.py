"""Lists for spreadsheets: the contract's codes beside the words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from cms.core.exports import stream_csv


def people_csv(registrations: Iterable[Any]) -> Iterator[bytes]:
    """Registrations as CSV, a line each, whose cells no spreadsheet runs."""
    headings = (
        _("Name"),
        _("Organisation"),
        _("E-mail"),
        _("Telephone"),
        _("Date"),
        _("State (code)"),
        _("State"),
        _("Registered"),
        _("Confirmed"),
        _("How"),
        _("Came"),
    )
    return stream_csv(headings, (_line(one) for one in registrations))


def _line(one: Any) -> list[Any]:
    return [
        one.name,
        one.organisation,
        one.email,
        one.phone,
        one.occurrence.local_start.replace(tzinfo=None).strftime("%Y-%m-%d %H:%M"),
        one.state,
        str(one.get_state_display()),
        one.created_at,
        one.confirmed_at,
        str(one.get_confirmed_channel_display()) if one.confirmed_channel else "",
        one.attended_at,
    ]


def abstracts_csv(rows: Iterable[Any]) -> Iterator[bytes]:
    """Abstracts of a call as CSV, a line each; `judging` and `advised` are counted by the query."""
    headings = (
        _("Number"),
        _("State (code)"),
        _("State"),
        _("Title in French"),
        _("Title in English"),
        _("Theme"),
        _("Form"),
        _("Authors"),
        _("Speaker"),
        _("Who writes to us"),
        _("E-mail"),
        _("Verdicts"),
        _("Registered"),
        _("Prize"),
    )
    return stream_csv(headings, (_abstract_line(one) for one in rows))


def _abstract_line(one: Any) -> list[Any]:
    authors = list(one.authors.all())
    verdicts = [str(given.get_verdict_display()) for given in one.reviews.all() if given.verdict]
    return [
        one.number,
        one.state,
        str(one.get_state_display()),
        one.title_fr,
        one.title_en,
        one.theme,
        str(one.get_form_display()),
        "; ".join(str(author) for author in authors),
        "; ".join(author.name for author in authors if author.presents),
        one.name,
        one.email,
        "; ".join(verdicts),
        _("yes") if one.speaker_registered else _("no"),
        one.prize,
    ]
