"""The demo's agenda: dates of the plan for what is past, and relative to the day of loading for what is to come."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.utils import translation
from wagtail.rich_text import RichText

from cms.contacts import actions as contacts
from cms.contacts.models import Audience
from cms.core.actions import place_page
from cms.core.models import Topic
from cms.mailing.models import Mailing
from cms.pages.models import HomePage
from cms.plan.models import Activity
from events import actions
from events.forms.when import compose_rule
from events.models import AgendaPage, EventPage, Kind, Role, State

INTRODUCTION = {
    "fr": "Forums, conférences, cérémonies et réunions du TOKTEN-Mali. L’inscription se fait sans compte, par "
    "courriel ou par téléphone.",
    "en": "Forums, conferences, ceremonies and meetings of TOKTEN-Mali. Register without an account, by e-mail "
    "or by telephone.",
}


def build(*, now: datetime) -> None:
    """Make the agenda, its events and an invitation; a second time changes nothing."""
    with translation.override("fr"):
        agendas = _agendas(now)
        if not agendas:
            return
        for place, facts in enumerate([*_coming(now), *_past()]):
            _announce(agendas, facts, now=now, place=place)
        _invite(now)
    contacts.find_or_create_audience(
        slug="participants",
        name="Inscrits aux événements de l’année",
        criteria={"activities": ["events:registered"]},
    )


def _agendas(now: datetime) -> dict[str, AgendaPage]:
    """The agenda of each language."""
    home = HomePage.objects.filter(locale__language_code="fr").first()
    if home is None:
        return {}
    words = {code: {**actions.AGENDA[code], "introduction": said} for code, said in INTRODUCTION.items()}
    actions.lay_agenda(home, user=None, now=now, words=words)
    found = AgendaPage.objects.select_related("locale").filter(locale__language_code__in=INTRODUCTION)
    return {agenda.locale.language_code: agenda for agenda in found}


def _announce(agendas: dict[str, AgendaPage], facts: dict[str, Any], *, now: datetime, place: int) -> None:
    """One event and its pages, unless its French page is there already."""
    words = facts.pop("words")
    if EventPage.objects.filter(slug=words["fr"]["slug"]).exists():
        return
    activity = facts.pop("activity", None)
    if activity:
        facts["activity"] = Activity.objects.filter(slug__startswith=activity).first()
    topics = facts.pop("topics", ())
    at = min(now, facts.pop("announced_at", now))
    event = actions.create_event(user=None, now=min(now, at), **facts)
    if event.repeats:
        actions.materialise(event=event, now=now)
    french = None
    for code, said in words.items():
        if code not in agendas:
            continue
        page = EventPage(
            locale=agendas[code].locale,
            event=event,
            body=[("paragraph", RichText(f"<p>{line}</p>")) for line in said.pop("body", [])],
            **said,
        )
        if french is not None:
            page.translation_key = french.translation_key
        page.topics = Topic.objects.filter(slug__in=topics, locale=agendas[code].locale)
        agendas[code].refresh_from_db()
        page = place_page(agendas[code], page, user=None, now=at)
        french = french or page


def _next(now: datetime, days: int, weekday: int) -> date:
    """The first `weekday` (Monday 0) at least `days` ahead."""
    found = (now + timedelta(days=days)).date()
    return found + timedelta(days=(weekday - found.weekday()) % 7)


def _fifth_of_february(now: datetime) -> date:
    this_year = date(now.year, 2, 5)
    return this_year if this_year > now.date() else date(now.year + 1, 2, 5)


def _coming(now: datetime) -> list[dict[str, Any]]:
    press, forum, msas = _next(now, 6, 3), _next(now, 40, 1), _next(now, 150, 0)
    day = _fifth_of_february(now)
    monday = _next(now, 1, 0)
    committee = _next(now, 24, 2)
    return [
        {
            "name": "Conférence de presse : bilan des missions",
            "kind": Kind.PRESS_CONFERENCE,
            "start_date": press,
            "start_time": time(10),
            "end_time": time(10, 45),
            "place_name": "Maison de la presse",
            "address": "Bamako",
            "capacity": 12,
            "outlet_cap": 2,
            "takes_registrations": True,
            "topics": ("programme",),
            "activity": "diffusion",
            "words": {
                "fr": {
                    "title": "Conférence de presse : le bilan des missions d’experts",
                    "slug": "conference-de-presse-bilan-des-missions",
                    "summary": "La Coordination présente le bilan des missions, secteur par secteur, et répond aux "
                    "questions pendant quarante-cinq minutes.",
                    "organiser": "Coordination du TOKTEN-Mali, avec la Direction de la communication du ministère",
                    "body": [
                        "Un exposé de quinze minutes, puis les questions dans l’ordre des inscriptions. Le dossier "
                        "de presse est remis à l’entrée.",
                        "Chaque rédaction peut inscrire un journaliste et un technicien. L’accueil ouvre une "
                        "demi-heure avant.",
                    ],
                },
                "en": {
                    "title": "Press conference: what the experts’ missions achieved",
                    "slug": "press-conference-missions",
                    "summary": "The Coordination presents the missions sector by sector and takes questions for "
                    "forty-five minutes.",
                    "organiser": "TOKTEN-Mali Coordination, with the ministry’s communication department",
                    "body": [
                        "A talk of fifteen minutes, then questions in the order of registration. The press kit is "
                        "handed out at the entrance.",
                    ],
                },
            },
        },
        {
            "name": "Forum de la diaspora scientifique",
            "kind": Kind.FORUM,
            "start_date": forum,
            "start_time": time(9),
            "end_date": forum + timedelta(days=1),
            "end_time": time(17),
            "place_name": "Centre international de conférences de Bamako",
            "address": "Bamako",
            "capacity": 250,
            "takes_registrations": True,
            "takes_delegations": True,
            "topics": ("diaspora",),
            "words": {
                "fr": {
                    "title": "Forum de la diaspora scientifique et technique",
                    "slug": "forum-diaspora-scientifique",
                    "summary": "Deux jours pour rapprocher experts de l’extérieur, universités, collectivités et "
                    "entreprises du Mali.",
                    "organiser": "TOKTEN-Mali et le ministère chargé des Maliens de l’extérieur, avec le PNUD",
                    "body": [
                        "Trois thèmes : enseignement supérieur, santé, entreprises. Des stands sont ouverts aux "
                        "structures bénéficiaires et aux partenaires.",
                    ],
                },
                "en": {
                    "title": "Forum of the scientific diaspora",
                    "slug": "forum-scientific-diaspora",
                    "summary": "Two days that bring together experts abroad, universities, local authorities and "
                    "companies of Mali.",
                    "organiser": "TOKTEN-Mali and the ministry for Malians abroad, with UNDP",
                    "body": [
                        "Three themes: higher education, health, companies. Stands are open to host institutions and "
                        "partners."
                    ],
                },
            },
        },
        {
            "name": f"Journée du TOKTEN-Mali {day.year}",
            "kind": Kind.ANNIVERSARY,
            "start_date": day,
            "start_time": time(9),
            "end_time": time(13),
            "place_name": "Hôtel de l’Amitié",
            "address": "Bamako",
            "state": State.PROVISIONAL,
            "capacity": 180,
            "takes_registrations": True,
            "needs_approval": True,
            "anniversary": day.year - 1998,
            "registration_opens_at": (now + timedelta(days=10)).replace(
                hour=9, minute=0, second=0, microsecond=0
            ),
            "topics": ("programme",),
            "words": {
                "fr": {
                    "title": f"Journée du TOKTEN-Mali, 5 février {day.year}",
                    "slug": f"journee-du-tokten-{day.year}",
                    "summary": "La cérémonie rappelle le premier accord, signé le 5 février 1998, et rend hommage aux "
                    "experts revenus en mission.",
                    "organiser": "Ministère chargé des Maliens de l’extérieur, PNUD",
                    "body": [
                        "La participation est soumise à l’accord du protocole, qui répond à chaque demande."
                    ],
                },
                "en": {
                    "title": f"TOKTEN-Mali Day, 5 February {day.year}",
                    "slug": f"tokten-day-{day.year}",
                    "summary": "The ceremony recalls the first agreement, signed on 5 February 1998, and honours the "
                    "experts who came back on mission.",
                    "organiser": "Ministry for Malians abroad, UNDP",
                },
            },
        },
        {
            "name": "Rencontres MSAS",
            "kind": Kind.MSAS,
            "start_date": msas,
            "end_date": msas + timedelta(days=6),
            "whole_day": True,
            "place_name": "Université des sciences, des techniques et des technologies de Bamako",
            "state": State.PROVISIONAL,
            "topics": ("recherche",),
            "activity": "conferences",
            "words": {
                "fr": {
                    "title": "Conférence de la Société malienne des sciences appliquées (MSAS)",
                    "slug": "conference-msas",
                    "summary": "Une semaine de plénières, de mini-symposiums et d’ateliers, avec des chercheurs du "
                    "Mali et de l’étranger.",
                    "organiser": "Société malienne des sciences appliquées, avec l’appui du TOKTEN-Mali",
                    "body": ["Le programme sera annoncé sur cette page."],
                },
                "en": {
                    "title": "Conference of the Malian Society of Applied Sciences (MSAS)",
                    "slug": "msas-conference",
                    "summary": "A week of plenaries, mini-symposia and workshops with researchers from Mali and "
                    "abroad.",
                    "organiser": "Malian Society of Applied Sciences, with the support of TOKTEN-Mali",
                },
            },
        },
        {
            "name": "Permanence des points focaux",
            "kind": Kind.FOCAL_POINTS,
            "start_date": monday,
            "start_time": time(9),
            "end_time": time(16),
            "place_name": "Coordination du TOKTEN-Mali",
            "rule": compose_rule(
                {
                    "start_date": monday,
                    "start_time": time(9),
                    "repeat": "weekly",
                    "repeat_every": 1,
                    "left_out": [monday + timedelta(weeks=5)],
                }
            ),
            "words": {
                "fr": {
                    "title": "Journée des points focaux",
                    "slug": "journee-des-points-focaux",
                    "summary": "Chaque semaine, les points focaux se retrouvent à la Coordination pour préparer les "
                    "missions et les rapports trimestriels.",
                    "organiser": "Coordination du TOKTEN-Mali",
                }
            },
        },
        {
            "name": "Comité de pilotage",
            "kind": Kind.STEERING_COMMITTEE,
            "start_date": committee,
            "start_time": time(9),
            "end_time": time(11),
            "place_name": "Ministère chargé des Maliens de l’extérieur, salle de réunion",
            "activity": "comite",
            "rule": compose_rule(
                {
                    "start_date": committee,
                    "start_time": time(9),
                    "repeat": "monthly_weekday",
                    "repeat_every": 6,
                }
            ),
            "words": {
                "fr": {
                    "title": "Session du comité de pilotage",
                    "slug": "session-du-comite-de-pilotage",
                    "summary": "Le comité examine le bilan du semestre et arrête le programme du suivant. "
                    "Deux sessions par an.",
                    "organiser": "Ministère chargé des Maliens de l’extérieur, PNUD, Coordination du TOKTEN-Mali",
                }
            },
        },
    ]


def _past() -> list[dict[str, Any]]:
    """What the plan of 2017-2019 had set, at its own dates."""
    return [
        {
            "name": "20e anniversaire",
            "kind": Kind.ANNIVERSARY,
            "start_date": date(2018, 2, 5),
            "start_time": time(9),
            "end_time": time(13),
            "place_name": "Bamako",
            "anniversary": 20,
            "announced_at": datetime(2018, 1, 8, 9, 0, tzinfo=UTC),
            "words": {
                "fr": {
                    "title": "20e anniversaire du TOKTEN-Mali",
                    "slug": "20e-anniversaire",
                    "summary": "Vingt ans après l’accord du 5 février 1998, experts, structures bénéficiaires et "
                    "délégations de la sous-région font le point.",
                    "organiser": "Ministère chargé des Maliens de l’extérieur, PNUD",
                },
                "en": {
                    "title": "TOKTEN-Mali’s 20th anniversary",
                    "slug": "20th-anniversary",
                    "summary": "Twenty years after the agreement of 5 February 1998, experts, host institutions and "
                    "delegations of the region take stock.",
                    "organiser": "Ministry for Malians abroad, UNDP",
                },
            },
        },
        {
            "name": "Présentation du plan de communication",
            "kind": Kind.WORKSHOP,
            "start_date": date(2017, 9, 14),
            "start_time": time(9),
            "end_time": time(12, 30),
            "place_name": "Coordination du TOKTEN-Mali, Bamako",
            "announced_at": datetime(2017, 9, 4, 9, 0, tzinfo=UTC),
            "words": {
                "fr": {
                    "title": "Atelier de présentation du plan de communication 2017-2019",
                    "slug": "atelier-plan-de-communication",
                    "summary": "Les points focaux et les partenaires prennent connaissance du plan et de son "
                    "calendrier de vingt-huit mois.",
                    "organiser": "Coordination du TOKTEN-Mali",
                }
            },
        },
        {
            "name": "Salon de la diaspora à Paris",
            "kind": Kind.AWARENESS_MISSION,
            "role": Role.PARTICIPANT,
            "start_date": date(2019, 6, 29),
            "end_date": date(2019, 6, 30),
            "start_time": time(10),
            "end_time": time(18),
            "zone": "Europe/Paris",
            "place_name": "Paris",
            "announced_at": datetime(2019, 6, 3, 9, 0, tzinfo=UTC),
            "words": {
                "fr": {
                    "title": "Mission de sensibilisation auprès de la diaspora à Paris",
                    "slug": "mission-sensibilisation-paris",
                    "summary": "Dix jours de rencontres, dont deux jours de stand ouverts à tous, pour faire connaître "
                    "le programme aux compétences maliennes de France.",
                    "organiser": "TOKTEN-Mali, avec les associations de la diaspora",
                }
            },
        },
    ]


def _invite(now: datetime) -> None:
    """The invitation to the forum, prepared and waiting for an officer to look at it."""
    page = EventPage.objects.filter(event__kind=Kind.FORUM, locale__language_code="fr").order_by("pk").last()
    audiences = Audience.objects.filter(slug__in=("presse-nationale", "experts-consultants"))
    if page is None or Mailing.objects.filter(renderer="events.invitation").exists() or not audiences:
        return
    with contextlib.suppress(actions.NotInvitable):
        actions.prepare_invitation(event=page.event, audiences=audiences, user=None, now=now)
