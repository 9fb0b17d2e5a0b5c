"""Contacts in the admin: one menu entry, and choosers for other apps' forms."""

from typing import Any

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSetGroup

from cms.contacts import viewsets


class ContactsGroup(ViewSetGroup):
    menu_name = "contacts"
    menu_label = _("Contacts")
    menu_icon = "group"
    items = (
        viewsets.ContactViewSet("contacts"),
        viewsets.OrganisationViewSet("organisations"),
        viewsets.JournalistViewSet("journalists"),
        viewsets.AccreditationViewSet("accreditations"),
        viewsets.AudienceViewSet("audiences"),
        viewsets.ConsentViewSet("consents"),
        viewsets.SuppressionViewSet("suppressions"),
    )


@hooks.register("register_admin_viewset")
def contacts_group() -> Any:
    return ContactsGroup()


@hooks.register("register_admin_viewset")
def choosers() -> Any:
    return [viewsets.contact_chooser, viewsets.organisation_chooser]


hooks.register("register_bulk_action", viewsets.GrantAction)
hooks.register("register_bulk_action", viewsets.EndAction)


@hooks.register("insert_global_admin_css")
def styles() -> Any:
    return format_html('<link rel="stylesheet" href="{}">', static("contacts/admin.css"))
