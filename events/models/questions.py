"""What the officer asks beside name and address, and what people answered."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models.categories import Category
from events.models.events import Event
from events.models.registrations import Registration
from media_library.storage import PrivateStorage


class QuestionKind(models.TextChoices):
    """How a question is answered."""

    LINE = "line", _("One line")
    TEXT = "text", _("Several lines")
    CHOICE = "choice", _("One choice")
    CHOICES = "choices", _("Several choices")
    FILE = "file", _("A file")
    CONSENT = "consent", _("An agreement to tick")


WITH_CHOICES = (QuestionKind.CHOICE, QuestionKind.CHOICES)


class Question(models.Model):
    """A question of an event's form. `categories` empty: asked of everybody.

    `only_if`: asked of those alone who chose this in an earlier question. A question that was answered is not
    deleted: `is_asked` says whether the form still asks it. `is_sector`: figures and reports count people by its
    answer.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event = models.ForeignKey(
        Event, on_delete=models.PROTECT, related_name="questions", verbose_name=_("event")
    )
    kind = models.CharField(_("kind of answer"), max_length=10, choices=QuestionKind)
    label = models.CharField(_("question"), max_length=200)
    label_en = models.CharField(_("question in English"), max_length=200, blank=True)
    help = models.CharField(_("why it is asked"), max_length=300, blank=True)
    help_en = models.CharField(_("why it is asked, in English"), max_length=300, blank=True)
    is_required = models.BooleanField(_("must be answered"), default=False)
    is_asked = models.BooleanField(_("asked"), default=True)
    is_sector = models.BooleanField(_("tells the person's sector"), default=False)
    order = models.PositiveSmallIntegerField(_("place in the form"), default=0)
    categories = models.ManyToManyField(
        Category, blank=True, related_name="questions", verbose_name=_("asked of")
    )
    only_if = models.ForeignKey(
        "events.Choice",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="followed_by",
        verbose_name=_("only after the answer"),
    )

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        default_permissions = ()
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["event"],
                condition=Q(is_sector=True),
                name="events_one_question_of_an_event_asks_the_sector",
            ),
            models.CheckConstraint(
                condition=Q(is_sector=False) | Q(kind="choice"), name="events_a_sector_is_one_choice"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def words(self, language: str) -> tuple[str, str]:
        """Question and explanation in `language`, else in French."""
        if language == "en" and self.label_en:
            return self.label_en, self.help_en
        return self.label, self.help

    @property
    def field_name(self) -> str:
        """Its name in forms."""
        return f"q{self.uid.hex}"


class Choice(models.Model):
    """One answer to choose. `places`: how many people of each date may have it (empty: no limit)."""

    # Set by views on rows that are shown.
    is_full: bool

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="choices")
    label = models.CharField(_("answer"), max_length=200)
    label_en = models.CharField(_("answer in English"), max_length=200, blank=True)
    places = models.PositiveIntegerField(_("places"), null=True, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("answer to choose")
        verbose_name_plural = _("answers to choose")
        default_permissions = ()
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(places__isnull=True) | Q(places__gt=0), name="events_a_choice_has_a_place"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def title(self, language: str) -> str:
        """The words in `language`, else in French."""
        return self.label_en if language == "en" and self.label_en else self.label


def answer_storage() -> PrivateStorage:
    """Where files that people join lie until they are erased: a private folder without addresses."""
    return PrivateStorage("registration-files")


def answer_name(instance: Any, filename: str) -> str:
    """The answer's uid with the extension that the bytes earned; the sender's name goes nowhere."""
    return f"{instance.uid.hex}.{filename.rpartition('.')[2].lower()}"


class Answer(models.Model):
    """What one person answered: a text, a file, an agreement (its words as they were ticked), or a row per choice.

    `file_name` is what the sender called the file, made harmless; `erased_at` says when its bytes were erased.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="answers")
    choice = models.ForeignKey(
        Choice, null=True, blank=True, on_delete=models.PROTECT, related_name="answers"
    )
    text = models.TextField(blank=True)
    file = models.FileField(storage=answer_storage, upload_to=answer_name, blank=True)
    file_name = models.CharField(max_length=160, blank=True)
    file_type = models.CharField(max_length=100, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField()

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        default_permissions = ()
        ordering = ["question__order", "question", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "question"],
                condition=Q(choice__isnull=True),
                name="events_a_question_is_answered_once",
            ),
            models.UniqueConstraint(
                fields=["registration", "choice"], name="events_a_choice_is_made_once_by_a_person"
            ),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def words(self) -> str:
        """The answer as a list shows it; of a file its name."""
        if self.choice is not None:
            return self.choice.label
        return self.file_name or self.text
