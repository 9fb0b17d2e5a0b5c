"""The committee's screens: the call, the abstracts, their reviewers, the verdicts, the book."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages

from cms.core import clock
from cms.pages.queries import page_of
from events import exports, queries, tasks
from events.actions import NotTaken, reviews
from events.forms.committee import CallForm, DecisionForm, PrizeForm, ReviewerForm
from events.mail.abstracts import DECISION, REVIEWER, decision
from events.models import Call, Event, PaperForm, PaperState, Review, Reviewer, Submission
from events.views.abstracts import book_response, respond_paper

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

KEEP = "events.manage_papers"
STATES = [one for one in PaperState.choices if one[0] != PaperState.PENDING]
#: Mails shown whole before a verdict is given; of the others the list says to whom they go.
SHOWN = 3


def _event(request: HttpRequest, pk: int) -> Event:
    if not request.user.has_perm(KEEP):
        raise PermissionDenied
    return get_object_or_404(Event, pk=pk)


def _call(request: HttpRequest, pk: int) -> Call:
    call = queries.call_of(_event(request, pk))
    if call is None:
        raise Http404
    return call


def _paper(call: Call, uid: Any) -> Submission:
    return get_object_or_404(
        Submission.objects.select_related("call__event", "registration").exclude(state=PaperState.PENDING),
        call=call,
        uid=uid,
    )


@require_safe
def abstracts(request: HttpRequest, pk: int) -> HttpResponse:
    """The abstracts of an event's call, narrowed by state, theme and words; an event without one is offered a call."""
    event = _event(request, pk)
    call = queries.call_of(event)
    if call is None:
        return render(request, "events/admin/abstracts/none.html", {"event": event})
    narrowed = {
        "state": request.GET.get("state", ""),
        "theme": request.GET.get("theme", "")[:200],
        "search": request.GET.get("q", "")[:100].replace("\x00", ""),
    }
    found = page_of(queries.papers_of(call, **narrowed), request.GET, size=50)
    counts = queries.states_of(call)
    context = {
        "event": event,
        "call": call,
        "found": found,
        "narrowed": narrowed,
        "states": STATES,
        "counts": [(words, counts[code]) for code, words in STATES if counts.get(code)],
        "pending": counts.get(PaperState.PENDING, 0),
        "is_open": call.is_open(clock.now()),
        "form": DecisionForm(),
        "public_path": _public_path(event),
    }
    return render(request, "events/admin/abstracts/list.html", context)


def _public_path(event: Event) -> str:
    """Where the public form of the call is, once the event's page is published."""
    page = queries.public_pages_of(event.uid, now=clock.now()).get("fr")
    return f"{page.public_path}communications/" if page is not None else ""


def call(request: HttpRequest, pk: int) -> HttpResponse:
    """Open an event's call for papers, or change it."""
    event = _event(request, pk)
    found = queries.call_of(event)
    first = {name: getattr(found, name) for name in reviews.CALL_FIELDS} if found else {}
    form = CallForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        reviews.keep_call(event=event, values=form.cleaned_data, user=request.user, now=clock.now())
        messages.success(request, _("The call for papers is saved."))
        return HttpResponseRedirect(reverse("events_abstracts", args=[event.pk]))
    label = _("Change the call for papers") if found else _("Open a call for papers")
    context = {
        "button": {"label": label, "explanation": _("Abstracts come in by a form on the event's page.")},
        "event": event,
        "form": form,
        "back": reverse("events_abstracts", args=[event.pk]),
    }
    return render(request, "events/admin/button.html", context, status=422 if form.errors else 200)


def abstract(request: HttpRequest, pk: int, uid: Any) -> HttpResponse:
    """One abstract whole: words, authors, verdicts. POST gives its form and prize, or gives it to a reviewer."""
    row = _paper(_call(request, pk), uid)
    here = reverse("events_abstract", args=[pk, uid])
    form = PrizeForm(
        request.POST if request.method == "POST" and "form" in request.POST else None,
        forms_of=PaperForm.choices,
        prizes=row.call.prize_list if row.state == PaperState.CONFIRMED else [],
        initial={"form": row.form, "prize": row.prize},
    )
    if request.method == "POST" and "reviewer" in request.POST:
        return _give(request, row, here)
    if request.method == "POST" and form.is_valid():
        try:
            reviews.award(submission=row, user=request.user, now=clock.now(), **form.cleaned_data)
            messages.success(request, _("Saved."))
        except NotTaken:
            messages.error(request, _("A prize goes to an abstract whose speaker came."))
        return HttpResponseRedirect(here)
    given = list(row.reviews.select_related("reviewer__contact"))
    taken = {one.reviewer_id for one in given}
    free = [one for one in queries.reviewers_of(row.call) if one.pk not in taken]
    authors = list(row.authors.all())
    context = {
        "event": row.call.event,
        "paper": row,
        "authors": authors,
        "reviews": given,
        "free": [(one, reviews.may_judge(one, row)) for one in free],
        "form": form,
    }
    return render(request, "events/admin/abstracts/paper.html", context, status=422 if form.errors else 200)


def _give(request: HttpRequest, row: Submission, here: str) -> HttpResponse:
    number = request.POST["reviewer"]
    key = int(number) if number.isdecimal() and len(number) < 19 else 0
    reviewer = get_object_or_404(Reviewer, pk=key, call=row.call, dropped_at=None)
    reviews.assign(submission=row, reviewer=reviewer, now=clock.now())
    messages.success(request, _("Given to %(name)s.") % {"name": reviewer})
    return HttpResponseRedirect(here)


