"""Audiences: their conditions, with a count that follows them."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList, Panel
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import CreateView
from wagtail.admin.widgets.button import Button

from cms.contacts import actions, queries
from cms.contacts.models import Audience, AudienceKind, ContactKind, MediaKind, OrganisationKind, Purpose
from cms.contacts.models.audiences import CRITERIA
from cms.contacts.viewsets import words
from cms.contacts.viewsets.filters import AudienceFilters
from cms.contacts.viewsets.people import AudiencePeopleView
from cms.core.models import Topic
from cms.core.viewsets import OfficeIndexView, OfficeViewSet, PutAsideView, TakeBackView

SAMPLE = 6


def _boxes(label: Any, choices: Any = ()) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple
    )


def country_boxes() -> list[tuple[str, str]]:
    """The countries that somebody lives in: two hundred boxes would hide the ten that matter."""
    used = set(queries.countries_in_use())
    return [(code, name) for code, name in words.country_choices() if code in used]


def topic_boxes() -> list[tuple[str, str]]:
    return list(Topic.objects.filter(locale__language_code="fr").values_list("slug", "name"))


def part_boxes() -> QuerySet[Audience]:
    """The audiences that others are put together from."""
    return queries.audiences().exclude(kind=AudienceKind.COMBINED)


class ConditionFields(forms.Form):
    """The conditions of a saved query, a group of boxes each."""

    organisation_kinds = _boxes(_("Kind of organisation"), OrganisationKind.choices)
    media_kinds = _boxes(_("Journalists, by media"), MediaKind.choices)
    contact_kinds = _boxes(_("Persons or services"), ContactKind.choices)
    languages = _boxes(_("Language"), words.LANGUAGES)
    countries = _boxes(_("Country"), country_boxes)
    topics = _boxes(_("Topics"), topic_boxes)
    consents = _boxes(_("Agreed to receive"), Purpose.choices)
    activities = _boxes(_("What they did"), queries.activity_choices)


class CriteriaForm(ConditionFields):
    """The conditions and parts alone, as the count asks for them while they are being ticked."""

    includes = forms.ModelMultipleChoiceField(queryset=Audience.objects.none(), required=False)
    excludes = forms.ModelMultipleChoiceField(queryset=Audience.objects.none(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("includes", "excludes"):
            self.fields[name].queryset = part_boxes()  # type: ignore[attr-defined]

    def criteria(self) -> dict[str, list[str]]:
        return {key: self.cleaned_data[key] for key in CRITERIA if self.cleaned_data.get(key)}


class AudienceForm(ConditionFields, WagtailAdminModelForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("includes", "excludes"):
            saved = getattr(self.instance, name).values("pk") if self.instance.pk else []
            offered = part_boxes().exclude(pk=self.instance.pk)
            # A part that was put aside since stays ticked: it must not be lost in silence.
            self.fields[name].queryset = offered | Audience.objects.filter(pk__in=saved)  # type: ignore[attr-defined]
        for key in CRITERIA:
            self.initial[key] = self.instance.criteria.get(key, [])
            # Somebody may have saved a country or topic that nobody has any more: it must not be lost in silence.
            field: Any = self.fields[key]
            known = {value for value, _label in field.choices}
            lost = [(value, value) for value in self.initial[key] if value not in known]
            field.choices = [*field.choices, *lost]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        chosen = {key: data[key] for key in CRITERIA if data.get(key)}
        if data.get("kind") == AudienceKind.QUERY and not chosen:
            self.add_error("kind", _("Tick at least one condition, or keep the list by hand."))
        self.instance.criteria = chosen if data.get("kind") == AudienceKind.QUERY else {}
        if data.get("kind") == AudienceKind.COMBINED:
            self._check_parts(data)
        else:
            data["includes"] = data["excludes"] = Audience.objects.none()
        return data

    def _check_parts(self, data: dict[str, Any]) -> None:
        if not data.get("includes"):
            self.add_error("kind", _("Tick at least one audience that is in it."))
        own = self.instance.pk and (
            self.instance.included_in.exists() or self.instance.excluded_from.exists()
        )
        if own:
            self.add_error(
                "kind", _("Other audiences are put together from this one: it cannot be combined itself.")
            )


class CountPanel(Panel):
    """How many people the conditions find, said again whenever a box is ticked."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "contacts/admin/count_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            audience = self.instance
            found = queries.contacts().none()
            if audience.pk:
                found = queries.audience_contacts(audience)
            return {
                **context,
                **_counted(found, user=self.request.user),
                "url": reverse("audiences:count"),
                "audience": audience,
            }

        @property
        def media(self) -> forms.Media:
            return forms.Media(js=["contacts/audience-count.js"])


def _counted(people: Any, *, user: Any) -> dict[str, Any]:
    """The figures, and some names for those who may see contacts."""
    named = user.has_perm("contacts.view_contact")
    return {
        "reach": queries.reach(people),
        "sample": list(queries.for_listing(people)[:SAMPLE]) if named else [],
    }


