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
