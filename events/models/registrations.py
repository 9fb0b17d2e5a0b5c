"""Who comes to a date, who waits, and by which way we know."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models.categories import Category
from events.models.occurrences import Occurrence
from events.querysets import ACTIVE, SEATED, RegistrationQuerySet


class RegistrationState(models.TextChoices):
    """As the contract names them; exports keep the codes and show the words."""

    PENDING = "pending", _("Address to be confirmed")
    REQUESTED = "requested", _("Awaiting approval")
    CONFIRMED = "confirmed", _("Confirmed")
    WAITING = "waiting", _("On the waiting list")
    OFFERED = "offered", _("Seat offered")
    REFUSED = "refused", _("Refused")
    CANCELLED = "cancelled", _("Cancelled")


#: Why a registration ended, where nobody wrote a sentence: no seat was left; an offered seat was not taken in time.
FULL, LAPSED = "full", "lapsed"
REASON_CODES = (FULL, LAPSED)

SEATED_STATES = SEATED
ACTIVE_STATES = ACTIVE


class Channel(models.TextChoices):
    """How a registration was confirmed."""

    LINK = "link", _("By the link in the mail")
    PHONE = "phone", _("By telephone")
    LETTER = "letter", _("By letter")
    IN_PERSON = "in_person", _("In person")
    STAFF = "staff", _("By the unit")
    HEAD = "head", _("By the head of the delegation")


class Registration(models.Model):
    """One person at one date. The personal link is derived from `uid` and `generation`, never stored.

    `offered_until`: until when a seat that came free waits for this person's yes. `held_until`: until when a
    registration whose address is not confirmed yet keeps a seat. `position` orders the waiting list. Who comes by an
    invitation, or with a guest, points to it, and is reached through the guest where no address is given. `key` is
    the form's own identity: the same form posted twice is one registration (the key stands on the form's last one;
    those it made before have a key derived from it).
    """

    LINK_PURPOSE = "registration"

    #: Set by actions, under the lock, on a row whose choices are judged before they are written.
    about_to_choose: list[int] | None = None
    answers: Any
    receipts: Any
    # Set by views on rows that are shown.
    key_to_hand_on: str

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    generation = models.PositiveIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    key = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    occurrence = models.ForeignKey(
        Occurrence, on_delete=models.PROTECT, related_name="registrations", verbose_name=_("date")
    )
    # empty once the person is erased
    contact = models.ForeignKey(
        "contacts.Contact",
        null=True,
        on_delete=models.PROTECT,
        related_name="registrations",
        verbose_name=_("contact"),
    )
    category = models.ForeignKey(
        Category,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="registrations",
        verbose_name=_("category"),
    )
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail"), max_length=254, blank=True)
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    organisation = models.CharField(_("organisation"), max_length=200, blank=True)
    delegation = models.ForeignKey(
        "events.Delegation",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="members",
        verbose_name=_("delegation"),
    )
    language = models.CharField(_("language"), max_length=10, default="fr")
    state = models.CharField(
        _("state"), max_length=20, choices=RegistrationState, default=RegistrationState.PENDING
    )
    position = models.PositiveBigIntegerField(_("place on the waiting list"), null=True, blank=True)
    held_until = models.DateTimeField(_("seat kept until"), null=True, blank=True)
    offered_until = models.DateTimeField(_("seat offered until"), null=True, blank=True)
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    confirmed_channel = models.CharField(_("confirmed"), max_length=20, choices=Channel, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    confirmed_number = models.CharField(_("number called"), max_length=20, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    # The state in which the date's cancelling found it: what it goes back to where the date takes place after all.
    called_off_from = models.CharField(max_length=20, choices=RegistrationState, blank=True, editable=False)
    attended_at = models.DateTimeField(_("came"), null=True, blank=True)
    invitation = models.ForeignKey(
        "events.Invitation",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="registrations",
        verbose_name=_("invitation"),
    )
    created_at = models.DateTimeField(_("registered"))
    erased_at = models.DateTimeField(_("personal data erased"), null=True, blank=True, editable=False)
    reminded_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["created_at", "pk"]
        permissions = [("export_registration", _("Can take the list of registrations away in a file"))]
        indexes = [models.Index(fields=["occurrence", "state"], name="events_registration_by_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["occurrence", "contact"],
                condition=~Q(state__in=["refused", "cancelled"]),
                name="events_a_person_is_registered_once_for_a_date",
            ),
            models.CheckConstraint(
                condition=~Q(email="")
                | ~Q(phone="")
                | Q(invitation__isnull=False)
                | Q(erased_at__isnull=False)
                | Q(confirmed_channel__in=["letter", "in_person", "staff", "head"]),
                name="events_a_registration_has_an_address_or_was_made_by_hand",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", position__isnull=False) | ~Q(state="waiting"),
                name="events_who_waits_has_a_place_in_the_list",
            ),
            models.CheckConstraint(
                condition=~Q(state="offered") | Q(offered_until__isnull=False),
                name="events_an_offered_seat_is_kept_until_an_hour",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.state})"

    @property
    def holds_seat(self) -> bool:
        """Whether a seat is taken by this row for good (a pending row holds one for a while only)."""
        return self.state in SEATED_STATES

    @property
    def told_reason(self) -> str:
        """The sentence that the person is told; the reasons that are codes have words of their own."""
        return "" if self.reason in REASON_CODES else self.reason

    @property
    def reach(self) -> str:
        """How the person is written to or called."""
        return self.email or self.phone

    @property
    def is_named_by_another(self) -> bool:
        """Whether a guest or the head of a delegation named this person: they hold the link too."""
        if self.delegation_id is not None:
            return True
        return self.invitation is not None and self.invitation.contact_id != self.contact_id

    @property
    def needs_approval(self) -> bool:
        """Whether the unit decides on this registration: by the event's rule, or its category's."""
        by_category = self.category is not None and self.category.needs_approval
        return self.occurrence.event.needs_approval or by_category

    @property
    def chosen(self) -> list[int]:
        """The keys of the answers chosen in the form: those it is about to have, or those it has."""
        if self.about_to_choose is not None:
            return self.about_to_choose
        return [one.choice_id for one in self.answers.all() if one.choice_id] if self.pk else []

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE_STATES


class Attempt(models.Model):
    """A try at a public form, by the keyed hash of an address: the limit of tries works without Redis."""

    bucket = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("try at a form")
        verbose_name_plural = _("tries at a form")
        indexes = [models.Index(fields=["bucket", "at"], name="events_attempt_by_bucket")]

    def __str__(self) -> str:
        return f"{self.bucket[:8]} {self.at:%Y-%m-%d %H:%M:%S}"
