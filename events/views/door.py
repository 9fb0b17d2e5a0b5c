"""`/door/<event>/`: people let in from a telephone, with a network or without.

The page holds no name: it is the same for everybody who keeps a door and is kept by the service worker. The list
and what was done travel as JSON, to signed-in staff alone, and lie on the telephone under a key that it does not keep.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_POST, require_safe

from cms.core import clock, formats
from cms.mailing.views.public import private
from events import actions, queries
from events.forms.door import read_post
from events.models import CheckIn, Event, Occurrence, RegistrationState
from events.policies import door_closes_at, door_is_open_at
from events.views.door_words import words

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

DOOR, KEEP = "events.keep_door", "events.manage_registrations"
MOST_BYTES = 512 * 1024


def _event(uid: str) -> Event:
    return get_object_or_404(Event, uid=UUID(uid))


def _title(event: Event) -> str:
    return queries.title_of(event, language="fr")[0]


@require_safe
def door(request: HttpRequest, uid: str) -> HttpResponse:
    """The page itself. Who is not signed in is asked to; who may not keep a door gets 403."""
    if not request.user.is_authenticated:
        return private(
            HttpResponseRedirect(f"{reverse('wagtailadmin_login')}?{urlencode({'next': request.path})}")
        )
    if not request.user.has_perm(DOOR):
        raise PermissionDenied
    event = _event(uid)
    now = clock.now()
    dates = queries.dates_of_door(event, now=now)
    chosen = queries.date_at_door(event, now=now)
    return private(
        render(
            request,
            "events/door/door.html",
            {
                "event": event,
                "title": _title(event),
                "dates": dates,
                "chosen": chosen,
                "words": json.dumps(words(), ensure_ascii=False),
                "sign_in": f"{reverse('wagtailadmin_login')}?{urlencode({'next': request.path})}",
            },
        )
    )


@require_safe
def door_worker(request: HttpRequest) -> HttpResponse:
    """The service worker, from where its scope is `/door/`."""
    response = HttpResponse(render_to_string("events/door/worker.js"), content_type="text/javascript")
    response["Cache-Control"] = "no-cache"
    return response


def _barred(request: HttpRequest) -> HttpResponse | None:
    """What a telephone without a session, or whose account may no longer, is told: codes that its script reads."""
    if not request.user.is_authenticated:
        return private(JsonResponse({"code": "sign-in"}, status=401))
    if not request.user.has_perm(DOOR):
        return private(JsonResponse({"code": "forbidden", "wipe": True}, status=403))
    return None


def _date(event: Event, recurrence_id: str, now: datetime) -> Occurrence:
    row = queries.date_at_door(event, recurrence_id=recurrence_id, now=now)
    if row is None:
        raise Http404
    return row


@require_safe
@ensure_csrf_cookie
def door_list(request: HttpRequest, uid: str) -> HttpResponse:
    """`list.json?date=`: everybody known for a date, the doors' key, and until when both may be kept.

    Before a door opens, and once its lists are wiped, 410 with `wipe`. `?generation=` names the key under which a
    telephone still has something to send: it is told too, since the telephone kept the key nowhere.
    """
    if (barred := _barred(request)) is not None:
        return barred
    now = clock.now()
    row = _date(_event(uid), request.GET.get("date", "")[:15], now)
    if not door_is_open_at(row, now):
        said = _("This door opens the day before.") if row.starts_at > now else _("This date is over.")
        closed = {**_common(request, row, now), "code": "closed", "wipe": True, "words": said}
        return private(JsonResponse(closed | _former_key(request, row), status=410))
    last = queries.last_entry(row)
    return private(
        JsonResponse(
            {
                **_common(request, row, now),
                **_former_key(request, row),
                "key": queries.key_of_door(row),
                "last": last,
                "when": row.when(),
                "place": row.place,
                "wipe_at": int(door_closes_at(row).timestamp() * 1000),
                "categories": [[one.uid.hex, one.name] for one in row.event.categories.all()],
                "people": queries.list_of_door(row, now=now),
                "days": queries.days_at_door(row),
                "states": {code: str(label) for code, label in RegistrationState.choices},
            }
        )
    )


def _former_key(request: HttpRequest, row: Occurrence) -> dict[str, str]:
    """The key of the generation that the telephone names."""
    asked = request.GET.get("generation", "")
    known = asked.isascii() and asked.isdigit() and len(asked) < 10 and int(asked) <= row.door_generation
    return {"former_key": queries.key_of_door(row, generation=int(asked))} if known else {}


def _common(request: HttpRequest, row: Occurrence, now: datetime) -> dict[str, Any]:
    counts = queries.door_counts(row, now=now)
    return {
        "date": row.recurrence_id,
        "generation": row.door_generation,
        "stamp": queries.stamp_of_door(row),
        "csrf": get_token(request),
        "now": int(now.timestamp() * 1000),
        "counts": {
            "expected": counts.expected,
            "inside": counts.inside,
            "walk_ins": counts.walk_ins,
            "conflicts": counts.conflicts,
            "seats": row.seats,
        },
    }


@require_POST
def door_sync(request: HttpRequest, uid: str) -> HttpResponse:
    """`sync`: what was done at this door, against what was done at the others since. Sent twice it is done once.

    What was done within the door's hours is taken however late it comes. `wipe` says that the list may be kept no
    longer: the date is over, or its key was changed.
    """
    if (barred := _barred(request)) is not None:
        return barred
    now = clock.now()
    event = _event(uid)
    try:
        if int(request.headers.get("Content-Length") or 0) > MOST_BYTES:
            raise ValidationError("length")
        said = read_post(json.loads(request.body), now=now)
        scans = [actions.Scan(**one) for one in said["scans"]]
    except (ValidationError, ValueError):
        return private(JsonResponse({"code": "bad-request"}, status=400))
    row = _date(event, said["date"], now)
    keeper = actions.Keeper(request.user, said["door"], said["device"], request.user.has_perm(KEEP))
    made = actions.check_in(occurrence=row, scans=scans, keeper=keeper, now=now) if scans else []
    row.refresh_from_db(fields=["door_generation"])
    answer = _common(request, row, now)
    answer["wipe"] = not door_is_open_at(row, now) or said["generation"] != row.door_generation
    answer["results"] = _results(scans, made)
    answer["spoilt"] = [one for one in said["spoilt"] if one]
    entered = queries.entered_since(row, said["after"])
    answer["entered"] = [
        [one.registration.uid.hex, int(one.scanned_at.timestamp()), one.door]
        for one in entered
        if one.registration is not None
    ]
    answer["last"] = entered[-1].pk if entered else said["after"]
    answer["conflicts"] = [_told(one) for one in queries.conflicts_of(row)[:50]]
    return private(JsonResponse(answer))


def _results(scans: list[actions.Scan], made: list[CheckIn]) -> dict[str, Any]:
    """By the telephone's own id what became of each try; one that left no row here is of another date."""
    rows = {one.client_uid: one for one in made}
    firsts = queries.first_entries(made)
    found: dict[str, Any] = {}
    for scan in scans:
        one = rows.get(scan.undoes or scan.client_uid)
        if one is None:
            found[scan.client_uid.hex] = {"outcome": "unknown"}
            continue
        told = _told(one)
        if one.outcome == "already" and (first := firsts.get((one.registration_id, one.day))) is not None:
            told |= {"at": formats.clock_time(_local(first)), "door": first.door}
        found[scan.client_uid.hex] = told
    return found


def _local(one: CheckIn) -> datetime:
    return formats.local(one.scanned_at, one.occurrence.event.zone)


def _told(one: CheckIn) -> dict[str, Any]:
    person = one.registration
    return {
        "outcome": one.outcome,
        "words": str(one.get_outcome_display()),
        "person": person.uid.hex if person is not None else "",
        "name": person.name if person is not None else "",
        "organisation": person.organisation if person is not None else "",
        "state": person.state if person is not None else "",
        "at": formats.clock_time(_local(one)),
        "door": one.door,
    }
