"""Making and publishing a programme. Each action holds the event's row, so that versions are numbered one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from cms.core.actions import log_thing
from cms.core.policies import visible
from cms.core.reader import ANONYMOUS
from events.actions.errors import EventsError
from events.models import Author, Event, EventPage, Submission
from events.models.programme import Appearance, Part, ProgrammeVersion, Room, Session, Speaker, Track
from events.queries.clashes import Clash, changes, clashes
from events.queries.programme import (
    Content,
    fingerprint,
    presenter_of,
    programme_draft,
    published_programme,
    talks_to_place,
)
from media_library import actions as library
from media_library.models import Asset

ROWS: dict[str, type[models.Model]] = {"track": Track, "room": Room, "speaker": Speaker}


class ChangedMeanwhile(EventsError):
    """Somebody else saved the same session, or changed the programme, since the form was opened."""


class NothingToPublish(EventsError):
    """The programme is empty, or the public reads it already as it is."""


class ProgrammeClashes(EventsError):
    """Rooms or people are taken twice at once; `clashes` says where. Publishing despite that is the officer's word."""

    def __init__(self, found: list[Clash]) -> None:
        super().__init__(" ".join(one.words for one in found))
        self.clashes = found


def _take(event: Event) -> Event:
    return Event.objects.select_for_update(no_key=True).get(pk=event.pk)


@transaction.atomic
def save_row(
    *, event: Event, kind: str, row: Any = None, values: dict[str, Any], user: Any, now: datetime
) -> Any:
    """Make or change a track, a room or a speaker (`kind`) of the event. Raises ValidationError for a name taken."""
    _take(event)
    row = row or ROWS[kind](event=event)
    for name, value in values.items():
        setattr(row, name, value)
    row.full_clean(exclude=["event"])
    if hasattr(row, "order") and ROWS[kind]._default_manager.filter(event=event, name=row.name).exclude(
        pk=row.pk
    ):
        raise ValidationError({"name": _("There is one of this name already.")})
    row.save()
    log_thing(event, action=f"programme.{kind}", user=user, now=now, changes={"name": str(row)})
    return row


@transaction.atomic
def remove_row(*, event: Event, kind: str, row: Any, user: Any, now: datetime) -> None:
    """Take a track, a room or a speaker off; the sessions that name them stay, without."""
    _take(event)
    log_thing(event, action=f"programme.{kind}_removed", user=user, now=now, changes={"name": str(row)})
    row.delete()


@transaction.atomic
def save_session(
    *,
    event: Event,
    session: Session | None = None,
    values: dict[str, Any],
    people: Iterable[dict[str, Any]],
    version: int | None = None,
    user: Any,
    now: datetime,
) -> Session:
    """Make or change a session with who is in it: `people` are {speaker, part, subject, subject_en}, in order.

    `version` is the one the form was opened at. Raises ChangedMeanwhile, and ValidationError for hours that end
    before they start.
    """
    _take(event)
    row = Session(event=event)
    if session is not None:
        row = Session.objects.select_for_update().get(pk=session.pk)
        if version is not None and row.version != version:
            raise ChangedMeanwhile
        row.version += 1
    for name, value in values.items():
        setattr(row, name, value)
    if row.end_time <= row.start_time:
        raise ValidationError({"end_time": _("The session ends before it starts.")})
    row.full_clean(exclude=["event"])
    row.save()
    talks, made = _talks(row), []
    row.appearances.all().delete()
    for place, one in enumerate(people):
        kept = talks.get(one["speaker"].pk) if one["part"] == Part.SPEAKER else None
        talk = next(kept, None) if kept is not None else None
        made.append(Appearance(session=row, order=place, submission_id=talk, **one))
    Appearance.objects.bulk_create(made)
    log_thing(event, action="programme.session", user=user, now=now, changes={"title": row.title})
    return row


@transaction.atomic
def place_talks(
    *, event: Event, session: Session, talks: Iterable[Submission], user: Any, now: datetime
) -> list[Appearance]:
    """Put kept abstracts into a session: who presents each becomes a speaker of the event, unless known already.

    Placed twice, or by two at once, an abstract stands once.
    """
    _take(event)
    free = {one.pk for one in talks_to_place(event)}
    last = session.appearances.count()
    made = []
    for talk in talks:
        who = presenter_of(talk)
        if talk.pk not in free or who is None:
            continue
        made.append(
            Appearance.objects.update_or_create(
                session=session,
                speaker=_speaker(event, who),
                part=Part.SPEAKER,
                subject=talk.title("fr")[:255],
                defaults={
                    "subject_en": talk.title_en[:255],
                    "order": last + len(made),
                    "submission": talk,
                },
            )[0]
        )
    if made:
        Session.objects.filter(pk=session.pk).update(version=F("version") + 1)
        log_thing(event, action="programme.session", user=user, now=now, changes={"title": session.title})
    return made


