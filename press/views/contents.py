"""Choosing what a press kit holds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, InlinePanel, ObjectList

from cms.core import clock
from press import actions, receivers
from press.forms.kits import KitNotesForm
from press.models import Kit, Tier
from press.queries import offered
from press.views.buttons import may_publish_live, page_for
from press.views.desk import who_has_it

HANDLER = ObjectList(
    [
        InlinePanel(
            "items",
            [
                FieldPanel("asset"),
                FieldPanel("section"),
                FieldRowPanel(
                    [FieldPanel("in_light"), FieldPanel("in_press"), FieldPanel("in_print")],
                    heading=_("Versions offered"),
                ),
            ],
            heading=_("What the kit holds"),
            label=_("File"),
            help_text=_("Photographs, documents, sounds and films of the media library, in their order."),
        ),
        HelpPanel(
            heading=_("Versions offered"),
            content=_(
                "Of a picture each ticked version stands on the page, and an archive takes the best that is "
                "not heavier than itself. Any other file is packed from the lightest ticked one on."
            ),
        ),
        FieldPanel("expires_at", heading=_("Offered until"), help_text=_("Empty: without an end.")),
    ]
).bind_to_model(Kit)


def kit_contents(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose, order and remove a kit's files; the archives are built anew afterwards.

    Of a kit that is published, whoever may publish it: the files open with it.
    """
    if not request.user.has_perm("press.fill_kit"):
        raise PermissionDenied
    kit = get_object_or_404(Kit, pk=pk)
    page = page_for("kit", kit, request.user)
    if not may_publish_live("kit", kit, request.user):
        raise PermissionDenied
    form_class: Any = HANDLER.get_form_class()
    form = form_class(request.POST or None, instance=kit, for_user=request.user)
    said = _said_form(kit, request)
    if request.method == "POST" and form.is_valid() and (said is None or said.is_valid()):
        rows = [
            row.cleaned_data
            for row in form.formsets["items"].ordered_forms
            if row.cleaned_data.get("asset") is not None
        ]
        try:
            _keep(kit, form.cleaned_data["expires_at"], rows, said.notes if said else {}, request.user)
        except actions.PressError as error:
            form.add_error("expires_at", str(error))
        else:
            receivers.ring_for_archives(kit.pk)
            messages.success(request, _kept(kit, said))
            return redirect(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    panel = HANDLER.get_bound_panel(instance=kit, request=request, form=form)
    context = {
        "kit": kit,
        "page": page,
        "form": form,
        "said": said,
        "panel": panel,
        "media": panel.media + form.media,
        "back": reverse("wagtailadmin_pages:edit", args=[page.pk]),
    }
    return TemplateResponse(request, "press/admin/contents.html", context)


def _said_form(kit: Kit, request: HttpRequest) -> KitNotesForm | None:
    """Where it is said what was wrong: of a kit that readers have already, by who may correct it."""
    may = request.user.has_perm("press.correct_kit") and actions.was_public(kit, now=clock.now())
    return KitNotesForm(request.POST or None, prefix="said") if may and kit.withdrawn_at is None else None


def _kept(kit: Kit, said: KitNotesForm | None) -> str:
    kept = gettext("Kept. The archives are being built; the single files are there already.")
    return f"{kept} {who_has_it(kit) if said and said.notes else ''}".strip()


@transaction.atomic
def _keep(
    kit: Kit, until: datetime | None, rows: list[dict[str, Any]], notes: dict[str, str], user: Any
) -> None:
    now = clock.now()
    actions.set_kit_expiry(kit, until=until, user=user, now=now)
    actions.set_items(
        kit,
        items=[(row["asset"], row["section"]) for row in rows],
        versions={row["asset"].pk: [tier for tier in Tier.values if row[f"in_{tier}"]] for row in rows},
        user=user,
        now=now,
    )
    if notes:
        # what left at this very save; else what was replaced in the library before
        wrong = offered.left_at(kit, now=now) or offered.unsaid(kit)
        actions.correct_kit(kit, notes=notes, files=wrong, user=user, now=now)
    actions.reword_mailings(kit, now=now)
