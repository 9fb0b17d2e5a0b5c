"""What people answered in an event's form: kept, changed by them, and its files erased in time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Any

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import DurationField, ExpressionWrapper, F, Value
from django.db.models.functions import Coalesce

from cms.core.actions import log_thing
from events.actions import seats
from events.actions.errors import AlreadyOver, NotTaken, OccurrenceFull, OutletFull
from events.models import (
    Answer,
    Choice,
    Occurrence,
    Question,
    QuestionKind,
    Registration,
    RegistrationState,
    answer_storage,
)
from events.queries.outlets import outlet_is_full, outlet_key
from media_library.validators import examine, safe_name

#: What may be joined: pictures and papers that every reader opens.
FILE_KINDS = ("jpg", "jpeg", "pdf", "png", "webp")
FILE_BYTES = 5_000_000
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Said:
    """One validated answer. `file` None: the file there may be stays as it is; `text` of a consent: its words."""

    question: Question
    text: str = ""
    choices: tuple[Choice, ...] = ()
    file: IO[bytes] | None = None
    file_name: str = ""


def choices_said(answers: Iterable[Said]) -> list[int]:
    """The keys of all choices in these answers."""
    return [one.pk for said in answers for one in said.choices]


def keep_answers(registration: Registration, answers: Sequence[Said], *, now: datetime) -> None:
    """Write these answers in the place of those that the same questions had. Under the lock of the date.

    Answers to questions that are not among them go: the form did not ask them this time. Files are examined by their
    bytes: raises ValidationError, and nothing is kept.
    """
    kept = {
        said.question.pk for said in answers if said.question.kind == QuestionKind.FILE and said.file is None
    }
    for old in registration.answers.exclude(question__in=kept):
        _erase(old)
        old.delete()
    for said in answers:
        if said.question.kind == QuestionKind.FILE:
            if said.file is not None:
                _keep_file(registration, said, now=now)
            continue
        common = {"registration": registration, "question": said.question, "answered_at": now}
        for choice in said.choices:
            Answer.objects.create(choice=choice, **common)
        if said.text:
            Answer.objects.create(text=said.text, **common)
    registration.about_to_choose = None


def _keep_file(registration: Registration, said: Said, *, now: datetime) -> None:
    assert said.file is not None
    facts = examine(said.file, said.file_name)
    row = Answer(registration=registration, question=said.question, answered_at=now)
    row.file_name, row.file_type = safe_name(said.file_name, facts.extension), facts.content_type
    content: Any = ContentFile(facts.clean) if facts.clean is not None else File(said.file)
    row.file.save(f"file{facts.extension}", content, save=False)
    row.save()


def _erase(answer: Answer) -> None:
    """Erase the bytes of an answer's file, once what this transaction writes is kept."""
    if answer.file:
        storage, name = answer.file.storage, str(answer.file.name)
        transaction.on_commit(lambda: storage.delete(name))


@transaction.atomic
def change_answers(
    *,
    registration: Registration,
    name: str,
    organisation: str,
    answers: Sequence[Said],
    user: Any = None,
    now: datetime,
) -> Registration:
    """Take what the holder (or staff, `user`) says now. The seat stays; another choice needs a place of its own.

    A name that the unit approved is changed by the unit alone. Raises NotTaken for a registration that ended,
    AlreadyOver once the date is over or cancelled, OccurrenceFull where a new choice has no place left,
    OutletFull where the holder names another newsroom that has all its people: then nothing is changed.
    ValidationError for a file that is not taken.
    """
    row = seats.take(Occurrence(pk=registration.occurrence_id))
    found = Registration.objects.select_related("contact", "category").get(pk=registration.pk)
    found.occurrence = row
    if not found.is_active:
        raise NotTaken
    if user is None and (row.is_cancelled or row.is_past(now)):
        raise AlreadyOver
    _take_choices(found, row, answers, now=now)
    if user is not None or may_rename(found):
        found.name = name
    moves = outlet_key(organisation) != outlet_key(found.organisation)
    found.organisation = organisation
    if user is None and moves and outlet_is_full(found, row):
        raise OutletFull
    keep_answers(found, answers, now=now)
    found.save()
    changes = {"registration": found.uid.hex}
    log_thing(row.event, action="registration.changed", user=user, now=now, changes=changes)
    seats.promote(row, now=now)
    return found


def _take_choices(found: Registration, row: Occurrence, answers: Sequence[Said], *, now: datetime) -> None:
    """See that a new choice has a place; who is not sure of a seat yet gives up the one that was held."""
    before = set(found.chosen)
    found.about_to_choose = choices_said(answers)
    if not set(found.about_to_choose) - before or seats.has_seat(found, row, now=now):
        return
    if found.state != RegistrationState.PENDING and found.holds_seat:
        raise OccurrenceFull
    found.held_until = None


def may_rename(registration: Registration) -> bool:
    """Whether the holder may hand the seat to another name: not what the unit was asked to approve by name."""
    return not registration.needs_approval


def erase_files(*, now: datetime) -> int:
    """Erase the files that people joined, so many days after their date as its event says; returns how many.

    The answer stays, without name and bytes. A second time changes nothing.
    """
    kept = ExpressionWrapper(
        F("registration__occurrence__event__files_kept_days") * Value(DAY), output_field=DurationField()
    )
    over = Coalesce("registration__occurrence__ends_at", "registration__occurrence__starts_at")
    late = (
        Answer.objects.exclude(file="").annotate(over_at=over, kept=kept).filter(over_at__lt=now - F("kept"))
    )
    pks = list(late.values_list("pk", flat=True))
    for pk in pks:
        with transaction.atomic():
            row = Answer.objects.select_for_update().exclude(file="").filter(pk=pk).first()
            if row is None:
                continue
            _erase(row)
            row.file, row.file_name, row.erased_at = "", "", now
            row.save(update_fields=["file", "file_name", "erased_at"])
    return len(pks)


def sweep_files(*, now: datetime) -> int:
    """Remove the bytes that no answer has: of a transaction that came to nothing, a day ago or more."""
    storage = answer_storage()
    if not storage.exists(""):
        return 0
    names = set(storage.listdir("")[1])
    lost = names - set(Answer.objects.filter(file__in=names).values_list("file", flat=True))
    gone = [name for name in lost if storage.get_modified_time(name) < now - DAY]
    for name in gone:
        storage.delete(name)
    return len(gone)
