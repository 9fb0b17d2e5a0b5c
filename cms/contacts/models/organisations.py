import uuid
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.search import index

from cms.contacts.validators import HOME_COUNTRY, name_key, normalise_country, tidy, validate_country


class OrganisationKind(models.TextChoices):
    """What an organisation is, as far as writing to it goes."""

    MINISTRY = "ministry", _("Ministry or state service")
    EMBASSY = "embassy", _("Embassy or consulate")
    LOCAL_AUTHORITY = "local_authority", _("Local authority")
    UNIVERSITY = "university", _("University, school or research institute")
    MEDIA = "media", _("Media outlet")
    DONOR = "donor", _("Technical and financial partner")
    NGO = "ngo", _("Non-governmental organisation")
    COMPANY = "company", _("Company")
    ASSOCIATION = "association", _("Association or umbrella organisation")
    PROGRAMME = "programme", _("The programme and its relays")
    OTHER = "other", _("Other")


class Organisation(index.Indexed, models.Model):
    """A body that contacts belong to."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200)
    name_key = models.CharField(max_length=200, editable=False)
    acronym = models.CharField(_("acronym"), max_length=30, blank=True)
    kind = models.CharField(
        _("kind"), max_length=20, choices=OrganisationKind, default=OrganisationKind.OTHER
    )
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="parts",
        verbose_name=_("part of"),
    )
    postal_address = models.TextField(_("postal address"), blank=True)
    city = models.CharField(_("town"), max_length=100, blank=True)
    country = models.CharField(
        _("country"), max_length=2, default=HOME_COUNTRY, validators=[validate_country]
    )
    website = models.URLField(_("website"), blank=True)
    notes = models.TextField(_("notes"), blank=True)
    trashed_at = models.DateTimeField(_("put aside"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    search_fields = [
        index.SearchField("name", boost=2),
        index.AutocompleteField("name"),
        index.SearchField("acronym"),
        index.AutocompleteField("acronym"),
        index.FilterField("kind"),
        index.FilterField("country"),
        index.FilterField("trashed_at"),
    ]

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["name_key", "country"],
                name="one_organisation_per_name_in_a_country",
                violation_error_message=_("An organisation of this name already exists in this country."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.acronym})" if self.acronym else self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._normalise()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        self._normalise()
        super().clean()

    def validate_constraints(self, exclude: Any = None) -> None:
        # The name's key is in no form, and Django would not look at a constraint with a field left out.
        super().validate_constraints(exclude=set(exclude or ()) - {"name_key", "country"})

    def _normalise(self) -> None:
        self.name = tidy(self.name)
        self.name_key = name_key(self.name)
        self.country = normalise_country(self.country)
