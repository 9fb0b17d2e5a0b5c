"""Abstracts, for who sends them: the call's form on the event's page, and the authors' own page by a link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cms.core import clock, formats
from cms.core.client import client_network
from cms.core.evenly import evenly
from cms.core.registry import accepts
from cms.mailing.documents import PaperUnavailable, as_pdf
from events import actions, queries, tasks
from events.actions import abstracts
from events.actions.papers import PapersBusy, kept_file
from events.documents.abstracts import book_html
from events.forms.abstracts import FIRST_ROWS, LANGUAGES, MORE_ROWS, MOST_AUTHORS, PaperEntry
from events.mail.abstracts import CONFIRM, RECEIVED, SPEAKER
from events.models import PROPOSED, Call, EventPage, PaperState, Submission
from media_library.storage.files import sha256_of
from media_library.validators.facts import FORMATS
from media_library.views import respond_file

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from cms.core.registry import Context

#: A laboratory's people share one address of the network.
PER_NETWORK = 20


def private(response: HttpResponse) -> HttpResponse:
    """Nothing of it is stored; the address, which carries a link, is not handed on."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _rows(data: Any, default: int = FIRST_ROWS) -> int:
    """How many authors the form has room for: as many as it said, and more where more were asked for."""
    said = str(data.get("rows", ""))
    rows = int(said) if said.isdecimal() and len(said) < 4 else default
    return min(rows + (MORE_ROWS if data.get("step") == "more" else 0), MOST_AUTHORS)


def entry_form(call: Call, request: HttpRequest, **values: Any) -> PaperEntry:
    """The form for `call`, bound where something was posted."""
    bound = request.method == "POST"
    rows = values.pop("rows", FIRST_ROWS)
    return PaperEntry(
        request.POST if bound else None,
        request.FILES if bound else None,
        themes=call.theme_list,
        offered=[(one.value, one.label) for one in PROPOSED],
        most_words=call.most_words,
        rows=_rows(request.POST, rows) if bound else rows,
        **values,
    )


def paper_from(form: PaperEntry) -> abstracts.Paper:
    """What a valid form says."""
    authors, presents = form.authors()
    fields = ("title_fr", "title_en", "abstract_fr", "abstract_en", "theme", "form")
    said = {name: form.cleaned_data.get(name, "") for name in fields}
    return abstracts.Paper(**said, authors=[abstracts.Name(**one) for one in authors], presents=presents)


@accepts("GET", "HEAD", "POST")
@evenly
def papers_call(request: HttpRequest, page: EventPage, ctx: Context) -> HttpResponse:
    """`communications/`: the call and its form. POST `step=send`: sent; `step=more`: room for more authors.

    404 for an event without a call. Known and unknown addresses get the same answer, and so does a robot.
    """
    call = queries.call_of(page.event)
    if call is None:
        raise Http404
    context: dict[str, Any] = {"page": page, "ctx": ctx, "call": call, "noindex": True}
    context |= {"words": call.words(ctx.language), "until": formats.long_date(call.closes_at)}
    if "sent" in request.GET and request.method != "POST":
        return private(TemplateResponse(request, "events/abstracts/sent.html", context))
    if not call.is_open(ctx.now):
        context["opens"] = formats.long_date(call.opens_at) if ctx.now < call.opens_at else ""
        status = 409 if request.method == "POST" else 200
        return private(TemplateResponse(request, "events/abstracts/closed.html", context, status=status))
    form = entry_form(call, request, initial={"language": ctx.language})
    if request.method != "POST":
        return _entry(request, context, form)
    if request.POST.get("step") == "more":
        _quiet(form)
        return _entry(request, context, form)
    if form.is_trapped:
        return _sent(request)
    if not form.is_valid():
        return _entry(request, context, form, status=422)
    return _send(request, call, ctx, form, context)


def _quiet(form: PaperEntry) -> None:
    """Show a form as it was typed, without judging it: its writer is not done."""
    form.full_clean()
    form.errors.clear()


def _entry(
    request: HttpRequest, context: dict[str, Any], form: PaperEntry, status: int = 200
) -> HttpResponse:
    context |= {"form": form, "may_add": form.rows < MOST_AUTHORS}
    return private(TemplateResponse(request, "events/abstracts/form.html", context, status=status))


