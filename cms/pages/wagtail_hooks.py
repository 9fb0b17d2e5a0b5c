"""Menus in the admin."""

from django.utils.translation import gettext_lazy as _
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from cms.pages.models import Menu


class MenuViewSet(SnippetViewSet):
    """Menus of the masthead and of the foot, one set a language."""

    model = Menu
    icon = "list-ul"
    menu_label = _("Menus")
    list_display = ["title", "place", "order", "locale"]
    list_filter = ["place"]
    search_fields = ["title"]
    inspect_view_enabled = False


register_snippet(MenuViewSet)
