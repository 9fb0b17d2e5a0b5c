"""A mail in the browser, and the way out of all others: `/m/<token>` and `/m/<token>/unsubscribe`.

A scanner that follows every link of a mail changes nothing: only POST acts (RFC 8058), without cookies and
therefore without a CSRF token; the token in the address is the authority.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cms.contacts import queries as contacts
from cms.core import clock, links
from cms.core.registry import Refused
from cms.mailing import actions, queries
from cms.mailing.mail.layout import LINK_PURPOSE
from cms.mailing.mail.letters import in_browser, renderer_of
from cms.mailing.models import Delivery, Letter

if TYPE_CHECKING:
    from django.http import HttpRequest

_LETTER_POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_LEFT_US = (Delivery.State.SENT, Delivery.State.BOUNCED, Delivery.State.UNKNOWN, Delivery.State.SENDING)


def delivery_of(token: str) -> Delivery:
    """The delivery a link was made for; Http404 for every other token, alike."""
    uid = links.uid_of(token)
    row = Delivery.objects.select_related("mailing__sender").filter(uid=uid).first() if uid else None
    if row is None or not links.verify(token, purpose=LINK_PURPOSE, uid=row.uid, generation=row.generation):
        raise Http404
    return row


def private(response: HttpResponse) -> HttpResponse:
    """Kept by nobody, found by no search engine, named to no other site."""
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


@require_http_methods(["GET", "HEAD"])
def letter(request: HttpRequest, token: str) -> HttpResponse:
    """The mail as it was sent, once it was; refused again while its thing may not be read (embargo, withdrawal)."""
    row = delivery_of(token)
    sender = row.mailing.sender or queries.default_sender()
    if row.state not in _LEFT_US or sender is None:
        raise Http404
    try:
        html = in_browser(row, sender=sender, now=clock.now())
    except (Refused, Letter.DoesNotExist):
        raise Http404 from None
    response = HttpResponse(html)
    response["Content-Security-Policy"] = _LETTER_POLICY
    response["Content-Language"] = row.language
    return private(response)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET says what would happen and shows a button; POST does it, the second time as the first."""
    row = delivery_of(token)
    try:
        if not renderer_of(row.mailing).subscription or row.mailing.is_standing:
            raise Http404
    except Refused:
        pass
    if request.method == "POST":
        actions.unsubscribe(row, now=clock.now())
    with translation.override(row.language):
        request.LANGUAGE_CODE = row.language  # type: ignore[attr-defined]
        page = render(
            request,
            "mailing/unsubscribe.html",
            {
                "delivery": row,
                "done": contacts.suppressed(row.address),
                "just_now": request.method == "POST",
                "sender": row.mailing.sender or queries.default_sender(),
                "lists": [audience.name for audience in row.mailing.audiences.all()],
                "noindex": True,
                "choices": reverse("mail_preferences", args=[token]) if row.contact_id else "",
            },
        )
    page["Content-Language"] = row.language
    return private(page)
