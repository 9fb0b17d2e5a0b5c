"""The report of what the media said, and lists brought in from files: the team's screens."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.auth import require_admin_access
from wagtail.models import Site

from cms.core import clock, formats
from cms.core.exports import stream_csv
from cms.core.viewsets import XLSX
from cms.mailing.documents import PaperUnavailable
from cms.pages.models import Organisation
from press import actions, imports
from press.exports import coverage as paper
from press.models import CoverageImport
from press.queries import coverage as queries
from press.viewsets.rows import SourceField, thing_of

SHOWN, PER_PAGE, LATEST = 100, 50, 10
PDF = "application/pdf"
SHELVES = (
    (imports.WRONG, _("To be corrected")),
    (imports.NEW, _("Not in yet")),
    (imports.KNOWN, _("In already")),
)
ANY_YEAR = "all"


# The report --------------------------------------------------------------------------------------------------
class ReportForm(forms.Form):
    """A year, and a release or event."""

    year = forms.ChoiceField(label=_("Year"), required=False)
    source = SourceField(label=_("Release or event"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = [(str(year), str(year)) for year in queries.years()]
        self.fields["year"].choices = [(ANY_YEAR, gettext("All years")), *years]  # type: ignore[attr-defined]


def _asked(request: HttpRequest) -> tuple[ReportForm, queries.Report, str]:
    """The form as filled in, the report that it asks for, and the same question for other formats."""
    if not request.user.has_perm("press.view_coverage"):
        raise PermissionDenied
    known = [year for year, _label in ReportForm().fields["year"].choices]  # type: ignore[attr-defined]
    asked = {"source": request.GET.get("source", ""), "year": request.GET.get("year", "")}
    if asked["year"] not in known:
        asked["year"] = ANY_YEAR if asked["source"] or len(known) == 1 else known[1]
    form = ReportForm(asked)
    form.is_valid()
    year = int(asked["year"]) if asked["year"] != ANY_YEAR else None
    thing = thing_of(form.cleaned_data.get("source"))
    return form, queries.report(year=year, thing_uid=thing), urlencode(asked)


@require_admin_access
def report(request: HttpRequest) -> HttpResponse:
    """What the media said in a year, or of one release or event."""
    form, found, question = _asked(request)
    said = queries.with_sources(list(found.said.reverse()[:SHOWN]))
    return TemplateResponse(
        request,
        "press/admin/coverage_report.html",
        {
            "form": form,
            "report": found,
            "title": paper.title_of(found),
            "charts": paper.charts(found),
            "question": question,
            "said": said,
            "left_out": max(found.total.count - SHOWN, 0),
            "ordered": queries.with_sources(list(found.ordered.reverse()[:SHOWN])),
        },
    )


@require_admin_access
def report_pdf(request: HttpRequest) -> HttpResponse:
    """The same on paper."""
    _form, found, question = _asked(request)
    own = Organisation.for_site(Site.objects.get(is_default_site=True))
    try:
        data = paper.report_pdf(found, letterhead=own.name, now=clock.now())
    except PaperUnavailable as fault:
        messages.error(
            request, gettext("This machine makes no PDF: %(lacks)s is missing.") % {"lacks": fault}
        )
        return redirect(f"{reverse('press_coverage_report')}?{question}")
    return _file(data, PDF, found, "pdf")


@require_admin_access
def report_xlsx(request: HttpRequest) -> HttpResponse:
    """The same as a workbook, with charts that follow its cells."""
    _form, found, _question = _asked(request)
    uids = {
        *found.said.values_list("thing_uid", flat=True),
        *found.ordered.values_list("thing_uid", flat=True),
    }
    return _file(paper.report_xlsx(found, sources=queries.sources_of(uids)), XLSX, found, "xlsx")


def _file(data: bytes, content_type: str, found: queries.Report, ending: str) -> HttpResponse:
    response = HttpResponse(data, content_type=content_type)
    name = slugify(paper.title_of(found))[:80]
    response["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    response["Cache-Control"] = "private, no-store"
    return response


# Lists from files --------------------------------------------------------------------------------------------
class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or Excel (.xlsx), 2,000 lines and 5 MB at most. The first line holds the headings."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,text/csv"}),
    )
    source = SourceField(label=_("Release or event that lines come from which do not say it"))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > imports.MOST_BYTES:
            raise forms.ValidationError(
                _("This file is too big: 5 MB at most. Cut the list into several files.")
            )
        return file


def _guard(request: HttpRequest) -> None:
    if not request.user.has_perm("press.import_coverage"):
        raise PermissionDenied


@require_admin_access
def coverage_imports(request: HttpRequest) -> HttpResponse:
    """A new list (POST), and what was brought in."""
    _guard(request)
    posted = request.method == "POST"
    form = UploadForm(request.POST if posted else None, request.FILES if posted else None)
    if posted and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            listing = actions.begin_coverage_import(
                filename=file.name,
                data=file.read(),
                thing_uid=thing_of(form.cleaned_data["source"]),
                user=request.user,
                now=clock.now(),
            )
        except imports.Unreadable as fault:
            form.add_error("file", str(fault))
        else:
            return redirect("press_coverage_import", listing.pk)
    listings = CoverageImport.objects.defer("lines").select_related("created_by")[:LATEST]
    return TemplateResponse(
        request,
        "press/admin/coverage_imports.html",
        {"form": form, "listings": listings, "columns": [label for _key, label, _names in imports.COLUMNS]},
    )


@require_admin_access
def coverage_import(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: what would become of each line, or what became of it. POST confirms, or gives the list up."""
    _guard(request)
    listing = get_object_or_404(CoverageImport, pk=pk)
    if request.method == "POST":
        return _decided(request, listing)
    read = imports.read_lines(listing)
    counts = {code: sum(line.verdict == code for line in read) for code, _label in SHELVES}
    show = request.GET.get("show", "")
    if show not in counts:
        show = next((code for code, _label in SHELVES if counts[code]), imports.NEW)
    page = Paginator([line for line in read if line.verdict == show], PER_PAGE).get_page(request.GET.get("p"))
    rows = [line.row for line in page if line.row is not None]
    queries.with_sources(rows)
    return TemplateResponse(
        request,
        "press/admin/coverage_import.html",
        {
            "listing": listing,
            "shelves": [(code, label, counts[code]) for code, label in SHELVES],
            "show": show,
            "page": page,
            "new": counts[imports.NEW],
            "wrong": counts[imports.WRONG],
        },
    )


