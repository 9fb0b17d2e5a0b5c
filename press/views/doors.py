"""A journalist's door, `/j/<token>/`: what they may read now, before others too, each reading under their name.

A GET changes nothing but the log: the agreement, a session, a sign-in begin with a POST. No CSRF token: the personal
link is the authority, and a session is begun by no other site's form. Wrong, expired and revoked links get the one 404.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from cms.core import clock
from cms.core.actions import TooManyTries, note_try
from cms.core.dispatch import dispatch
from cms.core.models import Audience
from cms.core.negotiation import wants_json
from cms.core.reader import Reader
from cms.mailing.views.public import private
from media_library import views as library
from press import actions
from press.models import DoorVisit
from press.queries import doors
from press.views import shelves

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from press.models import AccreditationRequest, DoorKey

SESSION = "press_door"
#: A journalist's telephone stays signed in for so long.
SESSION_HOLDS = timedelta(days=7)
QUESTIONS_A_DAY = 20
_MEDIA = re.compile(r"media/([0-9a-f]{32})/(?:([a-z0-9.-]{1,40})/)?([^/]{1,400})")
# What an officer's messaging app fetches to draw a preview is no reading by the journalist.
_PREVIEWERS = re.compile(
    r"WhatsApp|facebookexternalhit|Telegram|Twitterbot|Slackbot|LinkedInBot|Discordbot", re.I
)


# Who reads ---------------------------------------------------------------------------------------------------
def door_reader(request: HttpRequest) -> dict[str, Any] | None:
    """The reader source of sessions begun at a door (`cms.core.registry.reader_sources`).

    A door opens pages and files, not the API: what is read there would not be written down. Who signs in to the team
    afterwards reads as the team does: the journalist did not.
    """
    session = getattr(request, "session", None)
    kept = session.get(SESSION) if session is not None else None
    if not kept or _is_team(request) or (wants_json(request) and not request.path.endswith(".json")):
        return None
    now = clock.now()
    holder = doors.holder_in(kept, now=now)
    if holder is None:
        return None
    return {"contact": holder.contact, "grants": _grants(holder, request.path, now)}


def _grants(holder: doors.Holder, path: str, now: datetime) -> frozenset[UUID]:
    uids = doors.early_uids(holder, now=now)
    return uids if path.startswith(settings.MEDIA_URL) else doors.uids_below(uids, path=path)


# What is written down ----------------------------------------------------------------------------------------
def note_page(page: Any, request: HttpRequest, *_arguments: Any) -> None:
    """Wagtail's hook before a page is served: note what a journalist reads that is not everybody's."""
    reader = getattr(request, "_kunnafoni_reader", None)
    if reader is None or reader.contact is None or page.thing_uid is None:
        return
    if page.thing_uid in reader.grants or page.audience == Audience.JOURNALISTS:
        name = request.path.rpartition("/")[2]
        _note(request, reader.contact, page.thing_uid, name)


def note_bytes(request: HttpRequest, asset: Any, variant: str, reader: Reader, now: datetime) -> None:
    """Note a file that a journalist has and not everybody; pictures in a page's own size go with its reading."""
    if reader.contact is None or not (
        variant == "" or variant.startswith(("print", "press")) or asset.kind != "image"
    ):
        return
    for hold in asset.holds.all():
        if hold.source_uid in reader.grants or hold.audience == Audience.JOURNALISTS:
            _note(request, reader.contact, hold.source_uid, asset.filename)
            return


def _note(request: HttpRequest, contact: Any, thing_uid: UUID, name: str) -> None:
    if request.method != "GET":
        return
    begins = re.match(r"bytes=0?-", request.headers.get("Range", "bytes=0-"))
    what = DoorVisit.What.DOWNLOADED if name else DoorVisit.What.READ
    actions.note_visit(
        contact, what=what, thing_uid=thing_uid, detail=name, goes_on=not begins, now=clock.now()
    )


