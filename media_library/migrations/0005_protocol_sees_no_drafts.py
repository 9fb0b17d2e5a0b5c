"""The protocol sees no drafts, of files as of texts: what is held back or unreleased is not for its accounts."""

from django.db import migrations


def take(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name="protocol"):
        found = group.permissions.filter(
            content_type__app_label="media_library", codename="see_unreleased_asset"
        )
        group.permissions.remove(*found)


class Migration(migrations.Migration):
    dependencies = [("media_library", "0004_hold_audience")]

    operations = [migrations.RunPython(take, migrations.RunPython.noop)]
