"""Who is shown in a picture, a sound or a film, and whether that person agreed to be."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from media_library.models.assets import Asset


class Person(models.Model):
    """A person who is seen or heard in library items: a name, perhaps a function."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=160)
    function = models.CharField(_("function"), max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("person shown")
        verbose_name_plural = _("persons shown")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="media_library_person_has_a_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.function}" if self.function else self.name


class Basis(models.TextChoices):
    """Why a person may be shown."""

    AWAITED = "awaited", _("Not given yet: the public does not have it")
    WRITTEN = "written", _("Given in writing")
    ORAL = "oral", _("Given by word of mouth")
    OFFICE = "office", _("Not needed: public office or public event")


class Consent(models.Model):
    """One person in one library item. What all consents of an item amount to stands in `Asset.consent_ends_at`,
    which `actions.settle_consents` writes in the transaction of every change; readers ask for nothing else.
    """

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="consents")
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="consents", verbose_name=_("person")
    )
    basis = models.CharField(_("consent"), max_length=10, choices=Basis, default=Basis.AWAITED)
    noted_at = models.DateTimeField(_("noted on"))
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    ends_at = models.DateTimeField(_("consent ends on"), null=True, blank=True)
    note = models.CharField(_("where the proof is kept"), max_length=300, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn on"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("consent to be shown")
        verbose_name_plural = _("consents to be shown")
        ordering = ["person__name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["asset", "person"], name="media_library_consent_is_one_per_person_and_item"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("noted_at")),
                name="media_library_consent_ends_after_it_is_noted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} ({self.get_basis_display()})"
