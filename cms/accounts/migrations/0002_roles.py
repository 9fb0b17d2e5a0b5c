"""The groups that are roles; which of them work in the administration."""

from django.db import migrations

ROLES = ("author", "officer", "editor", "protocol", "coordinator", "internal", "journalist", "admin")
READERS = ("internal", "journalist")
WAGTAIL_DEFAULTS = ("Editors", "Moderators")


def create_roles(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    access = Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    for name in ROLES:
        group, _ = Group.objects.get_or_create(name=name)
        if name not in READERS:
            group.permissions.add(access)
    # Wagtail's two groups would be a second, unexplained set of roles beside ours.
    Group.objects.filter(name__in=WAGTAIL_DEFAULTS).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        # All that give something to Wagtail's own groups, which go away here.
        ("wagtailadmin", "0001_create_admin_access_permissions"),
        ("wagtailcore", "0005_add_page_lock_permission_to_moderators"),
        ("wagtaildocs", "0002_initial_data"),
        ("wagtailimages", "0002_initial_data"),
        ("wagtailmedia", "0002_initial_data"),
    ]

    operations = [migrations.RunPython(create_roles, migrations.RunPython.noop)]
