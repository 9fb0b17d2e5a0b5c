"""Accreditations in the admin: who has one until when, granted, refused and withdrawn, many at once with the reason."""

from datetime import datetime, time, timedelta
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import classproperty
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BulkActionsCheckboxColumn, Column, DateColumn, TitleColumn
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.admin.views.bulk_action import BulkAction
from wagtail.admin.widgets import AdminDateInput
from wagtail.admin.widgets.button import Button

from cms.contacts import actions, queries
from cms.contacts.models import Accreditation, AccreditationState, MediaProfile
from cms.core import clock, formats
from cms.core.registry import Todo
from cms.core.viewsets import OfficeIndexView, OfficeViewSet

DECIDE = "contacts.decide_accreditation"
#: What ends within so long is said to end soon.
SOON = timedelta(days=30)
YEAR = timedelta(days=365)
STANDS = (
    ("asked", pgettext_lazy("accreditation", "Asked for")),
    ("running", _("In force")),
    ("soon", _("Ends within a month")),
    ("over", _("Ended")),
    ("refused", pgettext_lazy("accreditation", "Refused")),
    ("revoked", pgettext_lazy("accreditation", "Withdrawn")),
)


def _end_of(day: Any) -> datetime | None:
    """The last instant of a day in the organisation's zone: "until 31 December" holds on that day."""
    if day is None:
        return None
    return timezone.make_aware(datetime.combine(day, time.max.replace(microsecond=0)))


class GrantForm(forms.Form):
    """Until when, and why."""

    since = forms.DateField(
        label=_("From"),
        required=False,
        widget=AdminDateInput,
        help_text=_("Empty: at once; who has one already keeps its first day."),
    )
    until = forms.DateField(
        label=_("Until"),
        required=False,
        widget=AdminDateInput,
        help_text=_("That day included. Empty: without end."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=200,
        help_text=_("For example: press card 2027, coverage of the forum."),
    )

    def clean_since(self) -> datetime | None:
        since = self.cleaned_data.get("since")
        return timezone.make_aware(datetime.combine(since, time.min)) if since is not None else None

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        since, until = said.get("since"), said.get("until")
        if since is not None and until is not None and until <= since:
            self.add_error("until", gettext("It ends before it begins."))
        return said

    def clean_until(self) -> datetime | None:
        until = _end_of(self.cleaned_data.get("until"))
        if until is not None and until <= clock.now():
            raise forms.ValidationError(_("It ends in the past. Choose a later day, or none."))
        return until


class EndForm(forms.Form):
    """Why it is refused or withdrawn."""

    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("Kept with the accreditation, for whoever asks.")
    )


class _Decision(BulkAction):
    """A verdict on the ticked rows, of the list of accreditations or of that of journalists."""

    template_name = "contacts/admin/decide.html"
    explanation: Any = ""

    @classproperty
    def models(cls) -> list[Any]:
        return [Accreditation, MediaProfile]

    def __init__(self, request: Any, model: Any) -> None:
        super().__init__(request, model)
        self.next_url: str = get_valid_next_url_from_request(request) or _index_of(model)

    def check_perm(self, obj: Any) -> bool:
        return bool(self.request.user.has_perm(DECIDE))

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm(DECIDE):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_all_objects_in_listing_query(self, parent_id: Any) -> list[Any]:
        # "All" would be all that the table holds, whatever the filter: only what is ticked is decided.
        return []

    @classmethod
    def get_queryset(cls, model: Any, object_ids: Any) -> Any:
        numbers = [one for one in object_ids if str(one).isdecimal() and len(str(one)) < 19]
        rows = model.objects.filter(pk__in=numbers, contact__trashed_at=None)
        return rows.select_related("contact__organisation")

    def get_execution_context(self) -> dict[str, Any]:
        return {"user": self.request.user, "form": self.cleaned_form}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = super().get_context_data(**kwargs)
        return {**found, "action": self, "header_icon": "key"}


