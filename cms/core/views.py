"""Small edges of the core itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from wagtail.admin import messages
from wagtail.admin.auth import require_admin_access
from wagtail.admin.views.chooser import BrowseView, ChosenMultipleView

from cms.core import actions, clock, health, queries
from cms.core.models import SitePage
from cms.core.reader import reader_for

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def session_state(request: HttpRequest) -> JsonResponse:
    """Tell the open editor whether its session holds, with today's CSRF token (it changes at sign-in).

    Answers ``{"signed_in": bool, "csrf": str, "words": {…}}`` to anyone: an editor whose session has ended must
    be able to ask. Never stored.
    """
    signed_in = request.user.is_authenticated
    response = JsonResponse(
        {
            "signed_in": signed_in,
            "csrf": get_token(request) if signed_in else "",
            "words": {
                "title": _("Your session has ended. Nothing you typed is lost."),
                "sign_in": _("Sign in again in another tab"),
                "again": _("I have signed in: save now"),
                "offline": _(
                    "The network does not answer. Your words stay on this page; save again in a moment."
                ),
            },
        }
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _choosable(request: HttpRequest, keys: list[str]) -> list[str]:
    """Those of `keys` that name pages which this account may choose, in their order."""
    numbers = [key for key in keys if key.isdecimal() and len(key) < 19]
    found = queries.choosable(
        queries.pages_by_key(numbers), user=request.user, reader=reader_for(request), now=clock.now()
    )
    offered = {str(key) for key in found.values_list("pk", flat=True)}
    return [key for key in numbers if key in offered]


@never_cache
@require_admin_access
def choose_below(request: HttpRequest, parent_page_id: int) -> Any:
    """Wagtail's page chooser opened at a page, which it names: 404 for one that is not offered."""
    if not _choosable(request, [str(parent_page_id)]):
        raise Http404
    return BrowseView.as_view()(request, parent_page_id)


@never_cache
@require_admin_access
def chosen_pages(request: HttpRequest) -> Any:
    """Wagtail's answer with the titles of several chosen pages, without those that are not offered."""
    offered = request.GET.copy()
    offered.setlist("id", _choosable(request, request.GET.getlist("id")))
    request.GET = offered  # type: ignore[assignment]
    return ChosenMultipleView.as_view()(request)


class BeginForm(forms.Form):
    """What the new text is called; `key` is made with the form, and sent twice it is one text."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=255,
        help_text=gettext_lazy("The title of the new text; you may still change it afterwards."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


@require_admin_access
def begin_from(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask (GET) for the title of a text begun from another, and begin it (POST); its editor opens then."""
    offered = queries.choosable(
        queries.pages_by_key([str(pk)]), user=request.user, reader=reader_for(request), now=clock.now()
    )
    found = offered.first()
    if found is None:
        raise Http404
    page = found.specific
    if not isinstance(page, SitePage):
        raise Http404
    may_add = page.get_parent().permissions_for_user(request.user).can_add_subpage()
    if not (page.permissions_for_user(request.user).can_be_model() and may_add):
        raise PermissionDenied
    form = BeginForm(request.POST if request.method == "POST" else None, initial={"title": page.title})
    if request.method == "POST" and form.is_valid():
        try:
            new = actions.begin_from(page, **form.cleaned_data, user=request.user, now=clock.now())
        except actions.NotAModel as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Here is the new text, as a draft. Nobody outside the team sees it."))
            return redirect(reverse("wagtailadmin_pages:edit", args=[new.pk]))
    back = reverse("wagtailadmin_explore", args=[page.get_parent().pk])
    return TemplateResponse(request, "core/begin_from.html", {"page": page, "form": form, "back": back})


def healthz(request: HttpRequest) -> JsonResponse:
    """Say that this process answers; asks nothing of any server."""
    return _unstored(JsonResponse({"status": "ok"}))


def readyz(request: HttpRequest) -> JsonResponse:
    """Say whether the whole can work: 200, or 503 with which of database, broker, scheduler… cannot."""
    ready, checks = health.readiness()
    return _unstored(
        JsonResponse(
            {"status": "ready" if ready else "not ready", "checks": checks}, status=200 if ready else 503
        )
    )


def _unstored(response: JsonResponse) -> JsonResponse:
    response.headers["Cache-Control"] = "no-store"
    return response
