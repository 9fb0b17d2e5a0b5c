"""Time zones: wall time and IANA zone are what an officer means; UTC is what the database compares."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# The zones where the programme's people are, in the order in which a form offers them.
ZONES = (
    ("Africa/Bamako", _("Bamako")),
    ("Africa/Abidjan", _("Abidjan")),
    ("Africa/Dakar", _("Dakar")),
    ("Africa/Ouagadougou", _("Ouagadougou")),
    ("Africa/Niamey", _("Niamey")),
    ("Africa/Porto-Novo", _("Porto-Novo")),
    ("Africa/Casablanca", _("Casablanca")),
    ("Europe/Paris", _("Paris")),
    ("Europe/Brussels", _("Brussels")),
    ("Europe/Zurich", _("Geneva")),
    ("Europe/London", _("London")),
    ("America/Montreal", _("Montreal")),
    ("America/New_York", _("New York")),
)


def validate_zone(name: str) -> None:
    """Refuse a name that the IANA database does not know."""
    if name not in available_timezones():
        raise ValidationError(_("“%(zone)s” is not a known time zone."), params={"zone": name}, code="zone")


def to_utc(wall: datetime, zone: str) -> datetime:
    """The instant of a naive wall time in `zone`.

    A time that the clocks skip is read with the offset before the change, one that they repeat is the first of
    the two (RFC 5545, section 3.3.5).
    """
    return wall.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


def local(at: datetime, zone: str) -> datetime:
    """An instant as aware local time of `zone`."""
    return at.astimezone(ZoneInfo(zone))
