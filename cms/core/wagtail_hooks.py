"""The admin's shell: a home that says what is due, a menu by the officer's work, and words kept when a session ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import LogFormatter

from cms.core import clock, queries, registry
from cms.core.models import SitePage
from cms.core.models.approval import PagePermissions
from cms.core.reader import reader_for
from cms.core.views import begin_from
from cms.core.viewsets import EXPORTED

# The menu by the officer's work (look.md, Admin); entries that apps register under these names come first.
MENU_ORDER = (
    "home",
    "press",
    "agenda",
    "mailings",
    "contacts",
    "library",
    "plan",
    "reports",
    "explorer",
    "settings",
)
# Wagtail's own entries that have a place inside another one, or that an officer has no use for.
MENU_HIDDEN = frozenset({"help"})
# All lists of files stand together, under the word an officer knows.
MENU_LIBRARY = ("shelf", "send-files", "images", "documents", "media")

# The editor's buttons in the order of the work; Wagtail's others (unpublish, restart, cancel) come behind.
NEXT_STEPS = (
    "action-page-locked",
    "action-save-draft",
    "approve",
    "approve_own",
    "reject",
    "action-publish",
    "action-submit",
)


class DuePanel(Component):
    """What must be done today, from the to-do slot, and what ails the machinery."""

    name = "due"
    template_name = "core/due_panel.html"
    order = 50

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        user = parent_context["request"].user if parent_context else None
        now = clock.now()
        sources = [(source.title, source.items(user, now)) for source in registry.todo_items]
        return {"sections": [(title, items) for title, items in sources if items], "now": now}


class HealthPanel(Component):
    """Whether what works by itself does: the scheduler, the outbox…"""

    name = "health"
    template_name = "core/health_panel.html"
    order = 90

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        user = parent_context["request"].user if parent_context else None
        now = clock.now()
        found = [line(user, now) for line in registry.health_lines]
        return {"lines": [line for line in found if line]}


class BannerPanel(Component):
    """Sentences about what does not work: the scheduler stopped, a program is missing…"""

    name = "banners"
    template_name = "core/banner_panel.html"
    order = 10

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        request = parent_context["request"] if parent_context else None
        now = clock.now()
        found = [banner(request, now) for banner in registry.admin_banners]
        return {"banners": [sentence for sentence in found if sentence]}


@hooks.register("construct_homepage_panels")
def say_what_is_due(request: Any, panels: list[Any]) -> None:
    """Put what is due before Wagtail's own panels."""
    panels.insert(0, BannerPanel())
    panels.insert(1, DuePanel())
    panels.append(HealthPanel())


@hooks.register("construct_homepage_summary_items", order=1000)
def no_counts(request: Any, items: list[Any]) -> None:
    """Counting pages and files tells an officer nothing to do."""
    items.clear()


@hooks.register("construct_main_menu")
def order_menu(request: Any, menu_items: list[Any]) -> None:
    """Order the menu by the officer's work."""
    files = [item for item in menu_items if item.name in MENU_LIBRARY]
    menu_items[:] = [item for item in menu_items if item not in files and item.name not in MENU_HIDDEN]
    if files:
        menu_items.append(
            SubmenuMenuItem(_("Media library"), Menu(items=files), name="library", icon_name="image")
        )
    for item in menu_items:
        if item.name == "snippets":
            item.label = _("Menus and topics")
        if item.name in MENU_ORDER:
            item.order = (MENU_ORDER.index(item.name) + 1) * 10
        else:
            item.order = 95


@hooks.register("construct_page_chooser_queryset")
def offer_what_may_be_read(pages: Any, request: Any) -> Any:
    """Whoever enters the admin chooses pages: titles of drafts and embargoed texts are for those who read these."""
    return queries.choosable(pages, user=request.user, reader=reader_for(request), now=clock.now())


@hooks.register("before_copy_page")
def copy_no_thing_along(request: Any, page: Any) -> Any:
    """A list is copied without what stands below it where that words things (`PagePermissions.can_copy`)."""
    if request.method != "POST" or "copy_subpages" not in request.POST:
        return None
    if not SitePage.objects.descendant_of(page).filter(thing_uid__isnull=False).exists():
        return None
    messages.error(
        request,
        gettext("Releases, kits and events are not copied. Copy this page without the pages below it."),
    )
    return redirect("wagtailadmin_pages:copy", page.pk)


@hooks.register("register_admin_urls")
def begin_urls() -> list[Any]:
    return [path("begin-from/<int:pk>/", begin_from, name="core_begin_from")]


@hooks.register("register_page_header_buttons")
@hooks.register("register_page_listing_more_buttons")
def begin_button(page: Any, user: Any, *args: Any, **kwargs: Any) -> Any:
    """Beside a release, a kit, an event: where another one is begun with its words."""
    rights = page.permissions_for_user(user)
    if isinstance(rights, PagePermissions) and rights.can_be_model():  # the tree's root is no page of ours
        url = reverse("core_begin_from", args=[page.pk])
        yield Button(_("Start from this one"), url, icon_name="copy", priority=30)


@hooks.register("construct_page_action_menu", order=1000)
def next_step_first(menu_items: list[Any], request: Any, context: Any) -> None:
    """After the draft, the next step: publishing for who may, else asking for approval; the rest behind.

    The draft stays first: it is what the Enter key presses.
    """
    menu_items.sort(
        key=lambda item: NEXT_STEPS.index(item.name) if item.name in NEXT_STEPS else len(NEXT_STEPS)
    )


@hooks.register("register_admin_menu_item")
def home_item() -> Any:
    """The way back to what is due."""
    return MenuItem(_("Home"), reverse("wagtailadmin_home"), name="home", icon_name="home", order=1)


@hooks.register("register_log_actions")
def exports_in_history(actions: Any) -> None:
    """The site's history says who took a list away, and how much of it."""

    @actions.register_action(EXPORTED)
    class ExportFormatter(LogFormatter):
        label = _("Taken away in a file")

        def format_message(self, entry: Any) -> str:
            return gettext("%(number)d rows taken away in a file (%(format)s)") % {
                "number": entry.data.get("number", 0),
                "format": str(entry.data.get("format", "")).upper(),
            }


@hooks.register("insert_global_admin_css")
def admin_css() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("core/admin.css"))


@hooks.register("insert_global_admin_js")
def admin_js() -> SafeString:
    return format_html(
        '<script src="{}" defer data-session-url="{}" data-login-url="{}"></script>',
        static("core/session-guard.js"),
        reverse("core_session_state"),
        reverse("wagtailadmin_login"),
    )
