"""Who answers a person who asks what is kept of them, or to be erased."""

from django.db import migrations

from cms.core.roles import grant


def give(apps, schema_editor):
    for group in ("protocol", "admin"):
        grant(apps, group, "events", "retention", "manage_personal_data")


class Migration(migrations.Migration):
    dependencies = [("events", "0016_retention")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
