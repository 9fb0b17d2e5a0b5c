"""What a reviewer sees: the abstracts they are given, by a personal link, without an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cms.core import clock, formats
from events import queries
from events.actions import NotTaken, reviews
from events.forms.abstracts import LANGUAGES, ConflictForm, ReviewForm
from events.models import PaperState, Review, Reviewer
from events.views.abstracts import private, respond_paper

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase


def _found(token: str) -> Reviewer:
    reviewer = queries.reviewer_by_token(token)
    if reviewer is None:
        raise Http404
    return reviewer


def _review(reviewer: Reviewer, number: int) -> Review:
    """The review of abstract `number`, if it was given to this reviewer; else Http404, like what does not exist."""
    found = queries.reviews_for(reviewer).filter(submission__number=number).first()
    if found is None:
        raise Http404
    return found


def _language(reviewer: Reviewer) -> str:
    return reviewer.contact.language if reviewer.contact.language in LANGUAGES else "fr"


@require_safe
def reviewing(request: HttpRequest, token: str) -> HttpResponse:
    """`/e/<token>`: what waits for this reviewer, and what they have judged."""
    reviewer = _found(token)
    with translation.override(_language(reviewer)):
        until = reviewer.call.reviews_until
        title, _url = queries.title_of(reviewer.call.event, language=_language(reviewer))
        given = list(queries.reviews_for(reviewer))
        context = {
            "reviewer": reviewer,
            "title": title,
            "token": token,
            "waiting": [_line(one) for one in given if not _is_judged(one)],
            "judged": [_line(one) for one in given if _is_judged(one)],
            "until": formats.day(until) if until else "",
            "late": until is not None and clock.now().date() > until,
            "noindex": True,
        }
        return private(TemplateResponse(request, "events/abstracts/reviewing.html", context).render())


def _is_judged(review: Review) -> bool:
    """Whether a verdict stands on the words as they now are (or the matter is decided)."""
    paper = review.submission
    if paper.state != PaperState.SUBMITTED:
        return True
    return bool(review.verdict) and review.judged_version == paper.version


def _line(review: Review) -> dict[str, Any]:
    paper = review.submission
    again = bool(review.verdict) and paper.state == PaperState.SUBMITTED and not _is_judged(review)
    return {
        "review": review,
        "paper": paper,
        "title": paper.title(_language(review.reviewer)),
        "again": again,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, token: str, number: int) -> HttpResponse:
    """`/e/<token>/<number>/`: one abstract, without its authors where the call is blind; POST judges it, or says why
    they may not."""
    reviewer = _found(token)
    row = _review(reviewer, number)
    with translation.override(_language(reviewer)):
        paper = row.submission
        conflict = request.method == "POST" and request.POST.get("do") == "conflict"
        first = {"verdict": row.verdict, "note": row.note, "private_note": row.private_note}
        form = ReviewForm(
            request.POST if request.method == "POST" and not conflict else None,
            initial=first | {"version": paper.version},
        )
        against = ConflictForm(request.POST if conflict else None)
        asked = against if conflict else form
        if request.method == "POST" and asked.is_valid():
            response = _judge(row, asked, token, conflict=conflict)
            if response is not None:
                return private(response)
            form.add_error(None, _("The authors changed it, or it is decided, meanwhile: read it again."))
        context = _shown(row, token) | {"form": form, "against": against}
        status = 422 if form.errors or against.errors else 200
        return private(
            TemplateResponse(request, "events/abstracts/review.html", context, status=status).render()
        )


def _shown(row: Review, token: str) -> dict[str, Any]:
    """What a reviewer is shown of an abstract: who wrote it, and the file, only where the call is not blind."""
    paper, blind = row.submission, row.reviewer.call.blind
    words = [
        (code, getattr(paper, f"title_{code}"), getattr(paper, f"abstract_{code}")) for code in LANGUAGES
    ]
    return {
        "reviewer": row.reviewer,
        "paper": paper,
        "review": row,
        "words": [one for one in words if one[1]],
        "authors": [] if blind else list(paper.authors.all()),
        "has_file": bool(paper.file) and not blind,
        "blind": blind,
        "decided": paper.state != PaperState.SUBMITTED,
        "token": token,
        "noindex": True,
    }


def _judge(row: Review, form: Any, token: str, *, conflict: bool) -> HttpResponse | None:
    said = dict(form.cleaned_data)
    try:
        if conflict:
            reviews.declare_conflict(review=row, reason=said["conflict"], now=clock.now())
        else:
            reviews.judge(review=row, now=clock.now(), **said)
    except NotTaken:
        return None
    return HttpResponseRedirect(f"/e/{token}", status=303)


@require_safe
def review_file(request: HttpRequest, token: str, number: int) -> HttpResponseBase:
    """`/e/<token>/<number>/file`: what the authors sent; where the call is blind there is none to see."""
    reviewer = _found(token)
    row = _review(reviewer, number)
    if reviewer.call.blind:
        raise Http404
    return respond_paper(request, row.submission)
