"""What somebody wrote into the form of the press room that asks for an accreditation."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cms.contacts.models import MediaKind
from cms.contacts.models.fields import AddressField, PhoneField
from media_library.storage import PrivateStorage


def card_storage() -> PrivateStorage:
    """Where press cards lie until they are erased: a private folder without addresses."""
    return PrivateStorage("press-cards")


def card_name(instance: Any, filename: str) -> str:
    """The uid of the request with the extension that the bytes earned; the sender's name goes nowhere."""
    return f"{instance.uid.hex}.{filename.rpartition('.')[2].lower()}"


class AccreditationRequest(models.Model):
    """One request by the public form: nothing yet. It counts once the address, or the person by telephone, confirms.

    Written alike whether or not the address is known, and looked up nowhere before. Confirmed, it asks for the
    accreditation of a contact (`accreditation`), which is decided in the list of accreditations; the decision is told
    once (`told_at`). `uid` makes the link of the confirmation mail. The card is erased after the decision, and the row
    later (`press.actions.accreditation`).
    """

    LINK_PURPOSE = "accreditation-request"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200)
    address = AddressField(_("e-mail"), blank=True)
    phone = PhoneField(_("telephone"), blank=True)
    language = models.CharField(_("language"), max_length=10, default="fr")
    kind = models.CharField(_("kind of media"), max_length=20, choices=MediaKind)
    outlet = models.CharField(_("media outlet"), max_length=200, blank=True)
    programme = models.CharField(_("programme or section"), max_length=200, blank=True)
    languages = models.CharField(_("languages of work"), max_length=100, blank=True)
    press_card = models.CharField(_("number of the press card"), max_length=50, blank=True)
    card = models.FileField(_("press card"), storage=card_storage, upload_to=card_name, blank=True)
    message = models.TextField(_("what for"), blank=True)
    requested_at = models.DateTimeField(_("asked"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    accreditation = models.ForeignKey(
        "contacts.Accreditation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("request for accreditation")
        verbose_name_plural = _("requests for accreditation")
        default_permissions = ()
        ordering = ["-requested_at", "-pk"]
        indexes = [
            models.Index(fields=["address"], name="press_accreditation_by_address"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(address="") | ~Q(phone=""), name="press_accreditation_request_can_be_answered"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, accreditation__isnull=True)
                | Q(confirmed_at__isnull=False, accreditation__isnull=False),
                name="press_accreditation_confirmed_asks_for_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} – {self.outlet}" if self.outlet else self.name
