"""Giving and revoking certificates. Given twice to the same people, each has one."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from cms.core.actions import log_thing
from cms.mailing import actions as mailing
from events.actions import letters
from events.actions.errors import EventsError, NotTaken
from events.models import Certificate, CertificateTemplate, Event, Occurrence, Registration, Speaker
from events.models.certificates import CertificateRole
from events.queries.letters import letter_values
from events.queries.papers import certificate_templates, event_words, function_of, subjects_of, to_certify
from events.validators.papers import CERTIFICATE_FIELDS, check_fields, fill, paragraphs

# Crockford's digits, as short addresses have: none is read for another.
_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
CODE_CHARS = 16  # 80 bits: nobody finds one by trying
RENDERER, TO_SPEAKER = "events.certificate", "events.speaker_certificate"


class NoModel(EventsError):
    """Nobody wrote the words of this role's certificates yet."""


@transaction.atomic
def change_model(
    *, event: Event, role: str, language: str, values: dict[str, Any], user: Any, now: datetime
) -> CertificateTemplate:
    """Keep the words of a role's certificates in a language. Raises ValidationError for a field that there is not.

    Certificates already given keep the words that they were given with.
    """
    for name in ("title", "body", "place"):
        check_fields(values.get(name, ""), CERTIFICATE_FIELDS)
    found, _made = CertificateTemplate.objects.update_or_create(
        event=event, role=role, language=language, defaults=values
    )
    found.full_clean(exclude=["event"])
    log_thing(event, action="certificates.model", user=user, now=now, changes={"role": role})
    return found


def filled(model: CertificateTemplate, values: dict[str, str]) -> dict[str, Any]:
    """The words of one certificate, as `Certificate.words` keeps them."""
    return {
        "title": fill(model.title, values),
        "paragraphs": paragraphs(fill(model.body, values)),
        "place": fill(model.place, values),
        "event": values["evenement"],
        "dates": values["dates"],
        "signatories": [
            {"name": model.first_name, "function": model.first_function},
            {"name": model.second_name, "function": model.second_function},
        ],
    }


@transaction.atomic
def issue_certificates(
    *, event: Event, role: str, people: Iterable[Any], writes: bool = True, user: Any, now: datetime
) -> list[Certificate]:
    """Give a certificate for `role` to these registrations or speakers; who has one that holds gets no other.

    Each is in the person's language where its words were written, else in French. `writes`: who registered by e-mail
    or speaks and left one is owed a mail with the link to it. Raises NoModel.
    """
    Event.objects.select_for_update(no_key=True).get(pk=event.pk)
    models = certificate_templates(event)
    if (role, "fr") not in models:
        raise NoModel
    wanted = {one.pk for one in people}
    allowed = to_certify(event, role, all_confirmed=True)
    rows = [one for one in allowed if one.pk in wanted]
    made = _made(event, role, rows, models, user=user, now=now)
    Certificate.objects.bulk_create(made)
    if writes:
        _write(event, made, now=now)
    if made:
        log_thing(
            event,
            action="certificates.given",
            user=user,
            now=now,
            changes={"role": role, "number": len(made)},
        )
    return made


def _write(event: Event, made: list[Certificate], *, now: datetime) -> None:
    """Owe each holder who has an address the mail that the certificate is there."""
    date = event.occurrences.select_related("event").first()
    people = [one.registration for one in made if one.registration is not None]
    letters.owe_each(RENDERER, [(one, one.occurrence) for one in people], now=now)
    for one in made:
        if one.speaker is not None and one.speaker.email and date is not None:
            mailing.owe(
                renderer=TO_SPEAKER,
                recipient_key=f"{one.speaker.uid.hex}:certificate:{one.uid.hex}",
                address=one.speaker.email,
                name=one.name,
                language=one.speaker.language,
                values={**letter_values(date, language=one.speaker.language), "certificate": one.uid.hex},
                now=now,
            )


def _made(
    event: Event,
    role: str,
    rows: list[Any],
    models: dict[tuple[str, str], CertificateTemplate],
    *,
    user: Any,
    now: datetime,
) -> list[Certificate]:
    made, known = [], _Known(event, role, rows)
    for row in rows:
        asked = getattr(row, "language", "fr")
        model = models.get((role, asked)) or models[(role, "fr")]
        values = {**known.event(row, model.language), **known.person(row, model.language), "nom": row.name}
        made.append(
            Certificate(
                code="".join(secrets.choice(_DIGITS) for _place in range(CODE_CHARS)),
                event=event,
                role=role,
                language=model.language,
                registration=row if isinstance(row, Registration) else None,
                speaker=row if isinstance(row, Speaker) else None,
                name=row.name,
                words=filled(model, values),
                issued_at=now,
                issued_by=user,
            )
        )
    return made


class _Known:
    """What is the same for many certificates, asked once: the event in a language, the subjects of speakers."""

    def __init__(self, event: Event, role: str, rows: list[Any]) -> None:
        self._event, self._role, self._rows = event, role, rows
        self._words: dict[tuple[int | None, str], dict[str, str]] = {}
        self._subjects: dict[str, dict[int, str]] = {}

    def event(self, row: Any, language: str) -> dict[str, str]:
        date = row.occurrence if isinstance(row, Registration) else self._last
        key = (date.pk if date is not None else None, language)
        if key not in self._words:
            self._words[key] = event_words(self._event, date, language=language)
        return self._words[key]

    @property
    def _last(self) -> Occurrence | None:
        return self._event.occurrences.select_related("event").first()

    def person(self, row: Any, language: str) -> dict[str, str]:
        if isinstance(row, Registration):
            category = row.category
            said = {"organisation": row.organisation, "fonction": function_of(row), "sujet": ""}
            return {**said, "categorie": category.title(language) if category else ""}
        if language not in self._subjects:
            self._subjects[language] = subjects_of(self._rows, self._role, language=language)
        with translation.override(language):
            part = str(CertificateRole(self._role).label)
        said = {"organisation": row.organisation, "fonction": row.function, "categorie": part}
        return {**said, "sujet": self._subjects[language].get(row.pk, "")}


@transaction.atomic
def revoke_certificate(*, certificate: Certificate, reason: str, user: Any, now: datetime) -> Certificate:
    """Revoke a certificate: the page where it is checked says so from now on. Raises NotTaken for one revoked."""
    row = Certificate.objects.select_for_update().select_related("event").get(pk=certificate.pk)
    if row.revoked_at is not None:
        raise NotTaken(_("It was revoked already."))
    row.revoked_at, row.revoked_by, row.reason = now, user, reason
    row.save()
    log_thing(
        row.event,
        action="certificates.revoked",
        user=user,
        now=now,
        reason=reason,
        changes={"certificate": row.uid.hex},
    )
    return row