# The door ----------------------------------------------------------------------------------------------------
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def door(request: HttpRequest, token: str) -> HttpResponse:
    """GET: what is open now, or the agreement. POST `do=agree`, `enter`, `leave`, `ask`.

    The links of a sign-in and of a request for accreditation stand here too, each with a button.
    """
    now = clock.now()
    if (key := doors.key_of(token, now=now)) is not None:
        return _sign_in(request, key, now)
    if (asked := doors.request_of(token)) is not None:
        return _confirm(request, asked, now)
    holder = doors.holder_of(token, now=now)
    if holder is None:
        raise Http404
    with translation.override(_language(holder.contact.language)):
        if request.method == "POST":
            return _act(request, holder, token, now)
        _note_opening(request, holder, now)
        return _page(request, "press/door.html", **_context(request, holder, token, now))


def _language(code: str) -> str:
    return "en" if code == "en" else settings.LANGUAGE_CODE


def _page(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    """A page of the door, in the language at work."""
    language = _language(translation.get_language() or "")
    request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
    page = render(request, template, {**context, "noindex": True})
    page["Content-Language"] = language
    return private(page)


def _is_team(request: HttpRequest) -> bool:
    """Somebody of the team looks at a journalist's door: nothing is written down, nothing done in their name.

    A journalist who has an account is none of the team: their door is theirs, signed in or not.
    """
    return bool(request.user.is_authenticated and request.user.has_perm("wagtailadmin.access_admin"))


def _note_opening(request: HttpRequest, holder: doors.Holder, now: datetime) -> None:
    ahead = "prefetch" in request.headers.get("Sec-Purpose", request.headers.get("Purpose", ""))
    bot = _PREVIEWERS.search(request.headers.get("User-Agent", ""))
    if request.method != "GET" or ahead or bot or _is_team(request):
        return
    uids = [copy.thing.uid for copy in doors.open_copies(holder)] if holder.only else [None]
    for uid in uids:
        actions.note_visit(holder.contact, what=DoorVisit.What.OPENED, thing_uid=uid, now=now)


def _context(request: HttpRequest, holder: doors.Holder, token: str, now: datetime) -> dict[str, Any]:
    agreement, language = doors.agreement_at(now), _language(holder.contact.language)
    agreed, team = doors.has_agreed(holder.accreditation, now=now), _is_team(request)
    inside = doors.holder_in(request.session.get(SESSION), now=now)
    signed_in = inside is not None and inside.accreditation == holder.accreditation
    text = agreement.text_en if language == "en" and agreement.text_en else agreement.text
    uids = doors.early_uids(holder, now=now)
    reader = Reader(contact=holder.contact, grants=uids)
    early = shelves.early(uids, reader=reader, language=language, now=now)
    return {
        "holder": holder,
        "token": token,
        "team": team,
        "agreed": agreed,
        "agreement": agreement,
        "lines": [line for line in text.splitlines() if line.strip()],
        "waiting": sum(1 for copy in doors.open_copies(holder) if copy.thing.is_embargoed(now)),
        "early": early,
        "lifted": shelves.lifted(holder, language=language, now=now),
        "reserved": shelves.reserved(reader, language=language, now=now)
        if agreed and not holder.only
        else [],
        "latest": shelves.latest(language=language, now=now) if not holder.only else [],
        "signed_in": signed_in,
        # With a session the plain addresses open; without one (no cookies) those below the personal link do.
        "below": "" if signed_in or team else f"/j/{token}",
        "asked": "asked" in request.GET,
        "many": "many" in request.GET,
    }


def _act(request: HttpRequest, holder: doors.Holder, token: str, now: datetime) -> HttpResponse:
    if _is_team(request):
        raise PermissionDenied
    did, said = request.POST.get("do", ""), ""
    if did in ("agree", "enter"):
        _refuse_other_sites(request)
    if did == "agree":
        try:
            actions.accept_agreement(holder, version=request.POST.get("version", "")[:20], now=now)
        except actions.AgreementChanged:
            return _back(token)
        _enter(request, holder, now)
    elif did == "enter":
        _enter(request, holder, now)
    elif did == "leave":
        request.session.flush()
    elif did == "ask" and (question := request.POST.get("question", "").replace("\0", "").strip()):
        said = _ask(holder, _asked_about(request, holder), question, now)
    return _back(token, said)


def _ask(holder: doors.Holder, uid: UUID | None, question: str, now: datetime) -> str:
    """Write a question down; return what the page then says. A lent link floods nobody: so many a day are kept."""
    try:
        note_try(
            kind="door question",
            value=holder.contact.uid.hex,
            limit=QUESTIONS_A_DAY,
            within=timedelta(days=1),
            now=now,
        )
    except TooManyTries:
        return "?many"
    actions.note_visit(holder.contact, what=DoorVisit.What.ASKED, thing_uid=uid, detail=question, now=now)
    return "?asked"


def _asked_about(request: HttpRequest, holder: doors.Holder) -> UUID | None:
    wanted = request.POST.get("thing", "")
    return next((copy.thing.uid for copy in doors.open_copies(holder) if copy.thing.uid.hex == wanted), None)


def _back(token: str, said: str = "") -> HttpResponse:
    """See other (RFC 9110, 15.4.4): reloading does nothing again."""
    return private(HttpResponseRedirect(f"/j/{token}/{said}", status=303))


def _refuse_other_sites(request: HttpRequest) -> None:
    """PermissionDenied for another site's form, before it has done anything: somebody would read under a stranger's
    name, or find their key used up."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") == "cross-site":
        raise PermissionDenied


def _enter(request: HttpRequest, holder: doors.Holder, now: datetime) -> None:
    """Begin a session."""
    kept = doors.remembered(holder, before=request.session.get(SESSION), now=now)
    request.session.cycle_key()
    request.session[SESSION] = kept
    request.session.set_expiry(int(SESSION_HOLDS.total_seconds()))


def _sign_in(request: HttpRequest, key: DoorKey, now: datetime) -> HttpResponse:
    """The link of a sign-in mail: GET shows a button, its POST turns the key, once."""
    holder = doors.Holder(key.accreditation)
    with translation.override(_language(holder.contact.language)):
        if request.method != "POST":
            return _page(request, "press/sign_in.html", holder=holder)
        if _is_team(request):
            raise PermissionDenied
        _refuse_other_sites(request)
        accreditation = actions.use_key(key, now=now)
        if accreditation is None:
            raise Http404
        holder = doors.Holder(accreditation)
        _enter(request, holder, now)
        address = doors.door_url(accreditation).removeprefix(settings.PUBLIC_URL)
        return private(HttpResponseRedirect(address, status=303))


def _confirm(request: HttpRequest, asked: AccreditationRequest, now: datetime) -> HttpResponse:
    """The link of a confirmation mail: GET shows what was asked and a button, whose POST confirms, again and again."""
    if asked.confirmed_at is None and now - asked.requested_at > actions.CONFIRM_WITHIN:
        raise Http404
    if request.method == "POST":
        try:
            asked = actions.confirm_request(asked, now=now)
        except actions.PressError:
            raise Http404 from None
    with translation.override(_language(asked.language)):
        return _page(request, "press/confirm_request.html", asked=asked)


@require_safe
def below(request: HttpRequest, token: str, path: str) -> HttpResponseBase:
    """`/j/<token>/<path>`: a page or file that the door opens, for who keeps no cookie or downloads by the link.

    The team reads it by its own right, or gets the 404: neither log nor watermark says that the journalist did.
    """
    now = clock.now()
    holder = doors.holder_of(token, now=now)
    if holder is None or (wants_json(request) and not path.endswith(".json")):
        raise Http404
    file = _MEDIA.fullmatch(path)
    grants = _grants(holder, f"/{path}", now)
    if not file and not grants and not holder.contact.is_accredited:
        raise Http404
    if not _is_team(request):
        reader = Reader(contact=holder.contact, grants=grants)
        request._kunnafoni_reader = reader  # type: ignore[attr-defined]
    response = library.media(request, file[1], file[3], file[2] or "") if file else dispatch(request, path)
    return private(response)  # type: ignore[arg-type]
