"""What lists of contacts are narrowed by."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from cms.contacts import queries
from cms.contacts.models import (
    Audience,
    AudienceKind,
    Contact,
    ContactKind,
    MediaKind,
    MediaProfile,
    Organisation,
    OrganisationKind,
    Suppression,
    SuppressionReason,
)
from cms.contacts.viewsets import words
from cms.core import clock

SHELF = (("current", _("In use")), ("aside", _("Set aside")))
REACH = (
    ("email", _("By e-mail")),
    ("telephone", _("By telephone only")),
    ("suppressed", _("Wants no mail")),
    ("none", _("Not at all")),
)


class _ShelfFilters(WagtailFilterSet):
    """Rows put aside are seen only where they are asked for."""

    shelf = django_filters.ChoiceFilter(label=_("Shelf"), choices=SHELF, method="on_shelf", empty_label=None)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.form.cleaned_data.get("shelf") != "aside":
            queryset = queryset.filter(trashed_at=None)
        return super().filter_queryset(queryset)

    def on_shelf(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(trashed_at__isnull=value != "aside")


class ContactFilters(_ShelfFilters):
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=ContactKind.choices)
    reach = django_filters.ChoiceFilter(label=_("Reached"), choices=REACH, method="reached")
    organisation__kind = django_filters.MultipleChoiceFilter(
        label=_("Kind of organisation"), choices=OrganisationKind.choices
    )
    media_profile__kind = django_filters.MultipleChoiceFilter(label=_("Media"), choices=MediaKind.choices)
    audience = django_filters.ModelChoiceFilter(
        label=_("Audience"), queryset=lambda request: queries.audiences(), method="in_audience"
    )
    language = django_filters.ChoiceFilter(label=_("Language"), choices=words.LANGUAGES)
    country = django_filters.ChoiceFilter(label=_("Country"), choices=words.country_choices)

    class Meta:
        model = Contact
        fields: list[str] = []

    def reached(self, queryset: QuerySet[Contact], name: str, value: str) -> QuerySet[Contact]:
        return {
            "email": queryset.filter(address__isnull=False, is_suppressed=False),
            "telephone": queryset.filter(address=None, number__isnull=False),
            "suppressed": queryset.filter(is_suppressed=True),
            "none": queryset.filter(address=None, number=None),
        }[value]

    def in_audience(self, queryset: QuerySet[Contact], name: str, value: Audience) -> QuerySet[Contact]:
        return queryset.filter(pk__in=queries.audience_contacts(value).values("pk"))


class OrganisationFilters(_ShelfFilters):
    kind = django_filters.MultipleChoiceFilter(label=_("Kind"), choices=OrganisationKind.choices)
    country = django_filters.ChoiceFilter(label=_("Country"), choices=words.country_choices)

    class Meta:
        model = Organisation
        fields: list[str] = []


class AudienceFilters(_ShelfFilters):
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=AudienceKind.choices)

    class Meta:
        model = Audience
        fields: list[str] = []


class JournalistFilters(WagtailFilterSet):
    kind = django_filters.MultipleChoiceFilter(label=_("Media"), choices=MediaKind.choices)
    card = django_filters.ChoiceFilter(
        label=_("Press card"),
        choices=(("good", _("Good today")), ("over", _("Out of date")), ("none", _("None known"))),
        method="with_card",
    )
    accredited = django_filters.BooleanFilter(label=_("Accredited"), field_name="is_accredited")

    class Meta:
        model = MediaProfile
        fields: list[str] = []

    def with_card(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        today = timezone.localdate(clock.now())
        over = Q(press_card_until_date__lt=today)
        return {
            "good": queryset.exclude(press_card="").exclude(over),
            "over": queryset.filter(over),
            "none": queryset.filter(press_card=""),
        }[value]


class SuppressionFilters(WagtailFilterSet):
    reason = django_filters.MultipleChoiceFilter(label=_("Reason"), choices=SuppressionReason.choices)

    class Meta:
        model = Suppression
        fields: list[str] = []
