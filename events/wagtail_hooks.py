"""The agenda's place in the admin."""

from __future__ import annotations

from typing import Any

from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from events import views
from events.views import badges, board, certificates, committee, press, roads, running, seating, stands, turns


class AgendaItem(MenuItem):
    """Shown to those who may see registrations."""

    def is_shown(self, request: Any) -> bool:
        return bool(request.user.has_perm("events.view_registration"))


@hooks.register("register_admin_urls")
def urls() -> list[Any]:
    """The screens of the agenda, part by part."""
    return [
        path("agenda/", views.agenda_index, name="events_agenda"),
        path("agenda/dates/", views.dates_preview, name="events_dates"),
        path("agenda/begin/", roads.begin, name="events_begin"),
        path("agenda/<int:pk>/", views.people, name="events_people"),
        path("agenda/<int:pk>/export.csv", views.export, name="events_export"),
        path("agenda/<int:pk>/phones.csv", press.phones_csv, name="events_phones"),
        path("agenda/<int:pk>/add/", views.add, name="events_add"),
        path("agenda/<int:pk>/change/<slug:what>/", views.change_view, name="events_change"),
        path("agenda/<int:pk>/<uuid:uid>/<slug:what>/", views.person, name="events_person"),
        *_delegations(),
        *_privacy(),
        *_stands(),
        *_conference(),
        *_programme(),
        *_papers(),
    ]


def _delegations() -> list[Any]:
    return [
        path("agenda/<int:pk>/delegations/", views.delegations, name="events_delegations"),
        path("agenda/<int:pk>/delegations/add/", views.delegation_add, name="events_delegation_add"),
        path(
            "agenda/<int:pk>/delegations/export.xlsx",
            views.delegation_export,
            name="events_delegation_export",
        ),
        path("agenda/<int:pk>/delegations/<uuid:uid>/", views.delegation, name="events_delegation"),
        path(
            "agenda/<int:pk>/delegations/<uuid:uid>/<slug:what>/",
            views.delegation_do,
            name="events_delegation_do",
        ),
        path(
            "agenda/<int:pk>/delegations/<uuid:uid>/<uuid:member>/<slug:what>/",
            views.delegate,
            name="events_delegate",
        ),
        path("agenda/<int:pk>/stays/<uuid:member>/<slug:what>/", views.stay, name="events_stay"),
    ]


def _privacy() -> list[Any]:
    return [
        path("agenda/persons/", views.person_search, name="events_person_search"),
        path("agenda/<int:pk>/journal/", views.journal, name="events_journal"),
        path("agenda/<int:pk>/privacy/", views.privacy, name="events_privacy"),
        path("agenda/<int:pk>/privacy/<uuid:uid>/", views.person_data, name="events_person_data"),
        path("agenda/<int:pk>/privacy/<uuid:uid>/erase/", views.person_erase, name="events_person_erase"),
        path(
            "agenda/<int:pk>/privacy/<uuid:uid>/data.<str:ending>",
            views.person_file,
            name="events_person_file",
        ),
    ]


def _stands() -> list[Any]:
    return [
        path("agenda/<int:pk>/stands/", stands.stand_list, name="events_stands"),
        path("agenda/<int:pk>/stands/export.csv", stands.stands_csv, name="events_stands_csv"),
        path("agenda/<int:pk>/stands/add/", stands.stand, name="events_stand_add"),
        path("agenda/<int:pk>/stands/<int:stand>/", stands.stand, name="events_stand"),
        path("agenda/<int:pk>/stands/notes/<int:note>/", stands.note, name="events_stand_note"),
        path("agenda/<int:pk>/audiences/", stands.audience_list, name="events_audiences"),
        path("agenda/<int:pk>/audiences/add/", stands.audience, name="events_audience_add"),
        path("agenda/<int:pk>/audiences/<int:audience>/", stands.audience, name="events_audience"),
        path(
            "agenda/<int:pk>/audiences/<int:audience>/list.pdf",
            stands.audience_paper,
            name="events_audience_paper",
        ),
    ]


def _conference() -> list[Any]:
    return [
        path("agenda/<int:pk>/seating/", seating.seating, name="events_seating"),
        path("agenda/<int:pk>/seating/plan.pdf", seating.seating_paper, name="events_seating_paper"),
        path("agenda/<int:pk>/running/", running.running, name="events_running"),
        path("agenda/<int:pk>/running/order.pdf", running.running_paper, name="events_running_paper"),
        path("agenda/<int:pk>/running/<int:point>/", running.point, name="events_running_point"),
        path("agenda/<int:pk>/press/", turns.questions_in_order, name="events_turns"),
        path("agenda/<int:pk>/press/list.pdf", turns.questions_paper, name="events_turns_paper"),
        path("agenda/<int:pk>/road/", roads.road, name="events_road"),
        path("agenda/<int:pk>/road/<slug:key>/", roads.ready_text, name="events_ready_text"),
    ]


