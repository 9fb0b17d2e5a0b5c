"""What authors do with an abstract: send, confirm, change, withdraw, say that the speaker comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Any
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.db.models import Max

from cms.contacts.validators import name_key
from cms.core.actions import log_thing
from cms.mailing import actions as mailing
from events import queries
from events.actions.errors import EventsError, NotTaken
from events.actions.limits import note_try
from events.actions.registrations import add_by_hand
from events.mail.abstracts import CONFIRM, RECEIVED, SPEAKER
from events.models import ACTIVE_STATES, Author, Call, Channel, PaperState, Registration, Submission
from media_library.validators import examine

#: An address that nobody confirms is forgotten after so long, and its abstract with it.
CONFIRM_WITHIN = timedelta(days=7)
#: What was sent with an abstract that is not given is erased so long after the verdict.
FILE_KEPT = timedelta(days=90)
#: Mails an address gets in an hour, whoever types it in.
PER_ADDRESS = 4


class CallClosed(EventsError):
    """The call for papers does not take this now: not yet, no longer, or this abstract is not to be changed."""


@dataclass(frozen=True)
class Name:
    """An author as written: `organisation` and `email` may be empty."""

    name: str
    organisation: str = ""
    email: str = ""


@dataclass(frozen=True)
class Paper:
    """An abstract as written. Whole in one language at least; `presents` counts authors from 0."""

    title_fr: str = ""
    title_en: str = ""
    abstract_fr: str = ""
    abstract_en: str = ""
    theme: str = ""
    form: str = "talk"
    authors: Sequence[Name] = ()
    presents: int = 0

    @property
    def words(self) -> dict[str, str]:
        return {
            "title_fr": self.title_fr,
            "title_en": self.title_en,
            "abstract_fr": self.abstract_fr,
            "abstract_en": self.abstract_en,
            "theme": self.theme,
            "form": self.form,
        }


def _take_call(pk: int) -> Call:
    """The call under its lock: numbers are given one after the other, and one form is one abstract."""
    return Call.objects.select_for_update(of=("self",)).select_related("event").get(pk=pk)


@transaction.atomic
def submit_paper(
    *,
    call: Call,
    paper: Paper,
    name: str,
    email: str,
    language: str,
    file: IO[bytes] | None = None,
    file_name: str = "",
    key: UUID | None = None,
    now: datetime,
) -> Submission:
    """Write an abstract down and owe the mail that asks whether the address is its sender's.

    `key` is the form's own: posted twice it is one abstract. Raises CallClosed, TooManyTries (for that address),
    ValidationError for a file that is not what it says; nothing is kept then.
    """
    row = _take_call(call.pk)
    if key is not None and (same := Submission.objects.filter(key=key).first()) is not None:
        return same
    if not row.is_open(now):
        raise CallClosed
    note_try(kind="paper", value=email, limit=PER_ADDRESS, now=now)
    submission = Submission(
        call=row, key=key, name=name, email=email, language=language, created_at=now, **paper.words
    )
    _take_file(submission, file, file_name)
    submission.save()
    _name_authors(submission, paper)
    owe_paper(CONFIRM, submission, now=now)
    return submission


def _take_file(submission: Submission, file: IO[bytes] | None, file_name: str) -> None:
    if file is None:
        return
    facts = examine(file, file_name, kind="document")
    _erase(submission)
    submission.file.save(f"paper.{facts.extension}", File(file), save=False)


def _erase(submission: Submission) -> None:
    if submission.file:
        storage, name = submission.file.storage, str(submission.file.name)
        transaction.on_commit(lambda: storage.delete(name))
        submission.file = ""


def _name_authors(submission: Submission, paper: Paper) -> None:
    submission.authors.all().delete()
    Author.objects.bulk_create(
        Author(
            submission=submission,
            order=place,
            name=one.name,
            organisation=one.organisation,
            email=one.email,
            presents=place == paper.presents,
        )
        for place, one in enumerate(paper.authors)
    )


def owe_paper(renderer: str, submission: Submission, *, now: datetime, **values: Any) -> None:
    """Write one mail to who sent the abstract; once for each version of it."""
    mailing.owe(
        renderer=renderer,
        recipient_key=f"{submission.uid.hex}:{renderer.removeprefix('events.')}:{submission.version}",
        address=submission.email,
        name=submission.name,
        language=submission.language,
        values=queries.paper_values(submission) | values,
        now=now,
    )


def take_paper(submission: Submission) -> Submission:
    """The abstract as it now is, under its call's lock and its own."""
    _take_call(submission.call_id)
    found: Submission = (
        Submission.objects.select_for_update(of=("self",)).select_related("call__event").get(pk=submission.pk)
    )
    return found


