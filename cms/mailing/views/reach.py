"""Before sending: how many get a mailing, why the others do not, some names; as the boxes are ticked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from cms.contacts import queries as contacts
from cms.mailing import queries
from cms.mailing.models import Mailing
from cms.mailing.views.admin import forbidden, may_look

if TYPE_CHECKING:
    from django.http import HttpRequest

SAMPLE = 8


def consent_sentence(mailing: Mailing) -> str:
    """Who may be written to by a mailing of this kind, as the officer reads it beside the figures."""
    purpose = queries.PURPOSES.get(Mailing.Kind(mailing.kind))
    if purpose is None:
        return _("A notice goes to all of them but those on the list not to write to.")
    if purpose in queries.ASKED_FOR:
        return _(
            "A newsletter goes only to those who agreed to it: signed up and confirmed, or recorded on their card."
        )
    return _("It goes to all of them but those who do not want such mails, or any.")


def sample_of(mailing: Mailing, *, people: Any = None, user: Any) -> list[Any]:
    """Some of those to whom a mail leaves, for who may see contacts."""
    if not user.has_perm("contacts.view_contact"):
        return []
    found = queries.recipients(mailing, people=people).filter(withheld="")
    return list(found.select_related("organisation")[:SAMPLE])


def reach_as_drawn(request: HttpRequest, pk: int) -> HttpResponse:
    """The figures for the boxes ticked in the query string, as a piece of page, with some names; changes nothing."""
    if not may_look(request.user):
        return forbidden(request)
    mailing = get_object_or_404(Mailing, pk=pk, state__in=[Mailing.State.DRAFT, Mailing.State.SCHEDULED])
    drawn = {
        name: contacts.audiences().filter(
            pk__in=[key for key in request.GET.getlist(name) if key.isdecimal()]
        )
        for name in ("audiences", "left_out")
    }
    people = queries.everybody_in(mailing, **drawn)
    context = {
        "reach": queries.reach(mailing, people=people),
        "consent": consent_sentence(mailing),
        "sample": sample_of(mailing, people=people, user=request.user),
    }
    response = render(request, "mailing/admin/reach.html", context)
    response["Cache-Control"] = "private, no-store"
    return response
