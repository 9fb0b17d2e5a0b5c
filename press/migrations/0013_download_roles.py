"""Who sees how often kits and files are taken."""

from django.db import migrations

from cms.core.roles import grant


def give(apps, schema_editor):
    for group in ("officer", "editor", "coordinator", "admin"):
        grant(apps, group, "press", "kitdownload", "view_kitdownload")
        grant(apps, group, "media_library", "assetdownload", "view_assetdownload")


class Migration(migrations.Migration):
    dependencies = [("press", "0012_accreditation_requests"), ("media_library", "0013_assetdownload")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
