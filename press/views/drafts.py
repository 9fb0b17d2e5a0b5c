"""Beginning a release otherwise than in the editor: out of a Word document, or in one screen of a telephone."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from cms.core import clock
from press import actions
from press.forms import AtOnceForm, WordForm
from press.imports.word import read_word
from press.models import ReleaseIndexPage


def _lists(request: HttpRequest) -> dict[str, ReleaseIndexPage]:
    """The lists of releases below which this user may begin one, by language, French first. PermissionDenied."""
    rows = ReleaseIndexPage.objects.select_related("locale").order_by("path")
    found = {
        page.locale.language_code: page
        for page in rows
        if page.permissions_for_user(request.user).can_add_subpage()
    }
    if not found:
        raise PermissionDenied
    return dict(sorted(found.items(), key=lambda one: one[0] != settings.LANGUAGE_CODE))


def _form(form_class: Any, request: HttpRequest, lists: dict[str, ReleaseIndexPage]) -> Any:
    if request.method == "POST":
        return form_class(request.POST, request.FILES, languages=list(lists))
    return form_class(languages=list(lists))


def _page(request: HttpRequest, form: Any, **words: Any) -> HttpResponse:
    back = reverse("releases:index")
    return TemplateResponse(request, "press/admin/draft.html", {"form": form, "back": back, **words})


def word(request: HttpRequest) -> HttpResponse:
    """Take a .docx: its text, tables and pictures stand in a draft, which the editor then shows."""
    lists = _lists(request)
    form = _form(WordForm, request, lists)
    if request.method == "POST" and form.is_valid():
        data, file = form.cleaned_data, form.cleaned_data["file"]
        try:
            found = read_word(file.file, file.name)
            draft = actions.draft_from_word(
                found,
                parent=lists[data["language"]],
                user=request.user,
                now=clock.now(),
                kind=data["kind"],
            )
        except ValidationError as error:
            form.add_error("file", error.messages[0])
        else:
            messages.success(
                request, gettext("Here is the text, as a draft. Read it through before it goes out.")
            )
            _tell_of_pictures(request, draft)
            return redirect(reverse("wagtailadmin_pages:edit", args=[draft.page.pk]))
    return _page(
        request,
        form,
        called=gettext("Begin with a Word document"),
        explanation=gettext(
            "Title, paragraphs, lists, links, tables and pictures are taken over; fonts, colours and comments stay "
            "behind. The pictures go into the media library."
        ),
        verb=gettext("Take this document"),
    )


def _tell_of_pictures(request: HttpRequest, draft: Any) -> None:
    if draft.undescribed:
        words = ngettext(
            "%(n)s picture has no description yet: give it one in the media library.",
            "%(n)s pictures have no description yet: give them one in the media library.",
            draft.undescribed,
        )
        messages.warning(request, words % {"n": draft.undescribed})
    if draft.refused:
        words = ngettext(
            "%(n)s picture was left out: the media library does not take it.",
            "%(n)s pictures were left out: the media library does not take them.",
            draft.refused,
        )
        messages.warning(request, words % {"n": draft.refused})


def at_once(request: HttpRequest) -> HttpResponse:
    """Photograph, title, three lines: published by who publishes, submitted for approval by who does not."""
    lists = _lists(request)
    form = _form(AtOnceForm, request, lists)
    posted = request.POST.get("language") if request.method == "POST" else None
    parent = lists.get(posted or "", next(iter(lists.values())))
    publishes = parent.permissions_for_user(request.user).can_publish_subpage()
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        photo, _language = data.pop("photo"), data.pop("language")
        if photo:
            data |= {"photo": photo.file, "photo_name": photo.name}
        try:
            page = actions.write_at_once(
                parent=parent, user=request.user, now=clock.now(), publish=publishes, **data
            )
        except ValidationError as error:
            form.add_error("photo", error.messages[0])
        except actions.PressError as error:
            form.add_error(None, str(error))
        else:
            said = (
                gettext("Published: %(address)s") % {"address": page.public_url}
                if publishes
                else gettext("Kept, and submitted for approval.")
            )
            messages.success(request, said)
            return redirect(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    return _page(
        request,
        form,
        called=gettext("Write at once"),
        explanation=gettext(
            "For a telephone: a photograph, a title, three lines. Everything else can follow later."
        ),
        verb=gettext("Publish") if publishes else gettext("Submit for approval"),
    )
