"""Who makes library items public may also hand out links to them before."""

from django.db import migrations

from cms.core.roles import grant


def give(apps, schema_editor):
    for group in ("officer", "editor", "admin"):
        grant(apps, group, "media_library", "asset", "share_asset")


class Migration(migrations.Migration):
    dependencies = [("media_library", "0006_what_comes_in")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
