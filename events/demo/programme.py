"""The demo's programmes: the forum's in two versions, the week of the MSAS conference."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import translation

from events.actions import programme as actions
from events.models import Event, Kind, Session
from events.models.programme import Part, SessionKind

# Name, function, organisation, biography, biography in English.
FORUM_SPEAKERS = {
    "kone": (
        "Pr Assétou Koné",
        "professeure de microbiologie",
        "Université de Montréal (exemple)",
        "Elle encadre depuis douze ans des doctorants de Bamako, par missions de trois semaines et à distance.",
        "For twelve years she has supervised doctoral students in Bamako, by three-week missions and distance courses.",
    ),
    "diakite": (
        "Dr Souleymane Diakité",
        "ingénieur agronome",
        "Institut d’économie rurale (exemple)",
        "Il travaille avec les coopératives de l’Office du Niger sur les semences et l’eau.",
        "He works with the cooperatives of the Office du Niger on seeds and water.",
    ),
    "maiga": (
        "Mme Nana Maïga",
        "directrice de l’enseignement supérieur",
        "Ministère de l’Enseignement supérieur (exemple)",
        "",
        "",
    ),
    "sow": (
        "M. Bocar Sow",
        "entrepreneur",
        "Atelier solaire de Kati (exemple)",
        "Revenu de Lyon en 2015, il forme chaque année vingt jeunes à la pose de panneaux solaires.",
        "Back from Lyon in 2015, he trains twenty young people a year to fit solar panels.",
    ),
}
P, C, M, T = Part.SPEAKER, Part.CHAIR, Part.MODERATOR, Part.PANELLIST
K = SessionKind
# Day, start, end, kind, title, title in English, room, track, people.
FORUM: tuple[tuple[Any, ...], ...] = (
    (1, "08:30", "09:00", K.BREAK, "Accueil et retrait des badges", "Welcome and badges", "hall", "", ()),
    (1, "09:00", "10:00", K.CEREMONY, "Ouverture", "Opening", "grande", "", (("maiga", C, "", ""),)),
    (
        1, "10:00", "11:00", K.PLENARY, "Enseigner à distance, soigner sur place",
        "Teaching from afar, healing on the spot", "grande", "savoirs",
        (("kone", P, "Ce que douze ans de missions ont changé", "What twelve years of missions changed"),),
    ),
    (1, "11:00", "11:30", K.BREAK, "Pause", "Break", "hall", "", ()),
    (
        1, "11:30", "13:00", K.WORKSHOP, "Semences, eau, irrigation", "Seeds, water, irrigation", "niger", "terre",
        (("diakite", P, "Trois campagnes à l’Office du Niger", "Three seasons at the Office du Niger"),),
    ),
    (
        1, "11:30", "13:00", K.WORKSHOP, "Monter un laboratoire avec peu", "A laboratory on a small budget", "bani",
        "savoirs", (("kone", P, "", ""),),
    ),
    (
        2, "09:00", "10:30", K.PANEL, "Entreprendre au retour", "Starting a business on one’s return", "grande",
        "terre", (("sow", T, "", ""), ("diakite", T, "", ""), ("maiga", M, "", "")),
    ),
    (2, "10:30", "12:00", K.PLENARY, "Engagements et clôture", "Commitments and closing", "grande", "", (
        ("maiga", C, "", ""),
    )),
)  # fmt: skip
MSAS_SPEAKERS = {
    "cisse": ("Pr Daouda Cissé", "mathématicien", "Université de Bamako (exemple)", "", ""),
    "ba": ("Pr Hawa Bâ", "physicienne", "Université de Paris-Saclay (exemple)", "", ""),
    "dao": ("Dr Yaya Dao", "géologue", "École nationale d’ingénieurs (exemple)", "", ""),
    "toure": ("Dr Oumou Touré", "médecin de santé publique", "Université de Genève (exemple)", "", ""),
}


def build(*, now: datetime) -> None:
    """Make and publish both programmes, each unless it is there."""
    with translation.override("fr"):
        forum = _event(Kind.FORUM, now)
        if forum is not None:
            _forum(forum, now)
        msas = _event(Kind.MSAS, now)
        if msas is not None:
            _msas(msas, now)


def _event(kind: str, now: datetime) -> Event | None:
    found = Event.objects.filter(kind=kind, start_date__gt=now.date(), sessions=None)
    return found.order_by("pk").first()


class _Maker:
    """Rows of one event by their short names."""

    def __init__(self, event: Event, now: datetime) -> None:
        self.event, self.now = event, now
        self.rows: dict[str, dict[str, Any]] = {"room": {}, "track": {}, "speaker": {}}

    def add(self, kind: str, key: str, **values: Any) -> None:
        said: dict[str, Any] = {
            "event": self.event,
            "kind": kind,
            "values": values,
            "user": None,
            "now": self.now,
        }
        self.rows[kind][key] = actions.save_row(**said)

    def speakers(self, people: Mapping[str, tuple[str, ...]]) -> None:
        names = ("name", "function", "organisation", "biography", "biography_en")
        for key, facts in people.items():
            self.add("speaker", key, **dict(zip(names, facts, strict=True)))

    def session(self, facts: tuple[Any, ...]) -> Session:
        day, start, end, kind, title, title_en, room, track, people = facts
        return actions.save_session(
            event=self.event,
            values={
                "day": day,
                "start_time": time.fromisoformat(start),
                "end_time": time.fromisoformat(end),
                "kind": kind,
                "title": title,
                "title_en": title_en,
                "room": self.rows["room"].get(room),
                "track": self.rows["track"].get(track),
            },
            people=[
                {"speaker": self.rows["speaker"][who], "part": part, "subject": said, "subject_en": english}
                for who, part, said, english in people
            ],
            user=None,
            now=self.now,
        )


def _forum(event: Event, now: datetime) -> None:
    make = _Maker(event, now - timedelta(days=6))
    make.add("room", "grande", name="Grande salle", seats=400, order=1)
    make.add("room", "niger", name="Salle Niger", seats=60, order=2)
    make.add("room", "bani", name="Salle Bani", seats=60, order=3)
    make.add("room", "hall", name="Hall", order=4)
    make.add(
        "track", "savoirs", name="Savoirs et santé", name_en="Knowledge and health", colour="indigo", order=1
    )
    make.add(
        "track", "terre", name="Terre et entreprise", name_en="Land and business", colour="leaf", order=2
    )
    make.speakers(FORUM_SPEAKERS)
    made = [make.session(facts) for facts in FORUM]
    actions.publish_programme(event=event, user=None, now=now - timedelta(days=6))
    moved = made[6]
    actions.save_session(
        event=event,
        session=moved,
        values={"start_time": time(9, 30), "end_time": time(10, 30)},
        people=[
            {"speaker": one.speaker, "part": one.part, "subject": one.subject, "subject_en": one.subject_en}
            for one in moved.appearances.select_related("speaker")
        ],
        user=None,
        now=now - timedelta(days=2),
    )
    actions.publish_programme(
        event=event,
        note="La table ronde commence une demi-heure plus tard, pour ceux qui viennent de Ségou.",
        user=None,
        now=now - timedelta(days=2),
    )


def _msas(event: Event, now: datetime) -> None:
    make = _Maker(event, now - timedelta(days=3))
    make.add("room", "amphi", name="Amphithéâtre", seats=350, order=1)
    make.add("room", "a", name="Salle A", seats=80, order=2)
    make.add("room", "b", name="Salle B", seats=80, order=3)
    make.add("track", "math", name="Mathématiques", name_en="Mathematics", colour="indigo", order=1)
    make.add("track", "terre", name="Sciences de la Terre", name_en="Earth sciences", colour="ochre", order=2)
    make.add("track", "sante", name="Santé", name_en="Health", colour="leaf", order=3)
    make.speakers(MSAS_SPEAKERS)
    make.session(
        (1, "09:00", "10:30", K.CEREMONY, "Ouverture officielle", "Official opening", "amphi", "", ())
    )
    plenaries = (
        ("cisse", "math", "Mathématiques de l’eau", "Mathematics of water"),
        ("ba", "terre", "Voir les nappes depuis l’espace", "Seeing aquifers from space"),
        ("toure", "sante", "Soigner avec des données rares", "Health care on scarce data"),
    )
    for day in range(1, 7):
        who, track, title, english = plenaries[day % 3]
        start = ("11:00", "12:00") if day == 1 else ("09:00", "10:00")
        said = f"{title}, {'première' if day <= 3 else 'seconde'} partie"
        make.session((day, *start, K.PLENARY, said, f"{english}, part {1 if day <= 3 else 2}", "amphi", track, (
            (who, P, "", ""),
        )))  # fmt: skip
        make.session((day, "14:00", "16:00", K.MINI_SYMPOSIUM, f"Communications de mathématiques {day}",
                      f"Talks in mathematics {day}", "a", "math", (("cisse", C, "", ""),)))  # fmt: skip
        make.session((day, "14:00", "16:00", K.MINI_SYMPOSIUM, f"Communications des sciences de la Terre {day}",
                      f"Talks in Earth sciences {day}", "b", "terre", (("dao", C, "", ""),)))  # fmt: skip
    make.session((7, "09:00", "11:00", K.CEREMONY, "Prix et clôture", "Prizes and closing", "amphi", "", (
        ("ba", C, "", ""),
    )))  # fmt: skip
    actions.publish_programme(event=event, user=None, now=now - timedelta(days=3))
