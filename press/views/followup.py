"""The follow-up of a release or kit: who got it, who took note, whom to ask once more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.auth import require_admin_access

from cms.contacts.models import Contact
from cms.core import clock
from cms.core.exports import write_xlsx
from cms.mailing.tasks import ring_on_commit
from press import actions
from press.models import DoorVisit
from press.queries import followup
from press.views.buttons import BUTTONS, page_for

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

SEND, SEE = "press.send_release", "press.view_doorvisit"
SHOWN = 50
FILTERS = {"": _("Everybody"), "silent": _("Nothing known of them"), "noted": _("Took note")}


class AskedForm(forms.Form):
    """What a journalist asked for."""

    contact = forms.ModelChoiceField(queryset=Contact.objects.none(), widget=forms.HiddenInput)
    words = forms.CharField(label=_("What was asked"), max_length=500)


@require_admin_access
def follow_up(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """GET: the journalists of a release or kit, `?show=silent|noted`, `?export=xlsx`. POST reminds, notes."""
    if kind not in BUTTONS:
        raise Http404
    if not request.user.has_perm(SEE):
        raise PermissionDenied
    thing = get_object_or_404(BUTTONS[kind][0], pk=pk)
    page, now = page_for(kind, thing, request.user), clock.now()
    if request.method == "POST":
        if not request.user.has_perm(SEND):
            raise PermissionDenied
        return _done(request, kind, thing, now)
    show = request.GET.get("show", "")
    everybody = followup.journalists_of(thing)
    found = everybody.filter(took_note=show == "noted") if show in ("silent", "noted") else everybody
    if request.GET.get("export") == "xlsx":
        return _sheet(thing, found)
    part = Paginator(followup.for_lines(found), SHOWN).get_page(request.GET.get("p"))
    noted = everybody.filter(took_note=True).count()
    total = everybody.count()
    return TemplateResponse(
        request,
        "press/admin/followup.html",
        {
            "page": page,
            "thing": thing,
            "kind": kind,
            "back": reverse("wagtailadmin_pages:edit", args=[page.pk]),
            "found": part,
            "lines": followup.lines(thing, part.object_list),
            "filters": [
                {"value": value, "label": label, "chosen": value == show, "count": count}
                for (value, label), count in zip(FILTERS.items(), (total, total - noted, noted), strict=True)
            ],
            "show": show,
            "sent": followup.distributions_of(thing)[:10],
            "may_send": request.user.has_perm(SEND) and thing.withdrawn_at is None,
            "is_embargoed": thing.is_embargoed(now),
        },
    )


def _done(request: HttpRequest, kind: str, thing: Any, now: datetime) -> HttpResponse:
    """Do what a POST asks for, and lead back, or on to the mailing that was prepared."""
    here = redirect("press_followup", kind, thing.pk)
    if request.POST.get("do") == "asked":
        form = AskedForm(request.POST)
        form.fields["contact"].queryset = followup.journalists_of(thing)  # type: ignore[attr-defined]
        if not form.is_valid():
            messages.error(request, gettext("Say in a few words what was asked."))
            return here
        actions.note_request(
            thing,
            contact=form.cleaned_data["contact"],
            words=form.cleaned_data["words"],
            user=request.user,
            now=now,
        )
        messages.success(request, gettext("Noted."))
        return here
    keys = [int(key) for key in request.POST.getlist("contact") if key.isdecimal() and len(key) < 19]
    chosen = list(followup.journalists_of(thing).filter(pk__in=keys))
    try:
        if thing.is_embargoed(now):
            return _reminded(request, thing, chosen, here, now)
        row = actions.send_follow_up(thing, contacts=chosen, user=request.user, now=now)
    except actions.PressError as error:
        messages.error(request, str(error))
        return here
    messages.success(request, gettext("The mailing is prepared. Check it, then launch it."))
    return redirect("mailing_detail", row.mailing_id)


def _reminded(
    request: HttpRequest, thing: Any, chosen: list[Contact], here: HttpResponse, now: datetime
) -> HttpResponse:
    mailings = actions.remind(thing, contacts=chosen, user=request.user, now=now)
    ring_on_commit(*set(mailings))
    words = ngettext("%(n)s reminder leaves by mail.", "%(n)s reminders leave by mail.", len(mailings))
    messages.success(request, words % {"n": len(mailings)})
    return here


def _sheet(thing: Any, found: Any) -> HttpResponse:
    """The list as a workbook, for the telephone."""
    headings = [_("Name"), _("Media outlet"), _("Telephone"), _("E-mail"), _("Mail")]
    whats = (DoorVisit.What.OPENED, DoorVisit.What.READ, DoorVisit.What.DOWNLOADED)
    headings += [*(what.label for what in whats), _("What was asked")]
    rows = [
        [
            line.contact.name,
            line.outlet,
            ", ".join(phone.number for phone in line.contact.phones.all()),
            ", ".join(email.address for email in line.contact.emails.all()),
            line.mail,
            *(line.deeds.get(what) for what in whats),
            " · ".join(line.asked),
        ]
        for line in followup.lines(thing, followup.for_lines(found))
    ]
    data = write_xlsx(headings, rows, title=gettext("Follow-up"))
    response = HttpResponse(
        data, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{gettext("follow-up")}.xlsx"'
    return response
