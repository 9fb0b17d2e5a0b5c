"""How journalists read before others: what was opened to whom, by which link, and what they did with it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.contacts.models import Accreditation
from cms.core.models import Thing
from press.querysets import EarlyCopyQuerySet

if TYPE_CHECKING:
    from press.models.kits import Kit
    from press.models.releases import Release


class EmbargoAgreement(models.Model):
    """What a journalist promises before reading a text under embargo. The version in force is the last `since`.

    A version that somebody accepted is never changed: another follows, and is accepted anew.
    """

    version = models.CharField(_("version"), max_length=20, unique=True, help_text=_("For example: 2026-1."))
    since = models.DateTimeField(_("in force from"))
    text = models.TextField(_("text in French"), help_text=_("One paragraph a line."))
    text_en = models.TextField(_("text in English"), blank=True)

    class Meta:
        verbose_name = _("embargo agreement")
        verbose_name_plural = _("embargo agreements")
        ordering = ["-since", "-pk"]

    def __str__(self) -> str:
        return self.version

    def clean(self) -> None:
        """Refuse to change what somebody accepted."""
        super().clean()
        if self.pk is None:
            return
        before = type(self)._default_manager.get(pk=self.pk)
        changed = any(getattr(self, name) != getattr(before, name) for name in ("version", "text", "text_en"))
        accepted = Accreditation.objects.filter(terms_version=before.version, terms_accepted_at__isnull=False)
        if changed and accepted.exists():
            raise ValidationError(
                _("Somebody accepted this version: it stays as it is. Add another version.")
            )


class EarlyCopy(models.Model):
    """A release or a kit opened to one journalist before its embargo lifts, by a link of its own.

    `uid` makes the link (`cms.core.links`, purpose `LINK_PURPOSE`). It opens while it is not revoked and the very
    accreditation it was given under stands, once the agreement in force is accepted: a journalist accredited anew is
    given a new one. After the embargo it leads to the public text. `ground_uid` is what entitled a journalist who took
    it without the team (a seat at a press conference, `press.querysets.grounds`): it opens while that stands.
    """

    LINK_PURPOSE = "early-copy"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    release = models.ForeignKey(
        "press.Release", null=True, blank=True, on_delete=models.PROTECT, related_name="early_copies"
    )
    kit = models.ForeignKey(
        "press.Kit", null=True, blank=True, on_delete=models.PROTECT, related_name="early_copies"
    )
    contact = models.ForeignKey("contacts.Contact", on_delete=models.PROTECT, related_name="+")
    accreditation = models.ForeignKey("contacts.Accreditation", on_delete=models.PROTECT, related_name="+")
    ground_uid = models.UUIDField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = EarlyCopyQuerySet.as_manager()

    class Meta:
        verbose_name = _("early copy")
        verbose_name_plural = _("early copies")
        ordering = ["-created_at", "-pk"]
        permissions = [("give_early_copy", _("Open an embargoed text to a journalist, and close it"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(release__isnull=False, kit__isnull=True)
                | Q(release__isnull=True, kit__isnull=False),
                name="press_earlycopy_is_of_a_release_or_of_a_kit",
            ),
            models.UniqueConstraint(
                fields=["release", "contact"],
                condition=Q(revoked_at__isnull=True, release__isnull=False),
                name="press_earlycopy_one_open_of_a_release_for_a_person",
            ),
            models.UniqueConstraint(
                fields=["kit", "contact"],
                condition=Q(revoked_at__isnull=True, kit__isnull=False),
                name="press_earlycopy_one_open_of_a_kit_for_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.thing} → {self.contact}"

    @property
    def thing(self) -> Release | Kit:
        """What it opens."""
        found = self.release if self.release_id else self.kit
        assert isinstance(found, Thing)
        return found


class DoorKey(models.Model):
    """One sign-in asked for by mail: its link is good once, for an hour (`press.queries.doors.KEY_HOLDS`)."""

    LINK_PURPOSE = "press-key"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    accreditation = models.ForeignKey("contacts.Accreditation", on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("sign-in of a journalist")
        verbose_name_plural = _("sign-ins of journalists")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.accreditation} · {self.asked_at:%Y-%m-%d %H:%M}"


class DoorVisit(models.Model):
    """One line of a journalist's door: what was handed to them, and what they did with it.

    `thing_uid` names the release or kit, nothing the door itself. Kept for `press.actions.doors.VISITS_KEPT`; no
    address of a network and no browser is written down.
    """

    class What(models.TextChoices):
        """What happened; the first two by the team, the others by the journalist."""

        MAILED = "mailed", pgettext_lazy("door", "link sent by mail")
        HANDED = "handed", pgettext_lazy("door", "link handed on by WhatsApp")
        OPENED = "opened", pgettext_lazy("door", "link opened")
        AGREED = "agreed", pgettext_lazy("door", "agreement accepted")
        READ = "read", pgettext_lazy("door", "read")
        DOWNLOADED = "downloaded", pgettext_lazy("door", "downloaded")
        ASKED = "asked", pgettext_lazy("door", "asked")

    contact = models.ForeignKey("contacts.Contact", on_delete=models.CASCADE, related_name="+")
    thing_uid = models.UUIDField(null=True, blank=True)
    what = models.CharField(_("what"), max_length=12, choices=What)
    detail = models.TextField(_("detail"), blank=True)
    at = models.DateTimeField(_("when"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("visit of a journalist")
        verbose_name_plural = _("visits of journalists")
        default_permissions = ("view",)
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["thing_uid", "contact"], name="press_doorvisit_of_a_thing"),
            models.Index(fields=["contact", "-at"], name="press_doorvisit_of_a_person"),
            models.Index(fields=["at"], name="press_doorvisit_forgotten"),
        ]

    def __str__(self) -> str:
        return f"{self.contact} · {self.get_what_display()} · {self.at:%Y-%m-%d %H:%M}"
