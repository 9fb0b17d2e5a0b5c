"""What a line of an event's journal says was changed, in the words of the screens."""

from __future__ import annotations

import contextlib
from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from cms.core import formats
from cms.core.models import ThingLog
from events.models import Delegate, Delegation, Event, Invitation, Occurrence, Registration, Retention

#: Of a line's values, those that name what it is about, and those of our own counting.
_ABOUT = ("registration", "delegation", "guest", "by", "state", "fields", "date", "how", "kind")
_OURS = ("sequence", "series_uid", "mailing", "certificate", "check_in", "is_moved", "open_end")
_CALLED = ("registration.confirmed_by_phone", "registration.accepted")
_WALL = "%Y%m%dT%H%M%S"


def fields_in_journal(line: ThingLog) -> list[str]:
    """What a line says was changed: names of fields, and from what to what where the journal keeps it.

    A value that stayed as it was, and what the site counts for itself, are passed over.
    """
    found = [_label(name, line.action) for name in line.changes.get("fields") or []]
    for name, value in line.changes.items():
        if name in _OURS or (name in _ABOUT and not isinstance(value, list)) or name == "fields":
            continue
        label = _label(name, line.action)
        if not (isinstance(value, list) and len(value) == 2 and line.action.split(".")[0] != "papers"):
            found.append(f"{label} : {_shown(name, value)}")
        elif name == "rule" and value[0] != value[1]:
            found.append(label)
        elif value[0] != value[1]:
            found.append(f"{label} : {_shown(name, value[0])} → {_shown(name, value[1])}")
    return found


def _label(name: str, action: str) -> str:
    """The name of a field of any of the rows that the journal tells of, else the name as it stands."""
    extra = {
        "passport": _("Passport"),
        "audience": _("For whom"),
        "number": _("Number called") if action in _CALLED else _("Number"),
        "numbers": _("Abstracts"),
        "number_erased": _("How many"),
        "occurrence": _("Date"),
        "guests": _("Guests"),
        "people": _("People"),
        "letters": _("Letters"),
        "tasks": _("Things to do"),
        "reviews": _("Verdicts asked for"),
        "exhibitor": _("Exhibitor"),
        "question": _("Question"),
        "title": _("Title"),
        "prize": _("Prize"),
        "role": _("Role"),
        "host": _("Received by"),
        "outcome": _("What came of it"),
    }
    if name in extra:
        return extra[name]
    field = _field(name)
    return capfirst(str(getattr(field, "verbose_name", name))) if field is not None else name


def _field(name: str) -> Any:
    """The field of that name in the rows that the journal tells of, or None."""
    for model in (Delegate, Delegation, Registration, Invitation, Event, Occurrence, Retention):
        with contextlib.suppress(FieldDoesNotExist):
            return model._meta.get_field(name)
    return None


def _shown(name: str, value: Any) -> str:
    """A value that the journal keeps as text, as the screens say it."""
    if value in (None, "", []):
        return _("empty")
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    if text in ("True", "False"):
        return _("Yes") if text == "True" else _("No")
    for model in (Event, Registration, Occurrence, Delegate, Delegation):
        with contextlib.suppress(FieldDoesNotExist):
            # What a row is pointed to by has a name too, and no choices.
            words = dict(getattr(model._meta.get_field(name), "flatchoices", ())).get(text)
            if words is not None:
                return str(words)
    return _moment(name, text)


def _moment(name: str, text: str) -> str:
    """A day or an hour in words; anything else as it is."""
    with contextlib.suppress(ValueError):
        if name == "occurrence":
            wall = datetime.strptime(text, _WALL)
            return f"{formats.day(wall.date())}, {formats.clock_time(wall.time())}"
        if name.endswith("_at"):
            return formats.long_date(datetime.fromisoformat(text))
        if name.endswith("_date"):
            return formats.day(date.fromisoformat(text))
        if name.endswith("_time"):
            return formats.clock_time(time.fromisoformat(text))
    return text