def _decided(request: HttpRequest, listing: CoverageImport) -> HttpResponse:
    if request.POST.get("act") == "drop":
        actions.drop_coverage_import(listing)
        messages.success(request, gettext("The list was given up. Nothing of it was kept."))
        return redirect("press_coverage_imports")
    try:
        done = actions.confirm_coverage_import(listing, user=request.user, now=clock.now())
    except actions.AlreadyIn as fault:
        messages.warning(request, str(fault))
        return redirect("press_coverage_imports")
    said = gettext("The list is in: %(new)s new, %(known)s in already, %(wrong)s to be corrected.")
    figures = {name: formats.number(getattr(done, attribute)) for name, attribute in _FIGURES}
    messages.success(request, said % figures)
    return redirect("press_coverage_import", listing.pk) if done.wrong else redirect("press_coverage:index")


_FIGURES = (("new", "created"), ("known", "known"), ("wrong", "wrong"))


@require_admin_access
def coverage_errors(request: HttpRequest, pk: int) -> HttpResponse:
    """The lines to be corrected, as a file: corrected, it is brought in by itself."""
    _guard(request)
    listing = get_object_or_404(CoverageImport, pk=pk)
    width = len(listing.headings)
    lines = (
        [*(line.cells + [""] * width)[:width], line.number, line.sentence]
        for line in imports.read_lines(listing)
        if line.verdict == imports.WRONG
    )
    return _csv(
        f"retombees-a-corriger-{listing.pk}",
        [*listing.headings, gettext("Line"), gettext("What to correct")],
        lines,
    )


@require_admin_access
def coverage_model(request: HttpRequest) -> HttpResponse:
    """An empty list with the headings that are understood."""
    _guard(request)
    return _csv("retombees-modele", [str(label).capitalize() for _key, label, _names in imports.COLUMNS], [])


def _csv(name: str, headings: list[str], lines: Any) -> HttpResponse:
    response: Any = StreamingHttpResponse(stream_csv(headings, lines), content_type="text/csv")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response
