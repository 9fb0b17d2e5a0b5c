"""Who writes down which persons are shown, and whether they agreed: whoever brings files in or decides on them."""

from django.db import migrations

from cms.core.roles import grant

WRITE = ("author", "officer", "editor", "admin")


def give(apps, schema_editor):
    for group in WRITE:
        grant(apps, group, "media_library", "person", "add_person", "change_person", "view_person")
        grant(apps, group, "media_library", "consent", "change_consent")


class Migration(migrations.Migration):
    dependencies = [("media_library", "0011_persons_and_versions")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
