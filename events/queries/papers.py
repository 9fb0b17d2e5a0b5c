"""Whom badges and certificates are for, and the words about each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import CharField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from cms.core import formats, links
from events.models import (
    Appearance,
    BadgeTemplate,
    Certificate,
    CertificateTemplate,
    Event,
    Kind,
    Occurrence,
    Registration,
    Speaker,
)
from events.models.certificates import CertificateRole
from events.models.programme import Part
from events.queries.door import door_code
from events.queries.letters import title_of

#: Who is given which certificate: those who came, or those who had these parts in the programme.
PARTS = {
    CertificateRole.SPEAKER: (Part.SPEAKER, Part.PANELLIST),
    CertificateRole.CHAIR: (Part.CHAIR, Part.MODERATOR),
}
SEATED = ("confirmed", "offered")


# The event ---------------------------------------------------------------------------------------------------
def dates_words(row: Occurrence | None, language: str) -> str:
    """On which days, without hours: "le 5 mai 2027", "du 5 mai 2027 au 7 mai 2027"; "" with no date yet."""
    if row is None:
        return ""
    days = row.local_start.date(), row.last_day
    first, last = (formats.day(one, language, weekday=False) for one in days)
    with translation.override(language):
        if first == last:
            return _("on %(day)s") % {"day": first}
        return _("from %(first)s to %(last)s") % {"first": first, "last": last}


def event_words(event: Event, row: Occurrence | None, *, language: str) -> dict[str, str]:
    """The fields that are the same for all papers of a date."""
    return {
        "evenement": title_of(event, language=language)[0],
        "dates": dates_words(row, language),
        "lieu": (row.place if row is not None else event.place_name) or "",
    }


# Badges ------------------------------------------------------------------------------------------------------
def badge_template(event: Event) -> BadgeTemplate:
    """The event's model of badges, or an unsaved one with the words that suit its kind."""
    found = BadgeTemplate.objects.filter(event=event).first()
    press = event.kind == Kind.PRESS_CONFERENCE
    return found or BadgeTemplate(
        event=event,
        heading="[[evenement]]",
        lines="[[organisation]]" if press else "[[fonction]]\n[[organisation]]",
        foot="PRESSE" if press else "[[categorie]]",
        foot_en="PRESS" if press else "",
    )


def badge_people(
    event: Event, *, occurrence: str = "", search: str = "", fresh: bool = False
) -> QuerySet[Registration]:
    """Those who have a seat, in the order of their names; `fresh`: only those whose badge was not printed yet."""
    found = Registration.objects.filter(occurrence__event=event, state__in=SEATED)
    if occurrence:
        found = found.filter(occurrence__recurrence_id=occurrence.replace("\x00", ""))
    if search := search.replace("\x00", ""):
        found = found.filter(Q(name__icontains=search) | Q(organisation__icontains=search))
    if fresh:
        found = found.filter(badge_print=None)
    return found.select_related("contact", "occurrence", "badge_print", "category", "delegate").order_by(
        "name", "pk"
    )


def badge_speakers(event: Event, *, search: str = "", fresh: bool = False) -> QuerySet[Speaker]:
    """Who is in the programme and has no seat, and so no badge of a registration, in the order of their names.

    A speaker is taken for a registration of the same address, or of the same name where one of the two has none.
    """
    theirs = ExpressionWrapper(OuterRef("email"), output_field=CharField())
    seated = Registration.objects.filter(occurrence__event=event, state__in=SEATED).annotate(theirs=theirs)
    same = ~Q(email="") & Q(email__iexact=OuterRef("email"))
    same |= Q(name__iexact=OuterRef("name")) & (Q(email="") | Q(theirs=""))
    found = Speaker.objects.filter(~Exists(seated.filter(same)), event=event, appearances__isnull=False)
    if search := search.replace("\x00", ""):
        found = found.filter(Q(name__icontains=search) | Q(organisation__icontains=search))
    if fresh:
        found = found.filter(badge_printed_at=None)
    return found.distinct().prefetch_related("appearances").order_by("name", "pk")


def function_of(person: Registration) -> str:
    """What somebody is: as their delegation says it, else as their card does."""
    delegate = getattr(person, "delegate", None)
    own = person.contact.function if person.contact is not None else ""
    return (delegate.function if delegate is not None else "") or own