def _send(
    request: HttpRequest, call: Call, ctx: Context, form: PaperEntry, context: dict[str, Any]
) -> HttpResponse:
    said = form.cleaned_data
    file = said["file"]
    try:
        actions.note_try(kind="papers", value=client_network(request), limit=PER_NETWORK, now=ctx.now)
    except actions.TooManyTries:
        words = _("Too many abstracts came from your network. Try again in an hour, or write to us.")
        form.add_error(None, words)
        return _entry(request, context, form, status=429)
    try:
        abstracts.submit_paper(
            call=call,
            paper=paper_from(form),
            name=said["name"],
            email=said["email"],
            language=ctx.language if ctx.language in LANGUAGES else "fr",
            file=file,
            file_name=file.name if file else "",
            key=said["key"],
            now=ctx.now,
        )
    except actions.TooManyTries:
        pass  # this address was written to enough; the answer tells nothing about it
    except abstracts.CallClosed:
        return private(TemplateResponse(request, "events/abstracts/closed.html", context, status=409))
    except ValidationError as error:
        form.add_error("file", error)
        return _entry(request, context, form, status=422)
    tasks.ring(CONFIRM)
    return _sent(request)


def _sent(request: HttpRequest) -> HttpResponse:
    """See other (RFC 9110, 15.4.4): reloading the answer sends nothing again."""
    return private(HttpResponseRedirect(f"{request.path}?sent", status=303))


# The authors' own page -----------------------------------------------------------------------------------------
def _found(token: str) -> Submission:
    submission = queries.paper_by_token(token)
    if submission is None:
        raise Http404
    return submission


@require_http_methods(["GET", "HEAD", "POST"])
def paper(request: HttpRequest, token: str) -> HttpResponse:
    """`/a/<token>`: what becomes of an abstract. POST `do=confirm|speaker|withdraw` acts; a GET changes nothing."""
    submission = _found(token)
    now = clock.now()
    with translation.override(submission.language):
        if request.method == "POST":
            return _act(request, submission, token, now)
        context = paper_context(submission, now=now) | {
            "token": token,
            "asks": "withdraw" in request.GET,
            "done": request.GET.get("done", "")[:20],
            "noindex": True,
        }
        return private(TemplateResponse(request, "events/abstracts/paper.html", context).render())


def paper_context(submission: Submission, *, now: datetime) -> dict[str, Any]:
    """What the authors' page shows of an abstract."""
    call, language = submission.call, submission.language
    title, url = queries.title_of(call.event, language=language)
    words = [
        (code, LANGUAGES[code], getattr(submission, f"title_{code}"), getattr(submission, f"abstract_{code}"))
        for code in LANGUAGES
    ]
    decided = submission.state in (PaperState.REVISE, PaperState.ACCEPTED, PaperState.REJECTED)
    notes = submission.reviews.exclude(verdict="").exclude(note="").values_list("note", flat=True)
    return {
        "paper": submission,
        "state": submission.state,
        "authors": list(submission.authors.all()),
        "words": [one for one in words if one[2]],
        "title": title,
        "event_url": url,
        "notes": list(notes) if decided and submission.decided_at else [],
        "may_change": submission.may_be_changed(now),
        "may_withdraw": submission.state not in (PaperState.WITHDRAWN, PaperState.REJECTED),
        "until": formats.day(call.revise_until, language) if call.revise_until else "",
        "closes": formats.long_date(call.closes_at),
    }


def _act(request: HttpRequest, submission: Submission, token: str, now: datetime) -> HttpResponse:
    did = request.POST.get("do", "")
    try:
        if did == "confirm":
            abstracts.confirm_paper(submission=submission, now=now)
            tasks.ring(RECEIVED)
        elif did == "speaker":
            abstracts.confirm_speaker(submission=submission, now=now)
            tasks.ring(SPEAKER, "events.confirmed", "events.waiting")
        elif did == "withdraw":
            row = abstracts.withdraw_paper(submission=submission, now=now)
            if row.pk is None:
                return private(
                    TemplateResponse(request, "events/abstracts/gone.html", {"noindex": True}).render()
                )
    except actions.EventsError:
        did = "late"
    return private(
        HttpResponseRedirect(f"/a/{token}?done={did}" if did == "late" else f"/a/{token}", status=303)
    )


