"""What events hold of people outside registrations: found, handed over, erased, in every model that names somebody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.db import models

from cms.contacts.models import Contact
from events import actions, queries
from events.models import (
    AudiencePerson,
    Author,
    Call,
    Certificate,
    Event,
    Occurrence,
    OfficialAudience,
    Place,
    ProgrammeVersion,
    Receipt,
    Registration,
    Review,
    Reviewer,
    RunningItem,
    SeatingPlan,
    Speaker,
    Stand,
    StandNote,
    Submission,
)
from events.queries.holdings import HOLDINGS, OWN_WAYS
from events.queries.privacy import ERASED
from tests.factories.core import NOON
from tests.factories.events import make_occurrence, make_registration
from tests.factories.programme import make_row, make_session, publish

pytestmark = pytest.mark.django_db

A_YEAR = timedelta(days=367)
WHO, OTHER = "Canari Sow", "Moussa Autre"
#: Swept with the registration that they hang on (`actions.erasure`): rows deleted, or blanked there.
WITH_REGISTRATION = {
    "Answer": {"text", "file", "file_name", "file_type"},
    "Delegate": {
        *("function", "arrival_flight", "departure_flight", "hotel", "diet", "care_note", "visa_reference"),
    },
    "Passport": {"full_name", "number", "nationality"},
    "Place": {"row_name"},
}
#: Text fields in which no visitor's person stands, and why. Whoever adds a text field says here, or in
#: `queries.holdings`, whether somebody may stand in it.
REASONS = {
    "the event as the unit announces it": {
        *("AgendaPage.*", "EventPage.*", "Event.*", "Occurrence.*", "Period.*", "Appearance.subject"),
        *("Appearance.subject_en", "Session.*", "Track.*", "Room.*", "Category.*", "Question.*", "Choice.*"),
        *("InvitationRound.*", "Call.*", "BadgeTemplate.*", "ReadyText.*", "SeatingPlan.rows"),
    },
    "officials who sign, chosen by the unit for all its papers": {"CertificateTemplate.*", "GuestList.*"},
    "a public contact of the event, chosen by the unit from its own cards": {"EventContact.contact"},
    "work of the unit's own people": {"Task.*", "CalendarImport.*", "Origin.*", "Receipt.void_reason"},
    "names of speakers in it go with the speaker": {"ProgrammeVersion.*"},
    "a hash, an address of the admin or a code that names nobody": {
        "OfficePost.mark",
        "OfficePost.leads_to",
        "Attempt.bucket",
        "Certificate.code",
        "*.language",
        "*.country",
    },
    "why a certificate was revoked; `words` go with the name": {"Certificate.reason", "Certificate.words"},
    "the name of a telephone's door": {"CheckIn.door"},
    "an organisation, or its stand": {
        "Delegation.organisation",
        "Stand.about",
        "Stand.number",
        "Stand.needs",
    },
    "which audience it was": {"OfficialAudience.reference", "OfficialAudience.place"},
    "the work itself, without its authors": {
        *("Submission.title_fr", "Submission.title_en", "Submission.abstract_fr", "Submission.abstract_en"),
        *("Submission.theme", "Submission.prize", "Reviewer.themes"),
    },
    "where a point of the running order is": {"RunningItem.place"},
}


def _text_fields() -> set[tuple[str, str]]:
    kinds = (models.CharField, models.TextField, models.JSONField, models.FileField)
    found = set()
    for model in apps.get_app_config("events").get_models():
        for one in model._meta.concrete_fields:
            to_card = one.is_relation and one.related_model is Contact
            if to_card or (isinstance(one, kinds) and not one.choices):
                found.add((model.__name__, one.name))
    return found


def _swept() -> set[tuple[str, str]]:
    found = {(name, field) for name, fields in WITH_REGISTRATION.items() for field in fields}
    for holding in HOLDINGS.values():
        paths = {holding.contact} if holding.contact and "__" not in holding.contact else set()
        found |= {(holding.model.__name__, name) for name in {*holding.fields, *paths}}
    return found


def _has_a_reason(model: str, name: str) -> bool:
    reasoned = set().union(*REASONS.values())
    return bool({f"{model}.{name}", f"{model}.*", f"*.{name}"} & reasoned)


def test_every_text_field_of_events_is_swept_or_has_a_reason_not_to_be() -> None:
    left = {f"{model}.{name}" for model, name in _text_fields() - _swept() if not _has_a_reason(model, name)}
    assert left == set()


def test_the_reasons_name_fields_that_there_are_and_none_that_is_swept() -> None:
    known, swept = _text_fields(), _swept()
    for entry in set().union(*REASONS.values()):
        model, _dot, name = entry.partition(".")
        meant = {one for one in known if model in (one[0], "*") and name in (one[1], "*")}
        assert meant, f"{entry} is no field"
        if "*" not in entry and not entry.startswith("Submission.abstract"):
            assert not meant & swept, f"{entry} is swept"


@pytest.fixture
def row() -> Occurrence:
    """A date of tomorrow whose event holds somebody in one row of every model of the table."""
    row = make_occurrence(capacity=9)
    event = row.event
    person = make_registration(row, 1, name="Reçue Ici")
    card = Contact.objects.create(name=WHO, language="fr")
    call = Call.objects.create(event=event, opens_at=NOON, closes_at=NOON + timedelta(days=2))
    audience = OfficialAudience.objects.create(
        event=event, requester="coordination", host="minister", asked_on=NOON.date()
    )
    paper = Submission.objects.create(
        call=call, title_fr="Puits", abstract_fr="Le puits.", created_at=NOON, key="0" * 32
    )
    reviewer = Reviewer.objects.create(call=call, contact=card, written_at=NOON)
    speaker = make_row(event, "speaker", WHO, photo=None)
    make_session(event, people=[(speaker, "speaker")])
    publish(event)
    rows: list[Any] = [
        Stand(event=event, asked_at=NOON),
        StandNote(event=event, at=NOON),
        audience,
        AudiencePerson(audience=audience, received_as="expert"),
        paper,
        Author(submission=paper, order=1),
        Review(submission=paper, reviewer=reviewer, assigned_at=NOON),
        speaker,
        RunningItem(occurrence=row, order=0, minutes=5),
        Certificate(event=event, role="speaker", speaker=speaker, code="C" * 16, words={}, issued_at=NOON),
        Receipt(
            key="1" * 32,
            registration=person,
            year=2027,
            number=1,
            amount_xof=5000,
            means="cash",
            paid_date=NOON.date(),
            made_at=NOON,
        ),
    ]
    table = {holding.model: holding for holding in HOLDINGS.values()}
    for one in rows:
        holding = table[type(one)]
        for name in (*holding.names, *holding.blanks):
            setattr(one, name, "canari.sow@example.org" if name == "email" else WHO)
        for name in holding.lines:
            setattr(one, name, f"{WHO}, 76 00 11 22\n{OTHER}")
        one.save()
    paper.file.save("puits.pdf", ContentFile(b"%PDF"), save=True)
    return row


def everything() -> str:
    return str([list(model.objects.values()) for model in apps.get_app_config("events").get_models()])


def test_a_search_finds_a_person_in_every_model_and_the_file_says_what_stands_there(row: Occurrence) -> None:
    wanted = {key for key in HOLDINGS if key not in OWN_WAYS}
    for typed in ("canari SOW", "Sow Canari"):
        assert {one.mark.partition("-")[0] for one in queries.found_rows(typed)} == wanted
    number = {one.mark.partition("-")[0] for one in queries.found_rows("+223 76 00 11 22")}
    assert number == {"stand", "stand_note", "audience", "submission", "running_item"}
    said = str(queries.sections_of(queries.rows_ticked("Canari Sow", _marks()), words=["canari", "sow"]))
    assert WHO in said
    assert OTHER not in said
    assert queries.found_rows("Ca") == queries.found_rows("Nobody Here") == []


def _marks() -> set[str]:
    return {one.mark for one in queries.found_rows(WHO)}


def test_erased_on_request_a_person_stands_nowhere_and_others_stay(
    row: Occurrence, django_capture_on_commit_callbacks: Any
) -> None:
    version = ProgrammeVersion.objects.get()
    assert WHO in str(version.content)
    paper = Submission.objects.get()
    storage, name = paper.file.storage, paper.file.name
    token = queries.reviewer_token(Reviewer.objects.get())
    before = everything()
    rows = queries.rows_ticked(WHO, _marks())
    with django_capture_on_commit_callbacks(execute=True):
        number = actions.erase_rows(rows=rows, words=["canari", "sow"], user=None, now=NOON)
    after = everything()
    assert number == len(HOLDINGS) - len(OWN_WAYS)
    assert before.casefold().count("canari") > 20
    assert "canari" not in after.casefold()
    assert after.count(OTHER) == before.count(OTHER)
    assert not storage.exists(name)
    assert queries.reviewer_by_token(token) is None
    assert Certificate.objects.get().revoked_at == NOON
    assert Review.objects.count() == 0
    assert actions.erase_rows(rows=rows, words=["canari", "sow"], user=None, now=NOON) == 0


def test_a_mark_that_the_search_does_not_find_erases_nothing(row: Occurrence) -> None:
    stranger = Stand.objects.create(event=row.event, exhibitor="X", contact_name=OTHER, asked_at=NOON)
    assert queries.rows_ticked(WHO, {f"stand-{stranger.pk}", "stand-x", "nothing-1"}) == {}


def test_what_names_people_goes_by_itself_months_after_and_what_was_published_stays(row: Occurrence) -> None:
    assert actions.erase_due(now=row.ends_at + timedelta(days=360))["others"] == 0
    assert actions.erase_due(now=row.ends_at + A_YEAR)["others"] == 7
    assert actions.erase_due(now=row.ends_at + A_YEAR)["others"] == 0
    stand, note, person = Stand.objects.get(), StandNote.objects.get(), AudiencePerson.objects.get()
    assert (stand.contact_name, stand.phone, stand.email) == (ERASED, "", "")
    assert (note.personalities, note.contacts_met, note.remark) == ("", "", "")
    assert (person.name, person.function) == (ERASED, "")
    paper, author = Submission.objects.get(), Author.objects.get()
    assert (paper.name, paper.email, paper.file.name, paper.abstract_fr) == (ERASED, "", "", ERASED)
    assert (author.name, author.email, Review.objects.get().note) == (ERASED, "", "")
    speaker = Speaker.objects.get()
    assert (speaker.name, speaker.email) == (WHO, "")
    assert Certificate.objects.get().revoked_at is None


def test_the_authors_of_what_was_given_stay_in_the_book_without_their_addresses(row: Occurrence) -> None:
    Submission.objects.update(state="confirmed", number=1, decided_at=NOON)
    actions.erase_due(now=row.ends_at + A_YEAR)
    paper, author = Submission.objects.get(), Author.objects.get()
    assert (paper.abstract_fr, author.name, author.organisation) == ("Le puits.", WHO, WHO)
    assert (paper.email, author.email, paper.file.name) == ("", "", "")


def test_a_yearly_day_forgets_last_years_people_though_it_comes_again(row: Occurrence) -> None:
    event: Event = row.event
    again = Occurrence.objects.create(
        event=event,
        recurrence_id="20990205",
        starts_at=row.starts_at + 3 * A_YEAR,
        ends_at=row.ends_at + 3 * A_YEAR,
    )
    later = Stand.objects.create(
        event=event, exhibitor="Y", contact_name=OTHER, asked_at=row.ends_at + timedelta(days=1)
    )
    actions.erase_due(now=row.ends_at + A_YEAR)
    assert set(Stand.objects.values_list("contact_name", flat=True)) == {ERASED, OTHER}
    actions.erase_due(now=again.ends_at + A_YEAR)
    later.refresh_from_db()
    assert later.contact_name == ERASED


def test_a_registration_erased_gives_its_chair_back_and_takes_its_stand_of_the_same_name_along(
    row: Occurrence,
) -> None:
    person = make_registration(row, 7, name=WHO, email="canari.sow@example.org")
    plan = SeatingPlan.objects.create(occurrence=row, rows="Tribune : 1")
    Place.objects.create(plan=plan, row=0, row_name="Tribune", number=1, registration=person, is_fixed=True)
    said = str(queries.person_sections(person))
    assert "Tribune 1" in said
    assert "Stand" in said
    rows = queries.rows_of_person(person)
    # by name and address; not whoever has the name alone, nor the notes in which many stand
    assert set(rows) == {"registration", "stand", "submission", "author", "speaker", "certificate"}
    actions.erase_person(registration=person, user=None, now=NOON)
    assert Place.objects.get().registration is None
    assert Stand.objects.get().contact_name == ERASED
    assert AudiencePerson.objects.get().name == WHO
    homonym = make_registration(row, 8, name=WHO, email="autre@example.org")
    assert set(queries.rows_of_person(homonym)) == {"registration"}
    assert isinstance(homonym, Registration)