def badge_code(registration: Registration) -> str:
    """What stands on a badge for the door: the short code of the ticket, which names the person and opens nothing.

    A badge is worn for all to see and photographed: the personal link, which cancels a seat, is not on it.
    """
    return door_code(registration).upper()


# Certificates ------------------------------------------------------------------------------------------------
def certificate_templates(event: Event) -> dict[tuple[str, str], CertificateTemplate]:
    """The event's models of certificates by role and language."""
    return {(one.role, one.language): one for one in event.certificate_templates.all()}


def to_certify(event: Event, role: str, *, all_confirmed: bool = False) -> QuerySet[Any]:
    """Who may be given a certificate for `role` and has none that holds.

    Registrations of who came (`all_confirmed`: of who had a seat, where a list was signed on paper), or speakers with
    a part in a session.
    """
    if role in PARTS:
        spoke = Appearance.objects.filter(speaker=OuterRef("pk"), part__in=PARTS[CertificateRole(role)])
        has = Certificate.objects.filter(speaker=OuterRef("pk"), role=role, revoked_at=None)
        return Speaker.objects.filter(Exists(spoke), ~Exists(has), event=event).order_by("name", "pk")
    has = Certificate.objects.filter(registration=OuterRef("pk"), role=role, revoked_at=None)
    found = Registration.objects.filter(~Exists(has), occurrence__event=event)
    came = Q(state__in=SEATED) if all_confirmed else Q(attended_at__isnull=False)
    return (
        found.filter(came)
        .select_related("contact", "occurrence__event", "category", "delegate")
        .order_by("name", "pk")
    )


def subjects_of(speakers: Iterable[Speaker], role: str, *, language: str) -> dict[int, str]:
    """What each spoke about, or which sessions they chaired, by the speaker's key (one query)."""
    rows = Appearance.objects.filter(speaker__in=list(speakers), part__in=PARTS[CertificateRole(role)])
    found: dict[int, list[str]] = {}
    for row in rows.select_related("session").order_by("session__day", "session__start_time", "order"):
        subject = (row.subject_en if language == "en" else "") or row.subject
        title = (row.session.title_en if language == "en" else "") or row.session.title
        found.setdefault(row.speaker_id, []).append(subject or title)
    return {key: " ; ".join(dict.fromkeys(said)) for key, said in found.items()}


def certificates_of(event: Event, *, role: str = "", search: str = "") -> QuerySet[Certificate]:
    """The certificates of an event, narrowed, latest first."""
    found = event.certificates.select_related("issued_by", "revoked_by", "registration")
    if role:
        found = found.filter(role=role)
    if search := search.replace("\x00", ""):
        found = found.filter(Q(name__icontains=search) | Q(code__startswith=plain_code(search) or "-"))
    return found


def certificates_held(registration: Registration) -> QuerySet[Certificate]:
    """The certificates that hold of one registration, and those given for speaking to the same, confirmed address."""
    held = Q(registration=registration)
    if registration.email and registration.confirmed_at is not None:
        event = registration.occurrence.event_id
        held |= Q(speaker__event=event, speaker__email__iexact=registration.email)
    return Certificate.objects.filter(held, revoked_at=None).order_by("role", "pk")


def certificate_token(uid: UUID) -> str:
    """What the link of a speaker's mail is made of: it opens the certificate as long as that holds."""
    return links.make(Certificate.LINK_PURPOSE, uid)


def certificate_by_token(token: str) -> Certificate | None:
    """The certificate that a link opens, or None for any link that is wrong or altered, or once it is revoked."""
    uid = links.uid_of(token)
    if uid is None or not links.verify(token, purpose=Certificate.LINK_PURPOSE, uid=uid):
        return None
    return Certificate.objects.filter(uid=uid, revoked_at=None).first()


def plain_code(typed: str) -> str:
    """A typed code as it is kept: lower case, without dashes and blanks; i, l and o are forgiven (Crockford)."""
    kept = "".join(char for char in typed.lower() if char.isalnum())
    return kept.translate(str.maketrans("ilo", "110"))


def certificate_by_code(typed: str) -> Certificate | None:
    """The certificate that a code names, revoked or not; None for any other text."""
    code = plain_code(typed)
    if len(code) != 16 or not code.isascii():
        return None
    return Certificate.objects.filter(code=code).select_related("event").first()
