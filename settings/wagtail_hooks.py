"""In the admin: the mail folder, and the screens that press and agenda fill together."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from settings.newsroom import screens
from settings.views import mail_folder, may_read


@hooks.register("register_admin_urls")
def mail_folder_urls() -> list[Any]:
    """The list and one mail."""
    return [
        path("mail-folder/", mail_folder, name="mail_folder"),
        path("mail-folder/<str:name>/", mail_folder, name="mail_folder_one"),
    ]


@hooks.register("register_admin_urls")
def newsroom_urls() -> list[Any]:
    """What newsrooms made of an event, among the event's screens."""
    here = "agenda/<int:pk>/coverage/"
    return [
        path(here, screens.coverage_list, name="newsroom_coverage"),
        path(f"{here}list.csv", screens.coverage_csv, name="newsroom_coverage_csv"),
        path(f"{here}list.xlsx", screens.coverage_xlsx, name="newsroom_coverage_xlsx"),
        path(f"{here}report.pdf", screens.coverage_report, name="newsroom_coverage_report"),
    ]


class MailFolderItem(MenuItem):
    """Shown while mails are kept rather than sent, to those who may read them."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may_read(request)


@hooks.register("register_settings_menu_item")
def mail_folder_item() -> MenuItem:
    """Beside the settings: it is about the installation, not about the officer's work."""
    return MailFolderItem(_("Mail kept here"), reverse("mail_folder"), icon_name="mail", order=900)
