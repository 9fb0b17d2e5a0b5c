"""Roles are groups; their names are codes, their French words are shown."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """The value is the group's name."""

    AUTHOR = "author", _("Author")
    OFFICER = "officer", _("Communication officer")
    EDITOR = "editor", _("Editor")
    PROTOCOL = "protocol", _("Protocol and secretariat")
    COORDINATOR = "coordinator", _("Coordinator")
    INTERNAL = "internal", _("Internal reader (focal point, relay antenna, steering committee)")
    JOURNALIST = "journalist", _("Accredited journalist")
    ADMIN = "admin", _("Administrator")


#: Roles whose holders work in the administration; the other two only read.
ADMIN_ROLES = (Role.AUTHOR, Role.OFFICER, Role.EDITOR, Role.PROTOCOL, Role.COORDINATOR, Role.ADMIN)


def role_label(group_name: str) -> str:
    """The words for a group: those of its role, or the name that somebody gave it."""
    return str(Role(group_name).label) if group_name in Role.values else group_name
