"""Signing up for mail on the site: ask, confirm from the mailbox, choose again later.

No cookie and no CSRF token: the form stands for nobody's session, and a personal link is its own authority. GET
changes nothing. Known and unknown addresses get the same answer, and cost the same.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cms.contacts import actions as contact_actions
from cms.contacts import queries as contacts
from cms.contacts.models import Purpose, SignUp, SuppressionReason
from cms.core import clock, links
from cms.core.actions import TooManyTries, note_try
from cms.core.client import client_network
from cms.mailing import actions
from cms.mailing.forms import PreferencesForm, SignUpForm
from cms.mailing.mail.sign_ups import LINK_PURPOSE
from cms.mailing.tasks import ring_on_commit
from cms.mailing.views.public import delivery_of, private

if TYPE_CHECKING:
    from django.http import HttpRequest

    from cms.contacts.models import Contact
    from cms.mailing.models import Delivery

FORM = "mailing/sign_up.html"
#: A ministry's people share one address of the network.
PER_NETWORK, WITHIN = 20, timedelta(hours=1)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest, language: str) -> HttpResponse:
    """GET: the form; `?purposes=press` ticks what it is asked for. POST: the request is noted and its mail owed.

    A robot that fills in the trap gets the same answer as everybody.
    """
    with translation.override(language):
        topics = contacts.topic_choices(language)
        if request.method != "POST":
            asked = [value for value in request.GET.getlist("purposes") if value in Purpose.values]
            form = SignUpForm(topics=topics, initial={"purposes": asked} if asked else {})
            return _page(request, FORM, language, form=form, sent="sent" in request.GET)
        form = SignUpForm(request.POST, topics=topics)
        if form.is_trapped:
            return _noted(language)
        if not form.is_valid():
            return _page(request, FORM, language, form=form, status=422)
        return _ask(request, language, form)


def _ask(request: HttpRequest, language: str, form: SignUpForm) -> HttpResponse:
    said, now = form.cleaned_data, clock.now()
    try:
        note_try(
            kind="sign-up network", value=client_network(request), limit=PER_NETWORK, within=WITHIN, now=now
        )
    except TooManyTries:
        form.add_error(None, _("Too many requests came from your network. Try again in an hour."))
        return _page(request, FORM, language, form=form, status=429)
    delivery = actions.sign_up(
        email=said["email"],
        name=said["name"],
        language=language,
        purposes=said["purposes"],
        frequency=said["frequency"],
        topics=contacts.topics_of(said.get("topics", [])),
        evidence=request.path,
        now=now,
    )
    if delivery is not None:
        ring_on_commit(delivery.mailing_id)
    return _noted(language)


def _noted(language: str) -> HttpResponse:
    """See other (RFC 9110, 15.4.4): reloading the answer asks nothing again."""
    address = reverse("newsletter", kwargs={"language": language})
    return private(HttpResponseRedirect(f"{address}?sent", status=303))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """GET: what was asked for, and a button. POST: it counts; the second time as the first."""
    uid = links.uid_of(token)
    row = SignUp.objects.prefetch_related("topics").filter(uid=uid).first() if uid else None
    if row is None or not links.verify(token, purpose=LINK_PURPOSE, uid=row.uid, generation=row.generation):
        raise Http404
    now = clock.now()
    if now - row.requested_at > contact_actions.CONFIRM_WITHIN:
        raise Http404
    if request.method == "POST":
        try:
            contact_actions.confirm_sign_up(row, now=now)
        except contact_actions.SignUpExpired:
            raise Http404 from None
        row.refresh_from_db()
    with translation.override(row.language):
        names = dict(contacts.topic_choices(row.language))
        return _page(
            request,
            "mailing/confirm.html",
            row.language,
            row=row,
            wishes=[Purpose(purpose).label for purpose in row.purposes],
            topics=[names.get(topic.slug, topic.name) for topic in row.topics.all()],
        )


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """GET: what the holder of this mail may choose. POST: chosen; with `nothing`, no mailing reaches them any more."""
    delivery = delivery_of(token)
    contact = contacts.owner_of(delivery.address) or delivery.contact
    if contact is None:
        raise Http404
    with translation.override(delivery.language):
        topics = contacts.topic_choices(delivery.language)
        saved = False
        if request.method == "POST" and "nothing" in request.POST:
            contact_actions.suppress(
                address=delivery.address,
                reason=SuppressionReason.UNSUBSCRIBED,
                note=_("by the page of choices"),
                now=clock.now(),
            )
            saved = True
        elif request.method == "POST":
            form = PreferencesForm(request.POST, topics=topics)
            if not form.is_valid():
                return _choices(request, delivery, contact, form=form, status=422)
            _choose(contact, delivery, form.cleaned_data)
            saved = True
        form = PreferencesForm(topics=topics, initial=_chosen(contact, delivery))
        return _choices(request, delivery, contact, form=form, saved=saved)


def _choices(
    request: HttpRequest,
    delivery: Delivery,
    contact: Contact,
    *,
    form: Any,
    saved: bool = False,
    status: int = 200,
) -> HttpResponse:
    return _page(
        request,
        "mailing/preferences.html",
        delivery.language,
        form=form,
        saved=saved,
        delivery=delivery,
        left=contacts.suppressed(delivery.address),
        status=status,
    )


def _choose(contact: Contact, delivery: Delivery, said: dict[str, Any]) -> None:
    now = clock.now()
    contact_actions.choose_purposes(
        contact=contact,
        address=delivery.address,
        purposes=said["purposes"],
        evidence=_("by the page of choices"),
        now=now,
    )
    contact_actions.choose(
        contact=contact,
        frequency=said["frequency"],
        topics=contacts.topics_of(said.get("topics", [])),
        now=now,
    )


def _chosen(contact: Contact, delivery: Delivery) -> dict[str, Any]:
    """What stands: nothing for who left everything."""
    found: dict[str, Any] = {"purposes": []}
    if not contacts.suppressed(delivery.address):
        found["purposes"] = contacts.wished(contact)
    if (row := contacts.preference_of(contact)) is not None:
        found |= {"frequency": row.frequency, "topics": [topic.slug for topic in row.topics.all()]}
    return found


def _page(
    request: HttpRequest, template: str, language: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    if template == FORM:
        context["elsewhere"] = {
            code: reverse("newsletter", kwargs={"language": code})
            for code in ("fr", "en")
            if code != language
        }
    request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
    page = render(request, template, {**context, "noindex": True}, status=status)
    page["Content-Language"] = language
    return private(page)
