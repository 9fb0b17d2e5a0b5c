import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.contacts.models.contacts import Contact
from cms.contacts.models.organisations import Organisation


class MediaKind(models.TextChoices):
    """What a journalist works for."""

    PRINT = "print", _("Written press")
    RADIO = "radio", _("Radio")
    TELEVISION = "television", _("Television")
    ONLINE = "online", _("Online press")
    AGENCY = "agency", _("News agency")
    FREELANCE = "freelance", _("Freelance")


class MediaProfile(models.Model):
    """What makes a contact a journalist, photographer or newsroom."""

    contact = models.OneToOneField(
        Contact, on_delete=models.CASCADE, related_name="media_profile", verbose_name=_("contact")
    )
    kind = models.CharField(_("kind of media"), max_length=20, choices=MediaKind)
    outlet = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="media_profiles",
        verbose_name=_("media outlet"),
    )
    programme = models.CharField(
        _("programme or section"),
        max_length=200,
        blank=True,
        help_text=_("For example: the evening news, the economy pages."),
    )
    languages = models.CharField(
        _("languages of work"),
        max_length=100,
        blank=True,
        help_text=_("For example: French, Bambara, Fulfulde."),
    )
    press_card = models.CharField(_("press card"), max_length=50, blank=True)
    press_card_until_date = models.DateField(_("press card good until"), null=True, blank=True)
    beat = models.CharField(_("subjects followed"), max_length=200, blank=True)
    deadline = models.CharField(
        _("deadline"), max_length=100, blank=True, help_text=_("For example: every day before 4 p.m.")
    )

    class Meta:
        verbose_name = _("media profile")
        verbose_name_plural = _("media profiles")

    def __str__(self) -> str:
        return f"{self.contact} · {self.get_kind_display()}"


class AccreditationState(models.TextChoices):
    REQUESTED = "requested", pgettext_lazy("accreditation", "Asked for")
    GRANTED = "granted", pgettext_lazy("accreditation", "Granted")
    REFUSED = "refused", pgettext_lazy("accreditation", "Refused")
    REVOKED = "revoked", pgettext_lazy("accreditation", "Withdrawn")


class Accreditation(models.Model):
    """A journalist's access: to everything for the press, or to one event (`scope_uid`), for a time.

    `uid` and `generation` make the journalist's door (/j/…); raising the generation closes it.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    generation = models.PositiveSmallIntegerField(default=1, editable=False)
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, related_name="accreditations", verbose_name=_("contact")
    )
    scope_uid = models.UUIDField(null=True, blank=True, editable=False)
    state = models.CharField(
        _("state"), max_length=12, choices=AccreditationState, default=AccreditationState.REQUESTED
    )
    valid_from = models.DateTimeField(_("valid from"), null=True, blank=True)
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)
    terms_version = models.CharField(_("version of the embargo agreement"), max_length=20, blank=True)
    terms_accepted_at = models.DateTimeField(_("embargo agreement accepted"), null=True, blank=True)
    requested_at = models.DateTimeField(_("asked"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("accreditation")
        verbose_name_plural = _("accreditations")
        ordering = ["-requested_at", "-pk"]
        permissions = [("decide_accreditation", _("Can grant and withdraw accreditations"))]
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "scope_uid"],
                condition=Q(state__in=["requested", "granted"]),
                nulls_distinct=False,
                name="one_standing_accreditation_per_scope",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_from=None) | Q(valid_until__gt=F("valid_from")),
                name="an_accreditation_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact} · {self.get_state_display()}"