@transaction.atomic
def confirm_paper(*, submission: Submission, now: datetime) -> Submission:
    """The holder of the link says that the abstract is theirs: it gets its number. Twice changes nothing.

    Also after the call has closed: it was sent in time. Raises CallClosed once it was forgotten.
    """
    row = take_paper(submission)
    if row.state != PaperState.PENDING:
        return row
    if now - row.created_at > CONFIRM_WITHIN:
        raise CallClosed
    last = Submission.objects.filter(call=row.call).aggregate(last=Max("number"))["last"]
    row.number, row.state, row.submitted_at = (last or 0) + 1, PaperState.SUBMITTED, now
    row.version += 1
    row.save()
    owe_paper(RECEIVED, row, now=now)
    return row


@transaction.atomic
def change_paper(
    *,
    submission: Submission,
    paper: Paper,
    file: IO[bytes] | None = None,
    file_name: str = "",
    now: datetime,
) -> Submission:
    """Take the authors' new words. An abstract that was to be revised is with its reviewers again.

    Raises CallClosed where it may not be changed now, ValidationError for a bad file.
    """
    row = take_paper(submission)
    if not row.may_be_changed(now):
        raise CallClosed
    for field, value in paper.words.items():
        setattr(row, field, value)
    _take_file(row, file, file_name)
    if row.state == PaperState.REVISE:
        row.state = PaperState.SUBMITTED
    row.version += 1
    row.save()
    _name_authors(row, paper)
    return row


@transaction.atomic
def withdraw_paper(*, submission: Submission, now: datetime) -> Submission:
    """Its authors take it back; what was decided of it stands no more. Twice changes nothing."""
    row = take_paper(submission)
    if row.state == PaperState.WITHDRAWN:
        return row
    if row.state == PaperState.PENDING:
        _erase(row)
        row.reviews.all().delete()
        row.delete()
        return row
    row.state, row.prize = PaperState.WITHDRAWN, ""
    row.version += 1
    row.save()
    log_thing(row.call.event, action="paper.withdrawn", user=None, now=now, changes={"number": row.number})
    return row


@transaction.atomic
def confirm_speaker(*, submission: Submission, now: datetime) -> tuple[Submission, Registration | None]:
    """The authors of an accepted abstract say that its speaker comes, who is registered for the conference.

    Returns the abstract and the registration: a seat, or a place on the waiting list; None where the event has no
    date to come. Twice changes nothing. Raises NotTaken for an abstract that is not accepted.
    """
    row = take_paper(submission)
    if row.state not in (PaperState.ACCEPTED, PaperState.CONFIRMED):
        raise NotTaken
    registration = _registered(row) or _register_speaker(row, now=now)
    if registration is not None and row.registration_id != registration.pk:
        row.registration = registration
        row.save(update_fields=["registration"])
    if row.state == PaperState.ACCEPTED:
        row.state = PaperState.CONFIRMED
        row.version += 1
        row.save()
        owe_paper(SPEAKER, row, now=now)
    return row, registration


def _presenter(row: Submission) -> Author:
    """Who gives it: the author that says so, else who sent it."""
    found = row.authors.filter(presents=True).first()
    return found or Author(submission=row, name=row.name, email=row.email)


def _registered(row: Submission) -> Registration | None:
    """The speaker's registration that holds: this abstract's own, or that of another from the same sender."""
    kept = Registration.objects.filter(state__in=ACTIVE_STATES)
    if row.registration_id is not None and (own := kept.filter(pk=row.registration_id).first()) is not None:
        return own
    mine = kept.filter(papers__call=row.call_id, papers__email=row.email)
    key = name_key(_presenter(row).name)
    return next((one for one in mine.distinct() if name_key(one.name) == key), None)


def _register_speaker(row: Submission, *, now: datetime) -> Registration | None:
    """Register who gives it; without an address of their own they are written to by whoever sent the abstract."""
    date = queries.next_date_of(row.call.event, now=now)
    if date is None:
        return None
    speaker = _presenter(row)
    return add_by_hand(
        occurrence=date,
        name=speaker.name,
        email=speaker.email or row.email,
        organisation=speaker.organisation,
        language=row.language,
        channel=Channel.LINK,
        lent=not speaker.email and name_key(speaker.name) != name_key(row.name),
        beyond_cap=True,  # the committee chose the paper: a laboratory is no newsroom
        user=None,
        now=now,
    )


def forget_papers(*, now: datetime) -> int:
    """Erase abstracts whose address nobody confirmed, and files of those that are not given; returns how many rows.

    Five at once have one effect: what is gone is gone.
    """
    with transaction.atomic():
        old = Submission.objects.filter(state=PaperState.PENDING, created_at__lt=now - CONFIRM_WITHIN)
        gone = list(old.select_for_update(skip_locked=True))
        over = Submission.objects.exclude(file="").filter(
            state__in=(PaperState.REJECTED, PaperState.WITHDRAWN), call__closes_at__lt=now - FILE_KEPT
        )
        files = list(
            over.exclude(decided_at__gt=now - FILE_KEPT).select_for_update(skip_locked=True, of=("self",))
        )
        for row in gone:
            _erase(row)
            row.delete()
        for row in files:
            _erase(row)
            row.save(update_fields=["file"])
    return len(gone) + len(files)