# Before the others: what is done with a person is at the end of their address, whatever its name.
@hooks.register("register_admin_urls", order=-1)
def form_urls() -> list[Any]:
    return [
        path("agenda/<int:pk>/categories/", views.categories, name="events_categories"),
        path("agenda/<int:pk>/categories/add/", views.category, name="events_category_add"),
        path("agenda/<int:pk>/categories/<uuid:uid>/", views.category, name="events_category"),
        path(
            "agenda/<int:pk>/categories/<uuid:uid>/remove/",
            views.remove_category,
            name="events_category_remove",
        ),
        path("agenda/<int:pk>/board/", views.approval_board, name="events_board"),
        path("agenda/<int:pk>/questions/", views.questions, name="events_questions"),
        path("agenda/<int:pk>/questions/add/", views.question, name="events_question_add"),
        path("agenda/<int:pk>/questions/<uuid:uid>/", views.question, name="events_question"),
        path(
            "agenda/<int:pk>/questions/<uuid:uid>/remove/",
            views.remove_question,
            name="events_question_remove",
        ),
        path("agenda/<int:pk>/<uuid:uid>/", views.folder, name="events_folder"),
        path("agenda/<int:pk>/<uuid:uid>/ticket.pdf", views.ticket, name="events_ticket"),
        path("agenda/<int:pk>/<uuid:uid>/pay/", views.pay, name="events_pay"),
        path("agenda/<int:pk>/<uuid:uid>/receipts/<uuid:receipt>.pdf", views.receipt, name="events_receipt"),
        path("agenda/<int:pk>/<uuid:uid>/receipts/<uuid:receipt>/void/", views.void, name="events_void"),
        path("agenda/<int:pk>/<uuid:uid>/answers/", views.change_answers, name="events_answers"),
        path("agenda/<int:pk>/<uuid:uid>/files/<uuid:answer>", views.joined_file, name="events_joined_file"),
    ]


@hooks.register("register_admin_urls")
def paper_urls() -> list[Any]:
    return [
        path("agenda/<int:pk>/papers/", committee.abstracts, name="events_abstracts"),
        path("agenda/<int:pk>/papers/call/", committee.call, name="events_call"),
        path("agenda/<int:pk>/papers/decide/", committee.decide, name="events_decide"),
        path("agenda/<int:pk>/papers/reviewers/", committee.reviewers, name="events_reviewers"),
        path("agenda/<int:pk>/papers/book.pdf", committee.abstracts_book, name="events_book"),
        path("agenda/<int:pk>/papers/export.csv", committee.abstracts_csv, name="events_abstracts_csv"),
        path("agenda/<int:pk>/papers/<uuid:uid>/", committee.abstract, name="events_abstract"),
        path("agenda/<int:pk>/papers/<uuid:uid>/file", committee.abstract_file, name="events_abstract_file"),
    ]


def _programme() -> list[Any]:
    base = "agenda/<int:pk>/programme/"
    return [
        path(base, board.board, name="events_programme"),
        path(f"{base}publish/", board.publish, name="events_programme_publish"),
        path(f"{base}talks/", board.talks, name="events_programme_talks"),
        path(f"{base}draft.pdf", board.draft_paper, name="events_programme_draft"),
        path(f"{base}session/", board.session, name="events_session_add"),
        path(f"{base}session/<uuid:uid>/", board.session, name="events_session"),
        path(f"{base}<slug:kind>/add/", board.row, name="events_programme_add"),
        path(f"{base}<slug:kind>/<uuid:uid>/", board.row, name="events_programme_row"),
        path(f"{base}<slug:kind>/<uuid:uid>/remove/", board.remove, name="events_programme_remove"),
    ]


