"""What a telephone at a door sends: read with distrust, one try at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from cms.contacts.validators import normalise_email, normalise_phone

MOST_SCANS = 200
_LENGTHS = {"code": 300, "name": 200, "organisation": 200, "email": 254, "phone": 30}
_MS = timedelta(milliseconds=1)


def read_post(body: Any, *, now: datetime) -> dict[str, Any]:
    """A post as {"date", "door", "device", "after", "generation", "scans", "spoilt"}; hours by our own clock.

    `scans` are keyword arguments of `actions.Scan`; `spoilt` the ids of tries that say nothing that can be kept.
    The telephone tells its own hour beside that of each try (`sent_at`, `at`, epoch in ms), so that one whose clock
    is wrong by a day is right here. Raises ValidationError for what is no post of ours.
    """
    if not isinstance(body, dict) or not isinstance(body.get("scans"), list):
        raise ValidationError("scans")
    if len(body["scans"]) > MOST_SCANS:
        raise ValidationError("scans")
    ahead = _instant(body.get("sent_at"), now) - now
    scans, spoilt = [], []
    for one in body["scans"]:
        try:
            scans.append(_scan(one, ahead=ahead, now=now))
        except ValidationError:
            spoilt.append(one.get("id") if isinstance(one, dict) and isinstance(one.get("id"), str) else None)
    after = body.get("after")
    return {
        "date": _text(body, "date", 15),
        "door": _text(body, "door", 60),
        "device": _uuid(body.get("device")) if body.get("device") else None,
        "after": after if isinstance(after, int) and 0 <= after < 2**62 else 0,
        "generation": body.get("generation"),
        "stamp": _text(body, "stamp", 60),
        "scans": scans,
        "spoilt": spoilt,
    }


def _scan(one: Any, *, ahead: timedelta, now: datetime) -> dict[str, Any]:
    if not isinstance(one, dict):
        raise ValidationError("scan")
    said = {name: _text(one, name, length) for name, length in _LENGTHS.items()}
    found: dict[str, Any] = {
        "client_uid": _uuid(one.get("id")),
        "at": min(_instant(one.get("at"), now) - ahead, now),
        "let_in": one.get("let_in") is True,
        "accept": one.get("accept") is True,
        "registration": _uuid(one["person"]) if one.get("person") else None,
        "category": _uuid(one["category"]) if one.get("category") else None,
        "undoes": _uuid(one["undoes"]) if one.get("undoes") else None,
        **said,
    }
    found["email"], found["phone"] = _reach(said["email"], said["phone"])
    if not (found["undoes"] or found["registration"] or found["code"] or found["name"]):
        raise ValidationError("scan")
    return found


def _reach(email: str, phone: str) -> tuple[str, str]:
    """The addresses as they are kept. One written wrong in a crowd is left out: the person is at the door."""
    kept = []
    for value, normalise in ((email, normalise_email), (phone, normalise_phone)):
        try:
            kept.append(normalise(value) if value else "")
        except ValidationError:
            kept.append("")
    return kept[0], kept[1]


def _text(source: dict[str, Any], name: str, length: int) -> str:
    value = source.get(name, "")
    if not isinstance(value, str):
        raise ValidationError(name)
    plain = "".join(char if char.isprintable() else " " for char in value)
    return " ".join(plain.split())[:length]


def _uuid(value: Any) -> UUID:
    try:
        return UUID(value)
    except (TypeError, ValueError, AttributeError) as error:
        raise ValidationError("id") from error


def _instant(value: Any, now: datetime) -> datetime:
    """Milliseconds since 1970 as an instant; `now` where none is told. No telephone is two years out."""
    if value is None:
        return now
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 10**14:
        raise ValidationError("at")
    found = datetime.fromtimestamp(0, UTC) + value * _MS
    if abs(found - now) > timedelta(days=730):
        raise ValidationError("at")
    return found
