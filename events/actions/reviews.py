"""What the committee does: the call, its reviewers, their verdicts, the decisions, the prizes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from cms.contacts import actions as contacts
from cms.contacts.models import Contact
from cms.contacts.validators import name_key
from cms.core.actions import log_thing
from cms.mailing import actions as mailing
from events import queries
from events.actions.abstracts import owe_paper, take_paper
from events.actions.errors import NotTaken
from events.mail.abstracts import DECISION, REVIEWER
from events.models import Call, Event, PaperForm, PaperState, Review, Reviewer, Submission, Verdict

CALL_FIELDS = (
    "opens_at",
    "closes_at",
    "reviews_until",
    "revise_until",
    "blind",
    "wanted",
    "most_words",
    "themes",
    "prizes",
    "words_fr",
    "words_en",
    "book_public",
)
_STATES = {
    Verdict.ACCEPT: PaperState.ACCEPTED,
    Verdict.REVISE: PaperState.REVISE,
    Verdict.REJECT: PaperState.REJECTED,
}
#: A verdict is given to what was received, and may be changed until the speaker has said yes.
JUDGED = (PaperState.SUBMITTED, PaperState.REVISE, PaperState.ACCEPTED, PaperState.REJECTED)


@transaction.atomic
def keep_call(*, event: Event, values: Mapping[str, Any], user: Any, now: datetime) -> Call:
    """Open an event's call for papers, or change it; an event has one. `values`: some of CALL_FIELDS."""
    said = {name: values[name] for name in CALL_FIELDS if name in values}
    call, made = Call.objects.select_for_update(of=("self",)).update_or_create(event=event, defaults=said)
    log_thing(event, action="call.opened" if made else "call.changed", user=user, now=now)
    return call


@transaction.atomic
def name_reviewer(
    *, call: Call, name: str, email: str, themes: str = "", language: str = "fr", user: Any, now: datetime
) -> Reviewer:
    """Name somebody who judges. Named twice they are one, with the themes said last; who was dropped judges again.

    Raises ContactUnreachable.
    """
    contact = contacts.find_or_create_contact(
        email=email, phone=None, name=name, language=language, organisation_name="", now=now
    )
    reviewer, made = Reviewer.objects.update_or_create(
        call=call, contact=contact, defaults={"themes": themes, "dropped_at": None}
    )
    if made:
        log_thing(call.event, action="reviewer.named", user=user, now=now, changes={"name": str(contact)})
    return reviewer


@transaction.atomic
def drop_reviewer(*, reviewer: Reviewer, user: Any, now: datetime) -> None:
    """End a reviewer's link and take back what they have not judged; their verdicts and conflicts stay."""
    row = Reviewer.objects.select_for_update(of=("self",)).select_related("call__event").get(pk=reviewer.pk)
    Reviewer.objects.filter(pk=row.pk).update(generation=F("generation") + 1, dropped_at=now)
    row.reviews.filter(verdict="", conflict="").delete()
    if not row.reviews.exists():
        row.delete()
    log_thing(row.call.event, action="reviewer.dropped", user=user, now=now, changes={"name": str(reviewer)})


def write_to_reviewer(*, reviewer: Reviewer, now: datetime) -> None:
    """Owe the mail with a reviewer's link and how many abstracts wait: once an hour at most."""
    address = reviewer.contact.primary_email
    if not address:
        return
    waiting = reviewer.reviews.filter(verdict="", conflict="").count()
    mailing.owe(
        renderer=REVIEWER,
        recipient_key=f"{reviewer.uid.hex}:reviewer:{now:%Y%m%d%H}",
        address=address,
        name=str(reviewer.contact),
        contact=reviewer.contact,
        language=reviewer.contact.language,
        values=queries.reviewer_values(reviewer) | {"waiting": waiting},
        now=now,
    )
    Reviewer.objects.filter(pk=reviewer.pk).update(written_at=now)


@transaction.atomic
def share_out(*, call: Call, user: Any, now: datetime) -> int:
    """Give each abstract as many reviewers as the call wants, the least busy first; returns how many reviews.

    Whoever signs an abstract, or works where one of its authors does, is passed over, as is who declared a conflict.
    Done twice it adds nothing: what has enough is left alone.
    """
    locked = Call.objects.select_for_update(of=("self",)).select_related("event").get(pk=call.pk)
    reviewers = list(
        locked.reviewers.filter(dropped_at=None)
        .select_related("contact__organisation")
        .prefetch_related("contact__emails")
    )
    busy = Counter(
        Review.objects.filter(submission__call=locked, conflict="").values_list("reviewer", flat=True)
    )
    waiting = locked.submissions.filter(state__in=(PaperState.SUBMITTED, PaperState.REVISE))
    made: list[Review] = []
    for paper in waiting.prefetch_related("authors", "reviews"):
        given = list(paper.reviews.all())
        missing = locked.wanted - sum(1 for one in given if not one.conflict)
        taken = {one.reviewer_id for one in given}
        fit = [one for one in reviewers if one.pk not in taken and may_judge(one, paper)]
        fit.sort(key=lambda one: (busy[one.pk], one.pk))
        for one in fit[: max(missing, 0)]:
            busy[one.pk] += 1
            made.append(Review(submission=paper, reviewer=one, assigned_at=now))
    Review.objects.bulk_create(made)
    if made:
        log_thing(locked.event, action="reviews.shared", user=user, now=now, changes={"reviews": len(made)})
    return len(made)