def _papers() -> list[Any]:
    """Badges and certificates."""
    mine, theirs = "agenda/<int:pk>/badges/", "agenda/<int:pk>/certificates/"
    return [
        path(mine, badges.badges, name="events_badges"),
        path(
            "agenda/<int:pk>/badges/speaker/<uuid:uid>.pdf", badges.one_speaker, name="events_speaker_badge"
        ),
        path(f"{mine}print/", badges.printing, name="events_badges_print"),
        path(f"{mine}preview/", badges.preview, name="events_badges_preview"),
        path(f"{mine}<uuid:uid>.pdf", badges.one, name="events_badge"),
        path(theirs, certificates.certificates, name="events_certificates"),
        path(f"{theirs}prepare/", certificates.prepare, name="events_certificates_prepare"),
        path(f"{theirs}all.pdf", certificates.papers, name="events_certificates_papers"),
        path(f"{theirs}<uuid:uid>.pdf", certificates.paper, name="events_certificate"),
        path(f"{theirs}<uuid:uid>/revoke/", certificates.revoke, name="events_certificate_revoke"),
        path(f"{theirs}<slug:role>/give/", certificates.give, name="events_certificates_give"),
        path(f"{theirs}<slug:role>/<slug:language>/", certificates.model, name="events_certificate_model"),
    ]


@hooks.register("register_admin_urls")
def urls_of_dates() -> list[Any]:
    return [
        path("agenda/calendars/", views.calendars, name="events_calendars"),
        path("agenda/calendars/<uuid:uid>/", views.calendar, name="events_calendar"),
        path("agenda/<int:pk>/about/", views.about, name="events_about"),
        path("agenda/<int:pk>/dates/", views.occurrences, name="events_occurrences"),
        path("agenda/<int:pk>/dates/<uuid:uid>/", views.occurrence, name="events_occurrence"),
        path(
            "agenda/<int:pk>/dates/<uuid:uid>/cancel/",
            views.occurrence_cancel,
            name="events_occurrence_cancel",
        ),
        path(
            "agenda/<int:pk>/dates/<uuid:uid>/reinstate/",
            views.occurrence_reinstate,
            name="events_occurrence_reinstate",
        ),
    ]


@hooks.register("register_admin_urls")
def guest_urls() -> list[Any]:
    return [
        path("agenda/<int:pk>/guests/", views.guests, name="events_guests"),
        path("agenda/<int:pk>/guests/add/", views.add_guests, name="events_guests_add"),
        path("agenda/<int:pk>/guests/file/", views.bring_in, name="events_guests_file"),
        path("agenda/<int:pk>/guests/letter/", views.letter, name="events_guests_letter"),
        path("agenda/<int:pk>/guests/mails/", views.rounds, name="events_rounds"),
        path("agenda/<int:pk>/guests/mails/<uuid:uid>/", views.one_round, name="events_round"),
        path("agenda/<int:pk>/guests/paper/", views.papers, name="events_guests_paper"),
        path("agenda/<int:pk>/guests/export.<slug:ending>", views.guests_file, name="events_guests_export"),
        path("agenda/<int:pk>/guests/<uuid:uid>/handed/", views.handed, name="events_guest_handed"),
        path("agenda/<int:pk>/guests/<uuid:uid>/<slug:what>/", views.guest, name="events_guest"),
    ]


@hooks.register("register_admin_urls")
def door_urls() -> list[Any]:
    return [
        path("agenda/<int:pk>/export.xlsx", views.export_xlsx, name="events_export_xlsx"),
        path("agenda/<int:pk>/figures/", views.figures, name="events_figures"),
        path("agenda/<int:pk>/figures/export.csv", views.figures_csv, name="events_figures_csv"),
        path("agenda/<int:pk>/figures/report.pdf", views.figures_report, name="events_figures_report"),
        path("agenda/<int:pk>/door/", views.door_desk, name="events_door"),
        path("agenda/<int:pk>/door/key/", views.door_new_key, name="events_door_key"),
        path("agenda/<int:pk>/door/<int:entry>/settle/", views.door_settle, name="events_door_settle"),
        path("agenda/<int:pk>/door/sheet/", views.door_sheet, name="events_door_sheet"),
        path("agenda/<int:pk>/door/sheet.pdf", views.attendance_sheet, name="events_sheet"),
    ]


@hooks.register("register_admin_menu_item")
def menu() -> MenuItem:
    return AgendaItem(
        _("Agenda"), reverse("events_agenda"), name="agenda", icon_name="calendar-alt", order=30
    )


@hooks.register("insert_global_admin_js")
def dates_script() -> SafeString:
    """Shows the next ten dates while a repetition is being written; without it they show after saving."""
    return format_html(
        '<script src="{}" defer data-dates-url="{}"></script>',
        static("events/dates.js"),
        reverse("events_dates"),
    )
