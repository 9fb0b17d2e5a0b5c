"""Delegations: a group that comes under one head, its people named one by one until a date."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.contacts.validators import HOME_COUNTRY, validate_country
from events.models.categories import Category
from events.models.occurrences import Occurrence
from events.models.registrations import Registration
from events.querysets import DelegationQuerySet
from events.validators import local

MOST_PLACES = 200


class DelegationState(models.TextChoices):
    REQUESTED = "requested", pgettext_lazy("delegation", "Awaiting an answer")
    CONFIRMED = "confirmed", pgettext_lazy("delegation", "Confirmed")
    REFUSED = "refused", pgettext_lazy("delegation", "Refused")
    CANCELLED = "cancelled", pgettext_lazy("delegation", "Cancelled")


class Delegation(models.Model):
    """A group announced for a date. `places` is how many people it asked for, `granted` how many seats it was given.

    Its people are registrations of their own (`members`), each with its seat and its personal link. Until
    `names_until` the seats granted and not yet named are kept for it: they count as taken. After that they go to
    whoever waits, by the clock alone. With fewer seats granted than asked, the others who are named wait in the
    list of the date. With a `category` seats granted and people named count in its quota too. The head's link is
    derived from `uid` and `generation`, never stored.
    """

    LINK_PURPOSE = "delegation"

    # Set by `DelegationQuerySet.counted`, and by views on rows that are shown.
    country_name: str
    last_day: date
    kept: int
    seated: int
    named: int
    waiting: int

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    generation = models.PositiveIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    key = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    occurrence = models.ForeignKey(
        Occurrence, on_delete=models.PROTECT, related_name="delegations", verbose_name=_("date")
    )
    # empty once its head is erased
    contact = models.ForeignKey(
        "contacts.Contact",
        null=True,
        on_delete=models.PROTECT,
        related_name="delegations",
        verbose_name=_("head"),
    )
    category = models.ForeignKey(
        Category,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="delegations",
        verbose_name=_("category"),
    )
    organisation = models.CharField(_("organisation"), max_length=200)
    country = models.CharField(
        _("country"), max_length=2, default=HOME_COUNTRY, validators=[validate_country]
    )
    head_name = models.CharField(_("name of the head"), max_length=200)
    head_function = models.CharField(_("function of the head"), max_length=200, blank=True)
    head_comes = models.BooleanField(_("the head comes in person"), default=True)
    email = models.EmailField(_("e-mail"), max_length=254, blank=True)
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    language = models.CharField(_("language"), max_length=10, default="fr")
    places = models.PositiveSmallIntegerField(
        _("places asked for"), validators=[MinValueValidator(1), MaxValueValidator(MOST_PLACES)]
    )
    granted = models.PositiveSmallIntegerField(_("seats granted"), default=0)
    names_until = models.DateTimeField(_("names to be given before"))
    state = models.CharField(
        _("state"), max_length=20, choices=DelegationState, default=DelegationState.REQUESTED
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    # The seats it had when the date was cancelled (0: awaiting an answer); empty unless that is what ended it.
    called_off_granted = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("announced"))
    erased_at = models.DateTimeField(_("personal data erased"), null=True, blank=True, editable=False)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        ordering = ["created_at", "pk"]
        indexes = [models.Index(fields=["occurrence", "state"], name="events_delegation_by_state")]
        constraints = [
            models.CheckConstraint(
                condition=Q(places__gte=1, places__lte=MOST_PLACES), name="events_a_delegation_is_of_1_to_200"
            ),
            models.CheckConstraint(
                condition=Q(granted__lte=F("places")),
                name="events_a_delegation_is_granted_no_more_than_it_asked_for",
            ),
            models.CheckConstraint(
                condition=Q(state="confirmed", granted__gte=1) | (~Q(state="confirmed") & Q(granted=0)),
                name="events_only_a_confirmed_delegation_has_seats",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} ({self.country})"

    @property
    def is_active(self) -> bool:
        return self.state in (DelegationState.REQUESTED, DelegationState.CONFIRMED)

    @property
    def is_partial(self) -> bool:
        """Whether it was given fewer seats than it asked for."""
        return self.state == DelegationState.CONFIRMED and self.granted < self.places

    @property
    def reach(self) -> str:
        return self.email or self.phone

    def last_day_for_names(self, zone: str) -> date:
        """The last day, by the clocks of `zone`, on which the head names people."""
        return local(self.names_until - timedelta(seconds=1), zone).date()

    def takes_names(self, now: datetime) -> bool:
        """Whether the head may still name people at `now`."""
        return self.state == DelegationState.CONFIRMED and now < self.names_until


class Payer(models.TextChoices):
    """Who pays for something of a delegate's stay."""

    UNKNOWN = "", _("not settled yet")
    US = "us", _("paid by the programme")
    PARTNER = "partner", _("paid by a partner")
    THEMSELVES = "themselves", _("paid by the delegation")
    NONE = "none", _("not needed")


