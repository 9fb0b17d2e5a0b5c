"""The demo's newsrooms: a kit under embargo for the conference to come, and what became of one that was held."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import uuid5

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils import translation

from cms.core.actions import place_page
from events import actions as agenda
from events.actions import Keeper, Scan
from events.actions.accreditation import accredit
from events.models import AgendaPage, Channel, Event, EventPage, Kind, Occurrence, Registration
from media_library.models import Asset
from press import actions as press
from press.models import Coverage, KitIndexPage, KitPage, OutletState
from press.queries import doors

COMING, KIT = "conference-de-presse-bilan-des-missions", "dossier-du-bilan-des-missions"
HELD = "point-de-presse-experts-attendus"
#: What the kit holds: the figures as a document, and a logo.
FILES, LOGO = ("Résultats par secteur, 2012-2016",), ("logo-tokten-mali-couleur.png",)
WORDS = {
    "fr": {
        "title": "Point de presse : les experts attendus ce semestre",
        "slug": HELD,
        "summary": "La Coordination a présenté les missions à venir dans l’enseignement, la santé et l’agriculture, et "
        "répondu aux questions.",
        "organiser": "Coordination du TOKTEN-Mali",
    },
    "en": {
        "title": "Press briefing: the experts expected this half-year",
        "slug": "press-briefing-experts-expected",
        "summary": "The Coordination presented the missions to come in teaching, health and farming.",
        "organiser": "TOKTEN-Mali Coordination",
    },
}
#: Journalist, newsroom, whether they came in.
PRESENT = (
    ("Alassane Bathily", "Le Fleuve", True),
    ("Fanta Camara", "Radio Baobab", True),
    ("Mahamadou Dolo", "Télé Sahel", True),
    ("Ramata Fofana", "Télé Sahel", True),
    ("Tiécoura Niaré", "Radio Daande", True),
    ("Zeïnab Cissé", "L’Écho de Kayes", False),
)
#: Newsroom, medium, title, days after, seconds.
APPEARED = (
    ("Radio Baobab", "radio", "Des experts de la diaspora attendus dans les universités", 0, 140),
    ("Télé Sahel", "television", "Le TOKTEN annonce ses missions", 0, 90),
    ("Le Fleuve", "print", "Enseignement, santé : qui vient, et pour quoi faire", 1, None),
    ("mali-nouvelles.example", "online", "Ce que la Coordination attend des experts", 2, None),
)


def build(*, now: datetime) -> None:
    """Make what is missing; a second time changes nothing."""
    user = get_user_model().objects.filter(username="officer").first()
    with translation.override("fr"):
        _kit(user=user, now=now)
        _held(user=user, now=now)


def _kit(*, user: Any, now: datetime) -> None:
    """The coming conference's kit, under embargo until it begins; one of three accredited journalists has opened it."""
    index = KitIndexPage.objects.filter(locale__language_code="fr").first()
    page = EventPage.objects.filter(slug=COMING).select_related("event").first()
    if index is None or page is None or KitPage.objects.filter(slug=KIT).exists():
        return
    row = page.event.occurrences.get()
    title = "Dossier de presse : le bilan des missions, secteur par secteur"
    kit = press.create_kit(name=title, user=user, now=now, embargo_until=row.starts_at)
    files = Asset.objects.filter(
        Q(kind="document", title__in=FILES) | Q(kind="image", filename__in=LOGO)
    ).order_by("pk")
    press.set_items(kit, items=[(asset, "") for asset in files], user=user, now=now)
    lead = "Les chiffres que la Coordination présente, à ne publier qu’à l’heure de la conférence."
    words = press.word_kit(kit, parent=index, title=title, slug=KIT, lead=lead, user=user, now=now)
    lists = {"readings": [{"page": words.sitepage_ptr}]}
    agenda.set_about(event=page.event, facts={}, lists=lists, user=user, now=now)
    seated = Registration.objects.filter(occurrence=row, state="confirmed").exclude(contact=None)
    people: list[Any] = list(seated.select_related("contact", "occurrence__event").order_by("pk")[:3])
    for one in people:
        accredit(registration=one, reason="Carte de presse vérifiée", user=user, now=now)
    for one in people[:1]:
        press.take_early_copy(
            kit,
            contact=one.contact,
            ground_uid=one.uid,
            scope_uid=page.event.uid,
            version=doors.agreement_at(now).version,
            now=now,
        )


def _held(*, user: Any, now: datetime) -> None:
    """A briefing twelve days ago: who came, what appeared, one newsroom that was asked once more."""
    agendas = {one.locale.language_code: one for one in AgendaPage.objects.select_related("locale")}
    if "fr" not in agendas or EventPage.objects.filter(slug=HELD).exists():
        return
    day = (now - timedelta(days=12)).date()
    before = now - timedelta(days=20)
    event = agenda.create_event(
        user=user,
        now=before,
        name="Point de presse : les experts attendus",
        kind=Kind.PRESS_CONFERENCE,
        start_date=day,
        start_time=time(10),
        end_time=time(10, 45),
        place_name="Maison de la presse",
        address="Bamako",
    )
    first: EventPage | None = None
    for code, said in WORDS.items():
        if code in agendas:
            page = EventPage(locale=agendas[code].locale, event=event, **said)
            if first is not None:
                page.translation_key = first.translation_key
            agendas[code].refresh_from_db()
            page = place_page(agendas[code], page, user=user, now=before)
            first = first or page
    _come(event.occurrences.get(), user=user, now=before)
    _appear(event, day=day, user=user, now=now)


def _come(row: Occurrence, *, user: Any, now: datetime) -> None:
    scans = []
    for number, (name, organisation, came) in enumerate(PRESENT):
        who: dict[str, Any] = {"name": name, "organisation": organisation, "channel": Channel.STAFF}
        person = agenda.add_by_hand(occurrence=row, user=user, now=now, **who)
        if came:
            at = row.starts_at - timedelta(minutes=20 - number)
            scans.append(Scan(client_uid=uuid5(row.uid, name), at=at, registration=person.uid))
    keeper = Keeper(user, "Entrée", uuid5(row.uid, "Entrée"), may_approve=True)
    agenda.check_in(occurrence=row, scans=scans, keeper=keeper, now=row.starts_at)


def _appear(event: Event, *, day: Any, user: Any, now: datetime) -> None:
    for outlet, medium, title, after, seconds in APPEARED:
        Coverage.objects.create(
            outlet=outlet,
            medium=medium,
            title=title,
            said_date=day + timedelta(days=after),
            duration_seconds=seconds,
            thing_uid=event.uid,
            created_by=user,
        )
    press.follow_up_outlet(
        thing_uid=event.uid,
        outlet="Radio Daande",
        state=OutletState.PROMISED,
        note="Dans la matinale de lundi",
        user=user,
        now=datetime.combine(day + timedelta(days=4), time(9), tzinfo=UTC),
    )
