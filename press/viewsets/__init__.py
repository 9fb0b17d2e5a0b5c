"""The team's lists of the press room, under one entry of the menu."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import django_filters
from django.db.models import Exists, OuterRef
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.admin.ui.tables import Column, DateColumn, LocaleColumn
from wagtail.admin.ui.tables.pages import BulkActionsColumn, PageStatusColumn, PageTitleColumn
from wagtail.admin.views.pages.listing import IndexView as PageListView
from wagtail.admin.viewsets.base import ViewSet, ViewSetGroup
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.admin.widgets.button import HeaderButton
from wagtail.permissions import page_permission_policy
from wagtail.snippets.views.snippets import SnippetViewSet

from cms.contacts.viewsets.accreditations import DECIDE
from cms.core import formats
from cms.core.viewsets import GuardedChooserViewSet, OfficeViewSet, SearchedByKeys, StraightToTheList
from media_library.policies import SEE_UNRELEASED
from press.models import Boilerplate, EmbargoAgreement, KitPage, PressContact, ReleaseKind, ReleasePage
from press.viewsets.coverage import CoverageViewSet
from press.viewsets.diffusion import DiffusionViewSet


class AssetChooserViewSet(GuardedChooserViewSet):
    """Choosing anything of the media library, for a kit."""

    permission = SEE_UNRELEASED
    model = "media_library.Asset"
    name = "press_asset_chooser"
    icon = "folder-open-inverse"
    choose_one_text = _("Choose a file of the media library")
    choose_another_text = _("Choose another file")
    edit_item_text = _("Edit this file")
    per_page = 20


class ReleaseFilters(WagtailFilterSet):
    """By kind and language."""

    kind = django_filters.ChoiceFilter(
        field_name="release__kind", choices=ReleaseKind.choices, label=_("Kind")
    )

    without_english = django_filters.BooleanFilter(
        label=_("Without an English version"), method="narrow_to_untranslated"
    )

    def narrow_to_untranslated(self, found: Any, name: str, value: bool) -> Any:
        """Those that wait for an English version, or those that have one."""
        return found.filter(in_english=not value)

    class Meta:
        model = ReleasePage
        fields = ["kind", "topics"]  # Wagtail adds the language, by its code


def _embargo(thing: Any) -> str:
    """When an embargo ends or ended, in words."""
    return formats.long_date(thing.embargo_until) if thing.embargo_until else ""


class _NewestFirst(SearchedByKeys, PageListView):
    default_ordering = "-latest_revision_created_at"

    def get_base_queryset(self) -> Any:
        return super().get_base_queryset().select_related(self.model.THING, "locale")


@dataclass(frozen=True)
class Spoken:
    """In which language a page is, and whether its release still wants an English version."""

    spoken: str
    warns: bool


class LanguagesColumn(Column):
    """The language, and a warning where there is no English version at all."""

    cell_template_name = "press/admin/languages_cell.html"

    def get_value(self, instance: Any) -> Spoken:
        return Spoken(str(instance.locale), not instance.in_english)


class _Releases(_NewestFirst):
    def get_base_queryset(self) -> Any:
        english = ReleasePage.objects.filter(
            release_id=OuterRef("release_id"), locale__language_code="en", alias_of=None
        )
        return super().get_base_queryset().annotate(in_english=Exists(english))

    @cached_property
    def header_more_buttons(self) -> list[Any]:
        """The other ways to begin, for who may begin one."""
        buttons: list[Any] = list(super().header_more_buttons)
        if self.add_url:
            buttons += [
                HeaderButton(_("Write at once"), url=reverse("press_at_once"), icon_name="mobile-alt"),
                HeaderButton(
                    _("Begin with a Word document"), url=reverse("press_word"), icon_name="doc-full"
                ),
            ]
        return buttons


class _PagesMenuItem(MenuItem):
    """Offered to those for whom the list opens: protocol and coordinators have no page to change."""

    def is_shown(self, request: Any) -> bool:
        needed = PageListView.any_permission_required
        return bool(page_permission_policy.user_has_any_permission(request.user, needed))


class ReleaseListing(PageListingViewSet):
    """Every release, in every language."""

    model = ReleasePage
    index_view_class = _Releases
    filterset_class = ReleaseFilters
    icon = "doc-full"
    name = "releases"
    menu_label = _("Releases")
    menu_item_class = _PagesMenuItem
    choose_parent_view_class = StraightToTheList
    columns = [
        BulkActionsColumn("bulk_actions"),
        PageTitleColumn("title", label=_("Title"), sort_key="title"),
        Column("number", label=_("Number"), accessor="release.label"),
        Column("kind", label=_("Kind"), accessor="release.kind_label"),
        Column("embargo", label=_("Embargo"), accessor=lambda page: _embargo(page.release)),
        LanguagesColumn("languages", label=_("Language")),
        DateColumn("latest_revision_created_at", label=_("Changed"), sort_key="latest_revision_created_at"),
        PageStatusColumn("status", label=_("Status"), sort_key="live"),
    ]


class KitListing(PageListingViewSet):
    """Every kit, in every language."""

    model = KitPage
    index_view_class = _NewestFirst
    icon = "folder-open-inverse"
    name = "kits"
    menu_label = _("Press kits")
    menu_item_class = _PagesMenuItem
    choose_parent_view_class = StraightToTheList
    columns = [
        BulkActionsColumn("bulk_actions"),
        PageTitleColumn("title", label=_("Title"), sort_key="title"),
        Column("embargo", label=_("Embargo"), accessor=lambda page: _embargo(page.kit)),
        DateColumn("latest_revision_created_at", label=_("Changed"), sort_key="latest_revision_created_at"),
        PageStatusColumn("status", label=_("Status"), sort_key="live"),
    ]


class BoilerplateViewSet(SnippetViewSet):
    """« À propos »."""

    model = Boilerplate
    icon = "pilcrow"
    menu_label = _("“About” texts")
    list_display = ["title", LocaleColumn()]
    search_fields = ["title"]
    search_backend_name = None  # the backend would not sort or narrow what it finds by the list's columns


class PressContactViewSet(SnippetViewSet):
    """Whom journalists may call."""

    model = PressContact
    icon = "user"
    menu_label = _("Press contacts")
    list_display = ["name", "function", "telephone", "on_call", LocaleColumn()]
    search_fields = ["name"]
    search_backend_name = None


class EmbargoAgreementViewSet(OfficeViewSet):
    """What journalists accept before they read early: versions, of which the last one in force counts."""

    model = EmbargoAgreement
    icon = "key"
    name = "embargo_agreements"
    menu_label = _("Embargo agreements")
    add_to_admin_menu = False
    list_display = ["version", DateColumn("since", label=_("In force from"), sort_key="since")]
    search_fields = ["version", "text"]
    search_backend_name = None
    ordering = "-since"
    panels = [
        FieldRowPanel([FieldPanel("version"), FieldPanel("since")]),
        FieldPanel("text"),
        FieldPanel("text_en"),
    ]


class _RequestsMenuItem(MenuItem):
    """Offered to those who decide accreditations."""

    def is_shown(self, request: Any) -> bool:
        return bool(request.user.has_perm(DECIDE))


class RequestsViewSet(ViewSet):
    """The entry of the menu that leads to the requests for accreditation."""

    icon = "key"
    menu_label = _("Requests for accreditation")
    menu_item_class = _RequestsMenuItem
    menu_url = reverse_lazy("press_requests")


class PressGroup(ViewSetGroup):
    """« Presse » in the menu."""

    menu_label = _("Press")
    menu_name = "press"
    menu_icon = "doc-full-inverse"
    items = (
        ReleaseListing("releases"),
        KitListing("kits"),
        BoilerplateViewSet(),
        PressContactViewSet(),
        CoverageViewSet("press_coverage"),
        DiffusionViewSet("press_diffusion"),
        RequestsViewSet("accreditation_requests"),
        EmbargoAgreementViewSet("embargo_agreements"),
    )
