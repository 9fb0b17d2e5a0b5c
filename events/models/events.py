"""The event itself: one row, whatever the number of languages it is told in."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from modelcluster.models import ClusterableModel

from cms.core.models import Thing
from events.models.fields import WallRecurrenceField
from events.validators import validate_zone


class Kind(models.TextChoices):
    """The events of the plan (chapters IX to XII). The four first have a road of their own."""

    FORUM = "forum", _("Forum")
    MSAS = "msas", _("MSAS conference")
    ANNIVERSARY = "anniversary", _("Anniversary of 5 February")
    PRESS_CONFERENCE = "press_conference", _("Press conference")
    STEERING_COMMITTEE = "steering_committee", _("Steering committee")
    FOCAL_POINTS = "focal_points", _("Focal points' meeting")
    AWARENESS_MISSION = "awareness_mission", _("Awareness mission")
    WORKSHOP = "workshop", _("Workshop or training")
    THESIS_DEFENCE = "thesis_defence", _("Thesis defence")
    CEREMONY = "ceremony", _("Ceremony")
    COMMEMORATION = "commemoration", _("Commemoration")
    DEBATE = "debate", _("Debate or round table")


class Role(models.TextChoices):
    """What the programme is there."""

    ORGANISER = "organiser", _("We organise it")
    PARTICIPANT = "participant", _("We take part in it")


class State(models.TextChoices):
    """How sure the event is: the STATUS of its calendar entries."""

    PROVISIONAL = "provisional", _("To be confirmed")
    CONFIRMED = "confirmed", _("Confirmed")
    CANCELLED = "cancelled", _("Cancelled")


class Event(ClusterableModel, Thing):
    """What takes place, once or by a rule; its words are its pages.

    Times are wall times of `zone`: `start_date` empty means a date to be fixed; `start_time` and `end_time` are
    empty for whole days; `open_end` means that no end is announced. `capacity` is that of each date (empty: no
    limit). `offer_hours` is how long a seat that came free is kept for who waits first before the next is asked
    (empty: it is given outright). `outlet_cap` is how many people one newsroom may send
    (empty: no limit). `sequence` is the SEQUENCE of its calendar entries: it rises when date, rule or
    state change.
    """

    name = models.CharField(
        _("working name"),
        max_length=255,
        help_text=_("For the unit's own lists; the page has the public title."),
    )
    kind = models.CharField(_("kind"), max_length=30, choices=Kind)
    role = models.CharField(_("our part"), max_length=20, choices=Role, default=Role.ORGANISER)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.CONFIRMED)

    zone = models.CharField(
        _("time zone"), max_length=60, default="Africa/Bamako", validators=[validate_zone]
    )
    start_date = models.DateField(_("first day"), null=True, blank=True)
    start_time = models.TimeField(_("starts at"), null=True, blank=True)
    end_date = models.DateField(_("last day"), null=True, blank=True)
    end_time = models.TimeField(_("ends at"), null=True, blank=True)
    whole_day = models.BooleanField(_("whole days"), default=False)
    open_end = models.BooleanField(_("no end announced"), default=False)
    rule = WallRecurrenceField(verbose_name=_("repetition"), blank=True, null=True)

    place_name = models.CharField(_("place"), max_length=200, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    map_url = models.URLField(_("link to a map"), blank=True)
    online_url = models.URLField(
        _("link to take part from afar"), blank=True, help_text=_("Shown to registered people only.")
    )

    capacity = models.PositiveIntegerField(_("seats"), null=True, blank=True)
    takes_registrations = models.BooleanField(_("takes registrations"), default=False)
    registration_opens_at = models.DateTimeField(_("registration opens"), null=True, blank=True)
    registration_closes_at = models.DateTimeField(_("registration closes"), null=True, blank=True)
    needs_approval = models.BooleanField(_("each registration is approved"), default=False)
    by_invitation = models.BooleanField(_("by invitation only"), default=False)
    has_waiting_list = models.BooleanField(_("keeps a waiting list"), default=True)
    takes_delegations = models.BooleanField(_("delegations announce themselves on the page"), default=False)
    offer_hours = models.PositiveSmallIntegerField(
        _("hours to take a seat that came free"), null=True, blank=True
    )

    outlet_cap = models.PositiveSmallIntegerField(_("people of one newsroom"), null=True, blank=True)
    files_kept_days = models.PositiveSmallIntegerField(
        _("days after which joined files are erased"), default=30
    )

    anniversary = models.PositiveSmallIntegerField(_("anniversary"), null=True, blank=True)
    edition = models.PositiveSmallIntegerField(_("edition"), null=True, blank=True)
    attendance = models.PositiveIntegerField(
        _("how many people came"),
        null=True,
        blank=True,
        help_text=_("Shown on the page once the event is over."),
    )
    activity = models.ForeignKey(
        "plan.Activity",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="events",
        verbose_name=_("activity of the plan"),
    )
    sequence = models.PositiveIntegerField(default=0, editable=False)
    # The present series' identity in calendar files, once a part of it was closed; the event's own until then.
    series_uid = models.UUIDField(null=True, blank=True, editable=False)

    class Meta(Thing.Meta):
        abstract = False
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-start_date", "-pk"]
        permissions = [
            ("change_state", _("Can change an event's date, place, seats or state")),
            ("manage_registrations", _("Can open, close and keep an event's registrations")),
        ]
        constraints = [
            *Thing.Meta.constraints,
            models.CheckConstraint(
                condition=Q(end_date__isnull=True) | Q(end_date__gte=F("start_date")),
                name="events_event_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(outlet_cap__isnull=True) | Q(outlet_cap__gt=0),
                name="events_a_newsroom_may_send_somebody",
            ),
            models.CheckConstraint(
                condition=Q(registration_opens_at__isnull=True)
                | Q(registration_closes_at__isnull=True)
                | Q(registration_closes_at__gt=F("registration_opens_at")),
                name="events_registration_closes_after_it_opens",
            ),
            models.CheckConstraint(
                condition=Q(whole_day=True) | Q(start_date__isnull=True) | Q(start_time__isnull=False),
                name="events_event_has_an_hour_or_lasts_whole_days",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_cancelled(self) -> bool:
        return self.state == State.CANCELLED

    @property
    def repeats(self) -> bool:
        """Whether the event has more than one date by rule or by hand."""
        return self.rule is not None and bool(self.rule.rrules or self.rule.rdates)

    @property
    def series(self) -> UUID:
        """What the present series is called in calendar files."""
        return self.series_uid or self.uid

    @property
    def starts(self) -> datetime | None:
        """The wall time of the first date; midnight for whole days; None while the date is to be fixed."""
        if self.start_date is None:
            return None
        return datetime.combine(self.start_date, time(0) if self.whole_day else self.start_time or time(0))

    @property
    def ends(self) -> datetime | None:
        """The wall time of the first date's end; for whole days the midnight after (exclusive)."""
        if self.start_date is None or self.open_end:
            return None
        last = self.end_date or self.start_date
        if self.whole_day:
            return datetime.combine(last + timedelta(days=1), time(0))
        if self.end_time is None:
            return None
        return datetime.combine(last, self.end_time)

    @property
    def length(self) -> timedelta | None:
        """How long a date lasts, by the clock on the wall."""
        starts, ends = self.starts, self.ends
        return ends - starts if starts is not None and ends is not None else None
