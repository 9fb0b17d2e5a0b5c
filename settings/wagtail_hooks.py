"""The mail folder in the admin."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from settings.views import mail_folder, may_read


@hooks.register("register_admin_urls")
def mail_folder_urls() -> list[Any]:
    """The list and one mail."""
    return [
        path("mail-folder/", mail_folder, name="mail_folder"),
        path("mail-folder/<str:name>/", mail_folder, name="mail_folder_one"),
    ]


class MailFolderItem(MenuItem):
    """Shown while mails are kept rather than sent, to those who may read them."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may_read(request)


@hooks.register("register_settings_menu_item")
def mail_folder_item() -> MenuItem:
    """Beside the settings: it is about the installation, not about the officer's work."""
    return MailFolderItem(_("Mail kept here"), reverse("mail_folder"), icon_name="mail", order=900)
