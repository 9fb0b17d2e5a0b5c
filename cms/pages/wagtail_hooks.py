"""Menus, topics and sectors in the admin."""

from django.utils.translation import gettext_lazy as _
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from cms.core.models import Sector, Topic
from cms.pages.models import Menu


class MenuViewSet(SnippetViewSet):
    """Menus of the masthead and of the foot, one set a language."""

    model = Menu
    icon = "list-ul"
    menu_label = _("Menus")
    list_display = ["title", "place", "order", "locale"]
    list_filter = ["place"]
    search_fields = ["title"]


class TopicViewSet(SnippetViewSet):
    """What releases, events and documents are about."""

    model = Topic
    icon = "tag"
    menu_label = _("Topics")
    list_display = ["name", "slug", "locale"]


class SectorViewSet(SnippetViewSet):
    """The sectors by which results are counted."""

    model = Sector
    icon = "tag"
    menu_label = _("Sectors")
    list_display = ["name", "slug", "locale"]


register_snippet(MenuViewSet)
register_snippet(TopicViewSet)
register_snippet(SectorViewSet)
