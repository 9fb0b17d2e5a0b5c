"""What is read about a call for papers. An abstract is read by its link, by its reviewers, and by the committee."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.utils import translation

from cms.core import links
from events.models import Author, Call, Event, PaperState, Registration, Review, Reviewer, Submission
from events.queries.letters import title_of
from events.querysets import ACTIVE, SEATED

#: What stands in the book of abstracts.
GIVEN = (PaperState.CONFIRMED,)


def call_of(event: Event) -> Call | None:
    """The event's call for papers, if it has one."""
    return Call.objects.filter(event=event).select_related("event").first()


def paper_by_token(token: str) -> Submission | None:
    """The abstract a personal link opens, or None for any link that is wrong, altered or revoked."""
    uid = links.uid_of(token)
    found = Submission.objects.select_related("call__event").filter(uid=uid).first() if uid else None
    if found is None or not links.verify(
        token, purpose=Submission.LINK_PURPOSE, uid=found.uid, generation=found.generation
    ):
        return None
    return found


def paper_token(submission: Submission) -> str:
    return links.make(Submission.LINK_PURPOSE, submission.uid, submission.generation)


def reviewer_by_token(token: str) -> Reviewer | None:
    """The reviewer whose link this is, or None for any link that is wrong, altered or revoked."""
    uid = links.uid_of(token)
    found = Reviewer.objects.select_related("call__event", "contact").filter(uid=uid).first() if uid else None
    if found is None or not links.verify(
        token, purpose=Reviewer.LINK_PURPOSE, uid=found.uid, generation=found.generation
    ):
        return None
    return found


def reviewer_token(reviewer: Reviewer) -> str:
    return links.make(Reviewer.LINK_PURPOSE, reviewer.uid, reviewer.generation)


def paper_values(submission: Submission) -> dict[str, Any]:
    """JSON values for a mail about an abstract; the link is derived when the mail is made."""
    event = submission.call.event
    title, url = title_of(event, language=submission.language)
    return {
        "title": title,
        "event_url": url,
        "paper": submission.uid.hex,
        "generation": submission.generation,
        "number": submission.number or 0,
        "paper_title": submission.title(submission.language),
    }


def decision_values(submission: Submission, *, verdict: str, note: str) -> dict[str, Any]:
    """What the mail of a verdict adds: the committee's word, the reviewers' words to the authors, the last day."""
    notes = submission.reviews.filter(conflict="").exclude(verdict="").values_list("note", flat=True)
    until = submission.call.revise_until
    return {
        "verdict": verdict,
        "note": note,
        "notes": [one for one in notes if one],
        "until": f"{until:%Y%m%d}" if until and verdict == "revise" else "",
    }


def reviewer_values(reviewer: Reviewer) -> dict[str, Any]:
    """JSON values for the mail to a reviewer."""
    title, url = title_of(reviewer.call.event, language=reviewer.contact.language)
    until = reviewer.call.reviews_until
    return {
        "title": title,
        "event_url": url,
        "reviewer": reviewer.uid.hex,
        "generation": reviewer.generation,
        "until": f"{until:%Y%m%d}" if until else "",
    }


def papers_of(call: Call, *, state: str = "", theme: str = "", search: str = "") -> QuerySet[Submission]:
    """A call's abstracts for the committee, in the order of their numbers.

    Each has `advised` (verdicts given) and `judging` (reviews given out); authors are loaded. `speaker_registered` says
    that one of its authors, or who sent it, is registered: the registration is its own, or bears their address;
    `speaker_seated` that a seat is theirs.
    """
    signing = Author.objects.filter(submission=OuterRef(OuterRef("pk"))).exclude(email="")
    registered = Registration.objects.filter(
        Q(papers=OuterRef("pk")) | Q(email=OuterRef("email")) | Q(email__in=signing.values("email")),
        occurrence__event=call.event_id,
        state__in=ACTIVE,
    )
    found = (
        call.submissions.annotate(
            judging=Count("reviews", filter=Q(reviews__conflict="")),
            advised=Count("reviews", filter=~Q(reviews__verdict="")),
            speaker_registered=Exists(registered),
            speaker_seated=Exists(registered.filter(state__in=SEATED)),
        )
        .prefetch_related("authors", Prefetch("reviews", Review.objects.select_related("reviewer__contact")))
        .order_by(F("number").asc(nulls_last=True), "pk")
    )
    known = state in PaperState.values
    found = found.filter(state=state) if known else found.exclude(state=PaperState.PENDING)
    if theme:
        found = found.filter(theme=theme)
    if search:
        named = Author.objects.filter(submission=OuterRef("pk"), name__icontains=search)
        words = Q(title_fr__icontains=search) | Q(title_en__icontains=search)
        if search.isdecimal() and len(search) < 10:
            words |= Q(number=int(search))
        found = found.filter(words | Exists(named))
    return found


def states_of(call: Call) -> dict[str, int]:
    """How many abstracts of a call are in each state."""
    rows = call.submissions.order_by().values_list("state").annotate(n=Count("pk"))
    return dict(rows)


def reviewers_of(call: Call) -> QuerySet[Reviewer]:
    """A call's reviewers but those dropped, each with `given`, `done` and `conflicts` (how many reviews)."""
    return (
        call.reviewers.filter(dropped_at=None)
        .select_related("contact__organisation")
        .prefetch_related("contact__emails")
        .annotate(
            given=Count("reviews"),
            done=Count("reviews", filter=~Q(reviews__verdict="")),
            conflicts=Count("reviews", filter=~Q(reviews__conflict="")),
        )
        .order_by("contact__name", "pk")
    )


def reviews_for(reviewer: Reviewer) -> QuerySet[Review]:
    """What a reviewer is to judge or has judged; what they may not judge, and what was taken back, is not there."""
    return (
        reviewer.reviews.filter(conflict="")
        .exclude(submission__state__in=(PaperState.PENDING, PaperState.WITHDRAWN))
        .select_related("submission__call")
        .prefetch_related("submission__authors")
        .order_by("submission__number")
    )


def papers_given(call: Call) -> list[Submission]:
    """The abstracts of the book: those whose speaker comes, by theme in the call's order, then by number."""
    themes = {name: place for place, name in enumerate(call.theme_list)}
    found = list(call.submissions.filter(state__in=GIVEN).prefetch_related("authors").order_by("number"))
    return sorted(found, key=lambda one: (themes.get(one.theme, len(themes)), one.theme))


def book_facts(call: Call, *, language: str) -> tuple[str, str]:
    """The conference's title and when it is, for the cover of its book; "" without a date."""
    row = call.event.occurrences.select_related("event").order_by("starts_at").first()
    with translation.override(language):
        return title_of(call.event, language=language)[0], row.when(language) if row is not None else ""


def paper_url(submission: Submission) -> str:
    """The absolute address of the authors' own page."""
    return f"{settings.PUBLIC_URL}/a/{paper_token(submission)}"


def reviewer_url(reviewer: Reviewer) -> str:
    """The absolute address of a reviewer's own page."""
    return f"{settings.PUBLIC_URL}/e/{reviewer_token(reviewer)}"