@require_safe
def abstract_file(request: HttpRequest, pk: int, uid: Any) -> HttpResponseBase:
    """The file sent with an abstract, for the committee."""
    return respond_paper(request, _paper(_call(request, pk), uid))


def reviewers(request: HttpRequest, pk: int) -> HttpResponse:
    """Who judges. POST: name somebody, drop somebody, share the abstracts out, write to who has some waiting."""
    found = _call(request, pk)
    naming = request.method == "POST" and request.POST.get("do") == "name"
    form = ReviewerForm(request.POST if naming else None, themes=found.theme_list)
    if request.method == "POST" and (not naming or form.is_valid()):
        _on_reviewers(request, found, form)
        return HttpResponseRedirect(reverse("events_reviewers", args=[pk]))
    context = {
        "event": found.event,
        "call": found,
        "form": form,
        "rows": [(one, queries.reviewer_url(one)) for one in queries.reviewers_of(found)],
        "blind": found.blind,
    }
    return render(
        request, "events/admin/abstracts/reviewers.html", context, status=422 if form.errors else 200
    )


def _on_reviewers(request: HttpRequest, found: Call, form: ReviewerForm) -> None:
    did, now = request.POST.get("do", ""), clock.now()
    if did == "name":
        said = form.cleaned_data
        themes = "\n".join(said.get("themes", []))
        reviews.name_reviewer(
            call=found, name=said["name"], email=said["email"], themes=themes, user=request.user, now=now
        )
        messages.success(request, _("%(name)s judges abstracts.") % {"name": said["name"]})
    elif did == "share":
        made = reviews.share_out(call=found, user=request.user, now=now)
        words = ngettext("%(n)s review was given out.", "%(n)s reviews were given out.", made)
        messages.success(request, words % {"n": made})
    elif did == "write":
        waiting = Review.objects.filter(verdict="", conflict="", submission__state=PaperState.SUBMITTED)
        due = queries.reviewers_of(found).filter(pk__in=waiting.values("reviewer"))
        for one in due:
            reviews.write_to_reviewer(reviewer=one, now=now)
        tasks.ring(REVIEWER)
        words = ngettext("%(n)s reviewer is written to.", "%(n)s reviewers are written to.", len(due))
        messages.success(request, words % {"n": len(due)})
    elif did == "drop":
        number = request.POST.get("reviewer", "")
        key = int(number) if number.isdecimal() and len(number) < 19 else 0
        reviews.drop_reviewer(
            reviewer=get_object_or_404(Reviewer, pk=key, call=found), user=request.user, now=now
        )
        messages.success(request, _("Dropped: the link stops working; verdicts given stay."))


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the ticked abstracts one verdict: first the mails are shown; `do=send` decides and sends them."""
    found = _call(request, pk)
    form = DecisionForm(request.POST)
    back = reverse("events_abstracts", args=[pk])
    if not form.is_valid():
        for error in [one for errors in form.errors.values() for one in errors]:
            messages.error(request, error)
        return HttpResponseRedirect(back)
    said = form.cleaned_data
    if request.POST.get("do") == "send":
        done, left = reviews.decide(
            call=found, chosen=form.chosen, user=request.user, now=clock.now(), **said
        )
        tasks.ring(DECISION)
        words = ngettext("%(n)s abstract decided.", "%(n)s abstracts decided.", len(done))
        if done:
            messages.success(request, words % {"n": len(done)})
        if left:
            numbers = ", ".join(str(one.number) for one in left)
            messages.warning(
                request, _("Left alone, changed or decided meanwhile: %(numbers)s.") % {"numbers": numbers}
            )
        return HttpResponseRedirect(back)
    rows = list(queries.papers_of(found).filter(pk__in=form.chosen))
    fit = [row for row in rows if row.state in reviews.JUDGED and row.version == form.chosen[row.pk]]
    context = {
        "event": found.event,
        "form": form,
        "rows": fit,
        "left": [row for row in rows if row not in fit],
        "mails": [_mail(row, said) for row in fit[:SHOWN]],
        "verdict_words": dict(form.fields["verdict"].choices)[said["verdict"]],  # type: ignore[attr-defined]
        "back": back,
    }
    return render(request, "events/admin/abstracts/decide.html", context)


def _mail(row: Submission, said: dict[str, Any]) -> dict[str, Any]:
    """The mail of a verdict as it would leave, without the personal link."""
    values = queries.paper_values(row) | queries.decision_values(
        row, verdict=said["verdict"], note=said["note"]
    )
    with translation.override(row.language):
        parts = decision(SimpleNamespace(values=values), row.language, clock.now())
    text = parts.text.replace("[[name]]", row.name).replace(queries.paper_url(row), "…")
    return {"to": row.email, "subject": parts.subject, "text": text}


@require_safe
def abstracts_csv(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The abstracts with their verdicts, for a spreadsheet."""
    found = _call(request, pk)
    response = StreamingHttpResponse(
        exports.abstracts_csv(queries.papers_of(found).iterator(500)), content_type="text/csv; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="communications-{pk}.csv"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_safe
def abstracts_book(request: HttpRequest, pk: int) -> HttpResponse:
    """The book of abstracts as it would be now, public or not."""
    response = book_response(
        _call(request, pk), language="en" if request.GET.get("language") == "en" else "fr"
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response
