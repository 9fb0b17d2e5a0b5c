import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.search import index

from cms.contacts.models.contacts import Contact


class AudienceKind(models.TextChoices):
    LIST = "list", _("List kept by hand")
    QUERY = "query", _("Everybody who meets the conditions")
    COMBINED = "combined", _("Several audiences together, without some others")


#: What a saved query may name; within a key any value fits, between keys all must.
CRITERIA = (
    "languages",
    "countries",
    "contact_kinds",
    "organisation_kinds",
    "topics",
    "media_kinds",
    "consents",
    "activities",
)


def validate_criteria(value: object) -> None:
    """A saved query: an object whose keys are of CRITERIA, each a list of short texts."""
    if not isinstance(value, dict):
        raise ValidationError(_("The conditions are not written as they should be."), code="invalid")
    for key, wanted in value.items():
        if key not in CRITERIA:
            raise ValidationError(_("Unknown condition: %(key)s."), code="unknown", params={"key": key})
        if not isinstance(wanted, list) or len(wanted) > 300:
            raise ValidationError(_("The conditions are not written as they should be."), code="invalid")
        if not all(isinstance(item, str) and 0 < len(item) <= 80 for item in wanted):
            raise ValidationError(_("The conditions are not written as they should be."), code="invalid")


class Audience(index.Indexed, models.Model):
    """The people of a target: who a mailing goes to.

    A list holds its members. A query holds `criteria`, a combined audience the audiences it `includes` and those
    it `excludes` (lists and queries, never another combined one); both are counted anew each time. Members added by
    hand belong to them too, and rows marked `excluded` never do.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=150, unique=True)
    slug = models.SlugField(_("short name"), max_length=80, unique=True)
    description = models.TextField(_("description"), blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=AudienceKind, default=AudienceKind.LIST)
    criteria = models.JSONField(_("conditions"), default=dict, blank=True, validators=[validate_criteria])
    members: "models.ManyToManyField[Contact, AudienceMember]" = models.ManyToManyField(
        Contact, through="AudienceMember", related_name="audiences", verbose_name=_("members")
    )
    includes: "models.ManyToManyField[Audience, models.Model]" = models.ManyToManyField(
        "self",
        symmetrical=False,
        blank=True,
        related_name="included_in",
        limit_choices_to={"kind__in": ["list", "query"]},
        verbose_name=_("everybody in"),
    )
    excludes: "models.ManyToManyField[Audience, models.Model]" = models.ManyToManyField(
        "self",
        symmetrical=False,
        blank=True,
        related_name="excluded_from",
        limit_choices_to={"kind__in": ["list", "query"]},
        verbose_name=_("but nobody in"),
    )
    trashed_at = models.DateTimeField(_("put aside"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    search_fields = [
        index.SearchField("name", boost=2),
        index.AutocompleteField("name"),
        index.SearchField("description"),
        index.FilterField("kind"),
        index.FilterField("trashed_at"),
    ]

    class Meta:
        verbose_name = pgettext_lazy("people", "audience")
        verbose_name_plural = pgettext_lazy("people", "audiences")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="query") | models.Q(criteria={}),
                name="only_a_query_has_conditions",
            )
        ]

    def __str__(self) -> str:
        return self.name


class AudienceMember(models.Model):
    """Somebody put on a list by hand, or kept off a query."""

    audience = models.ForeignKey(Audience, on_delete=models.CASCADE, related_name="memberships")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="memberships")
    excluded = models.BooleanField(_("kept out"), default=False)
    added_at = models.DateTimeField(_("added"))
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("member of an audience")
        verbose_name_plural = _("members of audiences")
        constraints = [
            models.UniqueConstraint(fields=["audience", "contact"], name="a_contact_is_once_in_an_audience")
        ]

    def __str__(self) -> str:
        return f"{self.contact} · {self.audience}"