class GrantAction(_Decision):
    display_name = _("Grant or prolong…")
    action_type = "grant"
    aria_label = _("Grant or prolong the accreditation of those ticked")
    explanation = _(
        "Accredited journalists read what is kept for them, and texts under embargo that you open to them by name. "
        "Links they already have stay good."
    )
    action_priority = 10
    form_class = GrantForm

    def get_initial(self) -> dict[str, Any]:
        return {"until": timezone.localdate(clock.now() + YEAR)}

    @classmethod
    def execute_action(
        cls, objects: Any, user: Any = None, form: Any = None, **kwargs: Any
    ) -> tuple[int, int]:
        said = form.cleaned_data
        wanted = [(row.contact, getattr(row, "scope_uid", None)) for row in objects]
        done = actions.grant_many(
            wanted,
            valid_from=said["since"],
            valid_until=said["until"],
            reason=said["reason"],
            user=user,
            now=clock.now(),
        )
        return len(done), 0

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str:
        words = ngettext("%(n)s accreditation granted.", "%(n)s accreditations granted.", num_parent_objects)
        return words % {"n": num_parent_objects}


class EndAction(_Decision):
    display_name = _("Refuse or withdraw…")
    action_type = "end"
    aria_label = _("Refuse or withdraw the accreditation of those ticked")
    explanation = _(
        "What is asked for is refused, what is granted is withdrawn: personal links, open sessions and early copies "
        "stop at once."
    )
    action_priority = 20
    classes = {"serious"}
    form_class = EndForm

    @classmethod
    def execute_action(
        cls, objects: Any, user: Any = None, form: Any = None, **kwargs: Any
    ) -> tuple[int, int]:
        rows = [row for row in objects if isinstance(row, Accreditation)]
        profiles = [row.contact_id for row in objects if isinstance(row, MediaProfile)]
        rows += Accreditation.objects.filter(contact__in=profiles, scope_uid=None)
        done = actions.end_many(rows, reason=form.cleaned_data["reason"], user=user, now=clock.now())
        return len(done), 0

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str:
        words = ngettext(
            "%(n)s accreditation refused or withdrawn.",
            "%(n)s accreditations refused or withdrawn.",
            num_parent_objects,
        )
        return words % {"n": num_parent_objects}


def decide_url(verb: str, row: Any) -> str:
    """The address that asks for a verdict on one row, and comes back to its list."""
    model = row._meta.model_name
    address = reverse("wagtail_bulk_action", args=["contacts", model, verb])
    return f"{address}?{urlencode({'id': row.pk, 'next': _index_of(type(row))})}"


def _index_of(model: Any) -> str:
    return reverse("accreditations:index" if model is Accreditation else "journalists:index")


