"""What somebody wishes to receive: asked for on the site, chosen by their personal link."""

import uuid

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from cms.contacts.models.consents import Purpose
from cms.contacts.models.contacts import Contact
from cms.contacts.models.fields import AddressField

#: What the public form offers. An invitation is sent to whom somebody invites, and no form asks for one.
OFFERED = (Purpose.NEWSLETTER, Purpose.PRESS)


def validate_purposes(value: object) -> None:
    """A list of purposes that the public form offers, none twice."""
    if not isinstance(value, list) or not value or len(set(value)) != len(value):
        raise ValidationError(_("Say what you wish to receive."), code="invalid")
    if not all(item in OFFERED for item in value):
        raise ValidationError(_("Say what you wish to receive."), code="invalid")


class Frequency(models.TextChoices):
    """How often newsletters and press releases may come. What a person is owed, or invited to, is not counted."""

    ALL = "all", _("Every mail, as it goes out")
    WEEKLY = "weekly", _("At most one mail a week")
    MONTHLY = "monthly", _("At most one mail a month")


class Preference(models.Model):
    """What a contact chose by their own link. No row: everything that their consents allow, as it goes out.

    `topics` are in French, as everywhere where topics are told apart; none means all.
    """

    contact = models.OneToOneField(
        Contact, on_delete=models.CASCADE, related_name="preference", verbose_name=_("contact")
    )
    frequency = models.CharField(_("how often"), max_length=10, choices=Frequency, default=Frequency.ALL)
    topics = models.ManyToManyField("core.Topic", blank=True, related_name="+", verbose_name=_("topics"))
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("choice of what to receive")
        verbose_name_plural = _("choices of what to receive")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(frequency__in=["all", "weekly", "monthly"]),
                name="a_frequency_is_one_of_three",
            )
        ]

    def __str__(self) -> str:
        return f"{self.contact} · {self.get_frequency_display()}"


class SignUp(models.Model):
    """An address typed into the public form: nothing yet. It counts once its owner confirms from the mail.

    Written alike whether or not the address is known, and looked up nowhere before it is confirmed: the form
    cannot tell who is on file. `uid` and `generation` make the link of the confirmation mail; `mailed_at` is when
    that mail was last written. The row goes a week after it was asked (`actions.forget_sign_ups`).
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    generation = models.PositiveSmallIntegerField(default=1, editable=False)
    address = AddressField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=10, default="fr")
    purposes = models.JSONField(_("what was asked for"), default=list, validators=[validate_purposes])
    frequency = models.CharField(_("how often"), max_length=10, choices=Frequency, default=Frequency.ALL)
    topics = models.ManyToManyField("core.Topic", blank=True, related_name="+", verbose_name=_("topics"))
    evidence = models.CharField(_("form"), max_length=200, blank=True)
    requested_at = models.DateTimeField(_("asked"))
    mailed_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)

    class Meta:
        verbose_name = _("sign-up on the site")
        verbose_name_plural = _("sign-ups on the site")
        default_permissions = ()
        ordering = ["-requested_at", "-pk"]
        indexes = [models.Index(fields=["requested_at"], name="sign_up_by_date")]

    def __str__(self) -> str:
        return self.address
