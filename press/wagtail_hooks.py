"""The press room in the team's admin."""

from __future__ import annotations

from typing import Any

from django.templatetags.static import static
from django.urls import path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks

from press.views import asking, coverage, early, posts
from press.views.buttons import press_button
from press.views.contents import kit_contents
from press.views.doors import note_page
from press.views.downloads import kit_downloads
from press.views.drafts import at_once, word
from press.views.files import release_files
from press.views.followup import follow_up
from press.views.links import kit_links
from press.viewsets import AssetChooserViewSet, PressGroup


@hooks.register("register_admin_viewset")
def press_lists() -> Any:
    return PressGroup()


@hooks.register("register_admin_viewset")
def asset_chooser() -> Any:
    return AssetChooserViewSet("press_asset_chooser")


@hooks.register("register_admin_urls")
def button_urls() -> list[Any]:
    """The questions behind the buttons of the editor's state panel."""
    return [
        path("press/kit/<int:pk>/contents/", kit_contents, name="press_kit_contents"),
        path("press/requests/", asking.requests, name="press_requests"),
        path("press/requests/<int:pk>/card/", asking.card, name="press_request_card"),
        path("press/kit/<int:pk>/downloads/", kit_downloads, name="press_kit_downloads"),
        path("press/kit/<int:pk>/links/", kit_links, name="press_kit_links"),
        path("press/journalist/<int:pk>/", early.journalist, name="press_journalist"),
        path("press/<slug:kind>/<int:pk>/early/", early.early, name="press_early"),
        path("press/release/word/", word, name="press_word"),
        path("press/release/at-once/", at_once, name="press_at_once"),
        path("press/release/<int:pk>/files/", release_files, name="press_release_files"),
        path("press/<slug:kind>/<int:pk>/followup/", follow_up, name="press_followup"),
        path("press/<slug:kind>/<int:pk>/<slug:verb>/", press_button, name="press_button"),
    ]


hooks.register("before_serve_page", note_page)


@hooks.register("register_admin_urls")
def coverage_urls() -> list[Any]:
    """What the media said: the report, and lists brought in."""
    return [
        path("press/posts/<int:pk>/", posts.posts, name="press_posts"),
        path("press/coverage/report/", coverage.report, name="press_coverage_report"),
        path("press/coverage/report.pdf", coverage.report_pdf, name="press_coverage_report_pdf"),
        path("press/coverage/report.xlsx", coverage.report_xlsx, name="press_coverage_report_xlsx"),
        path("press/coverage/lists/", coverage.coverage_imports, name="press_coverage_imports"),
        path("press/coverage/lists/model.csv", coverage.coverage_model, name="press_coverage_model"),
        path("press/coverage/lists/<int:pk>/", coverage.coverage_import, name="press_coverage_import"),
        path(
            "press/coverage/lists/<int:pk>/errors.csv", coverage.coverage_errors, name="press_coverage_errors"
        ),
    ]


@hooks.register("insert_global_admin_css")
def admin_css() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("press/admin.css"))
