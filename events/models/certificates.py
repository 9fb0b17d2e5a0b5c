"""Certificates: what the officer writes once, and each one as it was given, which later words do not touch."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models.events import Event
from events.models.programme import Speaker
from events.models.registrations import Registration


class CertificateRole(models.TextChoices):
    """What is certified."""

    ATTENDEE = "attendee", _("Took part")
    SPEAKER = "speaker", _("Spoke")
    CHAIR = "chair", _("Chaired or moderated")
    TRAINEE = "trainee", _("Was trained")


class CertificateTemplate(models.Model):
    """The words of an event's certificates for a role, in a language. They hold fields (`validators.papers`), no code.

    Two signatories sign each certificate.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="certificate_templates")
    role = models.CharField(_("for whom"), max_length=20, choices=CertificateRole)
    language = models.CharField(_("language"), max_length=10, default="fr")
    title = models.CharField(_("title"), max_length=120)
    body = models.TextField(_("words"), max_length=1200)
    place = models.CharField(_("made at"), max_length=120, blank=True)
    first_name = models.CharField(_("first signatory"), max_length=160)
    first_function = models.CharField(_("function of the first"), max_length=200, blank=True)
    second_name = models.CharField(_("second signatory"), max_length=160)
    second_function = models.CharField(_("function of the second"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("model of certificates")
        verbose_name_plural = _("models of certificates")
        ordering = ["role", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "role", "language"], name="events_certificates_have_one_model_for_a_role"
            )
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.role} {self.language}"


class Certificate(models.Model):
    """One certificate, as it was given: `words` has {title, paragraphs, place, signatories, event, dates}.

    `code` (80 random bits, printed in words and as a QR code) leads to the page where anybody checks it. Revoked, it
    stays and says so. Nobody has two that hold for the same role.
    """

    LINK_PURPOSE = "certificate"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(max_length=16, unique=True, editable=False)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="certificates")
    role = models.CharField(_("for whom"), max_length=20, choices=CertificateRole)
    language = models.CharField(_("language"), max_length=10, default="fr")
    registration = models.ForeignKey(
        Registration, null=True, blank=True, on_delete=models.SET_NULL, related_name="certificates"
    )
    speaker = models.ForeignKey(
        Speaker, null=True, blank=True, on_delete=models.SET_NULL, related_name="certificates"
    )
    name = models.CharField(_("name"), max_length=200)
    words = models.JSONField()
    issued_at = models.DateTimeField(_("given"))
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        ordering = ["-issued_at", "name", "pk"]
        permissions = [
            ("issue_certificate", "Can give certificates"),
            ("revoke_certificate", "Can revoke certificates"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "role"],
                condition=Q(revoked_at=None),
                name="events_a_registration_has_one_certificate_for_a_role",
            ),
            models.UniqueConstraint(
                fields=["speaker", "role"],
                condition=Q(revoked_at=None),
                name="events_a_speaker_has_one_certificate_for_a_role",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.role})"

    @property
    def spelt(self) -> str:
        """The code as it is printed: "7K3M-9QTZ-2ABC-DEFG"."""
        return "-".join(self.code[place : place + 4] for place in range(0, 16, 4)).upper()

    @property
    def holds(self) -> bool:
        return self.revoked_at is None
