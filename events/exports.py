"""Lists for spreadsheets: the contract's codes beside the words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cms.contacts.viewsets.words import country_name
from cms.core.exports import stream_csv, write_xlsx


def people_csv(registrations: Iterable[Any], questions: Sequence[Any] = ()) -> Iterator[bytes]:
    """Registrations as CSV, a line each, whose cells no spreadsheet runs; a column for each of the questions.

    They are `queries.with_origin`.
    """
    return stream_csv(_headings(questions), (_cells(one, questions) for one in registrations))


def people_xlsx(registrations: Iterable[Any], questions: Sequence[Any] = (), *, title: str) -> bytes:
    """The same as a workbook, whose cells are texts whatever they begin with."""
    return write_xlsx(_headings(questions), (_cells(one, questions) for one in registrations), title=title)


def figures_csv(tables: Iterable[Any]) -> Iterator[bytes]:
    """An event's figures by group, a line for each group: what it is, who, how many registered, hold a seat, came."""
    people = "number of people"
    counts = (pgettext(people, "Registered"), pgettext(people, "Confirmed"), pgettext(people, "Came"))
    rows = (
        (table["title"], line["label"], line["registered"], line["confirmed"], line["came"])
        for table in tables
        for line in table["lines"]
    )
    return stream_csv((_("By"), _("Who"), *counts), rows)


def _headings(questions: Sequence[Any]) -> tuple[str, ...]:
    return (
        _("Name"),
        _("Organisation"),
        _("E-mail"),
        _("Telephone"),
        _("Category"),
        _("Country"),
        _("Sector"),
        _("Date"),
        _("State (code)"),
        _("State"),
        _("Registered"),
        _("Confirmed"),
        _("How"),
        _("Came"),
        *(question.label for question in questions),
    )


def _cells(one: Any, questions: Sequence[Any]) -> list[Any]:
    return [*_line(one), *_answers(one, questions)]


def _answers(one: Any, questions: Sequence[Any]) -> list[str]:
    """What somebody answered to each question; of files their names. `answers` are fetched with their choices."""
    found: dict[int, list[str]] = {}
    for answer in one.answers.all() if questions else ():
        found.setdefault(answer.question_id, []).append(answer.words)
    return ["; ".join(found.get(question.pk, ())) for question in questions]


def _line(one: Any) -> list[Any]:
    return [
        one.name,
        one.organisation,
        one.email,
        one.phone,
        one.category.name if one.category else "",
        country_name(one.country) if one.country else "",
        one.sector or "",
        one.occurrence.local_start.replace(tzinfo=None).strftime("%Y-%m-%d %H:%M"),
        one.state,
        str(one.get_state_display()),
        one.created_at,
        one.confirmed_at,
        str(one.get_confirmed_channel_display()) if one.confirmed_channel else "",
        one.attended_at,
    ]


def stands_csv(rows: Iterable[Any]) -> Iterator[bytes]:
    """The stands of an event as CSV, a line each."""
    headings = (
        _("Number"),
        _("Exhibitor"),
        _("What is shown"),
        _("Person in charge"),
        _("Telephone"),
        _("E-mail"),
        _("Needs"),
        _("State"),
    )
    return stream_csv(
        headings,
        (
            [
                one.number,
                one.exhibitor,
                one.about,
                one.contact_name,
                one.phone,
                one.email,
                one.needs,
                str(one.get_state_display()),
            ]
            for one in rows
        ),
    )


def stand_log_csv(rows: Iterable[Any]) -> Iterator[bytes]:
    """The log of our stand as CSV, a line a note."""
    headings = (
        _("When"),
        _("Visitors"),
        _("Leaflets given"),
        _("Adhesions"),
        _("Personalities received"),
        _("Contacts to follow"),
        _("Remark"),
    )
    return stream_csv(
        headings,
        (
            [
                one.at,
                one.visitors,
                one.leaflets,
                one.adhesions,
                one.personalities,
                one.contacts_met,
                one.remark,
            ]
            for one in rows
        ),
    )


def abstracts_csv(rows: Iterable[Any]) -> Iterator[bytes]:
    """Abstracts of a call as CSV, a line each; `judging` and `advised` are counted by the query."""
    headings = (
        _("Number"),
        _("State (code)"),
        _("State"),
        _("Title in French"),
        _("Title in English"),
        _("Theme"),
        _("Form"),
        _("Authors"),
        _("Speaker"),
        _("Who writes to us"),
        _("E-mail"),
        _("Verdicts"),
        _("Registered"),
        _("Prize"),
    )
    return stream_csv(headings, (_abstract_line(one) for one in rows))


