"""Who brings lists in and makes one card of two: whoever keeps contacts and takes them away in a file."""

from django.db import migrations

from cms.core.roles import grant

KEEPERS = ("officer", "editor", "admin")


def give(apps, schema_editor):
    for group in KEEPERS:
        grant(apps, group, "contacts", "contact", "import_contact", "merge_contact")


class Migration(migrations.Migration):
    dependencies = [("contacts", "0003_people_and_lists")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
