"""Bring a list in from a file: upload, columns, preview, and the report. Nothing is written before the last button."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.models import ModelLogEntry

from cms.contacts import actions, imports
from cms.contacts.models import Contact, ContactImport, ImportRow, Purpose
from cms.contacts.validators import name_key
from cms.contacts.viewsets import words
from cms.contacts.viewsets.import_forms import ColumnsForm, UploadForm
from cms.core import clock
from cms.core.exports import stream_csv
from cms.core.viewsets import EXPORTED

PER_PAGE = 50
LATEST = 20
SAMPLE = 3
Verdict, Choice = ImportRow.Verdict, ImportRow.Choice
#: What the preview shows first: what an officer must decide, then what must be corrected.
SHELVES = (
    (Verdict.SIMILAR, gettext_lazy("Perhaps on file")),
    (Verdict.KNOWN, gettext_lazy("Already on file")),
    (Verdict.WRONG, gettext_lazy("To be corrected")),
    (Verdict.NEW, gettext_lazy("New")),
)
REASONS = {
    "address": gettext_lazy("same address"),
    "phone": gettext_lazy("same number and name"),
    "name": gettext_lazy("similar name in the same organisation"),
}


class _ImportView(WagtailAdminTemplateMixin, View):
    """A step of an import, for those who may bring contacts in."""

    header_icon = "upload"
    page_title: Any = gettext_lazy("Bring a list in")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm("contacts.import_contact"):  # type: ignore[union-attr]
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def listing(self) -> ContactImport:
        found = ContactImport.objects.select_related("audience", "created_by")
        return get_object_or_404(found, pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return self.listing.filename if "pk" in self.kwargs else ""

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        items = [*self.breadcrumbs_items, {"url": reverse("contacts:index"), "label": _("Contacts")}]
        here = {"url": reverse("contacts:imports"), "label": _("Lists brought in")}
        if "pk" not in self.kwargs:
            return [*items, {**here, "url": ""}]
        return [*items, here, {"url": "", "label": self.listing.filename}]

    def changed_meanwhile(self) -> HttpResponse:
        messages.warning(
            self.request, _("Somebody changed or confirmed this list meanwhile. This is how it stands now.")
        )
        return HttpResponseRedirect(reverse("contacts:import", args=[self.listing.pk]))


class ImportsView(_ImportView):
    """The lists brought in, the files taken away, and a new one."""

    template_name = "contacts/admin/imports.html"
    page_title = gettext_lazy("Lists brought in")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=UploadForm()))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                listing = actions.begin_import(
                    filename=file.name,
                    data=file.read(),
                    user=request.user,  # type: ignore[arg-type]
                    now=clock.now(),
                )
            except imports.Unreadable as fault:
                form.add_error("file", str(fault))
            else:
                return HttpResponseRedirect(reverse("contacts:import_columns", args=[listing.pk]))
        return self.render_to_response(self.get_context_data(form=form))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        exports = ModelLogEntry.objects.filter(
            action=EXPORTED, content_type__app_label=Contact._meta.app_label
        )
        may_see = self.request.user.has_perm("contacts.export_contact")
        return {
            **super().get_context_data(**kwargs),
            "listings": ContactImport.objects.select_related("created_by")[:LATEST],
            "exports": exports.select_related("user").order_by("-timestamp")[:LATEST] if may_see else [],
        }


class ImportColumnsView(_ImportView):
    """What each column holds."""

    template_name = "contacts/admin/import_columns.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if self.listing.state == ContactImport.State.DONE:
            return self.changed_meanwhile()
        listing = self.listing
        initial = {
            "language": listing.defaults.get("language", "fr"),
            "country": listing.defaults.get("country", words.HOME),
            "audience": listing.audience,
            "purposes": listing.purposes,
            "evidence": listing.evidence,
        }
        return self._show(ColumnsForm(listing=listing, initial=initial))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = ColumnsForm(request.POST, listing=self.listing)
        if form.is_valid():
            data = form.cleaned_data
            shared = {
                name: data[name] for name in ("language", "country", "audience", "purposes", "evidence")
            }
            try:
                actions.set_columns(self.listing, columns=form.columns, **shared)
            except actions.ColumnsUnclear as fault:
                form.add_error(None, str(fault))
            except actions.ImportChanged:
                return self.changed_meanwhile()
            else:
                return HttpResponseRedirect(reverse("contacts:import", args=[self.listing.pk]))
        return self._show(form)

    def _show(self, form: ColumnsForm) -> HttpResponse:
        sample = [row.cells for row in self.listing.rows.all()[:SAMPLE]]
        again = ContactImport.objects.filter(sha256=self.listing.sha256, done_at__isnull=False).first()
        return self.render_to_response(
            self.get_context_data(
                form=form,
                columns=form.rows(sample),
                listing=self.listing,
                lines=self.listing.rows.count(),
                again=again,
            )
        )


class ImportPreviewView(_ImportView):
    """What would become of each line, or what became of it."""

    template_name = "contacts/admin/import_preview.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if self.listing.state == ContactImport.State.READ:
            return HttpResponseRedirect(reverse("contacts:import_columns", args=[self.listing.pk]))
        if self.listing.state == ContactImport.State.DONE:
            self.template_name = "contacts/admin/import_report.html"
        return self.render_to_response(self.get_context_data())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        here = HttpResponseRedirect(f"{request.path}?{request.GET.urlencode()}")
        act = request.POST.get("act", "")
        try:
            if act == "drop":
                actions.drop_import(self.listing)
                messages.success(request, _("The list was given up. Nothing of it was kept."))
                return HttpResponseRedirect(reverse("contacts:imports"))
            if act in {"all-skip", "all-merge", "all-create"}:
                verdict = request.POST.get("show", "")
                actions.decide_all(self.listing, verdict=verdict, choice=act.removeprefix("all-"))
                return here
            if actions.decide_rows(self.listing, decisions=_decisions(request.POST)):
                messages.success(request, _("Your choices are kept. Read the numbers again, then confirm."))
                return here
            return self._confirm(here) if act == "confirm" else here
        except actions.ImportChanged:
            return self.changed_meanwhile()

    def _confirm(self, here: HttpResponse) -> HttpResponse:
        version = self.request.POST.get("version", "")
        if not version.isdecimal():
            return here
        done = actions.confirm_import(
            self.listing,
            version=int(version[:9]),
            user=self.request.user,  # type: ignore[arg-type]
            now=clock.now(),
        )
        entered = done.outcome.get("created", 0)
        messages.success(self.request, _("The list is in: %(number)d new contacts.") % {"number": entered})
        return HttpResponseRedirect(reverse("contacts:import", args=[done.pk]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.listing.rows.all()
        counts = dict(rows.order_by().values_list("verdict").annotate(number=Count("pk")))
        show = self.request.GET.get("show", "")
        if show not in Verdict.values:
            show = next((str(shelf) for shelf, _label in SHELVES if counts.get(shelf)), Verdict.NEW.value)
        page = Paginator(rows.filter(verdict=show), PER_PAGE).get_page(self.request.GET.get("p"))
        return {
            **super().get_context_data(**kwargs),
            "listing": self.listing,
            "shelves": [(str(shelf), label, counts.get(shelf, 0)) for shelf, label in SHELVES],
            "show": show,
            "page": page,
            "lines": _shown(page),
            "plan": _plan(rows),
            "new_bodies": _new_bodies(rows) if self.listing.state == ContactImport.State.CHECKED else [],
            "wrong": counts.get(Verdict.WRONG, 0),
            "agreed": [str(dict(Purpose.choices).get(one, one)) for one in self.listing.purposes],
        }


def _decisions(posted: Any) -> dict[int, tuple[str, int]]:
    """The choices of a page: « line-12 » = "merge:0", "skip:0", "create:0"."""
    found = {}
    for name, value in posted.items():
        line, (choice, _colon, target) = name.removeprefix("line-"), value.partition(":")
        if name.startswith("line-") and line.isdecimal() and target.isdecimal() and len(line + target) < 12:
            found[int(line)] = (choice, int(target))
    return found


def _plan(rows: QuerySet[ImportRow]) -> dict[str, int]:
    """How many lines would be entered, complete a card, or be left out; those to be corrected are told apart."""
    counts = dict(
        rows.exclude(verdict=Verdict.WRONG).order_by().values_list("choice").annotate(number=Count("pk"))
    )
    return {str(choice): counts.get(choice, 0) for choice in Choice.values}


def _new_bodies(rows: QuerySet[ImportRow]) -> list[str]:
    """The organisations that would be entered, by name."""
    coming = rows.exclude(choice=Choice.SKIP).order_by("values__organisation")
    names = {name for name in coming.values_list("values__organisation", flat=True).distinct() if name}
    known = imports.organisations_named(names)
    fresh = {name_key(name): name for name in sorted(names)}
    return sorted(name for key, name in fresh.items() if key not in known)


def _shown(page: Any) -> list[dict[str, Any]]:
    """The lines of a page with the names of the cards they may be, in two queries."""
    rows = list(page)
    keys = {one["contact"] for row in rows for one in row.candidates if "contact" in one}
    cards = Contact.objects.filter(pk__in=keys).select_related("organisation").in_bulk()
    return [
        {
            "row": row,
            "name": row.values.get("name", ""),
            "reach": ", ".join([*row.values.get("emails", ()), *row.values.get("phones", ())]),
            "organisation": row.values.get("organisation", ""),
            "cells": ", ".join(filter(None, row.cells))[:160],
            "choices": _choices(row, cards),
            "cards": [cards[one["contact"]] for one in row.candidates if one.get("contact") in cards],
        }
        for row in rows
    ]


def _choices(row: ImportRow, cards: dict[int, Contact]) -> list[dict[str, Any]]:
    chosen = (row.choice, row.target)
    found = [(Choice.SKIP, 0, _("Leave out"))]
    for place, candidate in enumerate(row.candidates):
        why = REASONS.get(candidate["why"], "")
        if "line" in candidate:
            label = _("Complete line %(line)d (%(why)s)") % {"line": candidate["line"], "why": why}
        elif (card := cards.get(candidate["contact"])) is not None:
            label = _("Complete the card of %(name)s (%(why)s)") % {"name": card, "why": why}
            if candidate.get("aside"):
                label = _("%(label)s, put aside: take it back") % {"label": label}
        else:
            continue
        found.append((Choice.MERGE, place, label))
    found.append((Choice.CREATE, 0, _("Enter as a new contact")))
    return [
        {
            "value": f"{choice}:{place}",
            "label": label,
            "selected": chosen == (choice, place) or (choice != Choice.MERGE and row.choice == choice),
        }
        for choice, place, label in found
    ]


class ImportErrorsView(_ImportView):
    """The lines to be corrected, as a file: corrected, it is brought in by itself."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        listing = self.listing
        rows = listing.rows.filter(verdict=Verdict.WRONG).iterator(chunk_size=500)
        headings = [*listing.headings, _("Line"), _("What to correct")]
        width = len(listing.headings)
        lines = ([*(row.cells + [""] * width)[:width], row.line, sentences(row)] for row in rows)
        response: Any = StreamingHttpResponse(stream_csv(headings, lines), content_type="text/csv")
        response["Content-Disposition"] = f'attachment; filename="a-corriger-{listing.pk}.csv"'
        response["Cache-Control"] = "private, no-store"
        return response


def sentences(row: ImportRow) -> str:
    return " ".join(f"{heading} : {sentence}" if heading else sentence for heading, sentence in row.errors)