def _abstract_line(one: Any) -> list[Any]:
    authors = list(one.authors.all())
    verdicts = [str(given.get_verdict_display()) for given in one.reviews.all() if given.verdict]
    return [
        one.number,
        one.state,
        str(one.get_state_display()),
        one.title_fr,
        one.title_en,
        one.theme,
        str(one.get_form_display()),
        "; ".join(str(author) for author in authors),
        "; ".join(author.name for author in authors if author.presents),
        one.name,
        one.email,
        "; ".join(verdicts),
        _("yes") if one.speaker_registered else _("no"),
        one.prize,
    ]


def delegates_xlsx(people: Iterable[Any]) -> bytes:
    """Delegates with journey, stay and who pays for what, for the airport and the hotels. No passports."""
    headings = (
        _("Country"), _("Delegation"), _("Name"), _("Function"), _("Head of the delegation"), _("E-mail"),
        _("Telephone"), _("Language"), _("State (code)"), _("State"), _("Day of arrival"), _("Hour of arrival"),
        _("Flight, or by road"), _("Day of departure"), _("Hour of departure"), _("Flight back, or by road"),
        _("Hotel"), _("What they do not eat"), _("Needs a visa letter"), _("Transport"), _("Lodging"), _("Per diem"),
        _("Per diem a day, in FCFA"), _("Note"),
    )  # fmt: skip
    return write_xlsx(headings, (_delegate_line(one) for one in people), title=_("Delegations"))


def _delegate_line(one: Any) -> list[Any]:
    said = getattr(one, "delegate", None)
    group = one.delegation
    first = [country_name(group.country), group.organisation] if group else ["", one.organisation]
    first.append(one.name)
    reach = [one.email, one.phone, one.language, one.state, str(one.get_state_display())]
    if said is None:
        return [*first, "", "", *reach]
    clocks = [at.strftime("%H:%M") if at else "" for at in (said.arrival_time, said.departure_time)]
    return [
        *first,
        said.function,
        _("Yes") if said.is_head else "",
        *reach,
        said.arrival_date,
        clocks[0],
        said.arrival_flight,
        said.departure_date,
        clocks[1],
        said.departure_flight,
        said.hotel,
        said.diet,
        _("Yes") if said.needs_visa else "",
        *(
            str(said.get_transport_display()),
            str(said.get_lodging_display()),
            str(said.get_per_diem_display()),
        ),
        said.per_diem_xof,
        said.care_note,
    ]


# Guests ------------------------------------------------------------------------------------------------------------
def _guest_headings() -> tuple[str, ...]:
    return (
        _("Rank"),
        _("Form of address"),
        _("Name"),
        _("Function"),
        _("Organisation"),
        _("Category"),
        _("E-mail"),
        _("Telephone"),
        _("State (code)"),
        _("State"),
        _("Substitute"),
        _("Function of the substitute"),
        _("Comes along"),
        _("How (code)"),
        _("How"),
        _("Recorded by"),
        _("Who answered"),
        _("Answered"),
        _("Message"),
        _("Sent on"),
        _("Letter"),
        _("Handed over"),
        _("Received by"),
    )


def guests_csv(guests: Iterable[Any], listed: Any) -> Iterator[bytes]:
    """A guest list as CSV, a line each in the order given, whose cells no spreadsheet runs."""
    return stream_csv(_guest_headings(), (_guest_line(one, listed) for one in guests))


def guests_xlsx(guests: Iterable[Any], listed: Any) -> bytes:
    """The same as a workbook."""
    return write_xlsx(_guest_headings(), (_guest_line(one, listed) for one in guests), title=_("Guests"))


def _guest_line(one: Any, listed: Any) -> list[Any]:
    card = one.contact
    return [
        one.rank,
        card.civility,
        card.name,
        card.function,
        card.organisation.name if card.organisation else "",
        one.counted_in.name if one.counted_in else "",
        card.primary_email or "",
        card.primary_phone or "",
        one.state,
        str(one.get_state_display()),
        one.substitute_name,
        one.substitute_function,
        ", ".join(who.name for who in one.coming[1:]),
        one.answered_by,
        str(one.get_answered_by_display()) if one.answered_by else "",
        str(one.answered_user or ""),
        one.answered_with,
        one.answered_at,
        one.note,
        one.sent_at,
        f"{one.number:04d}{listed.reference if listed else ''}" if one.number is not None else "",
        one.handed_at,
        one.received_by,
    ]
