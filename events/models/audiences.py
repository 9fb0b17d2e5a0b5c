"""Official audiences around a celebration: who asked, before whom, who is received. They are on no page."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from events.models.events import Event


class Requester(models.TextChoices):
    """Who asks for the audience (plan, chapter XI)."""

    DIASPORA_MINISTER = "diaspora_minister", _("Minister for Malians abroad")
    EDUCATION_MINISTER = "education_minister", _("Minister for higher education")
    COORDINATION = "coordination", _("Coordination")


class Host(models.TextChoices):
    """Before whom."""

    PRIME_MINISTER = "prime_minister", _("Prime Minister")
    HEAD_OF_STATE = "head_of_state", _("Head of State")
    MINISTER = "minister", _("Minister")


class Received(models.TextChoices):
    """As what somebody is received."""

    EXPERT = "expert", _("Expert of the diaspora")
    DOCTOR = "doctor", _("Doctor trained")
    RETURNED = "returned", _("Consultant returned for good")
    ESCORT = "escort", _("Accompanies")


class AudienceState(models.TextChoices):
    REQUESTED = "requested", _("Asked for")
    GRANTED = "granted", _("Granted")
    HELD = "held", _("Held")
    DECLINED = "declined", _("Not granted")


class OfficialAudience(models.Model):
    """One audience, a restricted sub-event of a celebration: it has no page, and no public list, feed or API shows it.

    `starts_at` is known once it is granted.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="audiences")
    requester = models.CharField(_("asked by"), max_length=20, choices=Requester)
    host = models.CharField(_("before"), max_length=20, choices=Host)
    state = models.CharField(
        _("state"), max_length=10, choices=AudienceState, default=AudienceState.REQUESTED
    )
    reference = models.CharField(_("reference of the letter"), max_length=60, blank=True)
    asked_on = models.DateField(_("asked on"), null=True, blank=True)
    starts_at = models.DateTimeField(_("begins"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    outcome = models.TextField(_("what was said"), max_length=3000, blank=True)

    class Meta:
        verbose_name = _("official audience")
        verbose_name_plural = _("official audiences")
        default_permissions = ()
        permissions = [("keep_officialaudience", _("Can see and keep official audiences"))]
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["granted", "held"]) | Q(starts_at__isnull=False),
                name="events_an_audience_granted_has_an_hour",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="events_an_audience_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_host_display()} – {self.event}"


class AudiencePerson(models.Model):
    """Somebody received, in the order in which they enter."""

    audience = models.ForeignKey(OfficialAudience, on_delete=models.CASCADE, related_name="people")
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    name = models.CharField(_("name"), max_length=200)
    function = models.CharField(_("function"), max_length=200, blank=True)
    received_as = models.CharField(_("received as"), max_length=10, choices=Received)

    class Meta:
        verbose_name = _("person received")
        verbose_name_plural = _("people received")
        default_permissions = ()
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name
