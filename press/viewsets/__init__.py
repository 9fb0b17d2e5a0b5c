"""The team's lists of the press room, under one entry of the menu."""

from __future__ import annotations

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn, LocaleColumn
from wagtail.admin.ui.tables.pages import BulkActionsColumn, PageStatusColumn, PageTitleColumn
from wagtail.admin.views.pages.listing import IndexView as PageListView
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.permissions import page_permission_policy
from wagtail.snippets.views.snippets import SnippetViewSet

from cms.core import formats
from cms.core.viewsets import GuardedChooserViewSet, SearchedByKeys, StraightToTheList
from media_library.policies import SEE_UNRELEASED
from press.models import Boilerplate, KitPage, PressContact, ReleaseKind, ReleasePage
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


class _PagesMenuItem(MenuItem):
    """Offered to those for whom the list opens: protocol and coordinators have no page to change."""

    def is_shown(self, request: Any) -> bool:
        needed = PageListView.any_permission_required
        return bool(page_permission_policy.user_has_any_permission(request.user, needed))


class ReleaseListing(PageListingViewSet):
    """Every release, in every language."""

    model = ReleasePage
    index_view_class = _NewestFirst
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
    )
