import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cms.contacts.models.contacts import Contact
from cms.contacts.models.fields import AddressField


class Purpose(models.TextChoices):
    """What somebody agreed to."""

    NEWSLETTER = "newsletter", _("Newsletter")
    PRESS = "press", _("Press releases")
    INVITATIONS = "invitations", _("Invitations")
    PHONE = "phone", _("Calls and text messages")


class ConsentSource(models.TextChoices):
    """How we came to know it."""

    FORM = "form", _("Public form")
    PAPER = "paper", _("Paper form or card")
    TELEPHONE = "telephone", _("Telephone")
    IMPORT = "import", _("Imported list")
    STAFF = "staff", _("Entered by staff")


class Consent(models.Model):
    """An agreement with its source and dates (Mali, law 2013-015): asked, confirmed, taken back.

    A public sign-up is asked (`requested_at`) and counts only once the address confirmed it; other sources
    are confirmed as they are entered. `uid` and `generation` make the links of the confirmation mail.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    generation = models.PositiveSmallIntegerField(default=1, editable=False)
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, related_name="consents", verbose_name=_("contact")
    )
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose)
    source = models.CharField(_("source"), max_length=20, choices=ConsentSource)
    evidence = models.CharField(
        _("evidence"),
        max_length=200,
        blank=True,
        help_text=_("Where to find it again: form, card, list, call."),
    )
    requested_at = models.DateTimeField(_("asked"), null=True, blank=True)
    given_at = models.DateTimeField(_("given"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["-given_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "purpose"],
                condition=Q(withdrawn_at=None),
                name="one_standing_consent_per_purpose",
            ),
            models.CheckConstraint(
                condition=Q(requested_at__isnull=False) | Q(given_at__isnull=False),
                name="a_consent_was_asked_or_given",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact} · {self.get_purpose_display()}"


class SuppressionReason(models.TextChoices):
    UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")
    HARD_BOUNCE = "hard_bounce", _("Address does not exist")
    SOFT_BOUNCE = "soft_bounce", _("Mail came back again and again")
    COMPLAINT = "complaint", _("Marked as unwanted")
    MANUAL = "manual", _("Entered by staff")


class Suppression(models.Model):
    """An address that nothing goes to any more, but mail that its owner is owed. Kept when the contact goes."""

    address = AddressField(
        _("e-mail address"),
        unique=True,
        error_messages={"unique": _("This address is already on the list.")},
    )
    reason = models.CharField(
        _("reason"), max_length=20, choices=SuppressionReason, default=SuppressionReason.MANUAL
    )
    since = models.DateTimeField(_("since"), editable=False)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")
        ordering = ["-since", "-pk"]

    def __str__(self) -> str:
        return self.address
