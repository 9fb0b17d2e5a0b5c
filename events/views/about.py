"""What an event is told with: partners, contacts, pages to read, files, and the figures that stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, ObjectList

from cms.core import clock
from events import actions
from events.models import Event

if TYPE_CHECKING:
    from django.http import HttpRequest

CHANGE = "events.change_state"

HANDLER = ObjectList(
    [
        FieldRowPanel([FieldPanel("kind"), FieldPanel("role")]),
        FieldRowPanel([FieldPanel("anniversary"), FieldPanel("edition"), FieldPanel("attendance")]),
        InlinePanel(
            "partners",
            [FieldPanel("organisation"), FieldPanel("part")],
            heading=gettext_lazy("Partners and sponsors"),
            label=gettext_lazy("Organisation"),
        ),
        InlinePanel(
            "contacts",
            [FieldPanel("contact")],
            heading=gettext_lazy("Whom to ask"),
            label=gettext_lazy("Contact"),
            help_text=gettext_lazy("Name, function, telephone and e-mail address are shown to everybody."),
        ),
        InlinePanel(
            "readings",
            [FieldPanel("page")],
            heading=gettext_lazy("To read with it"),
            label=gettext_lazy("Page"),
            help_text=gettext_lazy(
                "A press kit, a release, a report: each reader sees those that they may see, in their language."
            ),
        ),
        InlinePanel(
            "files",
            [FieldPanel("asset")],
            heading=gettext_lazy("Documents and photographs"),
            label=gettext_lazy("File"),
            help_text=gettext_lazy(
                "Files that are public in the media library; the page keeps them afterwards."
            ),
        ),
    ]
).bind_to_model(Event)


def about(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose and order them; one POST says them all."""
    if not request.user.has_perm(CHANGE):
        raise PermissionDenied
    event = get_object_or_404(Event, pk=pk)
    form_class: Any = HANDLER.get_form_class()
    form = form_class(request.POST or None, instance=event, for_user=request.user)
    if request.method == "POST" and form.is_valid():
        lists = {
            name: [_row(row.cleaned_data, column) for row in form.formsets[name].ordered_forms]
            for name, (_model, column) in actions.LISTS.items()
        }
        actions.set_about(
            event=Event.objects.get(pk=pk),
            facts={name: form.cleaned_data[name] for name in actions.FACTS},
            lists=lists,
            user=request.user,
            now=clock.now(),
        )
        messages.success(request, _("Kept: the event's page shows it now."))
        return HttpResponseRedirect(reverse("events_about", args=[pk]))
    panel = HANDLER.get_bound_panel(instance=event, request=request, form=form)
    context = {"event": event, "form": form, "panel": panel, "media": panel.media + form.media}
    return render(request, "events/admin/about.html", context, status=422 if form.errors else 200)


def _row(said: dict[str, Any], column: str) -> dict[str, Any]:
    return {name: said[name] for name in (column, "part") if name in said}