class Delegate(models.Model):
    """What is known of the journey and stay of one person of a delegation, beside the registration."""

    registration = models.OneToOneField(
        Registration, on_delete=models.CASCADE, related_name="delegate", verbose_name=_("registration")
    )
    is_head = models.BooleanField(_("head of the delegation"), default=False)
    function = models.CharField(_("function"), max_length=200, blank=True)
    arrival_date = models.DateField(_("arrives on"), null=True, blank=True)
    arrival_time = models.TimeField(_("arrives at"), null=True, blank=True)
    arrival_flight = models.CharField(_("flight or road, arriving"), max_length=60, blank=True)
    departure_date = models.DateField(_("leaves on"), null=True, blank=True)
    departure_time = models.TimeField(_("leaves at"), null=True, blank=True)
    departure_flight = models.CharField(_("flight or road, leaving"), max_length=60, blank=True)
    hotel = models.CharField(_("hotel"), max_length=200, blank=True)
    diet = models.CharField(_("what they do not eat"), max_length=200, blank=True)
    needs_visa = models.BooleanField(_("needs a letter for the visa"), default=False)
    transport = models.CharField(_("transport"), max_length=12, choices=Payer, blank=True)
    lodging = models.CharField(_("lodging"), max_length=12, choices=Payer, blank=True)
    per_diem = models.CharField(_("per diem"), max_length=12, choices=Payer, blank=True)
    per_diem_xof = models.PositiveIntegerField(_("per diem a day, in FCFA"), null=True, blank=True)
    care_note = models.CharField(_("who pays, in words"), max_length=300, blank=True)
    visa_reference = models.CharField(_("reference of the visa letter"), max_length=60, blank=True)
    visa_lettered_at = models.DateTimeField(_("visa letter printed"), null=True, blank=True)

    class Meta:
        verbose_name = _("delegate")
        verbose_name_plural = _("delegates")
        constraints = [
            models.CheckConstraint(
                condition=Q(arrival_date=None)
                | Q(departure_date=None)
                | Q(departure_date__gte=F("arrival_date")),
                name="events_a_delegate_leaves_after_arriving",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.registration_id} {self.function}"


class Passport(models.Model):
    """What a visa letter says of a person. A row of its own: read by its own permission, erased before the rest."""

    delegate = models.OneToOneField(
        Delegate, on_delete=models.CASCADE, related_name="passport", verbose_name=_("delegate")
    )
    full_name = models.CharField(_("name as in the passport"), max_length=200)
    number = models.CharField(_("passport number"), max_length=30)
    nationality = models.CharField(_("nationality"), max_length=2, validators=[validate_country])
    born_date = models.DateField(_("born on"), null=True, blank=True)
    expires_date = models.DateField(_("good until"), null=True, blank=True)
    entered_at = models.DateTimeField(_("entered"))

    class Meta:
        verbose_name = _("passport")
        verbose_name_plural = _("passports")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"…{self.number[-2:]}"