def count_view(request: HttpRequest) -> HttpResponse:
    """The figures for the conditions in the query string, as a piece of page; changes nothing."""
    if not request.user.has_perm("contacts.view_audience"):  # type: ignore[union-attr]
        raise PermissionDenied
    form = CriteriaForm(request.GET)
    criteria = form.criteria() if form.is_valid() else {}
    number = request.GET.get("audience", "")
    saved = Audience.objects.filter(pk=number).first() if number.isdecimal() else None
    audience = saved or Audience()
    kind = request.GET.get("kind", "")
    audience.kind = kind if kind in AudienceKind.values else AudienceKind.LIST
    audience.criteria = criteria
    parts = form.cleaned_data if form.is_valid() else {}
    people = queries.audience_as_drawn(
        audience, includes=parts.get("includes", ()), excludes=parts.get("excludes", ())
    )
    response = render(request, "contacts/admin/count.html", _counted(people, user=request.user))
    response["Cache-Control"] = "no-store"
    return response


class AudienceIndexView(OfficeIndexView):
    add_item_label = _("New audience")
    empty_text = _(
        "No audience yet. An audience is the people you write to: a list kept by hand, such as the steering "
        "committee, or everybody who meets conditions, such as the journalists of Mali."
    )
    export_permission = "contacts.export_contact"
    exports = (
        (_("name"), "name"),
        (_("kind"), "get_kind_display"),
        (_("people"), "people"),
        (_("description"), "description"),
    )

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(*args, **kwargs)
        self._count(context["object_list"])
        return context

    def _count(self, audiences: Any) -> None:
        counts = queries.people_counts(audiences)
        for audience in audiences:
            audience.people = counts[audience.pk]

    def _rows(self, queryset: Any) -> Any:
        rows = list(queryset)
        self._count(rows)
        return super()._rows(rows)  # type: ignore[arg-type]

    def get_list_more_buttons(self, instance: Audience) -> list[Any]:
        buttons: list[Any] = super().get_list_more_buttons(instance)
        people = reverse("audiences:people", args=[instance.pk])
        buttons.insert(0, Button(_("People"), url=people, icon_name="group", priority=5))
        if instance.trashed_at and self.user_has_permission("delete"):
            buttons = [button for button in buttons if button.icon_name != "bin"]
            back = reverse("audiences:take_back", args=[instance.pk])
            buttons.append(Button(_("Take back"), url=back, icon_name="undo"))
        return buttons


class AudienceCreateView(CreateView):
    def save_instance(self) -> Audience:
        self.form.instance.slug = _free_slug(self.form.cleaned_data["name"])
        audience: Audience = super().save_instance()
        return audience

    def get_success_url(self) -> str:
        # A list is empty as it is made: the next thing to do is to put people on it.
        return reverse("audiences:people", args=[self.object.pk])


def _free_slug(name: str) -> str:
    slug = base = slugify(name)[:70] or "audience"
    number = 1
    while Audience.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{base}-{number}"
    return slug


class PutAudienceAsideView(PutAsideView):
    put_aside = staticmethod(actions.put_audience_aside)


class TakeAudienceBackView(TakeBackView):
    take_back = staticmethod(actions.take_audience_back)


class AudienceViewSet(OfficeViewSet):
    model = Audience
    icon = "group"
    menu_label = _("Audiences")
    menu_order = 40
    index_view_class = AudienceIndexView
    search_fields = ["name", "description"]
    add_view_class = AudienceCreateView
    delete_view_class = PutAudienceAsideView
    filterset_class = AudienceFilters
    list_display = [
        "name",
        Column("kind", label=_("Kind"), accessor="get_kind_display", sort_key="kind"),
        Column("people", label=_("People"), accessor="people"),
        "description",
    ]
    ordering = "name"
    edit_handler = ObjectList(
        [
            FieldPanel("name"),
            FieldPanel("description"),
            FieldPanel("kind", widget=forms.RadioSelect),
            MultiFieldPanel(
                [FieldPanel(key) for key in ConditionFields.base_fields],
                heading=_("Conditions"),
                help_text=_(
                    "Within a group any box fits; between groups all must. Used where everybody who meets the "
                    "conditions belongs."
                ),
                classname="audience-query",
            ),
            MultiFieldPanel(
                [
                    FieldPanel("includes", widget=forms.CheckboxSelectMultiple),
                    FieldPanel("excludes", widget=forms.CheckboxSelectMultiple),
                ],
                heading=_("Several audiences together"),
                help_text=_(
                    "Everybody who is in one of the first, without those who are in one of the second. Somebody "
                    "who is in several of them counts once."
                ),
                classname="audience-combined",
            ),
            CountPanel(heading=_("People found")),
        ],
        base_form_class=AudienceForm,
    )

    def get_urlpatterns(self) -> list[Any]:
        people = self.construct_view(
            AudiencePeopleView,
            **self.get_delete_view_kwargs() | {"template_name": AudiencePeopleView.template_name},
        )
        back = self.construct_view(TakeAudienceBackView, **self.get_delete_view_kwargs())
        # The list stays first: the menu's entry leads to the first of them.
        return [
            *super().get_urlpatterns(),
            path("count/", count_view, name="count"),
            path("people/<int:pk>/", people, name="people"),
            path("take-back/<int:pk>/", back, name="take_back"),
        ]