@require_http_methods(["GET", "HEAD", "POST"])
def paper_change(request: HttpRequest, token: str) -> HttpResponse:
    """`/a/<token>/change/`: the authors change their words, until the call closes or while they are to revise."""
    submission = _found(token)
    now = clock.now()
    with translation.override(submission.language):
        if not submission.may_be_changed(now):
            return private(HttpResponseRedirect(f"/a/{token}?done=late", status=303))
        authors = list(submission.authors.all())
        form = entry_form(
            submission.call,
            request,
            rows=max(FIRST_ROWS, len(authors)),
            initial=_initial(submission, authors),
            asks_who=False,
        )
        status = 200
        if request.method == "POST" and request.POST.get("step") == "more":
            _quiet(form)
        elif request.method == "POST" and form.is_valid():
            if _changed(submission, form, now=now):
                return private(HttpResponseRedirect(f"/a/{token}?done=changed", status=303))
            status = 422
        elif request.method == "POST":
            status = 422
        context = {
            "form": form,
            "paper": submission,
            "token": token,
            "may_add": form.rows < MOST_AUTHORS,
            "noindex": True,
        }
        return private(
            TemplateResponse(request, "events/abstracts/change.html", context, status=status).render()
        )


def _initial(submission: Submission, authors: list[Any]) -> dict[str, Any]:
    names = ("title_fr", "title_en", "abstract_fr", "abstract_en", "theme", "form")
    values: dict[str, Any] = {name: getattr(submission, name) for name in names}
    for place, author in enumerate(authors):
        for what in ("name", "organisation", "email"):
            values[f"author{place}_{what}"] = getattr(author, what)
        if author.presents:
            values["presents"] = str(place)
    return values


def _changed(submission: Submission, form: PaperEntry, *, now: datetime) -> bool:
    file = form.cleaned_data["file"]
    try:
        abstracts.change_paper(
            submission=submission,
            paper=paper_from(form),
            file=file,
            file_name=file.name if file else "",
            now=now,
        )
    except abstracts.CallClosed:
        form.add_error(None, _("It can no longer be changed: write to the committee."))
        return False
    except ValidationError as error:
        form.add_error("file", error)
        return False
    return True


def respond_paper(request: HttpRequest, submission: Submission) -> HttpResponseBase:
    """The file sent with an abstract, saved and never shown as a page of ours. Raises Http404 without one."""
    name = str(submission.file.name or "")
    if not name or not submission.file.storage.exists(name):
        raise Http404
    extension = name.rpartition(".")[2]
    with submission.file.open("rb") as file:
        digest, size = sha256_of(file)
    return respond_file(
        request,
        path=submission.file.path,
        size=size,
        content_type=FORMATS[extension][1],
        digest=digest,
        filename=f"communication-{submission.number or 0}.{extension}",
        public=False,
    )


@require_safe
def paper_file(request: HttpRequest, token: str) -> HttpResponseBase:
    """`/a/<token>/file`: what the authors sent, for themselves."""
    return respond_paper(request, _found(token))


@accepts("GET", "HEAD")
def book(request: HttpRequest, page: EventPage, ctx: Context) -> HttpResponse:
    """`recueil.pdf`: the book of abstracts where the committee made it public; else 404."""
    call = queries.call_of(page.event)
    if call is None or not call.book_public:
        raise Http404
    return book_response(call, language=ctx.language)


def book_response(call: Call, *, language: str) -> HttpResponse:
    """The book of abstracts as a file, made once for what it says; 503 where others are being made or none can be."""
    title, when = queries.book_facts(call, language=language)
    html = book_html(queries.papers_given(call), title=title, when=when, language=language)
    try:
        body = kept_file(["abstracts", 1, html], lambda: as_pdf(html, pdf_tags=True))
    except (PapersBusy, PaperUnavailable):
        words = _("This file is being made. Please ask again in a moment.")
        response = HttpResponse(words, status=503, content_type="text/plain; charset=utf-8")
        response.headers["Retry-After"] = "10"
        response.headers["Cache-Control"] = "no-store"
        return response
    response = HttpResponse(body, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="recueil-{call.event_id}.pdf"'
    response.headers["Cache-Control"] = "no-cache"
    return response


SUBPATHS = {"communications": papers_call, "papers": papers_call, "recueil.pdf": book, "abstracts.pdf": book}
