"""The programme of an event: sessions in rooms and tracks, who speaks in them, and what was published of it."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from events.models.abstracts import Submission
from events.models.events import Event


class Colour(models.TextChoices):
    """The colours of the house that tell tracks apart, on screens and on paper."""

    INDIGO = "indigo", _("Indigo")
    OCHRE = "ochre", _("Ochre")
    LEAF = "leaf", _("Green")
    BRICK = "brick", _("Brick")
    MUD = "mud", _("Brown")


class SessionKind(models.TextChoices):
    """What a part of the programme is."""

    CEREMONY = "ceremony", _("Ceremony")
    PLENARY = "plenary", _("Plenary")
    SESSION = "session", _("Session")
    MINI_SYMPOSIUM = "mini_symposium", _("Mini-symposium")
    PANEL = "panel", _("Round table")
    WORKSHOP = "workshop", _("Workshop")
    POSTERS = "posters", _("Posters")
    VISIT = "visit", _("Visit")
    BREAK = "break", _("Break")


class Part(models.TextChoices):
    """What somebody does in a session."""

    SPEAKER = "speaker", _("Speaker")
    CHAIR = "chair", _("Chair")
    MODERATOR = "moderator", _("Moderator")
    PANELLIST = "panellist", _("Panellist")


class Track(models.Model):
    """A thread through the programme: a theme, told by its colour."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="tracks")
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    colour = models.CharField(_("colour"), max_length=10, choices=Colour, default=Colour.INDIGO)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("track")
        verbose_name_plural = _("tracks")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "name"], name="events_a_track_has_its_own_name")
        ]

    def __str__(self) -> str:
        return self.name


class Room(models.Model):
    """Where sessions take place. `seats` empty: nobody counted them."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="rooms")
    name = models.CharField(_("name"), max_length=120)
    seats = models.PositiveIntegerField(_("seats"), null=True, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "name"], name="events_a_room_has_its_own_name")
        ]

    def __str__(self) -> str:
        return self.name


class Speaker(models.Model):
    """Somebody who speaks, chairs or moderates. `email` is the unit's own and stands on no page.

    `language` is that of their badge, certificate and mail.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="speakers")
    name = models.CharField(_("name"), max_length=200)
    function = models.CharField(_("function"), max_length=200, blank=True)
    organisation = models.CharField(_("organisation"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(
        _("language"), max_length=10, default="fr", choices=[("fr", _("French")), ("en", _("English"))]
    )
    biography = models.TextField(_("biography"), blank=True, max_length=1500)
    biography_en = models.TextField(_("biography in English"), blank=True, max_length=1500)
    photo = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("photo"),
    )
    badge_printed_at = models.DateTimeField(_("badge printed"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("speaker")
        verbose_name_plural = _("speakers")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Session(models.Model):
    """One part of the programme, by the clock on the wall of the event's zone.

    `day` counts from the event's first day (1), so that a programme goes along when the event is moved. `version` is
    the lock version: whoever saves over somebody else's change is told so. What the public reads is the last
    `ProgrammeVersion`, never these rows.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="sessions")
    kind = models.CharField(_("kind"), max_length=20, choices=SessionKind, default=SessionKind.SESSION)
    title = models.CharField(_("title"), max_length=255)
    title_en = models.CharField(_("title in English"), max_length=255, blank=True)
    summary = models.TextField(_("what it is about"), blank=True, max_length=1500)
    summary_en = models.TextField(_("what it is about, in English"), blank=True, max_length=1500)
    day = models.PositiveSmallIntegerField(_("day"), default=1)
    start_time = models.TimeField(_("starts at"))
    end_time = models.TimeField(_("ends at"))
    track = models.ForeignKey(
        Track,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="sessions",
        verbose_name=_("track"),
    )
    room = models.ForeignKey(
        Room,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="sessions",
        verbose_name=_("room"),
    )
    speakers = models.ManyToManyField(Speaker, through="Appearance", related_name="sessions")

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["day", "start_time", "end_time", "pk"]
        indexes = [models.Index(fields=["event", "day", "start_time"], name="events_session_in_order")]
        constraints = [
            models.CheckConstraint(
                condition=Q(end_time__gt=F("start_time")), name="events_a_session_ends_after_it_starts"
            ),
            models.CheckConstraint(condition=Q(day__gte=1), name="events_a_session_is_on_a_day_of_the_event"),
        ]

    def __str__(self) -> str:
        return self.title


class Appearance(models.Model):
    """Somebody in a session: as what, and on which subject. `submission` is the abstract that they were kept for."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="appearances")
    speaker = models.ForeignKey(Speaker, on_delete=models.CASCADE, related_name="appearances")
    part = models.CharField(_("part"), max_length=20, choices=Part, default=Part.SPEAKER)
    subject = models.CharField(_("subject"), max_length=255, blank=True)
    subject_en = models.CharField(_("subject in English"), max_length=255, blank=True)
    order = models.PositiveSmallIntegerField(default=0)
    submission = models.ForeignKey(
        Submission,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="appearances",
        verbose_name=_("abstract"),
    )

    class Meta:
        verbose_name = _("appearance")
        verbose_name_plural = _("appearances")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "speaker", "part", "subject"],
                name="events_a_speaker_speaks_once_of_a_subject_in_a_session",
            )
        ]

    def __str__(self) -> str:
        return f"{self.speaker} ({self.part})"


class ProgrammeVersion(models.Model):
    """The programme as it was published, which later edits do not touch.

    `content` is {"tracks", "rooms", "speakers", "sessions", "gone"} (`queries.programme_draft` says their shape);
    each session has the SEQUENCE of its calendar entry, `gone` those of earlier versions that are no more. `changes`
    are the differences to the version before, `note` is the officer's own sentence about them.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="programme_versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    changes = models.JSONField(default=list, blank=True)
    note = models.CharField(_("what changed"), max_length=300, blank=True)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("published programme")
        verbose_name_plural = _("published programmes")
        ordering = ["-number"]
        permissions = [("publish_programme", "Can publish the programme of an event")]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "number"], name="events_a_programme_has_each_number_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.number}"


def days_of(event: Event) -> int:
    """How many days the event lasts; 1 while its date is to be fixed."""
    if event.start_date is None or event.end_date is None:
        return 1
    return (event.end_date - event.start_date).days + 1


def date_of(event: Event, day: int) -> date | None:
    """The date of the event's nth day; None while the date is to be fixed."""
    return event.start_date + timedelta(days=day - 1) if event.start_date is not None else None


def in_language(row: Any, name: str, language: str) -> tuple[str, str]:
    """A text of a row (or of its published dict) in `language`, else in French, with the language it is in."""
    read = row.get if isinstance(row, dict) else lambda key: getattr(row, key)
    other = read(f"{name}_{language}") if language != "fr" else ""
    return (other, language) if other else (read(name) or "", "fr")
