"""The desks of one event: each part of the work has a screen, and every screen leads to the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cms.core.registry import Slot
from events import queries
from events.models import Event, Kind, Role


@dataclass(frozen=True)
class Tool:
    """A screen of one event at the address named `url`, which takes the event's pk, for holders of `permission` (or of
    each of several, with spaces between).

    `shown` says for which events there is such work at all. `before` is the url of the screen that one from beside
    the agenda stands before.
    """

    label: Any
    url: str
    permission: str
    shown: Callable[[Event], bool] = lambda event: True
    before: str = ""


#: Screens of an event that the agenda alone could not fill (what newsrooms made of it); filled where the packages are
#: put together.
more_tools: Slot[Tool] = Slot("event_tools")


def _calls(event: Event) -> bool:
    """Whether papers are called for: at an MSAS conference, and wherever a call was opened."""
    return event.kind == Kind.MSAS or hasattr(event, "call")


def _has_stands(event: Event) -> bool:
    """Stands are at forums, ours or somebody else's, and wherever one was entered."""
    return event.kind == Kind.FORUM or event.role == Role.PARTICIPANT or event.stands.exists()


def _is_ceremony(event: Event) -> bool:
    """Where people are seated by rank, and wherever a plan was laid."""
    kinds = (Kind.ANNIVERSARY, Kind.CEREMONY, Kind.COMMEMORATION)
    return event.kind in kinds or event.occurrences.filter(seating__isnull=False).exists()


def _has_audiences(event: Event) -> bool:
    return event.kind == Kind.ANNIVERSARY or event.audiences.exists()


def _is_run(event: Event) -> bool:
    """Where we say what happens minute by minute: at what we organise."""
    return event.role == Role.ORGANISER and event.start_date is not None


# In the order of the work: who comes, what is prepared, the day itself, what remains.
TOOLS: tuple[Tool, ...] = (
    Tool(_("Registrations"), "events_people", "events.view_registration"),
    Tool(_("Approvals"), "events_board", "events.manage_registrations", queries.is_approved),
    Tool(_("Guests"), "events_guests", "events.view_invitation", lambda event: event.start_date is not None),
    Tool(_("Mails"), "events_rounds", "events.view_invitation", lambda event: event.start_date is not None),
    Tool(_("Delegations"), "events_delegations", "events.view_delegation"),
    Tool(_("Categories"), "events_categories", "events.manage_registrations"),
    Tool(_("The form"), "events_questions", "events.manage_registrations"),
    Tool(_("Preparation"), "events_road", "events.manage_registrations"),
    Tool(_("Dates"), "events_occurrences", "events.view_event"),
    Tool(_("About it"), "events_about", "events.change_state"),
    Tool(_("Programme"), "events_programme", "events.view_session"),
    Tool(_("Running order"), "events_running", "events.view_runningitem", _is_run),
    Tool(_("Abstracts"), "events_abstracts", "events.manage_papers", _calls),
    Tool(_("Stands"), "events_stands", "events.manage_registrations", _has_stands),
    Tool(_("Audiences"), "events_audiences", "events.keep_officialaudience", _has_audiences),
    Tool(_("Seating"), "events_seating", "events.keep_guests", _is_ceremony),
    Tool(_("Order of questions"), "events_turns", "events.manage_registrations", queries.takes_questions),
    Tool(_("Door"), "events_door", "events.view_checkin"),
    Tool(_("Badges"), "events_badges", "events.print_badge"),
    Tool(_("Certificates"), "events_certificates", "events.view_certificate"),
    Tool(_("Figures"), "events_figures", "events.view_registration"),
    Tool(_("Personal data"), "events_privacy", "events.manage_personal_data"),
    Tool(_("Journal"), "events_journal", "events.view_registration"),
)


def _every() -> list[Tool]:
    found = list(TOOLS)
    for tool in more_tools:
        places = [place for place, one in enumerate(found) if one.url == tool.before]
        found.insert(places[0] if places else len(found), tool)
    return found


def tools_of(event: Event, user: Any, path: str = "") -> list[dict[str, Any]]:
    """The event's screens that this user may open, as {"label", "url", "here"}; `here` is the one at `path`.

    Of two addresses that both begin `path`, the longer is the one.
    """
    found = [
        {"label": tool.label, "url": reverse(tool.url, args=[event.pk]), "here": False}
        for tool in _every()
        if user.has_perms(tool.permission.split()) and tool.shown(event)
    ]
    above = [one for one in found if path.startswith(one["url"])]
    if above:
        max(above, key=lambda one: len(one["url"]))["here"] = True
    return found
