"""Choosing the files that go with a release."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, InlinePanel, ObjectList

from cms.core import clock
from press import actions
from press.models import Release
from press.views.buttons import may_publish_live, page_for

HANDLER = ObjectList(
    [
        FieldPanel("signed_scan"),
        InlinePanel(
            "attachments",
            [FieldPanel("asset"), FieldPanel("label")],
            heading=_("Attachments"),
            label=_("File"),
            help_text=_("Annex, list, programme: files of the media library, in their order."),
        ),
    ]
).bind_to_model(Release)


def release_files(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the signed document and the attachments of a release: of a published one, who may publish it."""
    if not request.user.has_perm("press.change_release"):
        raise PermissionDenied
    release = get_object_or_404(Release, pk=pk)
    page = page_for("release", release, request.user)
    if not may_publish_live("release", release, request.user):
        raise PermissionDenied
    form_class: Any = HANDLER.get_form_class()
    form = form_class(request.POST or None, instance=release, for_user=request.user)
    if request.method == "POST" and form.is_valid():
        rows = [row.cleaned_data for row in form.formsets["attachments"].ordered_forms]
        try:
            actions.set_files(
                Release.objects.get(pk=pk),
                scan=form.cleaned_data["signed_scan"],
                attachments=[(row["asset"], row["label"]) for row in rows if row.get("asset") is not None],
                user=request.user,
                now=clock.now(),
            )
        except actions.PressError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, gettext("Kept. The files open with the text."))
            return redirect(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    panel = HANDLER.get_bound_panel(instance=release, request=request, form=form)
    context = {
        "page": page,
        "form": form,
        "panel": panel,
        "media": panel.media + form.media,
        "called": gettext("Signed document and attachments"),
        "back": reverse("wagtailadmin_pages:edit", args=[page.pk]),
    }
    return TemplateResponse(request, "press/admin/contents.html", context)
