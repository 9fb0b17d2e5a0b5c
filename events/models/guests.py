"""Who is invited to a date by name, what they answered, and by which way we know."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models.categories import Category
from events.models.occurrences import Occurrence

MOST_BROUGHT = 50


class InvitationState(models.TextChoices):
    """As the contract names them; exports keep the codes and show the words."""

    TO_SEND = "to_send", _("Not sent yet")
    SENT = "sent", _("No answer yet")
    ACCEPTED = "accepted", _("Comes")
    SUBSTITUTED = "substituted", _("Is represented")
    DECLINED = "declined", _("Does not come")
    EXPIRED = "expired", _("Did not answer in time")
    WITHDRAWN = "withdrawn", _("Taken off the list")


class AnswerChannel(models.TextChoices):
    """By which way an answer reached us."""

    LINK = "link", _("By the personal link")
    CODE = "code", _("By the code of the letter")
    FORM = "form", _("By the registration form")
    PHONE = "phone", _("By telephone")
    LETTER = "letter", _("By letter")
    MAIL = "mail", _("By e-mail")
    IN_PERSON = "in_person", _("In person")
    STAFF = "staff", _("By the unit")


#: What the secretariat records; the others are the guest's own doing.
BY_STAFF = (AnswerChannel.PHONE, AnswerChannel.LETTER, AnswerChannel.MAIL, AnswerChannel.IN_PERSON)
ANSWERED = (InvitationState.ACCEPTED, InvitationState.SUBSTITUTED, InvitationState.DECLINED)
COMING = (InvitationState.ACCEPTED, InvitationState.SUBSTITUTED)
UNANSWERED = (InvitationState.TO_SEND, InvitationState.SENT, InvitationState.EXPIRED)


class GuestList(models.Model):
    """What the invitations to one date share. `reference` follows the number of a letter ("/TOKTEN/2027").

    `words_fr` and `words_en` are plain paragraphs; empty ones are said by the date's own facts. `next_number` is the
    number that the next letter gets. `category` is that of who comes by these invitations, unless one's own says
    another: they count in its quota, and wear its badge.
    """

    occurrence = models.OneToOneField(
        Occurrence, on_delete=models.PROTECT, related_name="guest_list", verbose_name=_("date")
    )
    category = models.ForeignKey(
        Category,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="guest_lists",
        verbose_name=_("category"),
    )
    answer_by = models.DateTimeField(_("answers until"), null=True, blank=True)
    subject_fr = models.CharField(_("subject in French"), max_length=150, blank=True)
    words_fr = models.TextField(_("words in French"), max_length=4000, blank=True)
    subject_en = models.CharField(_("subject in English"), max_length=150, blank=True)
    words_en = models.TextField(_("words in English"), max_length=4000, blank=True)
    reference = models.CharField(_("reference after the number"), max_length=60, blank=True)
    next_number = models.PositiveIntegerField(default=1, editable=False)
    place = models.CharField(_("written at"), max_length=60, default="Bamako")
    signatory = models.CharField(_("signatory"), max_length=120, blank=True)
    function = models.CharField(_("function of the signatory"), max_length=160, blank=True)
    phone = models.CharField(_("telephone for answers"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("guest list")
        verbose_name_plural = _("guest lists")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.occurrence_id}"


class Invitation(models.Model):
    """One guest at one date. Personal link and short code are derived from `uid` and `generation`, never stored.

    `rank` is the order of protocol for this date (1 first). `may_bring`: how many people the guest may bring. Who
    comes has registrations that point here: the guest's own or the substitute's, then those brought. `number` is that
    of the letter; `handed_at` and `received_by` say when and to whom the letter was given.
    """

    LINK_PURPOSE = "invitation"
    CODE_PURPOSE = "invitation-code"

    # Set by views on rows that are shown.
    lost: str
    coming: list[Any]

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    generation = models.PositiveIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    occurrence = models.ForeignKey(
        Occurrence, on_delete=models.PROTECT, related_name="invitations", verbose_name=_("date")
    )
    contact = models.ForeignKey(
        "contacts.Contact", on_delete=models.PROTECT, related_name="invitations", verbose_name=_("guest")
    )
    category = models.ForeignKey(
        Category,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="invitations",
        verbose_name=_("category"),
    )
    rank = models.PositiveSmallIntegerField(_("rank in protocol"), null=True, blank=True)
    may_bring = models.PositiveSmallIntegerField(
        _("people the guest may bring"), default=0, validators=[MaxValueValidator(MOST_BROUGHT)]
    )
    may_be_replaced = models.BooleanField(_("may send a substitute"), default=True)
    state = models.CharField(
        _("state"), max_length=20, choices=InvitationState, default=InvitationState.TO_SEND
    )
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = models.CharField(_("how"), max_length=20, choices=AnswerChannel, blank=True)
    answered_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("recorded by"),
    )
    answered_with = models.CharField(_("who answered"), max_length=200, blank=True)
    substitute_name = models.CharField(_("substitute"), max_length=200, blank=True)
    substitute_function = models.CharField(_("function of the substitute"), max_length=200, blank=True)
    note = models.CharField(_("message"), max_length=500, blank=True)
    number = models.PositiveIntegerField(_("number of the letter"), null=True, blank=True)
    dated = models.DateField(_("date of the letter"), null=True, blank=True)
    handed_at = models.DateTimeField(_("handed over"), null=True, blank=True)
    received_by = models.CharField(_("received by"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("listed"))

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        default_permissions = ("view",)
        permissions = [
            ("keep_guests", _("Can keep an event's guest list, send invitations and record answers")),
            ("export_guests", _("Can take an event's guest list away in a file or on paper")),
        ]
        ordering = ["pk"]
        indexes = [models.Index(fields=["occurrence", "state"], name="events_invitation_by_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["occurrence", "contact"], name="events_a_guest_is_invited_once_to_a_date"
            ),
            models.UniqueConstraint(
                fields=["occurrence", "number"],
                condition=Q(number__isnull=False),
                name="events_a_letter_has_its_own_number",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "substituted", "declined"])
                | Q(answered_at__isnull=False) & ~Q(answered_by=""),
                name="events_an_answer_says_when_and_by_which_way",
            ),
            models.CheckConstraint(
                condition=~Q(state="substituted") | ~Q(substitute_name=""),
                name="events_a_substitute_has_a_name",
            ),
            models.CheckConstraint(
                condition=Q(may_bring__lte=MOST_BROUGHT), name="events_a_guest_brings_a_bounded_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact} ({self.state})"

    @property
    def is_answered(self) -> bool:
        return self.state in ANSWERED

    @property
    def is_coming(self) -> bool:
        return self.state in COMING

    @property
    def is_withdrawn(self) -> bool:
        return self.state == InvitationState.WITHDRAWN

    @property
    def is_represented(self) -> bool:
        return self.state == InvitationState.SUBSTITUTED

    @property
    def counted_in(self) -> Category | None:
        """In which category who comes is counted: its own, else that of the date's list."""
        if self.category_id is not None:
            return self.category
        listed: GuestList | None = getattr(self.occurrence, "guest_list", None)
        return listed.category if listed is not None else None

    @property
    def who_comes(self) -> str:
        """The guest, or the one sent instead."""
        return self.substitute_name if self.is_represented else str(self.contact)
