"""The team's side of the doors: whom a text is opened to, by which link, and what they did with it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.auth import require_admin_access

from cms.contacts.models import Contact
from cms.contacts.viewsets.accreditations import DECIDE
from cms.core import clock, formats
from cms.core.registry import Todo
from cms.mailing.tasks import ring_on_commit
from press import actions
from press.models import DoorVisit, EarlyCopy
from press.queries import doors
from press.views.buttons import BUTTONS, page_for

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

GIVE, SEE = "press.give_early_copy", "press.view_doorvisit"
SHOWN = 100
#: A question stands among what is to be done for so long.
QUESTION_STANDS = timedelta(days=7)


class _Names(forms.ModelMultipleChoiceField):
    """Journalists by name and newsroom."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} – {obj.organisation}" if obj.organisation else str(obj.name)


class GiveForm(forms.Form):
    """Whom to open it to."""

    contacts = _Names(
        queryset=Contact.objects.none(),
        label=_("Accredited journalists"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one journalist.")},
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contacts"].queryset = people  # type: ignore[attr-defined]


def _need(request: HttpRequest) -> None:
    if not (request.user.has_perm(GIVE) or request.user.has_perm(SEE)):
        raise PermissionDenied


# One release or kit ------------------------------------------------------------------------------------------
@require_admin_access
def early(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """GET: who reads a release or kit before its hour, and what they did. POST gives, mails, hands on, closes."""
    if kind not in BUTTONS:
        raise Http404
    _need(request)
    thing = get_object_or_404(BUTTONS[kind][0], pk=pk)
    page, now = page_for(kind, thing, request.user), clock.now()
    held = doors.open_copies_of(thing)
    people = (
        doors.accredited(thing, now=now).exclude(pk__in=held.values("contact")).order_by("name_key", "pk")
    )
    form = GiveForm(request.POST if request.POST.get("do") == "give" else None, people=people)
    context: dict[str, Any] = {"link": None}
    if request.method == "POST":
        if not request.user.has_perm(GIVE):
            raise PermissionDenied
        try:
            done = _did(request, thing, form, context, now)
        except actions.PressError as error:
            messages.error(request, str(error))
            done = True
        if done:
            return redirect("press_early", kind, pk)
    return TemplateResponse(
        request,
        "press/admin/early.html",
        {
            **context,
            "page": page,
            "is_kit": kind == "kit",
            "back": reverse("wagtailadmin_pages:edit", args=[page.pk]),
            "form": form,
            "may_give": request.user.has_perm(GIVE) and thing.is_embargoed(now),
            "any_left": people.exists(),
            **_copies(thing, now),
            "closed": doors.closed_copies_of(thing)[:SHOWN],
            "visits": doors.visits_of(thing)[:SHOWN] if request.user.has_perm(SEE) else [],
            "until": formats.zoned_date(thing.embargo_until) if thing.embargo_until else "",
        },
    )


def _copies(thing: Any, now: datetime) -> dict[str, Any]:
    """The open copies, each with what its journalist did, in the words of the log; whether words changed since."""
    deeds, former = doors.deeds([thing.uid])[thing.uid], doors.with_former_words(thing)
    labels, version = dict(DoorVisit.What.choices), doors.agreement_at(now).version
    rows = [
        {
            "copy": copy,
            "did": [labels[what] for what in DoorVisit.What.values if what in deeds.get(copy.contact_id, ())],
            "agreed": doors.has_agreed(copy.accreditation, now=now, version=version),
            "has_former_words": copy.contact_id in former,
        }
        for copy in doors.open_copies_of(thing)
    ]
    return {"copies": rows, "any_former": any(row["has_former_words"] for row in rows)}


def _did(request: HttpRequest, thing: Any, form: GiveForm, context: dict[str, Any], now: datetime) -> bool:
    """Do what a POST asks for; False where the page is shown again instead of anew."""
    did = request.POST.get("do")
    if did == "give":
        if not form.is_valid():
            return False
        given = actions.give_early_copies(
            thing, contacts=form.cleaned_data["contacts"], user=request.user, now=now
        )
        if "mail" in request.POST:
            _mail(request, given, now)
        words = ngettext("Opened to %(n)s journalist.", "Opened to %(n)s journalists.", len(given))
        messages.success(request, words % {"n": len(given)})
        return True
    if did == "changed":
        former = doors.with_former_words(thing)
        _mail(request, [one for one in doors.open_copies_of(thing) if one.contact_id in former], now)
        return True
    copy = get_object_or_404(doors.copies_of(thing), pk=_number(request.POST.get("copy")))
    if did == "revoke":
        actions.revoke_early_copy(copy, user=request.user, now=now)
        messages.success(
            request, gettext("Closed: the link of %(name)s opens nothing any more.") % {"name": copy.contact}
        )
    elif did == "mail":
        _mail(request, [copy], now)
    elif did == "hand":
        actions.hand_on(copy.contact, copy=copy, user=request.user, now=now)
        context["link"] = _to_hand_on(copy.contact, doors.copy_url(copy), copy=copy)
        return False
    return True


def _mail(request: HttpRequest, copies: list[EarlyCopy], now: datetime) -> None:
    """Mail each its link; who has no address is named, and the others get theirs."""
    sent, without = [], []
    for copy in copies:
        try:
            sent.append(actions.mail_copy(copy, user=request.user, now=now).mailing_id)
        except actions.PressError as error:
            without.append(str(error))
    ring_on_commit(*set(sent))
    if sent:
        words = ngettext("%(n)s link leaves by mail.", "%(n)s links leave by mail.", len(sent))
        messages.success(request, words % {"n": len(sent)})
    for sentence in without:
        messages.warning(request, sentence)


def _number(raw: str | None) -> int:
    return int(raw) if raw and raw.isdecimal() and len(raw) < 19 else 0


def _to_hand_on(contact: Contact, url: str, *, copy: EarlyCopy | None = None) -> dict[str, Any]:
    """What the officer pastes into a messaging app: words in the journalist's language, the link, the number."""
    with translation.override("en" if contact.language == "en" else "fr"):
        if copy is not None and copy.thing.embargo_until is not None:
            until = formats.zoned_date(copy.thing.embargo_until)
            said = gettext("Under embargo until %(until)s: a text is open to you, by your personal link.") % {
                "until": until
            }
        else:
            said = gettext("Your personal access to our press room:")
    phone = contact.phones.order_by("-has_whatsapp", "-is_primary", "pk").first()
    number = phone.number.lstrip("+") if phone is not None else ""
    text = f"{said}\n{url}"
    return {"contact": contact, "text": text, "open": f"https://wa.me/{number}?text={quote(text, safe='')}"}


# One journalist ----------------------------------------------------------------------------------------------
@require_admin_access
def journalist(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: a journalist's door and all that was done through it. POST mails it, hands it on, closes everything."""
    _need(request)
    contact = get_object_or_404(Contact.objects.select_related("organisation"), pk=pk)
    now = clock.now()
    door, link = doors.door_of(contact, now=now), None
    if request.method == "POST":
        if not request.user.has_perm(GIVE):
            raise PermissionDenied
        did = request.POST.get("do")
        if did == "hand" and door is not None:
            actions.hand_on(contact, user=request.user, now=now)
            link = _to_hand_on(contact, doors.door_url(door))
        else:
            _do(request, contact, door, did, now)
            return redirect("press_journalist", pk)
    context = {
        "contact": contact,
        "door": door,
        "agreed": door is not None and doors.has_agreed(door, now=now),
        "link": link,
        "may_give": request.user.has_perm(GIVE),
        "copies": doors.copies_by(contact),
        "visits": doors.visits_by(contact)[:SHOWN] if request.user.has_perm(SEE) else [],
    }
    return TemplateResponse(request, "press/admin/journalist.html", context)


def _do(request: HttpRequest, contact: Contact, door: Any, did: str | None, now: datetime) -> None:
    if did == "mail" and door is not None:
        try:
            ring_on_commit(actions.mail_door(door, user=request.user, now=now).mailing_id)
        except actions.PressError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, gettext("The link leaves by mail."))
    elif did == "close":
        actions.close_doors(contact, user=request.user, now=now)
        messages.success(
            request, gettext("All is closed: links, sessions, early copies. A new link may be sent at once.")
        )


def door_section(request: HttpRequest, contact: Contact) -> dict[str, Any] | None:
    """The part of a contact's card that tells of their door (four queries); None for who has none."""
    if not request.user.has_perm(SEE):
        return None
    door, visits = doors.door_of(contact, now=clock.now()), list(doors.visits_by(contact)[:5])
    asked = list(doors.requests_of(contact)[:3]) if request.user.has_perm(DECIDE) else []
    if door is None and not visits and not asked:
        return None
    return {"contact": contact, "door": door, "visits": visits, "asked": asked}


def questions_due(user: Any, now: datetime) -> list[Todo]:
    """What journalists asked through their doors in the last week, for who sees the log."""
    if not user.has_perm(SEE):
        return []
    return [
        Todo(
            text=f"{line.contact} : {line.detail[:120]}",
            url=reverse("press_journalist", args=[line.contact_id]),
            due_at=line.at,
        )
        for line in doors.questions_since(now - QUESTION_STANDS)[:10]
    ]
