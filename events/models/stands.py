"""Stands: those we give at our forums, and the log of ours at somebody else's."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models.events import Event


class StandState(models.TextChoices):
    """What became of a stand that was asked for."""

    ASKED = "asked", _("Asked for")
    GIVEN = "given", _("Stand given")
    REFUSED = "refused", _("Not given")


class Stand(models.Model):
    """A stand at an event of ours. `number` is its place in the hall ("A4"), one stand to a place."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="stands")
    exhibitor = models.CharField(_("exhibitor"), max_length=200)
    about = models.CharField(_("what is shown"), max_length=300, blank=True)
    contact_name = models.CharField(_("person in charge"), max_length=200, blank=True)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    email = models.EmailField(_("e-mail"), max_length=254, blank=True)
    number = models.CharField(_("number of the stand"), max_length=10, blank=True)
    needs = models.CharField(
        _("needs"), max_length=300, blank=True, help_text=_("Tables, chairs, current, connection.")
    )
    state = models.CharField(_("state"), max_length=10, choices=StandState, default=StandState.ASKED)
    asked_at = models.DateTimeField(_("asked"))

    class Meta:
        verbose_name = _("stand")
        verbose_name_plural = _("stands")
        default_permissions = ()
        ordering = ["number", "exhibitor", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "number"],
                condition=~Q(number=""),
                name="events_a_place_in_the_hall_has_one_stand",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | Q(number=""), name="events_a_refused_stand_has_no_place"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.exhibitor}".strip()


class StandNote(models.Model):
    """What happened at our stand in a stretch of a day: counts, who came, whom to write to again.

    `key` is the form's own identity: a form sent twice over a bad line is one note.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="stand_notes")
    at = models.DateTimeField(_("when"))
    visitors = models.PositiveIntegerField(_("visitors"), default=0)
    leaflets = models.PositiveIntegerField(_("leaflets given"), default=0)
    adhesions = models.PositiveIntegerField(_("adhesions"), default=0)
    personalities = models.TextField(_("personalities received"), max_length=1000, blank=True)
    contacts_met = models.TextField(
        _("contacts to follow"),
        max_length=2000,
        blank=True,
        help_text=_("One to a line: name, structure, telephone, what for."),
    )
    remark = models.TextField(_("remark"), max_length=1000, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("note of the stand")
        verbose_name_plural = _("notes of the stand")
        default_permissions = ()
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["event", "at"], name="events_stand_note_by_time")]

    def __str__(self) -> str:
        return f"{self.event} {self.at:%Y-%m-%d %H:%M}"
