import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from cms.contacts.models.fields import AddressField, PhoneField
from cms.contacts.models.organisations import Organisation
from cms.contacts.validators import (
    HOME_COUNTRY,
    name_key,
    normalise_country,
    tidy,
    validate_country,
)


class ContactKind(models.TextChoices):
    PERSON = "person", _("Person")
    SERVICE = "service", _("Service or office")


class Contact(ClusterableModel):
    """A person or a service that is written to, invited or telephoned.

    Neither an address nor an account is needed: a telephone alone is normal. Rows are never deleted once
    something was sent or registered; they are put aside (`trashed_at`). Of two contacts merged, one stays in use
    and the other is put aside for good, pointing to it (`merged_into`).
    """

    #: Set by `queries.with_accreditation` and by the reader source; a contact is not accredited by itself.
    is_accredited: bool = False

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=ContactKind, default=ContactKind.PERSON)
    civility = models.CharField(
        _("form of address"),
        max_length=30,
        blank=True,
        help_text=_("As on an envelope: M., Mme, Dr, Pr, S.E.M."),
    )
    name = models.CharField(
        _("name"), max_length=200, help_text=_("As on an envelope, first name first: Aminata Traoré.")
    )
    family_name = models.CharField(
        _("family name"), max_length=100, blank=True, help_text=_("For alphabetical order only.")
    )
    name_key = models.CharField(max_length=200, editable=False, db_index=True)
    function = models.CharField(_("function"), max_length=200, blank=True)
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="contacts",
        verbose_name=_("organisation"),
    )
    salutation = models.CharField(
        _("opening of a letter"),
        max_length=200,
        blank=True,
        help_text=_("For example: Monsieur le Ministre,"),
    )
    closing = models.TextField(_("closing of a letter"), blank=True)
    under_cover_of = models.CharField(_("under cover of"), max_length=200, blank=True)
    protocol_rank = models.PositiveSmallIntegerField(
        _("rank in protocol"), null=True, blank=True, help_text=_("1 comes first; empty for no rank.")
    )
    postal_address = models.TextField(_("postal address"), blank=True)
    city = models.CharField(_("town"), max_length=100, blank=True)
    country = models.CharField(
        _("country"), max_length=2, default=HOME_COUNTRY, validators=[validate_country]
    )
    language = models.CharField(_("language"), max_length=10, default="fr")
    topics = models.ManyToManyField("core.Topic", blank=True, related_name="+", verbose_name=_("topics"))
    sector = models.ForeignKey(
        "core.Sector",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("sector"),
        help_text=_("What they work in; the reports of events count people by it."),
    )
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="contact",
        verbose_name=_("account"),
    )
    notes = models.TextField(_("notes"), blank=True)
    trashed_at = models.DateTimeField(_("put aside"), null=True, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="merged",
        verbose_name=_("merged into"),
    )
    created_at = models.DateTimeField(_("entered"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["family_name", "name", "pk"]
        permissions = [
            ("export_contact", _("Can export contacts")),
            ("telephone_contact", _("Can confirm somebody by telephone")),
            ("import_contact", _("Can bring contacts in from a file")),
            ("merge_contact", _("Can merge two contacts into one")),
        ]
        indexes = [
            models.Index(fields=["language"], name="contact_by_language"),
            models.Index(fields=["country"], name="contact_by_country"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(merged_into=None) | models.Q(trashed_at__isnull=False),
                name="a_merged_contact_is_put_aside",
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into=None) | ~models.Q(merged_into=models.F("pk")),
                name="a_contact_is_not_merged_into_itself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.civility} {self.name}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._normalise()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        self._normalise()
        super().clean()

    def _normalise(self) -> None:
        self.name = tidy(self.name)
        self.name_key = name_key(self.name)
        last_word = self.name.rpartition(" ")[2] if self.kind == ContactKind.PERSON else self.name
        self.family_name = tidy(self.family_name) or last_word[:100]
        self.country = normalise_country(self.country)

    @cached_property
    def primary_email(self) -> str | None:
        """The address to write to: the one marked first, else the oldest. Prefetch `emails` for lists."""
        rows = sorted(self.emails.all(), key=lambda row: (not row.is_primary, row.pk or 0))
        return rows[0].address if rows else None

    primary_email.short_description = _("e-mail address")  # type: ignore[attr-defined]

    @cached_property
    def primary_phone(self) -> str | None:
        """The number to call: the one marked first, else the oldest. Prefetch `phones` for lists."""
        rows = sorted(self.phones.all(), key=lambda row: (not row.is_primary, row.pk or 0))
        return rows[0].number if rows else None

    primary_phone.short_description = _("telephone number")  # type: ignore[attr-defined]


class ContactEmail(models.Model):
    """An address, which belongs to one contact only: a mailbox that several share is a service."""

    contact = ParentalKey(Contact, on_delete=models.CASCADE, related_name="emails", verbose_name=_("contact"))
    address = AddressField(
        _("e-mail address"),
        unique=True,
        error_messages={"unique": _("Another contact already has this e-mail address.")},
    )
    is_primary = models.BooleanField(_("write here first"), default=False)

    class Meta:
        verbose_name = _("e-mail address")
        verbose_name_plural = _("e-mail addresses")
        ordering = ["-is_primary", "pk"]

    def __str__(self) -> str:
        return self.address


class ContactPhone(models.Model):
    """A telephone number in E.164. Families and offices share one, so a number alone names nobody."""

    contact = ParentalKey(Contact, on_delete=models.CASCADE, related_name="phones", verbose_name=_("contact"))
    number = PhoneField(_("telephone number"), db_index=True)
    owner_key = models.CharField(
        max_length=200, editable=False, help_text="The name under which the number was given, folded."
    )
    is_primary = models.BooleanField(_("call here first"), default=False)
    has_whatsapp = models.BooleanField(_("WhatsApp"), default=False)

    class Meta:
        verbose_name = _("telephone number")
        verbose_name_plural = _("telephone numbers")
        ordering = ["-is_primary", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["number", "owner_key"],
                name="one_contact_per_number_and_name",
                violation_error_message=_("Another contact of this name already has this number."),
            )
        ]

    def __str__(self) -> str:
        return self.number

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.owner_key = self.owner_key or self.contact.name_key
        super().save(*args, **kwargs)
