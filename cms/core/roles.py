"""Give named permissions to role groups from a data migration."""

from __future__ import annotations

from typing import Any


def grant(apps: Any, group: str, app_label: str, model: str, *codenames: str) -> None:
    """Give `group` the permissions of `app_label.model`, creating group, content type and permission rows.

    Inside a migration the permissions of the same run do not exist yet (Django makes them at its end), so they
    are made here under their final names; running it twice changes nothing.
    """
    group_row, _ = apps.get_model("auth", "Group").objects.get_or_create(name=group)
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label=app_label, model=model
    )
    permissions = apps.get_model("auth", "Permission").objects
    for codename in codenames:
        permission, _ = permissions.get_or_create(
            content_type=content_type, codename=codename, defaults={"name": codename.replace("_", " ")}
        )
        group_row.permissions.add(permission)
