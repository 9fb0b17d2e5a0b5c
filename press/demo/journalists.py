"""Journalists at the door: an agreement, two who read the text to come, one request decided on and one to be called."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from press import actions
from press.models import AccreditationRequest, DoorVisit, EmbargoAgreement, Release
from press.queries import doors

AGREEMENT = "2026-1"
FRENCH = (
    "Je lis les textes sous embargo pour préparer mon travail, pour moi et ma rédaction seulement.",
    "Je n’en publie, n’en diffuse, n’en cite et n’en transmets rien avant l’heure indiquée, à l’heure de Bamako (GMT).",
    "Mon lien est personnel : chaque lecture est notée à mon nom. Je ne le prête à personne.",
    "Si un texte sort de mon fait, l’accès m’est retiré.",
)
ENGLISH = (
    "I read texts under embargo to prepare my work, for myself and my newsroom alone.",
    "I publish, broadcast, quote or hand on nothing of them before the hour given, in Bamako time (GMT).",
    "My link is personal: each reading is written down with my name. I lend it to nobody.",
    "If a text gets out by my doing, the access is withdrawn.",
)


def build(release: Release, *, user: Any, now: datetime) -> None:
    """Open the release to come to the first two accredited journalists; a second run changes nothing."""
    EmbargoAgreement.objects.get_or_create(
        version=AGREEMENT,
        defaults={
            "since": timezone.make_aware(datetime(2026, 1, 1)),
            "text": "\n".join(FRENCH),
            "text_en": "\n".join(ENGLISH),
        },
    )
    if release.is_embargoed(now) and not release.early_copies.exists():
        people = list(doors.accredited(release, now=now).order_by("pk")[:2])
        copies = actions.give_early_copies(release, contacts=people, user=user, now=now)
        for copy in copies:
            actions.hand_on(copy.contact, copy=copy, user=user, now=now)
        for copy in copies[:1]:
            _read(copy, now=now)
    if not AccreditationRequest.objects.exists():
        _ask(now=now)


def _read(copy: Any, *, now: datetime) -> None:
    holder = doors.Holder(copy.accreditation)
    actions.accept_agreement(holder, version=doors.agreement_at(now).version, now=now)
    uid, what = copy.thing.uid, DoorVisit.What
    for minutes, did, detail in (
        (1, what.OPENED, ""),
        (2, what.READ, ""),
        (4, what.DOWNLOADED, "print.pdf"),
        (6, what.ASKED, "Le chef de file peut-il parler au micro avant dix heures ?"),
    ):
        at = now + timedelta(minutes=minutes)
        actions.note_visit(copy.contact, what=did, thing_uid=uid, detail=detail, now=at)


def _ask(*, now: datetime) -> None:
    asked, _delivery = actions.ask_accreditation(
        name="Hawa Samaké",
        email="hawa.samake@example.org",
        language="fr",
        kind="radio",
        outlet="Radio du Djoliba (démonstration)",
        programme="Le journal de 13 heures",
        languages="français, bambara",
        press_card="DEMO-201",
        message="Suivre le retour des experts dans les universités.",
        now=now,
    )
    actions.confirm_request(asked, now=now)
    actions.ask_accreditation(
        name="Seydou Cissé",
        phone="+22370000099",
        language="fr",
        kind="freelance",
        message="Un reportage photographique sur une mission.",
        now=now,
    )