class AccreditationFilters(WagtailFilterSet):
    stands = django_filters.ChoiceFilter(label=_("State"), choices=STANDS, method="standing")
    contact__media_profile__kind = django_filters.MultipleChoiceFilter(
        label=_("Media"), choices=MediaProfile._meta.get_field("kind").choices
    )
    scope = django_filters.ChoiceFilter(
        label=_("For"),
        choices=(("general", _("The whole press room")), ("event", _("One event"))),
        method="of_scope",
    )

    class Meta:
        model = Accreditation
        fields: list[str] = []

    def standing(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        now = clock.now()
        granted = queryset.filter(state=AccreditationState.GRANTED)
        return {
            "asked": queryset.filter(state=AccreditationState.REQUESTED),
            "running": granted.filter(Q(valid_until=None) | Q(valid_until__gt=now)),
            "soon": granted.filter(valid_until__gt=now, valid_until__lte=now + SOON),
            "over": granted.filter(valid_until__lte=now),
            "refused": queryset.filter(state=AccreditationState.REFUSED),
            "revoked": queryset.filter(state=AccreditationState.REVOKED),
        }[value]

    def of_scope(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(scope_uid__isnull=value == "general")


def state_of(row: Accreditation) -> str:
    """The state in words: one that is granted and over is not called granted."""
    if row.state == AccreditationState.GRANTED and row.valid_until is not None:
        if row.valid_until <= clock.now():
            return gettext("Ended")
        if row.valid_until <= clock.now() + SOON:
            return gettext("Granted, ends soon")
    return str(row.get_state_display())


def _outlet(row: Accreditation) -> str:
    profile = getattr(row.contact, "media_profile", None)
    outlet = profile.outlet if profile is not None and profile.outlet_id else row.contact.organisation
    return str(outlet or "")


def _last_day(row: Accreditation) -> str:
    return formats.day(row.valid_until, weekday=False) if row.valid_until else ""


def _first_day(row: Accreditation) -> str:
    return formats.day(row.valid_from, weekday=False) if row.valid_from else ""


def _agreed(row: Accreditation) -> str:
    return row.terms_version if row.terms_accepted_at else ""


class AccreditationIndexView(OfficeIndexView):
    page_title = _("Accreditations")
    empty_text = _(
        "No accreditation yet. Tick journalists in their list and grant it, or wait for the requests that come in by "
        "the form of the press room."
    )
    export_permission = "contacts.export_contact"
    exports = (
        (_("name"), "contact.name"),
        (_("media outlet"), _outlet),
        (_("state"), state_of),
        (_("valid from"), "valid_from"),
        (_("valid until"), "valid_until"),
        (_("version of the embargo agreement"), _agreed),
        (_("embargo agreement accepted"), "terms_accepted_at"),
        (_("asked"), "requested_at"),
        (_("decided"), "decided_at"),
        (_("decided by"), "decided_by"),
        (_("reason"), "reason"),
    )

    def get_base_queryset(self) -> Any:
        return queries.accreditations()

    def get_edit_url(self, instance: Any) -> str:
        return reverse("contacts:inspect", args=[instance.contact_id])

    def get_list_buttons(self, instance: Any) -> list[Any]:
        return []

    def get_list_more_buttons(self, instance: Any) -> list[Any]:
        if not self.request.user.has_perm(DECIDE):
            return []
        return [
            Button(_("Grant or prolong…"), url=decide_url("grant", instance), icon_name="check", priority=10),
            Button(_("Refuse or withdraw…"), url=decide_url("end", instance), icon_name="cross", priority=20),
        ]


class AccreditationViewSet(OfficeViewSet):
    """Who is accredited, for what, until when; decided here, many at once."""

    model = Accreditation
    icon = "key"
    menu_label = _("Accreditations")
    menu_order = 35
    index_view_class = AccreditationIndexView
    index_template_name = "contacts/admin/ticked_index.html"
    filterset_class = AccreditationFilters
    search_fields = ["contact__name", "contact__organisation__name", "reason"]
    search_backend_name = None
    form_fields = ["reason"]
    list_display = [
        BulkActionsCheckboxColumn("bulk_actions", obj_type="accreditation"),
        TitleColumn(
            "contact",
            label=_("Journalist"),
            accessor="contact",
            sort_key="contact__family_name",
            get_url=lambda row: reverse("contacts:inspect", args=[row.contact_id]),
            get_title_id=lambda row: f"accreditation_{row.pk}_title",
        ),
        Column("outlet", label=_("Media outlet"), accessor=_outlet),
        Column("state", label=_("State"), accessor=state_of, sort_key="state"),
        Column("valid_from", label=_("From"), accessor=_first_day, sort_key="valid_from"),
        Column("valid_until", label=_("Until"), accessor=_last_day, sort_key="valid_until"),
        Column("agreed", label=_("Embargo agreement"), accessor=_agreed),
        DateColumn("requested_at", label=_("Asked on"), sort_key="requested_at"),
        Column("decided_by", label=_("Decided by"), accessor="decided_by"),
        "reason",
    ]
    ordering = "-requested_at"

    def get_urlpatterns(self) -> list[Any]:
        return [
            pattern for pattern in super().get_urlpatterns() if pattern.name in ("index", "index_results")
        ]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        found = super().get_common_view_kwargs(**kwargs)
        unused = ("add_url_name", "edit_url_name", "delete_url_name", "history_url_name", "usage_url_name")
        return {**found, **dict.fromkeys(unused)}


def due(user: Any, now: datetime) -> list[Todo]:
    """Requests that wait for a decision, and accreditations that end within a month, for who decides them."""
    if not user.has_perm(DECIDE):
        return []
    asked = queries.accreditations().filter(state=AccreditationState.REQUESTED).count()
    ending = queries.accreditations().filter(
        state=AccreditationState.GRANTED, valid_until__gt=now, valid_until__lte=now + SOON
    )
    index, found = reverse("accreditations:index"), []
    if asked:
        words = ngettext(
            "%(n)s request for accreditation waits", "%(n)s requests for accreditation wait", asked
        )
        found.append(Todo(text=words % {"n": asked}, url=f"{index}?stands=asked", level="warning"))
    if ends := ending.count():
        words = ngettext(
            "%(n)s accreditation ends within a month", "%(n)s accreditations end within a month", ends
        )
        first = ending.order_by("valid_until").values_list("valid_until", flat=True).first()
        found.append(Todo(text=words % {"n": ends}, url=f"{index}?stands=soon", due_at=first))
    return found
