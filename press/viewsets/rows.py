"""What the lists of coverage and of orders share: where a row comes from, lengths as words, rows put aside."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.views.generic import CreateView, EditView
from wagtail.admin.widgets import AdminPageChooser
from wagtail.admin.widgets.button import Button

from cms.core.models import SitePage
from cms.core.viewsets import OfficeIndexView, OfficeViewSet, PutAsideView, TakeBackView
from press import actions
from press.queries import coverage as queries
from press.validators import duration_words, parse_duration

SHELF = (("current", _("In use")), ("aside", _("Set aside")))


def thing_of(page: SitePage | None) -> UUID | None:
    """The uid of the release or event that a chosen page words. Raises ValidationError for a page of neither."""
    if page is None:
        return None
    if page.thing_uid is None:
        raise ValidationError(_("Choose the page of a release or of an event."), code="no_thing")
    return page.thing_uid


class SourceField(forms.ModelChoiceField):
    """The page of the release or event that something comes from."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Release or event it comes from"))
        kwargs.setdefault("required", False)
        widget = (
            AdminPageChooser()
        )  # every page of ours is a SitePage; naming it would say "(Site page)" to an officer
        super().__init__(queryset=SitePage.objects.all(), widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        page = super().clean(value)
        thing_of(page)
        return page


class LengthField(forms.CharField):
    """A length typed as « 2 min 30 »; its value is a whole number of seconds, or None."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("Like 1:30, 45 s or 2 min 30."))
        super().__init__(required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return duration_words(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:  # type: ignore[override]
        typed = super().clean(value)
        return parse_duration(typed) if typed else None


class RowForm(WagtailAdminModelForm):
    """A row with the page it comes from."""

    source_page = SourceField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.thing_uid and "source_page" in self.fields:
            source = queries.sources_of([self.instance.thing_uid]).get(self.instance.thing_uid)
            self.initial["source_page"] = source.page if source else None

    def _post_clean(self) -> None:
        if "source_page" in self.cleaned_data:
            self.instance.thing_uid = thing_of(self.cleaned_data["source_page"])
        super()._post_clean()


class RowFilters(WagtailFilterSet):
    """Rows put aside are seen only where they are asked for."""

    shelf = django_filters.ChoiceFilter(label=_("Shelf"), choices=SHELF, method="on_shelf", empty_label=None)
    thing = django_filters.UUIDFilter(field_name="thing_uid", widget=forms.HiddenInput)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.form.cleaned_data.get("shelf") != "aside":
            queryset = queryset.filter(trashed_at=None)
        return super().filter_queryset(queryset)

    def on_shelf(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(trashed_at__isnull=value != "aside")


class RowIndexView(OfficeIndexView):
    """A list whose rows know where they come from."""

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(*args, **kwargs)
        queries.with_sources(context["object_list"])
        return context

    def _rows(self, queryset: Any) -> Any:
        return super()._rows(queries.with_sources(list(queryset)))  # type: ignore[arg-type]

    def get_list_more_buttons(self, instance: Any) -> list[Any]:
        buttons: list[Any] = super().get_list_more_buttons(instance)
        if instance.trashed_at and self.user_has_permission("delete"):
            buttons = [button for button in buttons if button.icon_name != "bin"]
            url = reverse(f"{self.index_url_name.rpartition(':')[0]}:take_back", args=[instance.pk])
            buttons.append(Button(_("Take back"), url=url, icon_name="undo"))
        return buttons


def source_title(row: Any) -> str:
    """The title of what a row comes from."""
    return row.source.title if row.source else ""


class _Author:
    """Who entered a row is written on it."""

    form: Any
    request: Any

    def save_instance(self) -> Any:
        if not self.form.instance.pk:
            self.form.instance.created_by = self.request.user
        return super().save_instance()  # type: ignore[misc]


class RowCreateView(_Author, CreateView):
    """A new row; a link may say what it comes from (`?source=` and the page's key) and whose it is (`?outlet=`)."""

    def get_initial(self) -> dict[str, Any]:
        asked = self.request.GET.get("source", "")
        source = {"source_page": int(asked)} if asked[:12].isdecimal() else {}
        outlet = self.request.GET.get("outlet", "").replace("\0", "")[:160]
        return {**super().get_initial(), **source, **({"outlet": outlet} if outlet else {})}


class RowEditView(_Author, EditView):
    pass


class PutRowAsideView(PutAsideView):
    put_aside = staticmethod(actions.put_aside)


class TakeRowBackView(TakeBackView):
    take_back = staticmethod(actions.take_back)


class RowViewSet(OfficeViewSet):
    """A list of rows that are put aside, not deleted."""

    add_view_class = RowCreateView
    edit_view_class = RowEditView
    delete_view_class = PutRowAsideView

    def get_urlpatterns(self) -> list[Any]:
        back = self.construct_view(TakeRowBackView, **self.get_delete_view_kwargs())
        return [*super().get_urlpatterns(), path("take-back/<int:pk>/", back, name="take_back")]
