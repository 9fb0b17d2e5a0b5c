"""What is to be done before, on and after the day of an event, and the texts that are ready for it."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models.events import Event
from events.querysets import TaskQuerySet


class Task(models.Model):
    """One thing to do. `days` counts from the event's first day (-30: thirty days before), so that the list goes along
    when the event is moved; `fixed_date` is a date that does not. `key` names a task of a prepared road, once an event.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="tasks")
    key = models.SlugField(max_length=60, blank=True, editable=False)
    title = models.CharField(_("what"), max_length=200)
    note = models.CharField(_("how"), max_length=500, blank=True)
    days = models.SmallIntegerField(_("days from the event"), null=True, blank=True)
    fixed_date = models.DateField(_("date"), null=True, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("thing to do")
        verbose_name_plural = _("things to do")
        default_permissions = ()
        ordering = ["days", "fixed_date", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "key"], condition=~Q(key=""), name="events_a_road_is_laid_once"
            ),
            models.CheckConstraint(
                condition=Q(days__isnull=True) | Q(fixed_date__isnull=True),
                name="events_a_task_has_one_kind_of_date",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def due_date(self) -> date | None:
        """When it is to be done; None while the event has no date."""
        if self.fixed_date is not None or self.days is None:
            return self.fixed_date
        first = self.event.start_date
        return first + timedelta(days=self.days) if first is not None else None

    def is_late(self, today: date) -> bool:
        return self.done_at is None and self.due_date is not None and self.due_date < today


class ReadyText(models.Model):
    """A text prepared for an event, to be taken and changed: a save-the-date, an invitation, words of thanks.

    `[titre]`, `[date]`, `[lieu]`, `[signataire]` are filled in where it is shown.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="ready_texts")
    key = models.SlugField(max_length=60)
    title = models.CharField(_("title"), max_length=150)
    body = models.TextField(_("text"), max_length=6000)

    class Meta:
        verbose_name = _("ready text")
        verbose_name_plural = _("ready texts")
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "key"], name="events_a_ready_text_is_laid_once")
        ]

    def __str__(self) -> str:
        return self.title