def _talks(session: Session) -> dict[int, Iterator[int | None]]:
    """The abstracts that each speaker of a session was kept for, in order: a subject that is reworded keeps its own."""
    found: dict[int, list[int | None]] = {}
    for one in session.appearances.filter(part=Part.SPEAKER):
        found.setdefault(one.speaker_id, []).append(one.submission_id)
    return {key: iter(kept) for key, kept in found.items()}


def _speaker(event: Event, who: Author) -> Speaker:
    """The event's speaker of this address, else of this name; made where there is none."""
    known = event.speakers.filter(email__iexact=who.email) if who.email else event.speakers.none()
    found = known.first() or event.speakers.filter(name__iexact=who.name, email="").first()
    return found or Speaker.objects.create(
        event=event,
        name=who.name,
        organisation=who.organisation,
        email=who.email,
        language="en" if who.submission.language == "en" else "fr",
    )


@transaction.atomic
def remove_session(*, event: Event, session: Session, user: Any, now: datetime) -> None:
    """Take a session off; calendars that hold it are told at the next publication."""
    _take(event)
    log_thing(event, action="programme.session_removed", user=user, now=now, changes={"title": session.title})
    session.delete()


@transaction.atomic
def publish_programme(
    *,
    event: Event,
    note: str = "",
    despite_clashes: bool = False,
    seen: str = "",
    user: Any,
    now: datetime,
) -> ProgrammeVersion:
    """Publish the programme as it stands, as the event's next version; what changed is kept with it.

    The SEQUENCE of each session that changed rises; those taken off stay known as cancelled, so that calendars take
    it. `seen` is the fingerprint of the draft that was looked at. Raises ChangedMeanwhile where it is another by now,
    NothingToPublish, and ProgrammeClashes unless told to publish despite them.
    """
    row = _take(event)
    content = programme_draft(row)
    if seen and seen != fingerprint(content):
        raise ChangedMeanwhile
    last = published_programme(row)
    found = changes(last.content if last else None, content)
    if not content["sessions"] or (last is not None and not found and _plain(last.content) == content):
        raise NothingToPublish
    if (clashing := clashes(content, row)) and not despite_clashes:
        raise ProgrammeClashes(clashing)
    version = ProgrammeVersion.objects.create(
        event=row,
        number=last.number + 1 if last else 1,
        content=_numbered(content, last.content if last else None, {one["uid"] for one in found}),
        changes=found,
        note=note,
        published_at=now,
        published_by=user,
    )
    _open_photos(row, content, now=now)
    log_thing(
        row, action="programme.published", user=user, now=now, changes={"number": version.number}, reason=note
    )
    return version


def _plain(content: Content) -> Content:
    """A version's content as a draft has it."""
    sessions = [
        {name: value for name, value in row.items() if name != "sequence"} for row in content["sessions"]
    ]
    return {**{name: content[name] for name in ("tracks", "rooms", "speakers")}, "sessions": sessions}


def _numbered(content: Content, before: Content | None, changed: set[str]) -> Content:
    """The content with each session's SEQUENCE, and with those of earlier versions that are gone."""
    known = {row["uid"]: row for row in before["sessions"]} if before else {}
    kept = {row["uid"] for row in content["sessions"]}
    sessions = [
        {**row, "sequence": known[row["uid"]]["sequence"] + (row["uid"] in changed)}
        if row["uid"] in known
        else {**row, "sequence": 0}
        for row in content["sessions"]
    ]
    gone = [{**row, "sequence": row["sequence"] + 1} for uid, row in known.items() if uid not in kept]
    return {**content, "sessions": sessions, "gone": [*(before["gone"] if before else []), *gone]}


def _open_photos(event: Event, content: Content, *, now: datetime) -> None:
    """Release the speakers' photos that may be, where everybody may read the event: its publication shows them."""
    if not visible(EventPage.objects.filter(event=event), reader=ANONYMOUS, now=now).exists():
        return
    photos = [row["photo"] for row in content["speakers"] if row["photo"]]
    for asset in Asset.objects.filter(image__pk__in=photos).prefetch_related("holds"):
        if library.is_releasable(asset, now=now):
            library.release(asset, now=now)