def may_judge(reviewer: Reviewer, paper: Submission) -> bool:
    """Whether nothing speaks against this reviewer for this abstract: theme, own name or address, own house."""
    themes = reviewer.theme_list
    if themes and paper.theme not in themes:
        return False
    addresses = {one.address.casefold() for one in reviewer.contact.emails.all()}
    house = name_key(reviewer.contact.organisation.name) if reviewer.contact.organisation else ""
    if paper.email.casefold() in addresses:
        return False
    return not any(
        author.email.casefold() in addresses
        or name_key(author.name) == name_key(reviewer.contact.name)
        or (house and name_key(author.organisation) == house)
        for author in paper.authors.all()
    )


@transaction.atomic
def assign(*, submission: Submission, reviewer: Reviewer, now: datetime) -> Review:
    """Give one abstract to one reviewer by hand; twice is once.

    Raises NotTaken for another call's reviewer, and for one who was dropped.
    """
    if submission.call_id != reviewer.call_id or reviewer.dropped_at is not None:
        raise NotTaken
    row, _made = Review.objects.get_or_create(
        submission=submission, reviewer=reviewer, defaults={"assigned_at": now}
    )
    return row


@transaction.atomic
def judge(
    *, review: Review, verdict: str, note: str, private_note: str, version: int, now: datetime
) -> Review:
    """Take a reviewer's verdict on version `version` of the abstract; may be changed while nothing is decided.

    Raises NotTaken once it is decided, where a conflict was declared, or where the authors changed it meanwhile.
    """
    paper = take_paper(review.submission)
    row = Review.objects.select_for_update().get(pk=review.pk)
    if paper.state != PaperState.SUBMITTED or row.conflict or paper.version != version:
        raise NotTaken
    row.verdict, row.note, row.private_note = Verdict(verdict), note, private_note
    row.judged_version, row.done_at = version, now
    row.save()
    return row


@transaction.atomic
def declare_conflict(*, review: Review, reason: str, now: datetime) -> Review:
    """A reviewer says that they may not judge this one: their verdict is taken off, and they see it no more."""
    take_paper(review.submission)
    row = Review.objects.select_for_update().get(pk=review.pk)
    row.conflict, row.verdict, row.note, row.private_note = reason, "", "", ""
    row.done_at, row.judged_version = now, None
    row.save()
    return row


@transaction.atomic
def decide(
    *, call: Call, chosen: Mapping[int, int], verdict: str, note: str, user: Any, now: datetime
) -> tuple[list[Submission], list[Submission]]:
    """Give abstracts of a call one verdict, and owe each its mail. `chosen`: key → version, as the decider saw them.

    Returns those decided, and those left alone because they changed meanwhile or are past deciding; sent twice, the
    second finds every version changed and decides nothing.
    """
    locked = Call.objects.select_for_update(of=("self",)).select_related("event").get(pk=call.pk)
    rows = Submission.objects.select_for_update(of=("self",)).filter(call=locked, pk__in=chosen)
    done, left = [], []
    for row in rows.select_related("call__event").order_by("pk"):
        if row.version != chosen[row.pk] or row.state not in JUDGED:
            left.append(row)
            continue
        row.state, row.decision_note = _STATES[Verdict(verdict)], note
        row.decided_at, row.decided_by = now, user if user is not None and user.pk else None
        row.version += 1
        row.save()
        owe_paper(DECISION, row, now=now, **queries.decision_values(row, verdict=verdict, note=note))
        done.append(row)
    if done:
        numbers = ", ".join(str(row.number) for row in done)
        log_thing(locked.event, action=f"papers.{verdict}", user=user, now=now, changes={"numbers": numbers})
    return done, left


@transaction.atomic
def award(*, submission: Submission, prize: str, form: str, user: Any, now: datetime) -> Submission:
    """Give an abstract its form (a plenary too) and its prize, "" for none. Raises NotTaken for a prize to who stays
    away, ValueError for a prize that the call does not name."""
    row = take_paper(submission)
    if prize and prize not in row.call.prize_list:
        raise ValueError(prize)
    if prize and row.state != PaperState.CONFIRMED:
        raise NotTaken
    row.prize, row.form = prize, PaperForm(form)
    row.save(update_fields=["prize", "form"])
    log_thing(
        row.call.event,
        action="paper.placed",
        user=user,
        now=now,
        changes={"number": row.number, "prize": prize},
    )
    return row


def move_reviewers(*, source: Contact, target: Contact, user: Any, now: datetime) -> None:
    """Give `source`'s reviewing to `target`, in the transaction that merges the two: one person judges once."""
    for row in Reviewer.objects.select_for_update().filter(contact=source):
        other = Reviewer.objects.filter(call=row.call_id, contact=target).first()
        if other is None:
            Reviewer.objects.filter(pk=row.pk).update(contact=target)
            continue
        judged = other.reviews.values("submission")
        row.reviews.filter(~Q(submission__in=judged)).update(reviewer=other)
        row.delete()
